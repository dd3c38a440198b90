"""CSV and TSV files, as spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.batch.encodings import decoded, is_plain
from assistant.batch.formulas import guarded, unguarded
from assistant.batch.tables import Cell, Table, table, text
from assistant.errors import UsageError

COMMAS, TABS = ",;\t|", "\t,;|"  # what may part cells, the likelier first
NO_DELIMITER = "\x1f"  # for a file of one column, whose cells may hold commas without quotes
LOOKED_AT = 50  # records from which the delimiter is told
MAX_CELL = 16 * 1024 * 1024  # characters; the csv module's own limit is too low for a pasted document


def read(data: bytes, *, delimiters: str = COMMAS, encoding: str | None = None) -> Table:
    """The table of a CSV file: its first row the names. Short rows are filled up."""
    content, notes = decoded(data, encoding)
    given = re.match(r"(?i)sep=(.)\r?\n", content)  # what Excel takes as the delimiter
    if given:
        content = content[given.end() :]
    delimiter = given[1] if given else _delimiter(content, delimiters)
    records = [[unguarded(cell) for cell in record] for record in _records(content, delimiter)]
    while records and not any(cell.strip() for cell in records[0]):
        del records[0]
    while records and not records[-1]:
        records.pop()
    shown = delimiters[0] if delimiter == NO_DELIMITER else delimiter
    return table(records, notes=notes, delimiter=shown, mark=not is_plain(data))


def lines(rows: Iterable[Sequence[Cell]], *, delimiter: str, mark: bool) -> Iterator[bytes]:
    """The bytes of a CSV file, a row at a time. No cell of it is a formula to a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)  # lines end as RFC 4180 says; a lone CR in a cell is then quoted
    if mark:
        out.write("\ufeff")
    for row in rows:
        writer.writerow([guarded(text(cell)) for cell in row])
        yield out.getvalue().encode("utf-8", errors="replace")
        out.seek(0)
        out.truncate()


def _records(content: str, delimiter: str) -> Iterator[list[str]]:
    previous = csv.field_size_limit(MAX_CELL)
    try:
        yield from csv.reader(io.StringIO(content, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise UsageError(f"the file is not CSV: {error}") from error
    finally:
        csv.field_size_limit(previous)


def _delimiter(content: str, delimiters: str) -> str:
    """What parts the cells: that by which most records have as many as the first; nothing where they are lone."""
    best, most = NO_DELIMITER, (0, 0)
    for delimiter in delimiters:
        widths: list[int] = []
        for record in _records(content, delimiter):
            if any(cell.strip() for cell in record):
                widths.append(len(record))
            if len(widths) == LOOKED_AT:
                break
        alike = sum(width == widths[0] for width in widths)
        if widths and widths[0] > 1 and alike * 2 >= len(widths) and (alike, widths[0]) > most:
            best, most = delimiter, (alike, widths[0])
    return best
