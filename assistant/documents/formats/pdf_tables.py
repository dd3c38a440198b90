"""Tables of a PDF: rows of pieces that stand in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.formats.blocks import PAGE
from assistant.documents.formats.grids import Cell
from assistant.documents.formats.pdf_layout import Row
from assistant.documents.formats.pdf_rows import begins, is_ruled, leads
from assistant.documents.formats.pdf_text import Piece

_MARK = re.compile(r"\W{1,2}|o|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)]")
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,4}\.?")
_MOST_LINES = 40  # of one cell
_FARTHEST = 4.0  # type sizes between the lines of a table
_SHIFT = 12.0  # points by which a column may stand elsewhere on the next page
_GAP = 3.0  # points between its columns, at least


@dataclass(slots=True)
class Grid:
    """A table: its lines, each with the text of every column, and which of them begin a row."""

    lines: list[dict[int, tuple[str, bool]]]
    begins: list[bool]
    pages: list[int]
    columns: list[tuple[float, float]]
    taken: int  # rows of the page
    tagged: bool = False  # whether the file itself says that it is a table
    cut: bool = False  # whether its last row goes on at the top of the last page
    headed: bool = False  # whether a line is drawn below its first row, and below no other

    @property
    def page(self) -> int:
        return self.pages[0]

    @property
    def last_page(self) -> int:
        return self.pages[-1]

    def cells(self) -> list[list[Cell]]:
        """The rows, lines of one row put together."""
        found: list[list[tuple[str, bool]]] = []
        page = self.pages[0]
        for line, first, at in zip(self.lines, self.begins, self.pages, strict=True):
            mark, page = PAGE * (at - page), at
            if first or not found:
                row = [line.get(n, ("", True)) for n in range(len(self.columns))]
                filled = next((n for n, (text, _) in enumerate(row) if text), 0)
                row[filled] = (mark + row[filled][0], row[filled][1])
                found.append(row)
                continue
            for n, (text, bold) in line.items():
                above, was_bold = found[-1][n]
                found[-1][n] = (f"{above}{mark} {text}".strip(" "), bold and was_bold)
                mark = ""
        return [[Cell(text, head=bold and bool(text)) for text, bold in row] for row in found]

    def continues(self, other: Grid) -> bool:
        """Take in the rest of this table from the next page, without the header that is repeated there."""
        if other.page != self.last_page + (not self.cut) or not self._is_like(other):
            return False
        head = next((n for n, first in enumerate(self.begins) if first and n), len(self.lines))
        at = head if other.lines[:head] == self.lines[:head] else 0
        self.begins += [not self._goes_on(other, at), *other.begins[at + 1 :]]
        self.lines += other.lines[at:]
        self.pages += other.pages[at:]
        self.cut = False
        return True

    def goes_on_in(self, rows: Sequence[Row], other: Grid) -> bool:
        """Take in rows at the top of the next page, above the rest of the table: of one cell that goes on there."""
        at = _column(self.columns, rows[0].pieces[0])
        last = self.lines[max(n for n, first in enumerate(self.begins) if first) :]
        if self.tagged or not at or rows[0].page != self.last_page + 1 or not any(at in line for line in last):
            return False
        if other.page != rows[-1].page or not self._is_like(other):
            return False
        if not all(len(row.pieces) == 1 and _fits(row.pieces[0], self.columns[at]) for row in rows):
            return False
        self.lines += ({at: (row.text.strip(), row.bold)} for row in rows)
        self.begins += [False] * len(rows)
        self.pages += (row.page for row in rows)
        self.cut = True
        return True

    def ends_in(self, rows: Sequence[Row]) -> bool:
        """Take in rows at the top of the next page that are the last row of the table: with a cell in each column."""
        if self.tagged or rows[0].page != self.last_page + 1 or len(rows[0].pieces) != len(self.columns):
            return False
        lines = [_line(row, self.columns) for row in rows]
        fits = all(_fits(piece, self.columns[_column(self.columns, piece)]) for row in rows for piece in row.pieces)
        if not fits or not all(lines):
            return False
        self.lines += (line for line in lines if line)
        self.begins += [True, *[False] * (len(rows) - 1)]
        self.pages += (row.page for row in rows)
        return True

    def _is_like(self, other: Grid) -> bool:
        return len(other.columns) == len(self.columns) and all(map(_stands_alike, self.columns, other.columns))

    def _goes_on(self, other: Grid, at: int) -> bool:
        """Whether the other's row that begins with this line is the rest of the last one here: it alone has no key."""
        if self.tagged or at >= len(other.lines):
            return False
        keyed = [bool(row[0].text.strip(PAGE)) for row in self.cells()]
        end = next((n for n in range(at + 1, len(other.lines)) if other.begins[n]), len(other.lines))
        return all(keyed) and not any(0 in line for line in other.lines[at:end])


