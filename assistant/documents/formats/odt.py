"""OpenDocument texts: ODT, read from its XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from assistant.documents.content import Content
from assistant.documents.formats.blocks import (
    LINE,
    Block,
    Footnote,
    Heading,
    Item,
    Paragraph,
    Parsed,
    plain,
    reference,
)
from assistant.documents.formats.canonical import content, under_title
from assistant.documents.formats.grids import Cell, plain_table, refuse_large
from assistant.documents.formats.numbers import whole
from assistant.documents.formats.office_properties import properties
from assistant.documents.formats.packages import Package
from assistant.documents.formats.runs import joined, spaced
from assistant.errors import DamagedDocument, ProtectedDocument

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0"
_OFFICE, _TEXT, _TABLE, _STYLE, _DRAW = (
    f"{{{_NAMES.format(name)}}}" for name in ("office", "text", "table", "style", "drawing")
)
_FO = f"{{{_NAMES.format('xsl-fo-compatible')}}}"
_HOLDERS = {f"{_TEXT}{name}" for name in ("section", "index-body", "list-header", "numbered-paragraph")}
_SKIPPED = {
    f"{_TEXT}tracked-changes",
    f"{_TEXT}table-of-content",
    f"{_OFFICE}annotation",
    f"{_OFFICE}annotation-end",
    f"{_TEXT}alphabetical-index",
    f"{_TEXT}illustration-index",
    f"{_TEXT}table-index",
    f"{_TEXT}note-citation",
}
_MAX_DEPTH = 40
_MAX_REPEATED = 100
_MAX_CHAIN = 20


def load(data: bytes, name: str) -> Content:
    """The content of a text, as it reads with all changes accepted."""
    package = Package(data, name)
    if b"manifest:encryption-data" in package.bytes("META-INF/manifest.xml"):
        raise ProtectedDocument(f"{name}: opens with a password only: save a copy without one")
    root = package.xml("content.xml")
    body = root.find(f"{_OFFICE}body/{_OFFICE}text") if root is not None else None
    if root is None or body is None:
        raise DamagedDocument(f"{name}: is no OpenDocument text, though its name says so: save it as ODT")
    reader = _Reader([each for each in (package.xml("styles.xml"), root) if each is not None])
    blocks = list(reader.blocks(body))
    title, metadata = properties(package, "meta.xml")
    return content(Parsed((*under_title(blocks, titled=reader.titled), *reader.notes), title, metadata), name)


class _Reader:
    def __init__(self, roots: list[etree._Element]) -> None:
        self.styles = {each.get(f"{_STYLE}name", ""): each for root in roots for each in root.iter(f"{_STYLE}style")}
        self.lists = {each.get(f"{_STYLE}name", ""): each for root in roots for each in root.iter(f"{_TEXT}list-style")}
        self.notes: list[Footnote] = []
        self.counts: dict[tuple[str, int], int] = {}  # of the list style and the depth
        self.titled = False
        self.level = 0

    def blocks(self, parent: Iterable[etree._Element], depth: int = 0) -> Iterator[Block]:
        self.level += 1
        for element in parent if self.level <= _MAX_DEPTH else ():
            tag = element.tag
            if tag == f"{_TEXT}h":
                text, _ = self._text(element)
                if text and depth == 0 and self.level == 1:
                    yield Heading(whole(element.get(f"{_TEXT}outline-level"), 1), text)
                elif text:
                    yield Paragraph(text, len(text), depth)
                yield from self._boxes(element, depth)
            elif tag == f"{_TEXT}p":
                text, bold = self._text(element)
                if text and self._named(element) == "title" and self.level == 1:
                    self.titled = True
                    yield Heading(1, text)
                elif text:
                    yield Paragraph(text, bold, depth)
                yield from self._boxes(element, depth)
            elif tag == f"{_TEXT}list":
                yield from self._list(element, depth, element.get(f"{_TEXT}style-name", ""))
            elif tag == f"{_TABLE}table":
                yield from self._table(element, depth)
            elif tag in _HOLDERS and element.get(f"{_TEXT}display") != "none":
                self.level -= 1
                yield from self.blocks(element, depth)
                self.level += 1
        self.level -= 1

    def _list(self, element: etree._Element, depth: int, style: str) -> Iterator[Block]:
        style = element.get(f"{_TEXT}style-name", style)
        numbered, first = self._numbered(style, depth)
        goes_on = element.get(f"{_TEXT}continue-numbering") == "true" or element.get(f"{_TEXT}continue-list")
        count = self.counts.get((style, depth), first - 1) if goes_on else first - 1
        for entry in element:
            if entry.tag not in (f"{_TEXT}list-item", f"{_TEXT}list-header"):
                continue
            count = whole(entry.get(f"{_TEXT}start-value"), count + 1)
            begun = False
            for child in entry:
                if child.tag == f"{_TEXT}list":
                    yield from self._list(child, depth + begun if begun else depth + 1, style)
                elif not begun and child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                    text, bold = self._text(child)
                    if text and child.tag == f"{_TEXT}h" and depth == 0 and self.level == 1:
                        yield Heading(whole(child.get(f"{_TEXT}outline-level"), 1), text)
                    elif text:
                        begun = True
                        yield Item(text, str(count) if numbered else "", bold, depth)
                else:
                    yield from self.blocks([child], depth + 1)
            if not begun and entry.tag == f"{_TEXT}list-item" and len(entry):
                count -= 1  # it holds a deeper list only
        self.counts[style, depth] = count

    def _numbered(self, style: str, depth: int) -> tuple[bool, int]:
        """Whether the items of a list are numbered at this depth, and from which number on."""
        found = self.lists.get(style)
        for level in found if found is not None else ():
            if level.get(f"{_TEXT}level") == str(depth + 1):
                is_number = level.tag == f"{_TEXT}list-level-style-number" and bool(level.get(f"{_STYLE}num-format"))
                return is_number, whole(level.get(f"{_TEXT}start-value"), 1)
        return False, 1

    def _table(self, element: etree._Element, depth: int) -> Iterator[Block]:
        headers = len(element.findall(f"{_TABLE}table-header-rows/{_TABLE}table-row"))
        found = [row for row in element.iter(f"{_TABLE}table-row") if _table_of(row) is element]
        if all(len(row.findall(f"{_TABLE}table-cell")) < 2 for row in found):  # a frame around text
            self.level -= depth == 0
            for row in found:
                for cell in row:
                    yield from self.blocks(cell, depth)
            self.level += depth == 0
            return
        rows: list[list[Cell]] = []
        count = 0
        for row in found:
            cells = []
            for cell in row:
                if cell.tag != f"{_TABLE}table-cell":
                    continue
                found = list(self.blocks(cell))
                text = LINE.join(filter(None, map(plain, found)))
                head = bool(found) and all(
                    isinstance(each, Paragraph) and each.bold >= len(each.text) for each in found
                )
                made = Cell(text, _whole(cell, "number-columns-spanned"), _whole(cell, "number-rows-spanned"), head)
                cells += [made] * min(_whole(cell, "number-columns-repeated"), _MAX_REPEATED)
            times = min(_whole(row, "number-rows-repeated"), _MAX_REPEATED)
            refuse_large(count := count + len(cells) * times)
            rows += [cells] * times
        yield from plain_table(rows, headers=headers or None, depth=depth)

    def _boxes(self, element: etree._Element, depth: int) -> Iterator[Block]:
        """What stands in the frames that hang on a paragraph."""
        for box in element.iter(f"{_DRAW}text-box"):
            holder = next((each for each in box.iterancestors() if each.tag in (f"{_TEXT}p", f"{_TEXT}h")), None)
            if holder is element:
                yield from self.blocks(box, depth)

    def _text(self, element: etree._Element) -> tuple[str, int]:
        return joined(self._runs(element, self._bold(element, default=False), 0))

    def _runs(self, element: etree._Element, bold: bool, level: int) -> Iterator[tuple[str, bool]]:
        if element.text:
            yield spaced(element.text), bold
        for child in element if level < _MAX_DEPTH else ():
            tag = child.tag
            if tag == f"{_TEXT}s" or tag == f"{_TEXT}tab":
                yield " ", bold
            elif tag == f"{_TEXT}line-break":
                yield LINE, bold
            elif tag == f"{_TEXT}note":
                yield self._note(child), bold
            elif tag not in _SKIPPED and not str(tag).startswith(_DRAW) and child.get(f"{_TEXT}display") != "none":
                yield from self._runs(child, self._bold(child, default=bold), level + 1)
            if child.tail:
                yield spaced(child.tail), bold

    def _note(self, element: etree._Element) -> str:
        body = element.find(f"{_TEXT}note-body")
        label = str(len(self.notes) + 1)
        if body is None:
            return ""
        self.notes.append(Footnote(label, ""))
        text = " ".join(filter(None, map(plain, self.blocks(body))))
        self.notes[int(label) - 1] = Footnote(label, text)
        return reference(label)

    def _bold(self, element: etree._Element, *, default: bool) -> bool:
        name = element.get(f"{_TEXT}style-name", "")
        for _ in range(_MAX_CHAIN):
            style = self.styles.get(name)
            if style is None:
                break
            settings = style.find(f"{_STYLE}text-properties")
            weight = settings.get(f"{_FO}font-weight") if settings is not None else None
            if weight is not None:
                return weight == "bold" or whole(weight) >= 600
            name = style.get(f"{_STYLE}parent-style-name", "")
        return default

    def _named(self, element: etree._Element) -> str:
        """The name of the style of a paragraph, or of the one that its own is made from."""
        name = element.get(f"{_TEXT}style-name", "")
        style = self.styles.get(name)
        parent = style.get(f"{_STYLE}parent-style-name", "") if style is not None and name.startswith("P") else ""
        return (parent or name).lower()


def _table_of(row: etree._Element) -> etree._Element | None:
    """The table that a row stands in."""
    parent = row.getparent()
    while parent is not None and parent.tag != f"{_TABLE}table":
        parent = parent.getparent()
    return parent


def _whole(element: etree._Element, name: str) -> int:
    return whole(element.get(f"{_TABLE}{name}"), 1, least=1)
