"""Tables made plain: cells that span others written out, the header found, titles and groups of rows told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.documents.content import MAX_CHARACTERS, TooLarge
from assistant.documents.formats.blocks import Block, Paragraph, Table, introducing

MAX_COLUMNS = 300
MAX_CELLS = MAX_CHARACTERS // 3  # of one table: each takes three characters of the text, even if it is empty
WIDE = f"columns past the {MAX_COLUMNS}th are left out"
_MAX_SPAN = 1_000
_LABEL = re.compile(r"[^\W\d_]")
_VALUE = re.compile(r"[(+~<>≤≥±-]*\s*[$€£¥]?\s*[\d.,]*\d")
_LABEL_CHARACTERS = 80
_MOST_HEADERS = 4
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    columns: int = 1  # that it spans
    rows: int = 1
    head: bool = False  # marked as a header, or set in bold


EMPTY = Cell("")


@dataclass(slots=True)
class _Slot:
    """A place in the grid."""

    text: str = ""
    head: bool = False
    whole: bool = False  # its cell spans all columns
    spread: bool = False  # its text stands in a column before


_NOTHING = _Slot()


def plain_table(
    rows: Iterable[Sequence[Cell]],
    *,
    caption: str = "",
    headers: int | None = None,
    depth: int = 0,
    strict: bool = False,
) -> list[Block]:
    """The blocks of a table.

    `headers` is how many rows at the top are the header, if the file says so. Else rows of nothing but header cells
    are, or a first row of labels over values; unless it is `strict`, for a format with ways to mark a header, also a
    first row of mere labels. A row across the whole table introduces the rows below it, which then have the header
    again. Raises TooLarge where the cells that are written out would be more than `MAX_CELLS`.
    """
    grid = _grid(list(rows))
    grid, headers = _without_empty(grid, headers)
    found: list[Block] = [Paragraph(introducing(caption), depth=depth)] if caption else []
    if not grid:
        return [Paragraph(caption, depth=depth)] if caption else []
    titles = 0
    while titles < len(grid) and _is_single(grid[titles]) and titles + 1 < len(grid):
        titles += 1
    for row in grid[:titles]:
        text = next(slot.text for slot in row if slot.text)
        is_last = row is grid[titles - 1]
        found.append(Paragraph(introducing(text) if is_last else text, depth=depth))
    body = grid[titles:]
    if headers is not None:
        headers = max(headers - titles, 0)
    count = _headers(body, strict=strict) if not headers else min(headers, len(body) - 1)
    header = _header(body[:count]) if count else None
    held: list[tuple[str, ...]] = []
    lead = ""
    for row in body[count:]:
        if _is_single(row):
            found += _table(header, held, lead, depth)
            held, lead = [], next(slot.text for slot in row if slot.text)
        else:
            held.append(tuple("" if slot.spread else slot.text for slot in row))
    found += _table(header, held, lead, depth)
    return found


def _table(header: tuple[str, ...] | None, rows: list[tuple[str, ...]], lead: str, depth: int) -> list[Block]:
    if not rows:
        return [Paragraph(lead, depth=depth)] if lead else []
    found: list[Block] = [Paragraph(introducing(lead), depth=depth)] if lead else []
    if header is None and len(rows) == 1:
        first, *rest = filter(None, rows[0])
        return [*found, Paragraph(f"{introducing(first)} {', '.join(rest)}" if rest else first, depth=depth)]
    if len(rows[0]) == 1:
        cells = ([] if header is None else [header[0]]) + [row[0] for row in rows]
        return [*found, *(Paragraph(cell, depth=depth) for cell in cells if cell)]
    return [*found, Table(header, tuple(rows), depth)]


def _grid(rows: list[Sequence[Cell]]) -> list[list[_Slot]]:
    """The rows, each with a slot for all columns up to its last cell."""
    grid: list[list[_Slot]] = []
    hanging: dict[int, tuple[int, _Slot]] = {}  # by column: cells of rows above that reach further down
    wide: list[tuple[_Slot, int]] = []
    count = 0
    for cells in rows:
        row: list[_Slot] = []
        queue = iter(cells)
        cell = next(queue, None)
        while (cell is not None or len(row) in hanging) and len(row) < MAX_COLUMNS:
            at = len(row)
            if at in hanging:
                left, slot = hanging.pop(at)
                row.append(slot)
                if left > 1:
                    hanging[at] = (left - 1, slot)
                continue
            assert cell is not None
            columns = min(max(cell.columns, 1), MAX_COLUMNS - at)
            slot = rest = _Slot(cell.text, cell.head)
            row.append(slot)
            if columns > 1:
                rest = _Slot(cell.text, cell.head, spread=True)
                row += [rest] * (columns - 1)
                wide.append((slot, columns))
            if cell.rows > 1:
                for n in range(columns):
                    hanging[at + n] = (min(cell.rows, _MAX_SPAN) - 1, rest if n else slot)
            cell = next(queue, None)
        count += len(row)
        refuse_large(count)
        grid.append(row)
    width = max(map(len, grid), default=0)
    for slot, columns in wide:
        slot.whole = 1 < width <= columns
    return grid


def _without_empty(grid: list[list[_Slot]], headers: int | None) -> tuple[list[list[_Slot]], int | None]:
    filled = [{id(slot) for slot in row if slot.text} for row in grid]
    # A row of nothing but cells that reach down into the next one says nothing that the next one does not say.
    kept = [n for n, ids in enumerate(filled) if ids and not any(ids < below for below in filled[n + 1 : n + 2])]
    if headers is not None:
        headers = sum(n < headers for n in kept)
    grid = [grid[n] for n in kept]
    columns = sorted({n for row in grid for n, slot in enumerate(row) if slot.text and not slot.spread})
    refuse_large(len(grid) * len(columns))
    return [[row[n] if n < len(row) else _NOTHING for n in columns] for row in grid], headers


def refuse_large(cells: int) -> None:
    """Raise TooLarge where a table has so many cells that no text could hold them."""
    if cells > MAX_CELLS:
        raise TooLarge(f"holds more than {MAX_CELLS:,} cells in a table: split it")


def _is_single(row: Sequence[_Slot]) -> bool:
    """Whether a row is one cell across the whole table."""
    return len(row) > 1 and bool(row[0].text) and row[0].whole


def _headers(body: Sequence[Sequence[_Slot]], *, strict: bool) -> int:
    """How many rows at the top are the header, as far as can be seen."""
    if len(body) < 2 or len(body[0]) < 2:
        return 0
    count = 0
    while count < len(body) - 1 and all(slot.head or not slot.text for slot in body[count]):
        count += 1
    if count:
        return count if count <= _MOST_HEADERS else 1
    labels = [slot.text for slot in body[0]]
    filled = [label for label in labels if label]
    lacks = len(filled) * 2 <= len(labels) and not all(labels[1:])
    if lacks or not all(map(is_label, filled)):
        return 0
    if len(set(filled)) < len(filled) or labels[0].endswith(":"):
        return 0
    columns = [[row[n].text for row in body[1:] if row[n].text] for n in range(len(labels))]
    over_values = any(
        label and values and all(_VALUE.match(value) for value in values) and not _VALUE.match(label)
        for label, values in zip(labels, columns, strict=True)
    )
    is_keyed = all(row[0].head for row in body)
    return int(not is_keyed and (over_values or not strict))


def is_label(text: str) -> bool:
    """Whether a cell can be the name of a column."""
    if not text or len(text) > _LABEL_CHARACTERS:
        return False
    return _YEAR.fullmatch(text) is not None or (_LABEL.search(text) is not None and not _VALUE.fullmatch(text))


def _header(rows: Sequence[Sequence[_Slot]]) -> tuple[str, ...]:
    """The names of the columns: what stands above each, from the top down."""
    names = []
    for column in range(len(rows[0])):
        said = dict.fromkeys(row[column].text for row in rows if row[column].text)
        names.append(", ".join(said))
    return tuple(names)