def grid_at(rows: Sequence[Row], start: int) -> Grid | None:
    """The table that begins with this row, if one does."""
    if table := rows[start].pieces[0].tag.table:
        return _tagged(rows, start, table)
    if len(_cells(rows[start])) < 2:
        return None
    columns: list[tuple[float, float]] = [(piece.left, piece.right) for piece in _cells(rows[start])]
    end, many = start + 1, 1
    for n in range(start + 1, len(rows)):
        if n > end + _MOST_LINES:
            break
        row, above = rows[n], rows[n - 1]
        if not 0 < row.base - above.base < _FARTHEST * max(row.size, above.size):
            break
        cells = _cells(row)
        if len(cells) < len(columns) and (parted := _parted(cells, columns)):
            cells = row.pieces = parted
        if len(cells) < 2:
            if abs(row.size - rows[start].size) > 1.5:
                break
            spot = [
                k
                for k, column in enumerate(columns)
                if cells[0].left < column[1] + _GAP and cells[0].right > column[0] - _GAP
            ]
            if len(spot) != 1 or (_is_apart(rows, n) and not leads(rows, n, columns[spot[0]])):
                break
            columns[spot[0]] = (min(columns[spot[0]][0], cells[0].left), max(columns[spot[0]][1], cells[0].right))
            continue
        if len(cells) == len(columns) and (joined := _in_order(cells, columns)):
            columns, end, many = joined, n + 1, many + 1
            continue
        merged = _merged([*columns, *((piece.left, piece.right) for piece in cells)])
        places = [_column(merged, piece) for piece in cells]
        if len(merged) < 2 or len(set(places)) < len(cells) or len(merged) < len(columns) - (many > 2):
            break
        if len(merged) < len(columns):
            break
        columns, end, many = merged, n + 1, many + 1
    # lines that belong to the last row
    while end < len(rows) and _is_rest(rows, end, columns):
        end += 1
    if many < 2:
        return None
    lines = [_line(row, columns) for row in rows[start:end]]
    if any(line is None for line in lines):
        return None
    plain = [line for line in lines if line is not None]
    first = begins(rows[start:end], plain, columns)
    pages = [row.page for row in rows[start:end]]
    return Grid(plain, first, pages, columns, end - start, headed=_is_headed(rows[start:end], first))


def _is_headed(rows: Sequence[Row], first: Sequence[bool]) -> bool:
    """Whether a line is drawn below the first of at least three rows, and below no other but the last."""
    ruled = [n for n, (above, below) in enumerate(pairwise(rows), start=1) if is_ruled(above, below)]
    return sum(first) > 2 and ruled == [next(n for n, each in enumerate(first) if each and n)]


def _tagged(rows: Sequence[Row], start: int, table: int) -> Grid | None:
    """The table that the file itself says begins here."""
    end = start
    while end < len(rows) and rows[end].pieces[0].tag.table == table and rows[end].page == rows[start].page:
        end += 1
    lines: dict[int, dict[int, tuple[str, bool]]] = {}
    spans: dict[int, tuple[float, float]] = {}
    for piece in (piece for row in rows[start:end] for piece in row.pieces if piece.tag.column):
        line, at = lines.setdefault(piece.tag.row, {}), piece.tag.column - 1
        text, head = line.get(at, ("", True))
        line[at] = (f"{text} {piece.text}".strip(), head and (piece.tag.head or piece.bold))
        left, right = spans.get(at, (piece.left, piece.right))
        spans[at] = (min(left, piece.left), max(right, piece.right))
    if not lines or max(spans) < 1:
        return None
    ordered = [lines[row] for row in sorted(lines)]
    columns = [spans.get(at, (0.0, 0.0)) for at in range(max(spans) + 1)]
    page = rows[start].page
    return Grid(ordered, [True] * len(ordered), [page] * len(ordered), columns, end - start, True)


def _cells(row: Row) -> list[Piece]:
    """The pieces of a row; a marker of a list belongs to what comes after it."""
    if len(row.pieces) == 2 and row.bold and _SECTION.fullmatch(row.pieces[0].text.strip()):
        return [Piece(row.text, row.left, row.right, row.base, row.size, len(row.text))]
    if len(row.pieces) > 1 and _MARK.fullmatch(row.pieces[0].text.strip()):
        first, second = row.pieces[:2]
        if second.left - first.right < 3 * row.size:
            text = f"{first.text.strip()} {second.text}"
            return [Piece(text, first.left, second.right, second.base, second.size), *row.pieces[2:]]
    return row.pieces


