"""The HTML tags in a text, each with its place.

CommonMark decides what is a tag, and it keeps to a small grammar; parsers of whole pages mend what they read and lose
the places, or take quadratic time over tags that never end.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9:-]*+)(?=[\s/>])"
    r"(?P<rest>(?:(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+|[^<>]*+))>"
)
_NEXT = re.compile(r"<|\\.|`+", re.DOTALL)
_TICKS = re.compile(r"`+")
_DECLARATION = re.compile(r"<[!?][^>]{0,1000}>")
_HIDDEN = re.compile(
    r"(?i)(?:^|[\s\"'])hidden(?=[\s/=]|\Z)|\bstyle\s*=\s*(?:\"[^\"]*|'[^']*|)(?:display\s*:\s*none|visibility\s*:\s*hidden)"
)
_MOST = 10_000  # characters of a tag


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


RAW = _names("script style title textarea iframe xmp noembed noframes")  # no tags within them
VOID = _names("area base br col embed hr img input link meta param source track wbr")
UNSEEN = RAW - _names("textarea xmp") | _names("head template noscript svg math object audio video canvas select")
BLOCKS = _names(
    "address article aside blockquote body button caption center colgroup dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup html legend li listing main menu nav ol optgroup "
    "option p pre search section summary table tbody td textarea tfoot th thead tr ul xmp"
)
_INLINE = _names(
    "a abbr acronym applet b bdi bdo big blink cite code data datalist del dfn em font frame frameset i ins kbd label "
    "map mark marquee meter nobr output picture progress q rb rp rt rtc ruby s samp slot small span strike strong sub "
    "sup time tt u var"
)
KNOWN = RAW | VOID | UNSEEN | BLOCKS | _INLINE
_CLOSED = re.compile(r"</([A-Za-z][A-Za-z0-9:-]*+)\s*>")


class Tag(NamedTuple):
    """A tag; a comment or a declaration has no name."""

    name: str
    start: int
    end: int
    closes: bool = False
    hides: bool = False  # whether what it opens is not seen
    empty: bool = False  # whether it opens nothing


def last_closings(text: str) -> dict[str, int]:
    """Where each name is closed last. A tag of an unknown name that is never closed is a placeholder, like `<host>`."""
    return {match[1].lower(): match.start() for match in _CLOSED.finditer(text)}


def tags(
    text: str, start: int, end: int, *, markdown: bool = False, closings: dict[str, int] | None = None
) -> Iterator[Tag]:
    """The tags that begin in `text[start:end]`, in order; what scripts and the like hold is passed over.

    In Markdown, code in backticks and what a backslash stands before is no tag.
    """
    names = last_closings(text[start:end]) if closings is None else closings
    ticks: dict[int, list[int]] | None = None
    no_comment_ends = False
    at = start
    while found := _NEXT.search(text, at, end):
        at = found.end()
        if found[0] != "<":
            if markdown and found[0][0] == "`":
                if ticks is None:
                    ticks = {}
                    for run in _TICKS.finditer(text, found.start(), end):
                        ticks.setdefault(len(run[0]), []).append(run.start())
                same = ticks.get(len(found[0]), [])
                after = bisect_right(same, found.start())
                at = same[after] + len(found[0]) if after < len(same) else at
            elif not markdown and found[0][0] == "\\":
                at = found.start() + 1
            continue
        if text.startswith("<!--", found.start()):
            stop = -1 if no_comment_ends else text.find("-->", found.start() + 2, end)
            no_comment_ends = stop < 0
            if stop >= 0 or not markdown:
                at = stop + 3 if stop >= 0 else end
                yield Tag("", found.start(), at)
            continue
        if declared := _DECLARATION.match(text, found.start(), end):
            at = declared.end()
            yield Tag("", declared.start(), at)
            continue
        tag = _TAG.match(text, found.start(), min(end, found.start() + _MOST))
        if tag is None or ((name := tag["name"].lower()) not in KNOWN and name not in names):
            continue
        at = tag.end()
        closes = tag["close"] == "/"
        empty = name in VOID or (name not in KNOWN and tag["rest"].endswith("/"))
        hides = not closes and (name in UNSEEN or _HIDDEN.search(tag["rest"]) is not None)
        yield Tag(name, tag.start(), at, closes, hides, empty)
        if name in RAW and not closes:
            ending = re.compile(rf"(?i)</{name}(?=[\s/>])").search(text, at, end)
            at = ending.start() if ending else end
