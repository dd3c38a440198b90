from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from assistant.errors import PinnedError
from assistant.pinned.entries import Pin, add, load

WHOLE = Pin(
    "When do you open?", "At ten.\nOn Sundays at noon.", ("opening hours", "From when on?"), "Rota", date(2027, 1, 31)
)


def saved(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_reads_question_wordings_answer_source_and_last_day_of_a_table(tmp_path: Path) -> None:
    file = saved(
        tmp_path / "faq.csv",
        "Question,Other wordings,Answer,Source,Valid until,team\n"
        'When do you open?,opening hours | From when on?,"At ten.\nOn Sundays at noon.",Rota,2027-01-31,front\n',
    )
    assert load(file).pins == (WHOLE,)


def test_reads_the_same_of_a_workbook_whose_day_is_one(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["question", "wordings", "answer", "source", "valid until"])
    sheet.append([WHOLE.question, "opening hours\nFrom when on?", WHOLE.answer, "Rota", date(2027, 1, 31)])
    book.save(tmp_path / "faq.xlsx")
    assert load(tmp_path / "faq.xlsx").pins == (WHOLE,)


def test_reads_the_same_of_lines_of_json(tmp_path: Path) -> None:
    file = saved(
        tmp_path / "faq.jsonl",
        '{"question": "When do you open?", "wordings": ["opening hours", "From when on?"],'
        ' "answer": "At ten.\\nOn Sundays at noon.", "source": "Rota", "valid_until": "2027-01-31"}\n',
    )
    assert load(file).pins == (WHOLE,)


def test_leaves_out_questions_without_an_answer_and_those_that_come_twice_and_says_so(tmp_path: Path) -> None:
    found = load(saved(tmp_path / "faq.csv", "question,answer\nA one?,1\nA two?,\na  ONE,2\n"))
    assert found.pins == (Pin("A one?", "1"),)
    assert found.notes == (
        "left out, since there is no answer: 1 row",
        "left out, since the question stands further up already: row 3",
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "faq.csv",
            "question,note\nWhy?,x\n",
            "no column of answers among 'question', 'note': name one of them `answer`",
        ),
        ("faq.csv", "question,answer,valid until\nWhy?,So.,next May\n", "row 1: 'next May' is no day: write it like"),
        ("faq.csv", "question,answer\nWhy?,So.\n,Lost.\n", "row 2 has an answer and no question"),
        ("faq.txt", "Why?", "is no file of pinned answers: give one that ends in .csv, .tsv, .xlsx, .jsonl"),
        ("faq.jsonl", "{", "holds no pinned answers: line 1 is not JSON"),
    ],
)
def test_says_what_is_wrong_with_a_file_and_what_to_write(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(PinnedError) as caught:
        load(saved(tmp_path / name, text))
    assert said in str(caught.value)


def test_says_that_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(PinnedError, match=r"cannot read the pinned answers in .*faq\.csv: No such file"):
        load(tmp_path / "faq.csv")


@pytest.mark.parametrize("name", ["faq.csv", "faq.tsv", "faq.jsonl"])
def test_adds_an_answer_to_a_file_and_begins_one_where_there_is_none(tmp_path: Path, name: str) -> None:
    first, second = Pin("A one?", "=1, of\ntwo"), Pin("A two?", "2", source="Rota", valid_until=date(2027, 1, 31))
    add(tmp_path / name, first)
    add(tmp_path / name, second)
    assert load(tmp_path / name).pins == (first, second)


def test_adds_an_answer_to_a_table_of_other_columns_and_leaves_the_rest(tmp_path: Path) -> None:
    file = saved(tmp_path / "gaps.csv", "\ufeffquestion,answer,count\r\nWhy?,So.,3\r\n")
    add(file, Pin("Who?", "I.", source="Rota"))
    assert file.read_bytes().decode() == "\ufeffquestion,answer,count,source\r\nWhy?,So.,3,\r\nWho?,I.,,Rota\r\n"


def test_adds_no_answer_to_a_question_that_has_one(tmp_path: Path) -> None:
    add(tmp_path / "faq.csv", Pin("Why?", "So."))
    with pytest.raises(PinnedError, match="“why” is pinned already"):
        add(tmp_path / "faq.csv", Pin("why", "Otherwise."))


def test_leaves_a_workbook_to_its_owner(tmp_path: Path) -> None:
    with pytest.raises(PinnedError, match="is a workbook, which is left to you"):
        add(tmp_path / "faq.xlsx", Pin("Why?", "So."))
