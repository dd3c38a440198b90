"""Reads a file of questions in any of the formats that hold some."""

from __future__ import annotations

from functools import partial

from assistant.errors import UsageError
from assistant.languages.catalogue import say
from assistant.spreadsheets import delimited, jsonl, lists
from assistant.spreadsheets.encodings import decoded
from assistant.spreadsheets.tables import Table, names_a_question


def read(data: bytes, format: str, *, encoding: str | None = None, sheet: str | None = None) -> Table:
    """The table of a file in one of the formats that are read. Raises UsageError where it holds none."""
    if format == "xlsx":
        from assistant.spreadsheets import workbooks  # its library takes a while to load

        return _filled(workbooks.read(data, sheet=sheet))
    if format == "txt" and _is_tabbed(data, encoding):
        format = "tsv"  # as a spreadsheet calls it
    readers = {
        "csv": partial(delimited.read, encoding=encoding),
        "tsv": partial(delimited.read, encoding=encoding, delimiters=delimited.TABS),
        "jsonl": partial(jsonl.read, encoding=encoding),
        "md": partial(lists.read_markdown, encoding=encoding),
        "txt": partial(lists.read_text, encoding=encoding),
    }
    return _filled(readers[format](data))


def _is_tabbed(data: bytes, encoding: str | None) -> bool:
    """Whether the first line of a text names columns, between tabs."""
    first = decoded(data, encoding)[0].splitlines()[:1]
    names = first[0].split("\t") if first else []
    return len(names) > 1 and names_a_question(names)


def _filled(table: Table) -> Table:
    if not table.rows and not any(name.strip() for name in table.columns):
        raise UsageError(say("batch.empty"))
    return table
