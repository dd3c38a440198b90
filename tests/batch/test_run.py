"""A run loses no work: what is written down is never asked again, and a run that is killed ends as any other."""

from __future__ import annotations

import fcntl
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import IO

import pytest
from batches import GUIDE, Near, asked, asked_table
from serving import serving

from assistant.batch import bodies
from assistant.batch.journal import Finished, Journal
from assistant.batch.remote import RemoteBackend
from assistant.batch.run import FAILURES, Failed, Run
from assistant.batch.worker import reply
from assistant.errors import AssistantError, UsageError
from assistant.server import create_app
from assistant.spreadsheets.tables import Table
from assistant.testing import StaticAnswerer
from assistant.types import Answer, Filters, Turn
from assistant.wire import AnswerBody, OutcomeBody

EVERYTHING = Filters()
QUESTIONS = [f"median salary {n}" for n in range(40)] + ["zebra", "lead the team", "", "median salary 3", "x" * 2001]
Kept = Callable[[OutcomeBody], bool]


def always(body: OutcomeBody) -> bool:
    return True


def nothing(question: str) -> OutcomeBody:
    return bodies.failed(question, "busy", "ask again later", index_id="one")


def never(body: OutcomeBody) -> bool:
    return False


def lines(path: Path) -> list[str]:
    """The questions of a journal that are written whole."""
    rows = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [json.loads(row)["question"] for row in rows]


def test_each_row_gets_its_answer_in_order_and_each_question_is_asked_once(journal: Journal) -> None:
    asker = Near()
    questions = ["median salary", "zebra", "  ", " median salary", "x" * 2001]
    results = list(asked(journal, questions, asker))
    assert [result.body.status for result in results] == ["answered", "refused", "skipped", "answered", "error"]
    assert [result.number for result in results] == [1, 2, 3, 4, 5]
    assert sorted(asker.asked) == ["median salary", "zebra"]


def test_what_is_written_down_is_not_asked_again(journal: Journal) -> None:
    first, second = Near(), Near()
    asked(journal, ["median salary", "zebra"], first)
    said: list[str] = []
    results = asked(journal, ["median salary", "zebra", "lead"], second, note=said.append)
    assert second.asked == ["lead"]
    assert said == ["goes on where it was: 2 questions answered already"]
    assert [result.body.status for result in results] == ["answered", "refused", "answered"]


def test_another_index_starts_its_rows_again_and_says_so(journal: Journal) -> None:
    asked(journal, ["median salary", "zebra"])
    other, said = Near(index_id="two"), list[str]()
    results = asked(journal, ["median salary", "zebra"], other, note=said.append)
    assert sorted(other.asked) == ["median salary", "zebra"]
    assert said == ["asked again, since the index or the settings have changed: 2 questions"]
    assert {result.body.index_id for result in results} == {"two"}


def test_other_settings_start_the_rows_again(journal: Journal) -> None:
    asked(journal, ["median salary"])
    other = Near()
    other.answerer.settings_id = "others"
    asked(journal, ["median salary"], other)
    assert other.asked == ["median salary"]


def test_half_a_line_at_the_end_is_cut_and_a_broken_one_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with closing(Journal(path)) as journal:
        for question in "ab":
            journal.add([Finished(question, nothing(question), 0.5)])
    whole = path.read_bytes()
    for end in range(1, len(whole)):
        path.write_bytes(whole[:end])
        with closing(Journal(path)) as journal:
            journal.keep(always)
            assert len(journal) == whole[:end].count(b"\n")
        left = path.read_bytes() if path.exists() else b""
        assert left == whole[: whole[:end].rfind(b"\n") + 1]
    first, second = whole.splitlines(keepends=True)
    path.write_bytes(first + b"\xff\xfe broken\n[]\n" + second)
    with closing(Journal(path)) as journal:
        journal.keep(always)
        assert journal.get("a") == Finished("a", nothing("a"), 0.5)
        journal.keep(never)
        assert (len(journal), journal.stale, journal.get("a")) == (0, 2, None)


@pytest.mark.parametrize("content", ["a", "id,question\n1,a\n", '{"question": "a"}\n', "[1]\n", '{"body": 1}\n{"bo'])
def test_a_file_that_is_no_journal_is_left_alone(content: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="holds something else"):
        Journal(tmp_path / "notes.txt")
    assert (tmp_path / "notes.txt").read_text("utf-8") == content


