"""Word documents: DOCX, read from its XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
from assistant.documents.formats.docx_styles import Numbering, Style, Styles, W, heading_level, is_on, list_of
from assistant.documents.formats.grids import Cell, plain_table
from assistant.documents.formats.numbers import whole
from assistant.documents.formats.office_properties import properties
from assistant.documents.formats.packages import Package
from assistant.documents.formats.runs import joined, spaced
from assistant.errors import DamagedDocument

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SKIPPED = {f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rPr", "pPr", "sdtPr", "sdtEndPr")}
_CONTENTS = re.compile(r"toc \d|toc heading|table of figures|contents heading")
_SIMPLE = re.compile(r"\(?(\d{1,9})[.)]?")
_DONE = {"\u2610": False, "\u25a1": False, "\u2611": True, "\u2612": True}
_MAX_DEPTH = 40  # of tables and text boxes in each other


def load(data: bytes, name: str) -> Content:
    """The content of a Word document, as it reads with all changes accepted."""
    package = Package(data, name)
    main = package.related("", "officeDocument") or "word/document.xml"
    root = package.xml(main)
    body = root.find(f"{W}body") if root is not None else None
    if body is None:
        raise DamagedDocument(f"{name}: is no Word document, though its name says so: save it as DOCX")
    reader = _Reader(package, main)
    blocks = reader.blocks(body)
    title, metadata = properties(package)
    return content(Parsed((*under_title(blocks, titled=reader.titled), *reader.notes()), title, metadata), name)


class _Reader:
    """Reads paragraphs and tables, and remembers the notes that they refer to."""

    def __init__(self, package: Package, main: str) -> None:
        self.styles = Styles(package.xml(package.related(main, "styles") or ""))
        self.numbering = Numbering(package.xml(package.related(main, "numbering") or ""))
        self.sources = {kind: package.xml(package.related(main, f"{kind}s") or "") for kind in ("footnote", "endnote")}
        self.labels: dict[tuple[str, str], str] = {}
        self.titled = False
        self.listed = -1  # the depth of the item that was read last; -1 where something else came after it
        self.level = 0

    def blocks(self, body: etree._Element) -> list[Block]:
        self.level += 1
        found: list[Block] = []
        for element in _content(body) if self.level <= _MAX_DEPTH else ():
            if element.tag == f"{W}p":
                found += self._paragraph(element)
            elif element.tag == f"{W}tbl":
                found += self._table(element)
                self.listed = -1
        self.level -= 1
        return found

    def notes(self) -> list[Block]:
        """The footnotes and endnotes that the text refers to."""
        texts = {
            (kind, note.get(f"{W}id", "")): note
            for kind, source in self.sources.items()
            for note in (source.findall(f"{W}{kind}") if source is not None else ())
        }
        found: list[Block] = []
        for key, label in [*self.labels.items()]:
            if (note := texts.get(key)) is not None:
                found.append(Footnote(label, " ".join(filter(None, map(plain, self.blocks(note))))))
        return found

    def _paragraph(self, element: etree._Element) -> list[Block]:
        settings = element.find(f"{W}pPr")
        named = settings.find(f"{W}pStyle") if settings is not None else None
        style = self.styles.style(named.get(f"{W}val") if named is not None else None)
        runs, boxes = self._runs(element, style)
        text, bold = joined(runs)
        after = [block for box in boxes for block in self.blocks(box)]
        if _CONTENTS.match(style.name) or style.hidden:
            return after
        number = list_of(settings) or style.number
        label = self.numbering.label(*number) if number is not None and text else None
        level = heading_level("", settings) or style.level
        if style.name == "title" and text:
            self.titled, self.listed = True, -1
            return [Heading(1, text), *after]
        if level and self.level == 1:
            self.listed = -1
            return [*([Heading(level, f"{label or ''} {text}".strip())] if text else []), *after]
        if not text:
            return after
        if label is not None and number is not None:
            depth = number[1] or style.depth
            self.listed = depth
            return [_item(text, label, bold, depth), *after]
        if style.name.startswith(("list continue", "list paragraph")) and self.listed >= 0 and _is_indented(settings):
            return [Paragraph(text, bold, self.listed + 1), *after]
        self.listed = -1
        if text[0] in _DONE and text[1:].strip():
            return [_item(text, "", bold, 0), *after]
        return [Paragraph(text, bold), *after]

    def _runs(self, element: etree._Element, style: Style) -> tuple[list[tuple[str, bool]], list[etree._Element]]:
        """The text of a paragraph in runs, and the text boxes that hang on it."""
        runs: list[tuple[str, bool]] = []
        boxes: list[etree._Element] = []
        bold = style.bold
        for part in _within(element):
            tag = part.tag
            if tag == f"{W}r":
                settings = part.find(f"{W}rPr")
                own = is_on(settings, "b")
                bold = style.bold if own is None else own
                if is_on(settings, "vanish"):
                    bold = style.bold
            elif tag == f"{W}t" or tag == f"{_MATH}t":
                runs.append((spaced(part.text or ""), bold))
            elif tag in (f"{W}br", f"{W}cr"):
                runs.append((LINE if part.get(f"{W}type") in (None, "textWrapping") else " ", bold))
            elif tag in (f"{W}tab", f"{W}ptab"):
                runs.append((" ", bold))
            elif tag == f"{W}noBreakHyphen":
                runs.append(("-", bold))
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                key = (tag.removeprefix(W).removesuffix("Reference"), part.get(f"{W}id", ""))
                label = self.labels.setdefault(key, str(len(self.labels) + 1))
                runs.append((reference(label), bold))
            elif tag == f"{W}txbxContent":
                boxes.append(part)
        return runs, boxes

    def _table(self, element: etree._Element) -> list[Block]:
        rows: list[list[Cell]] = []
        above: dict[int, Cell] = {}
        headers, is_head = 0, True
        for row in _content(element):
            if row.tag != f"{W}tr":
                continue
            settings = row.find(f"{W}trPr")
            is_head = is_head and bool(is_on(settings, "tblHeader"))
            headers += is_head
            cells, at = [], _grid(settings, "gridBefore")
            for part in _content(row):
                if part.tag != f"{W}tc":
                    continue
                own = part.find(f"{W}tcPr")
                merge = own.find(f"{W}vMerge") if own is not None else None
                span = max(_grid(own, "gridSpan"), 1)
                if merge is not None and merge.get(f"{W}val") != "restart" and at in above:
                    cell = above[at]
                else:
                    cell = self._cell(part, span)
                above[at] = cell
                cells.append(cell)
                at += span
            rows.append(cells)
        if all(len(row) < 2 for row in rows) and self.level == 1:  # a frame around text
            self.level -= 1
            parts = [part for row in _content(element) for part in _content(row) if part.tag == f"{W}tc"]
            found = [block for part in parts for block in self.blocks(part)]
            self.level += 1
            return found
        return plain_table(rows, headers=headers or None)

    def _cell(self, element: etree._Element, span: int) -> Cell:
        found = self.blocks(element)
        head = bool(found) and all(isinstance(block, Paragraph) and block.bold >= len(block.text) for block in found)
        return Cell(LINE.join(filter(None, map(plain, found))), columns=span, head=head)


def _content(element: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs, tables, rows or cells in it, also those in content controls and marked changes."""
    for child in element:
        if child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}moveTo", f"{W}customXml", f"{W}smartTag"):
            yield from _content(child)
        elif child.tag == f"{_CHOICE}AlternateContent":
            yield from _content(child[0] if len(child) else child)
        else:
            yield child


