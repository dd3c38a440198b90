"""What a tagged PDF says of its own structure: headings, and the cells of tables."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_MAX_ELEMENTS = 100_000  # of a page
_MAX_DEPTH = 60
_HEADINGS = {f"H{level}": level for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class Tag:
    """What the structure says of a stretch of text. Places count from 1 over the page; 0 is none."""

    level: int = 0  # of a heading
    table: int = 0
    row: int = 0
    column: int = 0  # within its row
    head: bool = False


UNTAGGED = Tag()


def page_tags(page: pdfium.PdfPage) -> dict[int, Tag]:
    """The tags of a page by the marks of its content; none where the file is not tagged."""
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return {}
    found: dict[int, Tag] = {}
    try:
        walk = _Walk(found)
        for n in range(min(raw.FPDF_StructTree_CountChildren(tree), _MAX_ELEMENTS)):
            if child := raw.FPDF_StructTree_GetChildAtIndex(tree, n):
                walk.read(child, UNTAGGED, 0)
    finally:
        raw.FPDF_StructTree_Close(tree)
    return found


class _Walk:
    def __init__(self, found: dict[int, Tag]) -> None:
        self.found = found
        self.tables = self.rows = self.seen = 0
        self.columns: dict[int, int] = {}  # by row: its cells so far

    def read(self, element: raw.FPDF_STRUCTELEMENT, above: Tag, depth: int) -> None:
        self.seen += 1
        if depth > _MAX_DEPTH or self.seen > _MAX_ELEMENTS:
            return
        tag = self._tag(_kind(element), above)
        for n in range(raw.FPDF_StructElement_CountChildren(element)):
            if child := raw.FPDF_StructElement_GetChildAtIndex(element, n):
                self.read(child, tag, depth + 1)
            elif (mark := raw.FPDF_StructElement_GetChildMarkedContentID(element, n)) >= 0:
                self.found[mark] = tag

    def _tag(self, kind: str, above: Tag) -> Tag:
        if kind in _HEADINGS and not above.table:
            return Tag(level=_HEADINGS[kind])
        if kind == "Table" and not above.table:
            self.tables += 1
            return Tag(table=self.tables)
        if above.table and kind == "TR" and not above.column:
            self.rows += 1
            return Tag(table=above.table, row=self.rows)
        if above.row and kind in ("TH", "TD") and not above.column:
            self.columns[above.row] = column = self.columns.get(above.row, 0) + 1
            return Tag(table=above.table, row=above.row, column=column, head=kind == "TH")
        return above


def _kind(element: raw.FPDF_STRUCTELEMENT) -> str:
    length = raw.FPDF_StructElement_GetType(element, None, 0)
    if not 0 < length <= 64:
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDF_StructElement_GetType(element, buffer, length)
    return buffer.raw.decode("utf-16-le", errors="replace").rstrip("\0")
