"""CSV and TSV files, as spreadsheets write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Literal

from assistant.errors import UsageError
from assistant.languages.catalogue import say
from assistant.spreadsheets.encodings import decoded, is_plain
from assistant.spreadsheets.formulas import guarded, unguarded
from assistant.spreadsheets.tables import Cell, Table, names_a_question, names_row, table, text

_COMMAS, TABS = ",;\t|", "\t,;|"  # what may part cells, the likelier first
_NO_DELIMITER = "\x1f"  # for a file of one column, whose cells may hold commas without quotes
_END = "\x1e"  # stands for the end of a file
_LOOKED_AT = 50  # records from which the delimiter is told
_MAX_CELL = 16 * 1024 * 1024  # characters; the csv module's own limit is too low for a pasted document


def read(data: bytes, *, delimiters: str = _COMMAS, encoding: str | None = None) -> Table:
    """The table of a CSV file: its first row the names. Short rows are filled up."""
    content, notes = decoded(data, encoding)
    given = re.match(r'(?i)"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)', content)  # what Excel takes as the delimiter
    if given:
        content = content[given.end() :]
    delimiter = given[1] if given else _delimiter(content, delimiters)
    if (found := _quoted(content, delimiter)) is None:
        notes = (*notes, say("batch.open_quote"))
        found = [*_records(content, delimiter, quoted=False)]
    records = [[unguarded(cell) for cell in record] for record in found]
    while records and not any(cell.strip() for cell in records[0]):
        del records[0]
    while records and not records[-1]:
        records.pop()
    shown = delimiters[0] if delimiter == _NO_DELIMITER else delimiter
    return table(records, notes=notes, delimiter=shown, mark=not is_plain(data))


def lines(rows: Iterable[Sequence[Cell]], *, delimiter: str, mark: bool) -> Iterator[bytes]:
    """The bytes of a CSV file, a row at a time. No cell of it is a formula to a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)  # lines end as RFC 4180 says; a lone CR in a cell is then quoted
    if mark:
        out.write("\ufeff")
    for row in rows:
        writer.writerow([guarded(text(cell)).replace("\0", "\ufffd") for cell in row])  # which no reader takes
        yield out.getvalue().encode("utf-8", errors="replace")
        out.seek(0)
        out.truncate()


def _records(content: str, delimiter: str, *, quoted: bool = True, spaced: bool = False) -> Iterator[list[str]]:
    previous = csv.field_size_limit(_MAX_CELL)
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    lines = io.StringIO(content, newline="")
    try:
        yield from csv.reader(lines, delimiter=delimiter, quoting=quoting, skipinitialspace=spaced)
    except csv.Error as error:
        raise UsageError(say("batch.not_csv", why=str(error))) from error
    finally:
        csv.field_size_limit(previous)


def _quoted(content: str, delimiter: str) -> list[list[str]] | None:
    """The records; None where a quotation mark begins a cell and none ends it.

    Where quoted cells stand behind a blank, that belongs to the delimiter.
    """
    *records, last = _records((content if content.endswith(("\n", "\r")) else content + "\n") + _END, delimiter)
    if last != [_END]:
        return None
    behind = re.search(rf'{re.escape(delimiter)} +"(?!")', content) is not None
    if behind and any(cell.startswith(' "') for record in records for cell in record):
        return [*_records(content, delimiter, spaced=True)]
    return records


def _delimiter(content: str, delimiters: str) -> str:
    """What parts the cells: that which parts a name that columns of questions have from others, else that by which most
    records have as many as the first; nothing where they are lone.
    """
    best, most = _NO_DELIMITER, (False, 0, 0)
    for delimiter in delimiters:
        filled = (record for record in _records(content, delimiter) if any(cell.strip() for cell in record))
        records = list(islice(filled, _LOOKED_AT))
        records = records[names_row(records) :]
        widths = [len(record) for record in records]
        if not widths or widths[0] < 2:
            continue
        named = names_a_question(records[0])
        alike = sum(width == widths[0] for width in widths)
        if (named or alike * 2 >= len(widths)) and (named, alike, widths[0]) > most:
            best, most = delimiter, (named, alike, widths[0])
    return best
