"""A file of questions is read in a process of its own, which a bad one cannot keep for long."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from assistant.batch.reading import read_apart
from assistant.documents.sandbox import Limits
from assistant.errors import UnreadableDocument
from assistant.spreadsheets.files import read


def workbook() -> bytes:
    book = Workbook()
    book.worksheets[0].append(["Read me"])
    sheet = book.create_sheet("FAQ")
    for row in (["Day", "Question"], [date(2026, 1, 31), "Who?"], [1.5, "Why?"]):
        sheet.append(row)
    book.save(out := io.BytesIO())
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "format", "sheet"),
    [
        (workbook(), "xlsx", None),
        (workbook(), "xlsx", "Sheet"),
        ("Größe;Frage\n1;Wie groß?\n".encode("cp1252"), "csv", None),
        (b'{"question": "Who?", "n": {"a": [1]}}\n{"question": "Why?"}\n', "jsonl", None),
        (b"- Who?\n- Why?\n", "md", None),
        (b"Notes\n\nWho?\nWhy?\n", "txt", None),
    ],
)
def test_it_is_the_same_table(data: bytes, format: str, sheet: str | None) -> None:
    assert read_apart(data, format, sheet=sheet) == read(data, format, sheet=sheet)


def test_why_it_holds_no_questions_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="not an XLSX workbook"):
        read_apart(b"PK\x03\x04", "xlsx")


def test_one_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(UnreadableDocument, match="takes more than 1 seconds to read: split it"):
        read_apart(b"[" * 300_000, "md", limits=Limits(seconds=1, seconds_a_megabyte=0))