def _within(element: etree._Element) -> Iterator[etree._Element]:
    """What stands in a paragraph, in order, without what was deleted and what is hidden."""
    stack = [iter(element)]
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            continue
        if child.tag in _SKIPPED or not isinstance(child.tag, str):
            continue
        if child.tag == f"{W}r" and is_on(child.find(f"{W}rPr"), "vanish"):
            continue
        yield child
        if child.tag == f"{W}txbxContent":
            continue
        if child.tag == f"{_CHOICE}AlternateContent":
            child = child[0] if len(child) else child
        stack.append(iter(child))


def _item(text: str, label: str, bold: int, depth: int) -> Item:
    done = _DONE.get(text[:1])
    if done is not None and len(text) > 1:
        rest = text[1:].lstrip()
        text, bold = rest, max(bold - (len(text) - len(rest)), 0)
    simple = _SIMPLE.fullmatch(label)
    return Item(text, simple[1] if simple else label, bold, depth, done)


def _is_indented(settings: etree._Element | None) -> bool:
    indent = settings.find(f"{W}ind") if settings is not None else None
    return indent is None or indent.get(f"{W}left", indent.get(f"{W}start", "1")) not in ("0", "")


def _grid(settings: etree._Element | None, name: str) -> int:
    found = settings.find(f"{W}{name}") if settings is not None else None
    return min(whole(found.get(f"{W}val")), 1_000) if found is not None else 0
