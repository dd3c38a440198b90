"""Files of questions are kept for a while, and what would be asked of each is told."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path

import pytest
from openpyxl import Workbook

from assistant.errors import Busy, InvalidRequest, NotFound, UsageError
from assistant.server.batches import runs as module
from assistant.server.batches.runs import Runs

HOUR = 3600


class Clock:
    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        self.at += 1
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runs(tmp_path: Path, clock: Clock) -> Runs:
    return Runs(tmp_path / "batches", hours=2, questions=3, now=clock)


def workbook() -> bytes:
    book = Workbook()
    book.worksheets[0].append(["Read me"])
    for name, rows in (("FAQ", [["No", "Question"], [1, "Who?"], [2, None]]), ("More", [["Wish"], ["Why?"]])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_file_is_kept_with_what_would_be_asked_of_it(runs: Runs) -> None:
    run = runs.add("C:\\papers\\plan.csv", b"no,question\n1,What?\n2,\n3,Who?\n4,What?\n")
    assert (run.name, run.answers, run.state) == ("plan.csv", "plan-answers.csv", "read")
    assert (run.columns, run.column, run.questions, run.different) == (("no", "question"), 1, 3, 2)
    assert run.shown == ((1, "What?"), (3, "Who?"), (4, "What?"))
    assert run.told == ("the column 'question' would be asked: 3 questions, 2 of them different; 1 row without one",)
    assert runs.get(run.id) == run and runs.all() == [run] and run.until - run.added == 2 * HOUR


def test_nobody_else_may_read_what_is_kept(runs: Runs) -> None:
    run = runs.add("plan.csv", b"question\nWhat?\n")
    for path in (runs.folder, runs.folder / run.id):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_another_sheet_or_column_can_be_chosen(runs: Runs) -> None:
    run = runs.add("plan.xlsx", workbook())
    assert (run.sheet, run.sheets, run.column, run.shown) == ("FAQ", ("Sheet", "FAQ", "More"), 1, ((1, "Who?"),))
    assert run.told[0] == "the sheet 'FAQ' is read, not 'Sheet', 'More'"
    run = runs.choose(run.id, "More", None)
    assert (run.sheet, run.columns, run.shown) == ("More", ("Wish",), ((1, "Why?"),))
    run = runs.choose(run.id, "FAQ", 0)
    assert (run.column, run.shown) == (0, ((1, "1"), (2, "2")))
    assert [*runs.table(run).texts(0)] == ["1", "2"]
    with pytest.raises(InvalidRequest, match="no column 3"):
        runs.choose(run.id, "FAQ", 2)


def test_a_column_that_is_not_found_has_to_be_chosen(runs: Runs) -> None:
    run = runs.add("plan.csv", b"one,two\na,b\n")
    assert (run.column, run.wrong) == (None, "no column looks like questions: choose it")
    with pytest.raises(InvalidRequest, match="choose it"):
        runs.start(run.id, "")
    run = runs.choose(run.id, None, 1)
    assert (run.wrong, run.shown) == ("", ((1, "b"),))
    assert runs.start(run.id, "https://example.org").state == "waiting"
    with pytest.raises(InvalidRequest, match="has been"):
        runs.choose(run.id, None, 0)


def test_more_questions_than_may_be_asked_are_not_started(runs: Runs) -> None:
    run = runs.add("plan.txt", b"A?\nB?\nA?\nC?\n")
    assert (run.different, run.wrong) == (3, "")
    run = runs.add("plan.txt", b"A?\nB?\nC?\nD?\n")
    assert run.wrong == "4 questions are more than the 3 that are asked here: split the file"
    with pytest.raises(InvalidRequest, match="split the file"):
        runs.start(run.id, "")


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.csv", b" \n", "empty"),
        ("a.xls", b"\xd0\xcf", "save it as XLSX"),
        ("a.xlsx", b"PK\x03\x04 no archive", "not an XLSX workbook"),
        ("a.jsonl", b"no json\n", "line 1"),
    ],
)
def test_what_holds_no_questions_is_not_kept(runs: Runs, name: str, data: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        runs.add(name, data)
    assert runs.all() == []


def test_only_so_many_are_kept_and_wait(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    kept = [runs.add("plan.txt", b"A?\n") for _ in range(3)]
    with pytest.raises(Busy, match="3 files are kept"):
        runs.add("plan.txt", b"A?\n")
    assert [runs.start(run.id, "").state for run in kept[:2]] == ["waiting", "waiting"]
    with pytest.raises(Busy, match="2 files wait"):
        runs.start(kept[2].id, "")
    assert runs.start(kept[0].id, "").state == "waiting"  # again


def test_those_that_wait_come_in_their_order(runs: Runs) -> None:
    first, second, third = (runs.add("plan.txt", b"A?\n") for _ in range(3))
    assert runs.next() is None
    for run in (second, first):
        runs.start(run.id, "")
    assert [run.id for run in runs.all()] == [third.id, second.id, first.id]
    assert (following := runs.next()) is not None and following.id == second.id


def test_what_is_deleted_is_gone_from_the_disk(runs: Runs) -> None:
    run = runs.add("plan.txt", b"A?\n")
    runs.delete(run.id)
    assert [*runs.folder.iterdir()] == [] and not runs.has(run)
    for call in (runs.get, runs.delete):
        with pytest.raises(NotFound):
            call(run.id)
    with pytest.raises(NotFound):
        runs.put(run)


@pytest.mark.parametrize("id", ["", "..", "../../etc", "0" * 15, "0" * 16])
def test_no_other_path_is_looked_at(runs: Runs, id: str) -> None:
    with pytest.raises(NotFound):
        runs.get(id)


def test_each_is_deleted_once_its_time_is_over(runs: Runs, clock: Clock) -> None:
    run = runs.add("plan.txt", b"A?\n")
    clock.at = run.until - 10
    runs.sweep()
    assert runs.has(run)
    later = runs.add("plan.txt", b"B?\n")
    (runs.folder / ".left").mkdir()
    clock.at = run.until
    runs.sweep()
    assert [path.name for path in runs.folder.iterdir()] == [later.id]


def test_one_that_is_being_made_is_left_alone_until_nobody_can_be_making_it(runs: Runs, clock: Clock) -> None:
    half = runs.folder / "+0123456789abcdef"
    half.mkdir(parents=True)
    os.utime(half, (clock.at, clock.at))
    runs.sweep()
    assert half.is_dir() and runs.all() == []
    clock.at += 3600
    runs.sweep()
    assert not half.exists()
