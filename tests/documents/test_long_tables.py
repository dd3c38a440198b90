"""A table of 400 rows gives the same rows in each format, each below the names of its columns."""

from __future__ import annotations

import pytest
import tables

from assistant.answer import layout
from assistant.answer.quote import Quotations
from assistant.answer.select import Selection, Unit
from assistant.documents.chunking import Budget, embedded_text, passages_of
from assistant.documents.files import File, parse
from assistant.documents.outline import Outline
from assistant.index.bm25 import Bm25Lexicon


def outline(name: str) -> Outline:
    return Outline(parse(File(name, name, tables.FILES[name]())).document)


@pytest.mark.parametrize("name", tables.FILES)
def test_each_cell_of_a_long_table_keeps_its_row_and_the_name_of_its_column(name: str) -> None:
    read = outline(name)
    rows = [n for n, line in enumerate(read.document.lines) if line.kind == "row" and not read.is_header(n)]
    assert [layout.cells(read, n) for n in rows] == [tuple(zip(tables.HEADER, row, strict=True)) for row in tables.ROWS]


@pytest.mark.parametrize("name", tables.FILES)
def test_a_row_in_the_middle_is_found_by_its_key_and_cited_with_its_header(name: str) -> None:
    read = outline(name)
    document = read.document
    passages = passages_of(document, budgets=[Budget(120, lambda text: len(text.split()))])
    lexicon = Bm25Lexicon([embedded_text(document.title, one.section_path, one.text) for one in passages])
    for at in (3, 200, 399):
        row = tables.ROWS[at]
        [(found, _)] = lexicon.search(f"What does {row[0]} weigh?", 1)
        lines = [n for n, line in enumerate(document.lines) if row[0] in document.text[line.start : line.end]]
        assert [passages[found].start <= document.lines[n].start < passages[found].end for n in lines] == [True]
        quotations = Quotations({document.id: read})
        quotations.add(Selection((Unit(document.id, (lines[0],), 1.0),)))
        assert [block.text for block in quotations.blocks] == [
            " \u00b7 ".join(f"{name}: {cell}" for name, cell in zip(tables.HEADER, row, strict=True))
        ]
        assert [citation.cited_text for citation in quotations.citations] == [
            " | ".join(tables.HEADER), " | ".join(row),
        ]  # fmt: skip
