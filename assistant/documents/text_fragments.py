"""Links to a cited place on the page where its document is published.

A browser finds the place by its words (https://wicg.github.io/scroll-to-text-fragment/): it takes the first stretch of
text, of whole words and within one block, that is the term; or that starts with one term and ends with another, which
may stand in a later block; of those, the first that has the words of the prefix before it and of the suffix after it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from html import unescape
from itertools import islice
from urllib.parse import quote, urlsplit

from assistant.documents.outline import parted
from assistant.types import Document

_NOT_IN_URLS = re.compile(r"[\s\x00-\x1f\x7f\"<>\\^`{|}]")
_MARKUP = re.compile(
    r"""\\(?P<escaped>[!-/:-@\[-`{-~])             # a character that is meant as it is
    | !\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?         # a picture
    | (?<!!)\[(?P<label>[^\]]+)\](?:\([^)]*\)|\[[^\]]*\])
    | <(?P<link>https?://[^<>\s]+)>
    | </?[A-Za-z][^<>]*>
    | (?:(?<=\n)|(?<=\r))[ \t]*>[ \t>]*            # the mark of a quotation
    | `+ | \*+(?=\S) | (?<=\S)\*+ | (?<!\w)_+(?=\S) | (?<=\S)_+(?!\w) | ~~""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+")
_CELL_END = re.compile(r"(?<!\\)\||\t")
_EXACT_CHARACTERS = 100  # a longer quotation is named by its first and last words
_TERM_CHARACTERS = 24  # a term grows up to these before it is looked for elsewhere
_CONTEXT_WORDS = 6

Span = tuple[int, int]


def is_web_address(url: str) -> bool:
    """Whether it is an http or https address with a host, and nothing that could lead out of an attribute."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is no port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not _NOT_IN_URLS.search(url)


def published(document: Document, start: int, end: int, *, page: int | None = None) -> str | None:
    """The link to the span where the document is published; None where its metadata names no address of the web."""
    if document.url is None or not is_web_address(document.url):
        return None
    address, _, fragment = document.url.partition("#")
    if page is not None and document.media_type == "application/pdf":
        return f"{address}#page={page}"
    directive = _directive(document, start, end)
    fragment = fragment.partition(":~:")[0]
    return f"{address}#{fragment}:~:text={directive}" if directive else document.url


def _directive(document: Document, start: int, end: int) -> str:
    """`[prefix-,]start[,end][,-suffix]`, as short as tells the place from those before it."""
    start, end = _whole_words(document.text, start, end)
    pieces = [piece for piece in _pieces(document, start, end) if _words(document, *piece)]
    if not pieces:
        return ""
    # A range that starts with a heading may start in a list of contents, unless text before tells it from that.
    while len(pieces) > 1 and _is_heading(document, pieces[0][0]) and not _before(document, pieces[0][0])[1]:
        pieces = pieces[1:]
    first, last = pieces[0], pieces[-1]
    words, closing = _words(document, *first), _words(document, *last)
    if len(pieces) == 1 and (len(" ".join(words)) <= _EXACT_CHARACTERS or len(words) < 6):
        prefix, suffix = _context(document, words, first, exact=True, always=_is_heading(document, first[0]))
        return _written(prefix, words, [], suffix)
    if len(pieces) == 1:
        middle = len(words) // 2
        words, closing = words[:middle], words[middle:]
    prefix, words = _opening(document, words, first)
    closing, suffix = _closing(document, closing, first, last)
    return _written(prefix, words, closing, suffix)


def _opening(document: Document, words: list[str], first: Span) -> tuple[list[str], list[str]]:
    """The words before a range, where these are needed, and its first words; all of them, where few do not do."""
    heading, few = _is_heading(document, first[0]), words[: _enough(words)]
    prefix, _ = _context(document, few, first, exact=False, always=heading)
    if not _stands_before(document, [*prefix, *few], first[0] - bool(prefix)):
        return prefix, few
    return _context(document, words, first, exact=False, always=heading)[0], words


def _context(
    document: Document, words: list[str], piece: Span, *, exact: bool, always: bool
) -> tuple[list[str], list[str]]:
    """The words before and after that are needed to tell the place from earlier ones that say the same.

    A heading always has some: a published page often lists its headings above, so text of another kind tells more.
    """
    (before, is_text_before), (after, is_text_after) = _before(document, piece[0]), _after(document, piece[1])
    before, after = before[-_CONTEXT_WORDS:], after[:_CONTEXT_WORDS] if exact else []
    with_after = not _stands_before(document, [*words, *after], piece[0])
    if always and exact:
        if after and is_text_after and with_after:
            return [], after
        return before, [] if is_text_before else after
    if not always and not _stands_before(document, words, piece[0]):
        return [], []
    if before and not _stands_before(document, [*before, *words], piece[0] - 1):
        return before, []
    return ([], after) if after and with_after else (before, after)


def _closing(document: Document, words: list[str], first: Span, last: Span) -> tuple[list[str], list[str]]:
    """The last words of a range, enough of them that it ends there, and the words after it where these do not do."""
    opening = first[0] if first == last else first[1]
    for count in range(_enough(words[::-1]), len(words) + 1):
        term = words[-count:]
        if not _stands_before(document, term, last[1] - len(" ".join(term)), since=opening):
            return term, []
    return words, _after(document, last[1])[0][:_CONTEXT_WORDS]


def _enough(words: list[str]) -> int:
    """How many of the words make a term."""
    length = 0
    for count, word in enumerate(words, start=1):
        length += len(word) + 1
        if length > _TERM_CHARACTERS and count > 2:
            return count
    return len(words)


def _stands_before(document: Document, words: list[str], place: int, *, since: int = 0) -> bool:
    """Whether these words also stand somewhere before the place. Only words are compared: markup is not looked at."""
    wanted = _WORD.findall(" ".join(words).lower())
    text = document.text[since : max(place, 0)].lower()
    at = text.find(wanted[0]) if wanted else -1
    while at >= 0:
        found = [match[0] for match in islice(_WORD.finditer(text, at), len(wanted))]
        if found == wanted and not (at and text[at - 1].isalnum()):
            return True
        at = text.find(wanted[0], at + 1)
    return False


def _whole_words(text: str, start: int, end: int) -> Span:
    """The span without the parts of words at its ends."""
    if start > 0 and text[start - 1].isalnum():
        while start < end and text[start].isalnum():
            start += 1
    if end < len(text) and text[end].isalnum():
        while start < end and text[end - 1].isalnum():
            end -= 1
    return start, end


def _pieces(document: Document, start: int, end: int) -> Iterator[Span]:
    """The span cut at what ends a block on a page: each line of the document, each cell of a table."""
    lines, text, at = document.lines, document.text, start
    position = max(bisect_right(lines, start, key=lambda line: line.start) - 1, 0)
    while at < end:
        line = lines[position] if position < len(lines) else None
        if line is not None and line.end <= at:
            position += 1
            continue
        if line is not None and line.start <= at:
            stop = min(line.end, end)
            yield from parted(text, at, stop, _CELL_END) if line.kind == "row" else [(at, stop)]
        else:  # no line tells of it
            stop = min(end, line.start if line is not None else end)
            if not lines:
                yield from ((m.start(), m.end()) for m in re.compile(r"[^\r\n]+").finditer(text, at, stop))
        at = stop


def _is_heading(document: Document, place: int) -> bool:
    position = bisect_right(document.lines, place, key=lambda line: line.start) - 1
    return position >= 0 and document.lines[position].kind == "heading" and place < document.lines[position].end


def _before(document: Document, place: int) -> tuple[list[str], bool]:
    """The words of the line before the place, or of its own line before it, and whether that is no heading."""
    position = bisect_left(document.lines, place, key=lambda line: line.start) - 1
    if position < 0:
        return [], False
    line = document.lines[position]
    pieces = list(_pieces(document, line.start, min(line.end, place)))
    return _words(document, *pieces[-1]), line.kind != "heading"


def _after(document: Document, place: int) -> tuple[list[str], bool]:
    """The words of the rest of the line after the place, or of the next line, and whether that is no heading."""
    for line in document.lines[max(bisect_right(document.lines, place, key=lambda line: line.start) - 1, 0) :][:2]:
        start = max(place, line.start)
        if start < line.end and (words := _words(document, *next(_pieces(document, start, line.end)))):
            return words, line.kind != "heading"
    return [], False


def _words(document: Document, start: int, end: int) -> list[str]:
    """The words of the span as a page shows them."""
    text = document.text[start:end]
    if document.is_markdown:
        text = unescape(_MARKUP.sub(lambda m: m["escaped"] or m["label"] or m["link"] or "", text))
    return text.split()


def _written(prefix: list[str], words: list[str], closing: list[str], suffix: list[str]) -> str:
    parts = [_encoded(words)]
    if prefix:
        parts.insert(0, f"{_encoded(prefix)}-")
    if closing:
        parts.append(_encoded(closing))
    if suffix:
        parts.append(f"-{_encoded(suffix)}")
    return ",".join(parts)


def _encoded(words: list[str]) -> str:
    """The words with all percent-encoded that means something in a directive: a dash, a comma, an ampersand."""
    return quote(" ".join(words), safe="", errors="replace").replace("-", "%2D")
