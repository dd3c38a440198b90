"""The lines of the HTML that stands in a Markdown text: spans of the text itself, without the tags around."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.documents.shown import shown
from assistant.documents.structure import sentences
from assistant.documents.tags import BLOCKS, KNOWN, Tag, last_closings, tags
from assistant.types import Line, LineKind

_LISTS = {"ul", "ol", "dl", "menu", "table"}
_CELLS = {"td", "th"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_WHOLE = {"summary", "dt", "caption", *_HEADINGS}  # one line each, whatever stands within
_HOLDS_NO_SECTION = {"li", "dt", "dd", "table", "caption", "blockquote", "summary"}
_ENDS = {  # what a tag ends without saying so, and how far up
    "li": ({"li"}, {"ul", "ol", "menu"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr", "caption"}, {"table"}),
    "td": (_CELLS, {"tr", "table"}),
    "th": (_CELLS, {"tr", "table"}),
    "thead": ({"thead", "tbody", "tfoot", "caption"}, {"table"}),
    "tbody": ({"thead", "tbody", "tfoot", "caption"}, {"table"}),
    "tfoot": ({"thead", "tbody", "tfoot", "caption"}, {"table"}),
}
_MOST_OPEN = 100
_ROW_CHARACTERS = 1_000  # a longer row is there for the layout
_TITLE_CHARACTERS = 300
_SPACES = re.compile(r"(?:\s|&nbsp;|&#160;|&#xa0;|&zwnj;|&ensp;|&emsp;|&thinsp;)*", re.IGNORECASE)
_SPACE_ENTITY = re.compile(r"&(?:nbsp|#160|#xa0|zwnj|ensp|emsp|thinsp);", re.IGNORECASE)
_END_TAGS = re.compile(r"(?:</[A-Za-z0-9]+>\s*)+\Z")

Span = tuple[int, int]


@dataclass(slots=True)
class _Open:
    """An element that is open."""

    name: str
    start: int
    parent: int | None  # what the lines in it stand under
    hidden: bool = False
    own: bool = False  # of an item: whether its line is there; of a row: whether it has a cell that is no header
    cells: int = 0
    lead: int | None = None  # of a `dl` the last `dt`, of a table the last row of its header


class HtmlBlocks:
    """Reads blocks of HTML one after the other, with what stands between them; elements may span several.

    Lines go to `lines`, headings as (level, title, start) to `headings`. `leads` are the lines that were made lead-ins
    here.
    """

    def __init__(self, text: str, lines: list[Line], headings: list[tuple[int, str, int]]) -> None:
        self.source, self.lines, self.headings = text, lines, headings
        self.closings = last_closings(text)
        self.open: list[_Open] = []
        self.floor = 0  # the elements below are those of another container
        self.leads: set[int] = set()
        self.parent: int | None = None  # of lines that stand in no element
        self.top = True
        self.bits: list[tuple[int, str]] = []  # the text that is not yet in a line
        self.marks: list[Tag] = []  # the tags within it

    def under(self, parent: int | None) -> int | None:
        """What a Markdown block stands under, that would stand under `parent` if no element were open."""
        return self.open[-1].parent if len(self.open) > self.floor else parent

    @property
    def hidden(self) -> bool:
        return bool(self.open) and self.open[-1].hidden

    def holds_no_section(self) -> bool:
        """Whether something is open that a heading opens no section in."""
        return any(element.name in _HOLDS_NO_SECTION for element in self.open)

    def read(self, text: str, start: int, end: int, parent: int | None, *, top: bool, offset: int = 0) -> None:
        """The lines of `text[start:end]`, which stands in the source `offset` further on."""
        self.parent, self.top = parent, top
        at = start
        for local in tags(text, start, end, closings=self.closings):
            self._text(text, at, local.start, offset)
            at = local.end
            tag = local._replace(start=local.start + offset, end=local.end + offset)
            if not tag.name:
                continue
            if tag.closes:
                self._close(tag)
            else:
                self._start(tag)
        self._text(text, at, end, offset)
        self._flush(force=True)
        while len(self.open) > self.floor and self.closings.get(self.open[-1].name, -1) < end + offset:
            self.open.pop()  # nothing closes it later: it ends here

    def _text(self, text: str, start: int, end: int, offset: int) -> None:
        if start < end and not self.hidden and not _SPACES.fullmatch(text, start, end):
            self.bits.append((start + offset, text[start:end]))

    def _start(self, tag: Tag) -> None:
        if tag.name in ("br", "hr") and not self._is_whole():
            self._flush()
        if tag.empty:
            return
        if not self.hidden and not tag.hides and tag.name not in BLOCKS and (tag.name in KNOWN):
            self.marks.append(tag)
            return
        self._flush()
        if tag.name in _ENDS:
            names, barrier = _ENDS[tag.name]
            self._pop(names, barrier)
        if len(self.open) >= _MOST_OPEN:
            return
        above = self.under(self.parent)
        opened = _Open(tag.name, tag.start, above, self.hidden or tag.hides)
        if tag.name == "table" and self._element({"tr"}, {"table"}):
            self._flush(force=True)
            opened.parent = self.under(self.parent)
        if tag.name in _LISTS and not opened.hidden:
            opened.parent = self._introduced(above)
        elif tag.name == "dd" and (listing := self._element({"dl"}, set())):
            opened.parent = listing.lead if listing.lead is not None else above
        elif tag.name == "tr" and (listing := self._element({"table"}, set())):
            opened.parent = listing.lead if listing.lead is not None else listing.parent
        elif tag.name in _CELLS and (row := self._element({"tr"}, {"table"})):
            row.cells += 1
            row.own = row.own or (tag.name == "td" and self._element({"thead"}, {"table"}) is None)
        self.open.append(opened)

    def _close(self, tag: Tag) -> None:
        if tag.name not in BLOCKS and not self.hidden and tag.name in KNOWN:
            self.marks.append(tag)
            return
        self._flush()
        self._pop({tag.name}, {"table"} if tag.name != "table" else set())

    def _pop(self, names: set[str], barrier: set[str]) -> None:
        """Close the innermost element of these names, with all that is open in it."""
        for n in range(len(self.open) - 1, self.floor - 1, -1):
            if self.open[n].name in names:
                while len(self.open) > n:
                    if self.open[-1].name == "tr":
                        self._flush(force=True)
                    self.open.pop()
                return
            if self.open[n].name in barrier:
                return

    def _element(self, names: set[str], barrier: set[str]) -> _Open | None:
        for element in reversed(self.open[self.floor :]):
            if element.name in names:
                return element
            if element.name in barrier:
                return None
        return None

    def _is_whole(self) -> bool:
        return self._element(_WHOLE, {"table"}) is not None

    def _introduced(self, parent: int | None) -> int | None:
        """The line just before a list, if it ends in a colon and introduces it; else its parent."""
        n = len(self.lines) - 1
        if n < 0 or not self.lines[n].kind.startswith(("sentence", "lead", "item")):
            return parent
        line = self.lines[n]
        if not (n == parent if line.kind == "item" else line.parent == parent or n == parent):
            return parent
        if not ends_with_colon(self.source, line.start, line.end):
            return parent
        self._lead(n)
        return n

    def _lead(self, n: int) -> None:
        self.lines[n] = replace(self.lines[n], kind="lead")
        self.leads.add(n)

    def _flush(self, *, force: bool = False) -> None:
        """Make lines of the text that was gathered. A row gathers until it ends, and so does what is one line."""
        row = self._element({"tr"}, {"table"})
        if not self.bits:
            self.marks.clear()
            return
        if row is not None and not force:
            return
        bits, marks = self.bits, self.marks
        self.bits, self.marks = [], []
        whole = self._element({*_WHOLE, "pre", "li", "dd"}, {"table"})
        if row is not None:
            self._row(row, bits, marks)
        elif whole is None:
            self._sentences(bits, marks)
        elif whole.name in _HEADINGS and self._opens_section():
            self._heading(whole, bits, marks)
        elif whole.name in ("summary", "dt", "caption"):
            self._introduction(whole, bits, marks)
        elif whole.name == "pre":
            self._add("code", _hull(bits))
        elif whole.name in ("li", "dd") and not whole.own:
            self._item(whole, bits, marks)
        else:
            self._sentences(bits, marks)

    def _row(self, row: _Open, bits: list[tuple[int, str]], marks: Sequence[Tag]) -> None:
        span = balanced(_hull(bits), marks)
        table = self._element({"table"}, set())
        if span[1] - span[0] > _ROW_CHARACTERS or (row.cells < 2 and (table is None or table.lead is None)):
            for bit in bits:
                for piece in _sentences([bit]):
                    self.lines.append(Line("sentence", *piece, parent=row.parent))
            return
        self.lines.append(Line("row", *span, parent=row.parent))
        if table is not None and not row.own:
            table.lead = len(self.lines) - 1
        at = self.open.index(row)
        for element in self.open[at:]:
            element.parent = len(self.lines) - 1

    def _heading(self, element: _Open, bits: list[tuple[int, str]], marks: Sequence[Tag]) -> None:
        span = balanced(_hull(bits), marks)
        title = " ".join("".join(_masked(bits)).split())[: _TITLE_CHARACTERS * 2]
        name = shown(title)[:_TITLE_CHARACTERS].strip() or title
        self.headings.append((int(element.name[1]), name, element.start))
        self.lines.append(Line("heading", *span))

    def _opens_section(self) -> bool:
        """Whether a heading stands at the top, is the first text of its element, and none in it came before."""
        if not self.top or self.floor or any(element.name in _HOLDS_NO_SECTION for element in self.open):
            return False
        heading = self._element(_HEADINGS, set())
        return heading is not None and (not self.headings or self.headings[-1][2] < heading.start)

    def _introduction(self, element: _Open, bits: list[tuple[int, str]], marks: Sequence[Tag]) -> None:
        self._add("lead", balanced(_hull(bits), marks))
        n = len(self.lines) - 1
        self.leads.add(n)
        holder = {"summary": "details", "dt": "dl", "caption": "table"}[element.name]
        held = self._element({holder}, set())
        if held is None:
            return
        if holder == "dl":
            held.lead = n
        else:
            held.parent = n

    def _item(self, element: _Open, bits: list[tuple[int, str]], marks: Sequence[Tag]) -> None:
        self._add("item", balanced(_hull(bits), marks))
        element.own = True
        for other in self.open[self.open.index(element) :]:
            other.parent = len(self.lines) - 1

    def _sentences(self, bits: list[tuple[int, str]], marks: Sequence[Tag]) -> None:
        reached = 0
        for span in _sentences(bits):
            if span[0] >= reached:
                grown = balanced(span, marks)
                span = (max(grown[0], reached), grown[1])
                self._add("sentence", span)
                reached = span[1]

    def _add(self, kind: LineKind, span: Span) -> None:
        self.lines.append(Line(kind, *span, parent=self.under(self.parent)))


def ends_with_colon(text: str, start: int, end: int) -> bool:
    """Whether a span ends with a colon, whatever marks stand after it."""
    ending = _END_TAGS.sub("", text[max(start, end - 40) : end])[-8:]
    return ending.rstrip("*_ \t").endswith((":", "\uff1a"))


def bare(text: str) -> str:
    """The text, of the same length, with spaces for what is a space by its name."""
    return _SPACE_ENTITY.sub(lambda match: " " * len(match[0]), text)


def balanced(span: Span, marks: Sequence[Tag]) -> Span:
    """The span with the tags right at its ends whose partner stands within it. The tags come in order."""
    start, end = span
    low = bisect_left(marks, start, key=lambda tag: tag.start)
    high = bisect_left(marks, end, key=lambda tag: tag.start)
    opened: list[str] = []  # and not closed within the span
    unopened: list[str] = []
    counts: Counter[str] = Counter()
    for tag in marks[low:high]:
        if not tag.name or tag.empty:
            continue
        if not tag.closes:
            opened.append(tag.name)
            counts[tag.name] += 1
        elif counts[tag.name]:
            while (name := opened.pop()) != tag.name:
                counts[name] -= 1
            counts[name] -= 1
        else:
            unopened.append(tag.name)
    for name in unopened:
        before = marks[low - 1] if low else None
        if before is None or before.end != start or before.closes or before.name != name:
            break
        start, low = before.start, low - 1
    for name in reversed(opened):
        after = marks[high] if high < len(marks) else None
        if after is None or after.start != end or not after.closes or after.name != name:
            break
        end, high = after.end, high + 1
    return start, end


def _hull(bits: Sequence[tuple[int, str]]) -> Span:
    first, last = bits[0], bits[-1]
    head, tail = bare(first[1]), bare(last[1])
    return first[0] + len(head) - len(head.lstrip()), last[0] + len(tail.rstrip())


def _masked(bits: Sequence[tuple[int, str]]) -> list[str]:
    parts: list[str] = []
    reached = bits[0][0]
    for start, text in bits:
        parts += (" " * (start - reached), bare(text))
        reached = start + len(text)
    return parts


def _sentences(bits: Sequence[tuple[int, str]]) -> list[Span]:
    masked = "".join(_masked(bits))
    return [(bits[0][0] + a, bits[0][0] + b) for a, b in sentences(masked, 0, len(masked))]