def test_a_journal_that_was_taken_away_before_it_was_locked_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lock = tmp_path / "journal", fcntl.flock

    def late(file: IO[bytes], how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        path.unlink()  # by the run that had it
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with closing(Journal(path)), pytest.raises(UsageError, match="in use"):
        Journal(path)


def test_one_run_at_a_time_has_a_journal(tmp_path: Path) -> None:
    with closing(Journal(tmp_path / "journal")), pytest.raises(UsageError, match="in use"):
        Journal(tmp_path / "journal")


def test_a_question_that_fails_is_an_error_row_that_is_asked_again(journal: Journal) -> None:
    results = asked(journal, ["median salary", "broken"])
    [_, failed] = [result.body for result in results]
    assert (failed.status, failed.reason, failed.message) == ("error", "server_fault", "this does not work")
    again = Near()
    asked(journal, ["median salary", "broken"], again)
    assert again.asked == ["broken"]


def test_many_failures_one_after_the_other_end_the_run(journal: Journal) -> None:
    class Slow(Near):
        def answer(self, question: str) -> AnswerBody | Failed:
            time.sleep(0.002)
            return super().answer(question)

    asker = Slow()
    with pytest.raises(AssistantError, match="run it again to go on"):
        asked(journal, ["median salary", *(f"broken {n}" for n in range(500))], asker)
    assert FAILURES <= len(asker.asked) < 10 * FAILURES
    assert lines(journal.path) == ["median salary"]


def test_an_index_that_changes_under_a_run_is_asked_again(journal: Journal) -> None:
    class Changing(Near):
        def answer(self, question: str) -> AnswerBody | Failed:
            body = super().answer(question)
            if len(self.asked) >= 2:
                self.answerer = StaticAnswerer(GUIDE, index_id="two")
            return body

        def is_fresh(self, body: OutcomeBody) -> bool:
            return body.index_id == self.index_id

        def renewed(self) -> bool:
            changed, self.index_id = self.index_id != self.answerer.index_id, self.answerer.index_id
            return changed

    said: list[str] = []
    results = asked(journal, [f"median salary {n}" for n in range(9)], Changing(), note=said.append)
    assert {result.body.index_id for result in results} == {"two"}
    assert said[0] == "the index has changed during the run"


def test_how_long_an_answer_took_is_what_it_says_itself(journal: Journal) -> None:
    class Timed(Near):
        def answer(self, question: str) -> AnswerBody | Failed:
            timings = {"total": 250.0} if question == "median salary" else {}
            return reply(self.answerer, question).model_copy(update={"timings_ms": timings})

    first, second = asked(journal, ["median salary", "zebra"], Timed())
    assert first.seconds == 0.25 and second.seconds != 0.25  # the other is measured


def test_progress_counts_questions_not_rows(journal: Journal) -> None:
    told: list[tuple[int, int]] = []
    table = Table(("question",), (("a",), ("b",), ("a",), ("",)))
    Run(table, 0, Near(), journal, progress=lambda done, total: told.append((done, total)))()
    assert (told[0], told[-1]) == ((0, 2), (2, 2))


class Counting(StaticAnswerer):
    """Counts how often it is asked what, and takes a while."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(GUIDE)
        self.asked: Counter[str] = Counter()
        self.at_once = self.most = 0
        self._seconds = seconds
        self._lock = threading.Lock()

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = EVERYTHING) -> Answer:
        with self._lock:
            self.asked[question] += 1
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(self._seconds)
        with self._lock:
            self.at_once -= 1
        return super().ask(question, history=history, filters=filters)


def test_several_requests_are_in_flight_to_a_server(journal: Journal) -> None:
    answerer = Counting(0.05)
    with serving(create_app(lambda: answerer)) as url:
        results = asked_table(journal, Table(("question",), tuple((one,) for one in QUESTIONS)), RemoteBackend(url))
        statuses = Counter(str(result.body.status) for result in results)
    assert statuses == {"answered": 42, "refused": 1, "skipped": 1, "error": 1}
    assert 1 < answerer.most <= 4
    assert set(answerer.asked.values()) == {1}


def test_a_server_that_is_gone_for_good_ends_the_run_and_one_that_comes_back_does_not(journal: Journal) -> None:
    answerer = Counting()
    with serving(create_app(lambda: answerer)) as url:
        far = RemoteBackend(url, pauses=(0.01, 0.01))
        asked(journal, ["median salary"], far)
    with pytest.raises(AssistantError, match="Is `assistant serve` running there"):
        asked(journal, ["median salary", "zebra"], far)
    assert lines(journal.path) == ["median salary"]


def command(folder: Path, url: str, output: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "assistant",
        "batch",
        str(folder / "in.csv"),
        "--output",
        str(folder / output),
        "--url",
        url,
    ]


def kill_and_resume(folder: Path, kills: int, output: str, seed: int) -> int:
    """Kills runs at random moments, then lets one end: its output is that of a run that nothing disturbed.

    Gives how many of the kills came when some questions were answered, and not all.
    """
    moments, answerer, between = random.Random(seed), Counting(0.05), 0
    rows = "".join(f'{n},"{question}"\n' for n, question in enumerate(QUESTIONS))
    (folder / "in.csv").write_text(f"id,question\n{rows}", encoding="utf-8")
    with serving(create_app(lambda: answerer)) as url:
        began = time.perf_counter()
        subprocess.run(command(folder, url, f"whole.{output}"), check=True, capture_output=True)
        takes = time.perf_counter() - began
        path, journal = folder / f"out.{output}", folder / f"out.{output}.journal"
        answerer.asked.clear()
        for _ in range(kills):
            before, known = answerer.asked.copy(), lines(journal)
            with subprocess.Popen(command(folder, url, f"out.{output}"), stderr=subprocess.DEVNULL) as run:
                time.sleep(takes * moments.uniform(0.5, 1.0))
                run.send_signal(signal.SIGKILL)
            assert all(answerer.asked[question] == before[question] for question in known)
            between += 0 < len(lines(journal)) < len(set(QUESTIONS)) - 2
            if path.exists() and not journal.exists():  # it was over before
                path.unlink()
        before, known = answerer.asked.copy(), lines(journal)
        subprocess.run(command(folder, url, f"out.{output}"), check=True, capture_output=True)
        assert all(answerer.asked[question] == before[question] for question in known)
        links = [one.read_bytes() for one in (path, folder / f"whole.{output}")]
    assert links[0] == links[1]
    assert {one.name for one in folder.iterdir()} == {"in.csv", path.name, f"whole.{output}"}
    return between


def test_a_run_that_is_killed_goes_on_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    kill_and_resume(tmp_path, 3, "csv", 1)


@pytest.mark.quality
@pytest.mark.parametrize("output", ["xlsx", "jsonl", "html"])
def test_twenty_kills_change_nothing(tmp_path: Path, output: str) -> None:
    assert kill_and_resume(tmp_path, 20, output, 2) > 5
