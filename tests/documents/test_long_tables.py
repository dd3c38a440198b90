"""A table of 400 rows gives the same rows in each format, each below the names of its columns."""

from __future__ import annotations

import pytest
import tables

from assistant.answer import layout
from assistant.documents.files import File, parse
from assistant.documents.outline import Outline


@pytest.mark.parametrize("name", tables.FILES)
def test_each_cell_of_a_long_table_keeps_its_row_and_the_name_of_its_column(name: str) -> None:
    outline = Outline(parse(File(name, name, tables.FILES[name]())).document)
    rows = [n for n, line in enumerate(outline.document.lines) if line.kind == "row" and not outline.is_header(n)]
    assert [layout.cells(outline, n) for n in rows] == [
        tuple(zip(tables.HEADER, row, strict=True)) for row in tables.ROWS
    ]
