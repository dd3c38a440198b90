"""The first rows of admonitions, in each way that they are written in Markdown: what they say, without their marks."""

from __future__ import annotations

import re

# fmt: off
KINDS = frozenset((
    "abstract", "attention", "bug", "caution", "check", "cite", "danger", "details", "error", "example", "fail",
    "failure", "faq", "hint", "important", "info", "information", "missing", "note", "question", "quote", "seealso",
    "spoiler", "success", "summary", "tip", "tldr", "todo", "warning",
))
# fmt: on

_BANGS = re.compile(
    r"[!?]{3}\+?[ \t]+(?P<kind>[\w-]+)(?P<more>(?:[ \t]+[\w-]+)*)(?:[ \t]+\"(?P<title>[^\"]*)\")?[ \t]*"
)
_COLONS = re.compile(
    r":{3,}[ \t]*(?:\{[^{}]*?\.(?:callout-)?(?P<dotted>[\w-]+)[^{}]*\}|\{?(?P<kind>[\w-]+)\}?)"
    r"[ \t]*(?:\[(?P<title>[^\[\]]*)\]|\{[^{}]*\}|(?P<rest>[^:{}\[\]][^{}]*?))?[ \t:]*"
)
_QUOTED = re.compile(r"\[!(?P<kind>[\w-]+)\][-+]?[ \t]*(?P<title>.*?)[ \t]*")


def introduction(row: str) -> tuple[int, int] | None:
    """Where in the first row of an admonition its title stands, or else its kind; None where nothing is to be said.

    Rows such as `!!! note "Title"`, `:::tip Title`, `::: {.callout-tip}`, `[!NOTE] Title`. Containers that only lay out
    a page say nothing.
    """
    for pattern in (_BANGS, _COLONS, _QUOTED):
        match = pattern.fullmatch(row)
        if match is None:
            continue
        groups = match.groupdict()
        for name in ("title", "rest"):
            if (groups.get(name) or "").strip():
                return match.span(name)
        kind = "dotted" if groups.get("dotted") else "kind"
        return match.span(kind) if match[kind].casefold() in KINDS or pattern is _BANGS else None
    return None


def is_quoted(row: str) -> bool:
    """Whether the first row of a quotation makes it an admonition, as in `[!NOTE]`."""
    return _QUOTED.fullmatch(row) is not None
