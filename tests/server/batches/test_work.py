"""Runs are asked one after the other, go on where they were, and end when they are deleted."""

from __future__ import annotations

import csv
import fcntl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from batches import Near
from serving import until

from assistant.batch.journal import Finished, Journal
from assistant.batch.run import Failed
from assistant.batch.worker import reply
from assistant.server.batches.runs import KeptRun, Runs
from assistant.server.batches.work import Worker
from assistant.wire import AnswerBody

QUESTIONS = b"id;question\n1;median salary\n2;zebra\n3;median salary\n"


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "batches")


class Checked(Near):
    """Looks whether it should end before each question."""

    together = 1

    def __init__(self, before: Callable[[str], None]) -> None:
        super().__init__()
        self.before = before

    def jobs(self, n: int) -> int:
        return 1

    def ask(self, wanted: Sequence[str], among: Sequence[str]) -> Iterator[AnswerBody | Failed]:
        for question in wanted:
            self.before(question)
            yield self.answer(question)


def started(runs: Runs, data: bytes = QUESTIONS, name: str = "plan.csv") -> KeptRun:
    return runs.start(runs.add(name, data).id, "https://example.org")


def answered(runs: Runs, run: KeptRun) -> list[dict[str, str]]:
    with runs.path(run, "answers").open(encoding="utf-8", newline="") as file:
        return [*csv.DictReader(file, delimiter=";")]


def test_a_run_ends_with_the_same_table_and_an_answer_beside_each_question(runs: Runs) -> None:
    run, asker = started(runs), Near()
    worker = Worker(runs)
    assert not worker.step()  # it does not know yet whom to ask
    worker.serve(lambda run, check: asker)
    assert worker.step() and not worker.step()
    done = runs.get(run.id)
    assert (done.state, done.done, done.wrong) == ("done", 2, "")
    assert done.summary[0] == "3 rows: 2 answered, 1 refused, 0 error, 0 skipped (2 asked now, 1 repeated)"
    rows = answered(runs, run)
    assert [(row["id"], row["status"]) for row in rows] == [("1", "answered"), ("2", "refused"), ("3", "answered")]
    assert "(https://example.org/documents/guide.txt?" in rows[0]["sources"]
    assert sorted(path.name for path in (runs.folder / run.id).iterdir()) == [
        "answers",
        "done",
        "questions",
        "run.json",
        "table",
    ]


def test_questions_that_fail_are_told_and_the_others_answered(runs: Runs) -> None:
    run = started(runs, b"question\nmedian salary\nbroken\n")
    worker = Worker(runs)
    worker.serve(lambda run, check: Near())
    worker.step()
    done = runs.get(run.id)
    assert (done.state, done.summary[1]) == ("done", "failed: 1 question")


def test_what_was_answered_before_a_stop_is_not_asked_again(runs: Runs) -> None:
    run, asker = started(runs), Near()
    with closing(Journal(runs.path(run, "journal"))) as journal:
        journal.add([Finished("zebra", reply(asker.answerer, "zebra").outcome(), 0.1)])
    worker = Worker(runs)
    worker.serve(lambda run, check: asker)
    worker.step()
    assert asker.asked == ["median salary"] and runs.get(run.id).state == "done"


def test_a_run_that_another_process_asks_is_left_to_it(runs: Runs) -> None:
    run = started(runs)
    worker = Worker(runs)
    worker.serve(lambda run, check: Near())
    with (runs.folder / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not worker.step() and runs.get(run.id).state == "waiting"
    assert worker.step() and runs.get(run.id).state == "done"


def test_a_run_that_is_deleted_ends_at_the_next_question(runs: Runs) -> None:
    run = started(runs)
    asked: list[str] = []

    def ask(run: KeptRun, check: Callable[[], None]) -> Checked:
        def before(question: str) -> None:
            check()
            asked.append(question)
            runs.delete(run.id)

        return Checked(before)

    worker = Worker(runs)
    worker.serve(ask)
    assert worker.step() and asked == ["median salary"]
    assert runs.all() == [] and not runs.has(run) and not worker.step()


def test_a_run_that_fails_says_why_and_goes_on_when_it_is_started_again(runs: Runs) -> None:
    run, near = started(runs, b"".join(b"broken %d?\n" % n for n in range(30)), "plan.txt"), Near()
    worker = Worker(runs)
    worker.serve(lambda run, check: near)
    worker.step()
    failed = runs.get(run.id)
    assert failed.state == "failed" and failed.wrong.startswith("20 questions failed one after the other")
    assert failed.wrong.endswith("run it again to go on")
    assert runs.start(run.id, "").state == "waiting"


def test_what_nobody_expected_does_not_end_the_thread(runs: Runs, caplog: pytest.LogCaptureFixture) -> None:
    def ask(run: KeptRun, check: Callable[[], None]) -> Near:
        raise RuntimeError("a secret")

    first, second = started(runs), started(runs)
    worker = Worker(runs)
    worker.serve(ask)
    with worker.working():
        until(lambda: [runs.get(run.id).state for run in (first, second)] == ["failed", "failed"])
    assert runs.get(first.id).wrong == "something went wrong: try again"


def test_a_stop_leaves_the_run_to_go_on_from(runs: Runs) -> None:
    run = started(runs, b"".join(b"question %d?\n" % n for n in range(15)), "plan.txt")
    tenth = Event()

    def ask(run: KeptRun, check: Callable[[], None]) -> Checked:
        def before(question: str) -> None:
            while "10" in question:
                tenth.set()
                check()

        return Checked(before)

    worker = Worker(runs)
    worker.serve(ask)
    with worker.working():
        assert tenth.wait(10)
    assert (runs.get(run.id).state, runs.get(run.id).done) == ("running", 10)
    asker = Near()
    other = Worker(runs)
    other.serve(lambda run, check: asker)
    assert other.step() and runs.get(run.id).state == "done"
    assert sorted(asker.asked) == [f"question {n}?" for n in range(10, 15)]
