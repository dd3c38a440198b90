"""The blocks of an HTML tree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborNode

from assistant.documents.formats.blocks import (
    LINE,
    Block,
    Closing,
    Code,
    Heading,
    Item,
    Opening,
    Paragraph,
    definition,
    plain,
)
from assistant.documents.formats.grids import Cell, plain_table
from assistant.documents.formats.html_seen import HEADINGS, Seen, is_chrome, is_menu, names
from assistant.documents.formats.numbers import whole
from assistant.documents.formats.runs import joined, spaced

_BLOCKS = HEADINGS | names(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form header hgroup html legend li listing main ol p pre search section summary table tbody td tfoot th "
    "thead tr ul hr menu"
)
_BOLD = frozenset(("b", "strong"))
_BOLD_STYLE = re.compile(r"(?i)font-weight\s*:\s*(?:bold|[6-9]00)")
_UNBOLD_STYLE = re.compile(r"(?i)font-weight\s*:\s*(?:normal|[1-4]00)")
_SUPERSCRIPT = str.maketrans("0123456789+-\u2212n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
_RAISED = re.compile(r"[-+\u2212]?[0-9n]{1,4}")
_MAX_DEPTH = 100  # of elements; what stands deeper is plain text
_ALT_WORDS = 5
_FIRST = -1_000_000  # the least number with which a list may begin
_SENTENCE_WORDS = 8


class Reader:
    """Goes through elements, in order, and gathers their blocks."""

    def __init__(self, seen: Seen, *, inside: bool) -> None:
        """`inside` is whether all that is read stands in the page's content, not around it."""
        self.seen, self.inside = seen, inside
        self.blocks: list[Block] = []
        self.runs: list[tuple[str, bool]] = []
        self.bold = 0
        self.depth = 0  # of the list items that are open
        self.item: Item | None = None  # whose first paragraph is still to come
        self.level = 0  # of elements
        self.begun = False  # whether there was running text, or a section
        self.plain = 0  # how many elements are open in which a heading opens no section

    def read(self, node: LexborNode) -> list[Block]:
        """The blocks of what the element holds."""
        self._children(node)
        self._flush()
        return self.blocks

    def text(self, node: LexborNode) -> str:
        """The text of what the element holds, a paragraph a line."""
        inner = Reader(self.seen, inside=True)
        inner.level, inner.plain = self.level + 1, 1
        return LINE.join(filter(None, map(plain, inner.read(node))))

    def _children(self, node: LexborNode) -> None:
        for child in node.iter(include_text=True):
            self._node(child)

    def _node(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self.runs.append((spaced(node.text_content or ""), self.bold > 0))
            return
        attributes = node.attributes
        if tag == "input" and attributes.get("type") == "checkbox" and self.item is not None:
            self.item = Item("", self.item.number, depth=self.item.depth, done="checked" in attributes)
            return
        if not self.seen.shows(node, attributes):
            return
        if is_chrome(node, attributes, inside=self.inside):
            if not self.inside and tag == "header":
                self._masthead(node)
            return
        if tag in ("ul", "ol") and not self.begun and is_menu(node):
            return
        self.level += 1
        if self.level > _MAX_DEPTH:
            self.runs.append((spaced(node.text(deep=True, separator=" ")), self.bold > 0))
        elif tag in _BLOCKS:
            self._flush()
            self._block(node, tag, attributes)
            self._flush()
        else:
            self._inline(node, tag, attributes)
        self.level -= 1

    def _masthead(self, node: LexborNode) -> None:
        """Of a page's header only the headline."""
        self._flush()
        for heading in node.css("h1"):
            if self.seen.shows(heading, heading.attributes):
                self._block(heading, "h1", heading.attributes)

    def _inline(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "br":
            self.runs.append((LINE, self.bold > 0))
        elif tag == "img":
            alt = spaced(attributes.get("alt") or "").strip()
            if len(alt.split()) >= _ALT_WORDS:
                self.runs.append((f" {alt} ", False))
        elif tag == "button":
            self._button(node, attributes)
        elif tag == "sup":
            self._raised(node)
        elif tag == "math":
            self.runs.append((spaced(attributes.get("alttext") or node.text(deep=True)), False))
        else:
            style = attributes.get("style") or ""
            bold = tag in _BOLD if not _BOLD_STYLE.search(style) else True
            bold = bold and not _UNBOLD_STYLE.search(style)
            self.bold += bold
            if tag == "q":
                self.runs.append(("\u201c", self.bold > 0))
            self._children(node)
            if tag == "q":
                self.runs.append(("\u201d", self.bold > 0))
            self.bold -= bold

    def _button(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        """A button within a heading is its text, and one that folds something out is its summary; others do."""
        parent = node.parent
        if parent is not None and parent.tag in HEADINGS | {"summary", "dt"}:
            self._children(node)
        elif "aria-expanded" in attributes and "aria-controls" in attributes and (text := self.text(node)):
            self._flush()
            self.blocks.append(Paragraph(text, len(text), self.depth))

    def _raised(self, node: LexborNode) -> None:
        """A power or a mark that is raised; the number of a note that a link leads to is left out."""
        text = node.text(deep=True).strip()
        if node.css_first("a[href^='#']") is not None:
            return
        raised = text.translate(_SUPERSCRIPT) if _RAISED.fullmatch(text) else text
        self.runs.append((raised, self.bold > 0))

    def _block(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        if tag in HEADINGS:
            self._heading(node, int(tag[1]))
        elif tag in ("ul", "ol", "menu", "dir"):
            self._list(node, tag, attributes)
        elif tag == "dl":
            self._definitions(node)
        elif tag == "table":
            self._table(node, attributes)
        elif tag == "details":
            self._details(node)
        elif tag in ("pre", "listing"):
            self.blocks.append(Code(node.text(deep=True), self.depth))
        elif tag == "blockquote":
            self.plain += 1
            self._children(node)
            self._flush()
            self.plain -= 1
        elif tag == "div" and attributes.get("role") == "heading":
            self._heading(node, whole(attributes.get("aria-level"), 2, least=1))
        else:
            bold = _BOLD_STYLE.search(attributes.get("style") or "") is not None
            self.bold += bold
            self._children(node)
            self._flush()
            self.bold -= bold

    def _heading(self, node: LexborNode, level: int) -> None:
        text = self.text(node).replace(LINE, " ")
        if not text:
            return
        if self.plain or self.depth or self.item is not None:
            self.runs.append((text, True))
            self._flush()
        else:
            self.blocks.append(Heading(level, text))
            self.begun = self.begun or level > 1

    def _list(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        number = whole(attributes.get("start"), 1, least=_FIRST)
        for child in node.iter(include_text=True):
            if child.tag == "li":
                number = whole(child.attributes.get("value"), number, least=_FIRST)
                if self.seen.shows(child, child.attributes):
                    said = _numbered(number, attributes.get("type") or "") if tag == "ol" else ""
                    self._entry(child, said)
                number += 1
            else:
                self._node(child)
                self._flush()

    def _entry(self, node: LexborNode, number: str = "") -> None:
        """One item of a list."""
        self.level += 1
        self.item = Item("", number, depth=self.depth)
        self.depth += 1
        self._children(node)
        self._flush()
        self.depth -= 1
        self.level -= 1
        self.item = None

    def _definitions(self, node: LexborNode) -> None:
        terms: list[str] = []
        for child in _parts(node):
            if not self.seen.shows(child, child.attributes):
                continue
            if child.tag == "dt":
                if text := self.text(child).replace(LINE, " "):
                    terms.append(text)
            else:
                at = len(self.blocks)
                self._entry(child)
                if terms and len(self.blocks) > at:
                    self.blocks.insert(at, definition(terms, self.depth))
                    terms = []
        if terms:
            self.blocks.append(Paragraph(", ".join(terms), depth=self.depth))

    def _details(self, node: LexborNode) -> None:
        summary = next((child for child in node.iter() if child.tag == "summary"), None)
        said = self.text(summary).replace(LINE, " ") if summary is not None else ""
        if said:
            self.blocks.append(Opening(said, self.depth))
        for child in node.iter(include_text=True):
            if child.tag != "summary":
                self._node(child)
        self._flush()
        if said:
            self.blocks.append(Closing(self.depth))

    def _table(self, node: LexborNode, attributes: dict[str, str | None]) -> None:
        captions, rows, heads = _rows(node)
        rows = [row for row in rows if self.seen.shows(row, row.attributes)]
        cells = [[cell for cell in row.iter() if cell.tag in ("td", "th")] for row in rows]
        cells = [[cell for cell in row if self.seen.shows(cell, cell.attributes)] for row in cells]
        if _is_layout(node, attributes, cells):
            for row in cells:
                for cell in row:
                    self._children(cell)
                    self._flush()
            return
        caption = " ".join(self.text(each).replace(LINE, " ") for each in captions)
        plain = [[self._cell(cell) for cell in row] for row in cells]
        self.blocks += plain_table(plain, caption=caption, headers=heads or None, depth=self.depth, strict=True)

    def _cell(self, node: LexborNode) -> Cell:
        attributes = node.attributes
        inner = Reader(self.seen, inside=True)
        inner.level, inner.plain = self.level + 1, 1
        found = inner.read(node)
        head = node.tag == "th" and attributes.get("scope") not in ("row", "rowgroup")
        return Cell(
            LINE.join(filter(None, map(plain, found))),
            columns=whole(attributes.get("colspan"), 1, least=1),
            rows=whole(attributes.get("rowspan"), 1, least=1),
            head=head or (bool(found) and all(isinstance(b, Paragraph) and b.bold >= len(b.text) for b in found)),
        )

    def _flush(self) -> None:
        """Make a block of the text that was gathered."""
        if not self.runs:
            return
        text, bold = joined(self.runs)
        self.runs = []
        if not text:
            return
        if self.item is not None:
            self.blocks.append(Item(text, self.item.number, bold, self.item.depth, self.item.done))
            self.item = None
        else:
            self.blocks.append(Paragraph(text, bold, self.depth))
            self.begun = self.begun or len(text.split()) >= _SENTENCE_WORDS


def _parts(node: LexborNode, depth: int = 0) -> Iterator[LexborNode]:
    """The terms and meanings of a `dl`, also those that stand in a `div`."""
    for child in node.iter():
        if child.tag in ("dt", "dd"):
            yield child
        elif child.tag == "div" and depth < 3:
            yield from _parts(child, depth + 1)


def _rows(node: LexborNode) -> tuple[list[LexborNode], list[LexborNode], int]:
    """A table's captions, its rows in the order in which they are shown, and how many of them are its head."""
    captions: list[LexborNode] = []
    parts: dict[str, list[LexborNode]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in node.iter():
        tag = child.tag or ""
        if tag == "caption":
            captions.append(child)
        elif tag == "tr":
            parts["tbody"].append(child)
        elif tag in parts:
            parts[tag] += (row for row in child.iter() if row.tag == "tr")
    return captions, [*parts["thead"], *parts["tbody"], *parts["tfoot"]], len(parts["thead"])


def _is_layout(node: LexborNode, attributes: dict[str, str | None], cells: list[list[LexborNode]]) -> bool:
    """Whether a table only places things on the page."""
    if attributes.get("role") in ("presentation", "none"):
        return True
    if all(len(row) < 2 for row in cells):
        return True
    if node.css_first("th") is not None or node.css_first("caption") is not None:
        return False
    holds = "h1, h2, h3, h4, h5, h6, table" + (", p, ul, ol" if len(cells) == 1 else "")
    return any(cell.css_first(holds) is not None for row in cells for cell in row)


def _numbered(number: int, kind: str) -> str:
    """The number of an item as it is shown."""
    if kind in ("a", "A") and 0 < number <= 26:
        return chr(ord(kind) + number - 1) + ")"
    if kind in ("i", "I") and 0 < number < 40:
        tens, ones = divmod(number, 10)
        roman = "x" * tens + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[ones]
        return (roman if kind == "i" else roman.upper()) + ")"
    return str(max(number, 0))
