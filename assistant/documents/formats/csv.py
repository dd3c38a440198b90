"""CSV and TSV files: rows that keep the names of their columns."""

from __future__ import annotations

import csv
import io
import re
from itertools import chain, islice

from assistant.documents.content import Content
from assistant.documents.decoding import decode
from assistant.documents.formats.blocks import Parsed
from assistant.documents.formats.canonical import content
from assistant.documents.formats.grids import EMPTY, MAX_COLUMNS, WIDE, Cell
from assistant.documents.formats.sheets import sheet_blocks
from assistant.errors import DamagedDocument

_DELIMITERS = ",;\t|"
_LOOKED_AT = 50  # records from which the delimiter is told
_MAX_CELL = 1_000_000
_SEPARATOR = re.compile(r'(?i)"?sep=(.)"?[ \t]*(?:\r\n|\n|\r)')


def load(data: bytes, name: str) -> Content:
    """The content of a table in text."""
    text = decode(data, name)
    try:
        rows = records(text)
    except csv.Error as error:
        raise DamagedDocument(f"{name}: is no CSV ({error}): save it anew") from error
    cut = any(map(str.strip, chain.from_iterable(row[MAX_COLUMNS:] for row in rows)))
    blocks = sheet_blocks([[Cell(cell.strip()) if cell else EMPTY for cell in row[:MAX_COLUMNS]] for row in rows])
    return content(Parsed(tuple(blocks), warnings=(WIDE,) if cut else ()), name)


def records(text: str) -> list[list[str]]:
    """The records; what parts their cells is told from the first of them."""
    given = _SEPARATOR.match(text)  # what Excel takes as the delimiter
    if given:
        return _read(text[given.end() :], given[1])
    best, most = ",", (0, 0)
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _read(text, delimiter, most=_LOOKED_AT) if any(map(str.strip, row))]
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        score = (widths.count(common), common)
        if common > 1 and score > most:
            best, most = delimiter, score
    return _read(text, best)


def _read(text: str, delimiter: str, *, most: int | None = None) -> list[list[str]]:
    csv.field_size_limit(_MAX_CELL)
    return list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), most))