def _parted(cells: Sequence[Piece], columns: Sequence[tuple[float, float]]) -> list[Piece] | None:
    """The pieces, those parted that reach over the edge of a column; None where that gives no cell for each."""
    edges = [column[0] - _GAP for column in columns[1:]]
    parts = [part for cell in cells for part in cell.split([edge for edge in edges if cell.left < edge < cell.right])]
    places = [_column(columns, part) for part in parts]
    fits = all(columns[at][0] - _GAP <= part.left for at, part in zip(places, parts, strict=True))
    return parts if fits and len(parts) > len(cells) and places == sorted(set(places)) else None


def _stands_alike(column: tuple[float, float], other: tuple[float, float]) -> bool:
    """Whether two columns have their left edge, their right edge or their middle in the same place."""
    return any(abs(a - b) <= _SHIFT for a, b in zip((*column, sum(column) / 2), (*other, sum(other) / 2), strict=True))


def _in_order(cells: Sequence[Piece], columns: Sequence[tuple[float, float]]) -> list[tuple[float, float]] | None:
    """The columns with these cells, one in each; None where a cell would reach into the next column."""
    found = [
        (min(column[0], cell.left), max(column[1], cell.right)) for cell, column in zip(cells, columns, strict=True)
    ]
    return found if all(left[1] < right[0] for left, right in pairwise(found)) else None


def with_header(grid: Grid, row: Row, below: Row) -> bool:
    """Take in the row above a table, if its words are names of its columns, or the first line of its first cells."""
    if grid.tagged:
        return False
    opens = any(0 < row.base - rule < 2 * row.size for rule in row.rules) or _opens(row, below, grid.columns)
    if not is_ruled(row, below) and opens:
        inside = _line(row, grid.columns)
        if inside is not None and all(_fits(piece, grid.columns[_column(grid.columns, piece)]) for piece in row.pieces):
            grid.lines.insert(0, inside)
            grid.begins.insert(0, True)
            grid.begins[1] = False
            grid.pages.insert(0, row.page)
            return True
    parts = _parted(row.pieces, grid.columns)
    if parts is None or len(parts) < len(grid.columns):
        return False
    grid.lines.insert(0, {n: (part.text.strip(), part.bold) for n, part in enumerate(parts)})
    grid.begins.insert(0, True)
    grid.begins[1] = True
    grid.pages.insert(0, row.page)
    return True


def _opens(row: Row, below: Row, columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a row of one piece is the first line of a cell of the row below, set as that one is."""
    inside = [piece for piece in below.pieces if _column(columns, piece) == _column(columns, row.pieces[0])]
    alike = bool(inside) and (inside[0].text[:1].islower() or (row.bold and below.bold))
    return len(row.pieces) == 1 and alike and leads([row, below], 0, columns[_column(columns, row.pieces[0])])


def _fits(piece: Piece, column: tuple[float, float]) -> bool:
    """Whether a piece stands within a column, or little beyond its letters."""
    return column[0] - piece.size <= piece.left and piece.right <= column[1] + 2 * piece.size


def _is_apart(rows: Sequence[Row], n: int) -> bool:
    """Whether a row of one piece is further from the row above than from the one below, and so none of its cells."""
    row = rows[n]
    if is_ruled(rows[n - 1], row) and any(0 < rule - row.base < _MOST_LINES * row.size for rule in row.rules):
        return False  # in a cell
    gap = rows[n].base - rows[n - 1].base
    below = rows[n + 1].base - rows[n].base if n + 1 < len(rows) else gap
    return gap > 1.6 * rows[n].size and gap > 1.2 * below


def _is_rest(rows: Sequence[Row], n: int, columns: Sequence[tuple[float, float]]) -> bool:
    row, above = rows[n], rows[n - 1]
    cells = _cells(row)
    if not 0 < row.base - above.base < 1.5 * row.size or len(cells) > 1 or row.size != above.size:
        return False
    at = _column(columns, cells[0])
    inside = columns[at][0] - _GAP <= cells[0].left and cells[0].right <= columns[at][1] + _GAP
    return inside and (at > 0 or not _MARK.fullmatch(cells[0].text.split()[0]))


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if found and left < found[-1][1] + _GAP:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _column(columns: Sequence[tuple[float, float]], piece: Piece) -> int:
    """The column that a piece stands in, or is next to."""
    return max(range(len(columns)), key=lambda n: min(columns[n][1], piece.right) - max(columns[n][0], piece.left))


def _line(row: Row, columns: Sequence[tuple[float, float]]) -> dict[int, tuple[str, bool]] | None:
    found: dict[int, tuple[str, bool]] = {}
    for piece in _cells(row):
        at = _column(columns, piece)
        if at in found:
            return None
        found[at] = (piece.text.strip(), piece.bold)
    return found
