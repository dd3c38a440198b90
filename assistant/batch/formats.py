"""Writes a file of answers in any of the formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import BinaryIO

from assistant.batch import pages
from assistant.batch.bodies import source, why
from assistant.batch.run import Results
from assistant.languages.catalogue import say
from assistant.spreadsheets import delimited, jsonl
from assistant.spreadsheets.tables import Cell, Missing, Row, new_names
from assistant.wire import OutcomeBody

_COLUMNS = ("status", "answer", "confidence", "sources", "index", "reason")


def write(file: BinaryIO, results: Results, format: str, *, base: str = "") -> tuple[str, ...]:
    """Writes what became of the rows, and gives what should be said of it. `base` goes before links to sources."""
    table = results.table
    if format == "xlsx":
        from assistant.spreadsheets import workbooks

        cut = workbooks.write(file, rows(results, base=base))
        return (say("batch.cut", cells=say("batch.count_cells", count=cut)),) if cut else ()
    if format in ("csv", "tsv"):
        delimiter = "\t" if format == "tsv" else "," if table.delimiter == "\t" else table.delimiter
        parts: Iterable[bytes] = delimited.lines(rows(results, base=base), delimiter=delimiter, mark=table.mark)
    elif format == "jsonl":
        parts = map(jsonl.line, _objects(results))
    else:
        page = {"md": pages.markdown, "html": pages.html, "jsonld": pages.json_ld}[format]
        parts = map(pages.encoded, page(results, base=base))
    for part in parts:
        file.write(part)
    return ()


def rows(results: Results, *, base: str) -> Iterator[Sequence[Cell]]:
    """The rows of a table of answers, the names of the columns first: all that the input had, and six more."""
    columns = results.table.columns
    yield (*columns, *new_names(columns, _COLUMNS))
    for result in results:
        yield (*result.row, *_cells(result.body, base=base))


def _cells(body: OutcomeBody, *, base: str) -> Row:
    """The cells that stand beside a question, in the order of `_COLUMNS`."""
    sources = "\n".join(source(citation, base) for citation in body.citations)
    return (body.status, body.answer, body.confidence, sources, body.index_id, why(body))


def _objects(results: Results) -> Iterator[Mapping[str, object]]:
    """Each row as an object: its own cells, then the answer as the HTTP API gives it, without timings."""
    table = results.table
    own = _keys(table.columns)
    asked = own[results.column] == "question"  # a column of the input says what was asked
    for result in results:
        row: dict[str, object] = {
            name: cell for name, cell in zip(own, result.row, strict=True) if cell is not Missing.CELL
        }
        body = result.body.model_dump(mode="json")
        keys = [key for key in body if key != "question" or not asked]
        names = new_names([name for name in table.columns if name.casefold() != "question" or name == "question"], keys)
        yield row | {name: body[key] for name, key in zip(names, keys, strict=True)}


def _keys(columns: Sequence[str]) -> list[str]:
    """The names of the columns, each of them once, so that they can be keys."""
    keys: list[str] = []
    for n, column in enumerate(columns, start=1):
        name, again = column or f"column {n}", 1
        while name in keys or (name != column and name in columns):
            again += 1
            name = f"{column or f'column {n}'} {again}"
        keys.append(name)
    return keys
