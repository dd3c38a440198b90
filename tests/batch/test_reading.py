"""A file of questions is read in a process of its own, which a bad one cannot keep for long."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from assistant.batch.reading import read_apart
from assistant.documents.sandbox import Limits
from assistant.errors import UnreadableDocument
from assistant.languages.catalogue import shipped
from assistant.languages.messages import Message
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
        ("Who?\n".encode("utf-16-le"), "txt", None),
        (b'title,,\nquestion,a,b\n"Who?,1,2\nWhy?,1,2,3\n', "csv", None),
        (b"name\nWho?\n", "csv", None),
    ],
)
def test_it_is_the_same_table(data: bytes, format: str, sheet: str | None) -> None:
    table = read_apart(data, format, sheet=sheet)
    assert table == read(data, format, sheet=sheet)
    assert all(isinstance(note, Message) for note in table.notes)  # which any language can say


def test_why_it_holds_no_questions_is_told() -> None:
    with pytest.raises(UnreadableDocument, match="not an XLSX workbook") as raised:
        read_apart(b"PK\x03\x04", "xlsx")
    [german] = (language for language in shipped() if language.tag == "de")
    assert german.tell(raised.value.args[0]).startswith("die Datei ist keine XLSX-Arbeitsmappe (")


def test_one_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(UnreadableDocument, match="takes more than 1 seconds to read: split it"):
        read_apart(b"[" * 300_000, "md", limits=Limits(seconds=1, seconds_a_megabyte=0))
