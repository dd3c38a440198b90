"""The reply to "which one do you mean?": a document's name, or a version, put into the question that was asked."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.question.noun_phrases import AUXILIARIES, WH, tokens

LONGEST = 10  # words of a reply

_LEAD = re.compile(
    r"^\s*(?:(?:i mean[t]?|it is|it's|that of|the one (?:about|on|for|of|in)|for|about|of|in|under)\s+)*"
    r"(?:the |that |this )?(?P<name>.*?)(?:\s+ones?)?(?:,? please)?[\s.!?]*$",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"(?:(?:most )?(?P<word>current|recent|latest|newest|new|valid)|(?P<now>now|today|in force))"
    r"(?: (?:version|policy|edition|document))?",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"(?:(?P<old>old|older|previous|former|earlier|last)|(?:version|edition)\s*(?P<number>\d+(?:\.\d+)*)|v(?P<v>\d[\d.]*)"
    r"|(?P<year>(?:19|20)\d\d))(?: (?:version|policy|edition|document))?",
    re.IGNORECASE,
)


def chosen(reply: str, last: str, *, title: Callable[[str], str | None]) -> str | None:
    """The last question, asked of what the reply names; None where the reply is none.

    `title` gives the title of the one document that a text names, or None. What names one itself has been answered.
    """
    words = [word for word, _, _ in tokens(reply)]
    if not words or len(words) > LONGEST or words[0] in WH | AUXILIARIES or title(last) is not None:
        return None
    match = _LEAD.match(reply)
    name = match["name"] if match else ""
    asked = last.rstrip(" ?.!")
    if not name or not asked:
        return None
    if _NOW.fullmatch(name):
        return f"{asked} in the current version?"
    if then := _THEN.fullmatch(name):
        number = then["number"] or then["v"]
        which = "the previous version" if then["old"] else f"version {number}" if number else f"{then['year']}"
        return f"{asked} in {which}?"
    found = title(name)
    return None if found is None else f"{asked} for {found}?"
