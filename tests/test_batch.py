"""A table of questions becomes a table of answers, whatever the cells hold."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import batch
from assistant.batch import Outcome, Table
from assistant.errors import InvalidRequest, UsageError
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Filters, Turn

EVERYTHING = Filters()
GUIDE = document("# Pay\nMedian salary: $336,500\n# Duties\nLead the team\n")


class Counting(StaticAnswerer):
    """Counts what it is asked, and takes no question over twenty characters."""

    def __init__(self) -> None:
        super().__init__(GUIDE)
        self.asked: list[str] = []

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = EVERYTHING) -> Answer:
        self.asked.append(question)
        if len(question) > 20:
            raise InvalidRequest("the question is too long: 20 characters are allowed")
        return super().ask(question, history=history, filters=filters)


def test_each_row_gets_its_outcome_and_the_same_question_is_asked_once() -> None:
    answerer = Counting()
    questions = ["median salary", "zebra", "  ", "median salary ", "a question that goes on and on"]
    found = list(batch.outcomes(answerer, questions))
    assert [outcome.status for outcome in found] == ["answered", "refused", "skipped", "answered", "error"]
    assert answerer.asked == ["median salary", "zebra", "a question that goes on and on"]
    assert found[0].cells() == (
        "answered",
        "Median salary: $336,500",
        "1.0000",
        'Guide \u203a Pay: "Median salary: $336,500" '
        "(/documents/guide.txt?start=6&end=29&version=e2d17c13f8df4dee&quote=21-52f8a94e987c6835#cited)",
        "",
    )
    assert found[1].cells() == ("refused", "", "0.0000", "", "unrelated: The documents do not say.")
    assert found[4].cells()[4] == "invalid_request: the question is too long: 20 characters are allowed"


@pytest.mark.parametrize(
    ("columns", "name", "position"),
    [
        (["id", "Question"], None, 1),
        (["FAQ", "note"], None, 0),
        (["q", "question"], None, 1),
        (["anything"], None, 0),
        (["id", " Customer asks "], "customer asks", 1),
    ],
)
def test_the_question_column_is_found_by_name(columns: list[str], name: str | None, position: int) -> None:
    assert batch.question_column(columns, name) == position


@pytest.mark.parametrize("name", [None, "ask"])
def test_without_a_question_column_the_error_lists_the_columns(name: str | None) -> None:
    with pytest.raises(UsageError, match="'id', 'text': name one of them with --question-column"):
        batch.question_column(["id", "text"], name)


def test_reads_quotes_line_breaks_marks_and_short_and_long_rows() -> None:
    table = batch.parse_csv('\ufeffid,question\r\n1,"a ""b"",\nc"\r\n2\r\n3,d,e\r\n'.encode())
    assert table.columns == ("id", "question", "")
    assert table.rows == (("1", 'a "b",\nc', ""), ("2", "", ""), ("3", "d", "e"))
    assert table.mark


def test_semicolons_and_tabs_part_cells_too_and_are_kept() -> None:
    for delimiter in ";\t":
        table = batch.parse_csv(f'"a,b"{delimiter}q\n1{delimiter}x\n'.encode())
        assert (table.columns, table.rows) == (("a,b", "q"), (("1", "x"),))
        assert delimiter in batch.format_csv(table).decode()


def test_a_list_of_questions_without_a_name_loses_none() -> None:
    assert batch.parse_csv(b"Who leads?\nWhat pays?\n").rows == (("Who leads?",), ("What pays?",))


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xff\xfeq\x00", b"q\n\xe9\n"])
def test_what_is_not_a_table_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"empty|UTF-8"):
        batch.parse_csv(data)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-x", "@sum", "\tx", "\rx", "-", "+1+1", "-2+3", "1"])
def test_only_formulas_get_a_quote(cell: str) -> None:
    expected = cell if cell == "1" else "'" + cell
    assert batch.plain(cell) == expected


@pytest.mark.parametrize("cell", ["-5", "+3.25", "-1,000", "-12%", "+4e3", "", "a=b"])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert batch.plain(cell) == cell


def test_columns_of_the_same_name_are_kept_and_the_new_ones_get_another() -> None:
    table = Table(("question", "Answer"), (("a", "old"),))
    made = batch.joined(table, [Outcome("refused")])
    assert made.columns == ("question", "Answer", "status", "assistant_answer", "confidence", "sources", "reason")
    assert made.rows == (("a", "old", "refused", "", "", "", ""),)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00")), min_size=2, max_size=2)))
def test_a_table_written_is_the_table_read_but_for_formulas(rows: list[list[str]]) -> None:
    table = Table(("id", "question"), tuple(map(tuple, rows)))
    data = batch.format_csv(table).decode()
    expected = [["id", "question"], *([batch.plain(cell) for cell in row] for row in rows)]
    assert list(csv.reader(io.StringIO(data, newline=""))) == expected
