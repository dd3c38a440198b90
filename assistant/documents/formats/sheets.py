"""The rows of a sheet as blocks: its tables, with the titles above them."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.documents.formats.blocks import Block, Paragraph, introducing
from assistant.documents.formats.grids import Cell, is_label, plain_table

_GROUP_COLUMNS = 3  # a lone first cell in so many columns names the rows below it


def sheet_blocks(rows: Sequence[Sequence[Cell]]) -> list[Block]:
    """The blocks of a sheet. An empty row parts two tables only where names of columns come after it."""
    found: list[Block] = []
    held: list[Sequence[Cell]] = []
    for chunk in (part for whole in _chunks(rows) for part in _apart(whole)):
        titles, table = _titles(chunk)
        if held and not titles and table and not _is_header(table[0]):
            held += table
            continue
        found += _table(held)
        held = []
        if not titles and table:
            held = table
            continue
        found += (Paragraph(title if not table or title is not titles[-1] else introducing(title)) for title in titles)
        held = table
    return [*found, *_table(held)]


def _chunks(rows: Sequence[Sequence[Cell]]) -> list[list[Sequence[Cell]]]:
    chunks: list[list[Sequence[Cell]]] = [[]]
    for row in rows:
        if any(cell.text for cell in row):
            chunks[-1].append(row)
        elif chunks[-1]:
            chunks.append([])
    return [chunk for chunk in chunks if chunk]


def _apart(chunk: list[Sequence[Cell]]) -> list[list[Sequence[Cell]]]:
    """The tables that stand side by side: with an empty column between them, and names of columns above each."""
    width = max(map(len, chunk))
    filled = [any(at < len(row) and row[at].text for row in chunk) for at in range(width)]
    if any(cell.columns > 1 for row in chunk for cell in row):
        return [chunk]
    edges = [at for at in range(width) if filled[at] and (at == 0 or not filled[at - 1])]
    parts = []
    for start, end in zip(edges, [*edges[1:], width], strict=True):
        part = [row[start:end] for row in chunk]
        part = [row for row in part if any(cell.text for cell in row)]
        _, table = _titles(part)
        if not table or not _is_header(table[0]):
            return [chunk]
        parts.append(part)
    return parts


def _titles(chunk: list[Sequence[Cell]]) -> tuple[list[str], list[Sequence[Cell]]]:
    """The lone cells above a table, and the table; all is titles where no row has two cells."""
    n = 0
    while n < len(chunk) and sum(bool(cell.text) for cell in chunk[n]) == 1:
        n += 1
    if n == len(chunk) and len(chunk) > 1 and len({_first(row) for row in chunk}) == 1:
        return [], chunk  # one column
    return [next(cell.text for cell in row if cell.text) for row in chunk[:n]], chunk[n:]


def _first(row: Sequence[Cell]) -> int:
    return next(n for n, cell in enumerate(row) if cell.text)


def _is_header(row: Sequence[Cell]) -> bool:
    filled = [cell.text for cell in row if cell.text]
    return len(filled) > 1 and all(map(is_label, filled)) and len(set(filled)) == len(filled)


def _table(rows: Sequence[Sequence[Cell]]) -> list[Block]:
    if not rows:
        return []
    width = max(len(row) for row in rows)
    if width == 1:  # a list with its name
        return [Paragraph(row[0].text) for row in rows]
    plain = []
    for row in rows:
        lone = width >= _GROUP_COLUMNS and bool(row and row[0].text) and not any(cell.text for cell in row[1:])
        plain.append([Cell(row[0].text, columns=width)] if lone else row)
    return plain_table(plain)
