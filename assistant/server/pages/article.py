"""A document as HTML: every character of its text in order, those that are mere marks hidden, the cited ones marked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from assistant.documents.outline import parted
from assistant.languages.messages import Language
from assistant.server.pages.blocks import NEWLINE, PageBlock, blocks
from assistant.types import Document, Line, Section

CITED = "cited"  # the id of the first mark
_NUMBER = re.compile(r"\(?\d{1,9}[.)]|\(?[A-Za-z]\)")
_MARKS = re.compile(r"[\s#>|*+•‣◦▪●–—·-]+")
# In a Markdown paragraph: a row that ends by force, and the marks of a quotation.
_WITHIN = re.compile(r"(?P<break>(?: {2,}|\\)(?:\r\n|\r|\n))|(?:^|(?<=[\r\n]))(?P<quote>[ \t]*>[ \t>]*)")
_TABLE_MARKS = re.compile(r"[\s|:>-]*")
_BAR, _TAB = re.compile(r"(?<!\\)\|"), re.compile(r"(?<=\S)\t+(?=\S)")
_ALIGNED = re.compile(r"\S(?: {3,}|\t+)\S")
_WRAPPED = 45  # characters of the rows of a paragraph that was broken to fit a screen
_NO_SLUG = re.compile(r"\W+")

Span = tuple[int, int]


class Entry(NamedTuple):
    """A heading, for the list of contents."""

    title: str
    id: str
    depth: int  # from 1


class PageRow(NamedTuple):
    """A row of a table."""

    cells: tuple[Span, ...]
    end: int  # where the next one begins
    is_header: bool = False


class Article(NamedTuple):
    """What the page shows of a document."""

    title: Markup  # the heading that is the document's title, where it has one, with what stands before it
    html: Markup  # all after that
    contents: tuple[Entry, ...]
    is_marked: bool


def article(document: Document, start: int, end: int, language: Language) -> Article:
    """The document with the characters from `start` to `end` marked; an empty span marks nothing."""
    writer = _Writer(document, start, end, language)
    for block in blocks(document):
        writer.write(block)
    return writer.done()


class _Writer:
    """Writes blocks, and remembers which lists are open and where the marks are."""

    def __init__(self, document: Document, start: int, end: int, language: Language) -> None:
        self.document, self.text = document, document.text
        self.start, self.end, self.language = start, end, language
        self.is_markdown = document.is_markdown
        self.at = 0
        self.parts: list[str | Markup] = []
        self.marks: list[tuple[int, bool]] = []  # the part that each mark opens in, and whether it can be seen
        self.open: list[tuple[str, Line]] = []  # the lists that are open, each with its tag and the item that is
        self.contents: list[Entry] = []
        self.ids: dict[str, int] = {}
        self.section_starts = [section.start for section in document.sections]
        self.has_title = _is_titled(document)
        self.title_end = 0  # of the parts
        self.tables = 0

    def write(self, block: PageBlock) -> None:
        self._put(block.start)
        if block.kind == "hidden":
            self._number(block.end)  # of an item that begins with code
            self._put(block.end, hidden=True)
            return
        self._close_lists(block)
        match block.kind:
            case "heading":
                self._heading(block)
            case "item":
                self._item(block)
            case "table":
                self._table(list(self._line_rows(block)))
            case "code":
                self._mark("<pre><code>")
                self._put(block.end)
                self._mark("</code></pre>")
            case "rule":
                self._put(block.end, hidden=True)
                self._mark("<hr>")
            case "text":
                self._paragraph(block)

    def done(self) -> Article:
        self._put(len(self.text))
        while self.open:
            self._close_list()
        if self.marks:
            first = next((part for part, seen in self.marks if seen), self.marks[0][0])
            self.parts[first] = Markup('<mark id="{}">').format(CITED)
        return Article(
            Markup("").join(self.parts[: self.title_end]),
            Markup("").join(self.parts[self.title_end :]),
            tuple(self.contents),
            bool(self.marks),
        )

    def _put(self, end: int, *, hidden: bool = False) -> None:
        """The text up to there. What is hidden is in the page all the same, for those who read its source."""
        first, self.at = self.at, max(end, self.at)
        if first >= end:
            return
        hidden = hidden and not self.text[first:end].isspace()
        if hidden:
            self._mark("<span hidden>")
        low, high = max(first, self.start), min(end, self.end)
        if low < high:
            self.parts.append(self.text[first:low])
            self.marks.append((len(self.parts), not hidden and not self.text[low:high].isspace()))
            self.parts += (Markup("<mark>"), self.text[low:high], Markup("</mark>"), self.text[high:end])
        else:
            self.parts.append(self.text[first:end])
        if hidden:
            self._mark("</span>")

    def _head(self, line_start: int) -> None:
        """What stands before a line in its row: its marks are hidden, its number is not."""
        self._number(line_start)
        self._put(line_start, hidden=_are_marks(self.text[self.at : line_start]))

    def _number(self, end: int) -> None:
        """The number up to there, if only marks stand before it."""
        number = _NUMBER.search(self.text, self.at, end)
        if number and _are_marks(self.text[self.at : number.start()]):
            self._put(number.start(), hidden=True)
            self._mark('<span class="number">')
            self._put(number.end())
            self._mark("</span>")

    def _mark(self, tag: str, *values: object) -> None:
        """Tags of ours, with values that are escaped."""
        self.parts.append(Markup(tag).format(*values))

    def _heading(self, block: PageBlock) -> None:
        line = block.lines[0]
        place = bisect_right(self.section_starts, line.start) - 1
        section: Section | None = self.document.sections[place] if place >= 0 else None
        depth = (len(section.path) if section else 1) - self.has_title
        title = section.title if section else self.text[line.start : line.end]
        tag = f"h{min(depth + 1, 6)}"
        id = self._id(title)
        if depth:
            self.contents.append(Entry(title, id, depth))
        self._mark('<{} id="{}" dir="auto">', tag, id)
        self._head(line.start)
        self._put(line.end)
        self._put(block.end, hidden=_are_marks(self.text[line.end : block.end]))
        self._mark("</{}>", tag)
        if not depth and not self.title_end:
            self.title_end = len(self.parts)

    def _id(self, title: str) -> str:
        """An id from the words of the title, that stays the same while they do. No other id begins like it."""
        slug = _NO_SLUG.sub("-", title.lower()).strip("-")[:60] or "section"
        self.ids[slug] = count = self.ids.get(slug, 0) + 1
        return f"s-{slug}" if count == 1 else f"s-{slug}.{count}"

    def _item(self, block: PageBlock) -> None:
        line = block.lines[0]
        tag = _list_tag(block)
        if len(self.open) > self._depth(block):
            self._mark("</li>")
            self.open[-1] = (tag, line)
        else:
            self._mark('<{} role="list" dir="auto">', tag)
            self.open.append((tag, line))
        self._mark("<li>")
        self._head(line.start)
        self._flow(block.end)

    def _depth(self, block: PageBlock) -> int:
        """How many of the open lists the block stands in."""
        depth = 0
        for (_, item), owner in zip(self.open, block.owners, strict=False):
            if item is not owner:
                break
            depth += 1
        return depth

    def _close_lists(self, block: PageBlock) -> None:
        """Close the lists that the block does not go on with."""
        depth = self._depth(block)
        if block.kind == "item" and len(self.open) > depth:
            (tag, item), line = self.open[depth], block.lines[0]
            before = (tag, item.parent, item.section_path)
            depth += before == (_list_tag(block), line.parent, line.section_path)
        while len(self.open) > depth:
            self._close_list()

    def _close_list(self) -> None:
        tag, _ = self.open.pop()
        self._mark("</li></{}>", tag)

    def _paragraph(self, block: PageBlock) -> None:
        rows = list(parted(self.text, block.start, block.end, NEWLINE))
        if not self.is_markdown and (table := _grid(self.text, rows)):
            self._table(table)
            return
        is_quoted = self.is_markdown and self.text[block.start : block.end].lstrip(" \t").startswith(">")
        kind = "" if self.is_markdown else _layout(self.text, rows)
        opening = '<p dir="auto" class="{}">' if kind else '<p dir="auto">'
        self._mark(f"<blockquote>{opening}" if is_quoted else opening, kind)
        self._flow(block.end)
        self._mark("</p></blockquote>" if is_quoted else "</p>")

    def _flow(self, end: int) -> None:
        """Running text."""
        for match in _WITHIN.finditer(self.text, self.at, end) if self.is_markdown else ():
            self._put(match.start())
            self._put(match.end(), hidden=True)
            if match["break"]:
                self._mark("<br>")
        self._put(end)

    def _line_rows(self, block: PageBlock) -> Iterator[PageRow]:
        """The rows of a table that the document knows as such."""
        for line, after in zip(block.lines, (*block.lines[1:], None), strict=True):
            ends = [newline.end() for newline in NEWLINE.finditer(self.text, line.end, after.start)] if after else []
            cells = tuple(parted(self.text, line.start, line.end, _BAR))
            yield PageRow(cells, max(ends, default=block.end), is_header=line is block.header)

    def _table(self, rows: list[PageRow]) -> None:
        """A table; the marks around its cells are hidden within them."""
        self.tables += 1
        named = self.language.say("pages.table", number=self.tables)
        self._mark('<div class="table" role="region" aria-label="{}" tabindex="0"><table>', named)
        columns = max(len(row.cells) for row in rows)
        for is_header, group in groupby(rows, key=lambda row: row.is_header):
            part = "thead" if is_header else "tbody"
            self._mark("<{}>", part)
            for row in group:
                self._row(row, columns)
            self._mark("</{}>", part)
        self._mark("</table></div>")

    def _row(self, row: PageRow, columns: int) -> None:
        opening = '<th scope="col" dir="auto"' if row.is_header else '<td dir="auto"'
        self._mark("<tr>")
        for n, (start, end) in enumerate(row.cells, start=1):
            is_last = n == len(row.cells)
            spans = is_last and n < columns
            self._mark(f'{opening} colspan="{{}}">' if spans else f"{opening}>", columns - n + 1)
            self._put(start, hidden=_TABLE_MARKS.fullmatch(self.text, self.at, start) is not None)
            self._put(end)
            if is_last:
                self._put(row.end, hidden=_TABLE_MARKS.fullmatch(self.text, end, row.end) is not None)
            self._mark("</th>" if row.is_header else "</td>")
        self._mark("</tr>")


def contents(entries: tuple[Entry, ...]) -> Markup:
    """The headings as nested lists of links."""
    parts: list[Markup] = []
    depth = 0
    for entry in entries:
        if entry.depth > depth:
            parts.append(Markup("<ol>") * (entry.depth - depth))
        else:
            parts.append(Markup("</li></ol>") * (depth - entry.depth) + Markup("</li>"))
        depth = entry.depth
        parts.append(Markup('<li><a href="#{}" dir="auto">{}</a>').format(quote(entry.id), entry.title))
    return Markup("").join((*parts, Markup("</li></ol>") * depth))


def _list_tag(block: PageBlock) -> str:
    return "ol" if block.number else "ul"


def _is_titled(document: Document) -> bool:
    """Whether the document begins with its own title, which holds all other headings."""
    first = next(iter(document.sections), None)
    if first is None or " ".join(first.title.split()) != document.title or not document.lines:
        return False
    return document.lines[0].kind == "heading" and all(each.path[0] == first.title for each in document.sections)


def _are_marks(text: str) -> bool:
    return not text or _MARKS.fullmatch(text) is not None


def _grid(text: str, rows: list[Span]) -> list[PageRow]:
    """The rows of a table in plain text: as many bars, or tabs, in each; nothing where it is no table."""
    for between in (_BAR, _TAB):
        cells = [tuple(parted(text, start, end, between)) for start, end in rows]
        if len(rows) < 2 or len(cells[0]) < 2 or any(len(each) != len(cells[0]) for each in cells):
            continue
        for edge in (slice(1, None), slice(None, -1)):  # without what stands outside the outer bars
            outer = [each[0] if edge.start else each[-1] for each in cells]
            if len(cells[0]) > 2 and not any(text[start:end].strip() for start, end in outer):
                cells = [each[edge] for each in cells]
        ends = [start for start, _ in rows[1:]] + [rows[-1][1]]
        is_headed = len(rows) > 2 and _TABLE_MARKS.fullmatch(text, *rows[1]) is not None
        found = [PageRow(each, end) for each, end in zip(cells, ends, strict=True)]
        return [PageRow(cells[0], ends[1], is_header=True), *found[2:]] if is_headed else found
    return []


def _layout(text: str, rows: list[Span]) -> str:
    """How the rows of a plain paragraph are set: as columns, as rows, or as one text that was broken to fit."""
    if len(rows) > 1 and sum(_ALIGNED.search(text, *row) is not None for row in rows) > 1:
        return "columns"
    return "" if all(end - start >= _WRAPPED for start, end in rows[:-1]) else "rows"
