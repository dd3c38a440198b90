from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import RecordsError
from assistant.feedback.records import DAY, Deleted, Place, Recorder, Records, Totals
from assistant.testing import StaticAnswerer, document

NOW = 1_790_000_000
GUIDE = StaticAnswerer(document("# Pay\nThe median pay is $5.\n", id="guide.txt"))


class Clock:
    """Tells the time that it is set to."""

    def __init__(self) -> None:
        self.at = float(NOW)

    def __call__(self) -> float:
        return self.at


@contextmanager
def recorder(path: Path, *, days: int = 30, clock: Clock | None = None, every: float = DAY) -> Iterator[Recorder]:
    with closing(Recorder(Records(path), days=days, clock=clock or Clock(), every=every)) as made:
        yield made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "records ?#.sqlite"


def bytes_of(path: Path) -> bytes:
    """All that lies on the disk for these records."""
    return b"".join(each.read_bytes() for each in path.parent.iterdir() if each.name.startswith(path.name))


def test_what_was_refused_or_voted_down_is_read_back_with_its_votes(path: Path) -> None:
    answered, refused = GUIDE.ask("median pay"), GUIDE.ask("pay of zebras everywhere")
    clock = Clock()
    with recorder(path, clock=clock) as kept:
        kept.note(answered)
        kept.note(refused)
        clock.at += 60
        kept.note(refused)
        kept.note(GUIDE.ask("the median"))
        kept.vote(answered.id, "up")
        kept.vote(answered.id, "down", "wrong year")
    first, second = sorted(Records(path).unanswered(), key=lambda each: each.status)
    [citation] = answered.citations
    assert first.place == Place("guide.txt", citation.document_version, citation.start, citation.end)
    assert (first.question, first.status, first.up, first.down) == ("median pay", "answered", 1, 1)
    assert first.comments == ("wrong year",)
    assert (second.reason, second.count, second.first, second.last) == ("unsupported", 2, NOW, NOW + 60)
    assert Records(path).totals() == Totals(asked=4, refused=2, up=1, down=1, since=NOW)


def test_a_greeting_is_no_gap_and_the_reason_of_a_vote_is_no_other_vote(path: Path) -> None:
    with recorder(path) as kept:
        kept.note(replace(GUIDE.ask("zebras"), reason="greeting"))
        answered = GUIDE.ask("median pay")
        kept.note(answered)
        kept.vote(answered.id, "down")
        kept.vote(answered.id, "comment", "wrong year")
    [gap] = Records(path).unanswered()
    assert (gap.question, gap.down, gap.comments) == ("median pay", 1, ("wrong year",))
    totals = Records(path).totals()
    assert (totals.asked, totals.refused, totals.down) == (2, 0, 1)


def test_a_vote_on_an_answer_that_is_not_kept_is_left_out(path: Path) -> None:
    with recorder(path) as kept:
        kept.vote("ans_unknown", "down", "noise")
    assert Records(path).totals().down == 0
    assert b"noise" not in bytes_of(path)


def test_only_the_owner_may_read_the_file(path: Path) -> None:
    with recorder(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_of_the_documents_and_of_who_asked_is_kept(path: Path) -> None:
    with recorder(path) as kept:
        kept.note(GUIDE.ask("pay of zebras everywhere"))
    assert b"zebras" in bytes_of(path) and b"The median pay" not in bytes_of(path) and b"Pay" not in bytes_of(path)
    with closing(sqlite3.connect(path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(asked)")]
    assert " ".join(columns) == (
        "number answer_id at question standalone_question status reason confidence index_id document_id "
        "document_version start end token"
    )


def test_what_is_older_than_the_days_is_deleted_when_the_file_is_opened(path: Path) -> None:
    clock = Clock()
    old, new = GUIDE.ask("an ancient zebra"), GUIDE.ask("a recent zebra")
    with recorder(path, days=2, clock=clock) as kept:
        kept.note(old)
        kept.vote(old.id, "down", "an ancient comment")
    clock.at += 1.5 * DAY
    with recorder(path, days=2, clock=clock) as kept:
        kept.note(new)
    assert Records(path).totals().asked == 2
    clock.at += DAY
    with recorder(path, days=2, clock=clock):
        assert [each.question for each in Records(path).unanswered()] == ["a recent zebra"]
        assert b"ancient" not in bytes_of(path)


def test_what_is_old_is_deleted_while_serving_too(path: Path) -> None:
    clock = Clock()
    with recorder(path, days=1, clock=clock, every=0.02) as kept:
        kept.note(GUIDE.ask("zebra"))
        wait(lambda: Records(path).totals().asked == 1)
        clock.at += 2 * DAY
        wait(lambda: Records(path).totals().asked == 0)


def wait(done: object) -> None:
    began = time.monotonic()
    while not done():  # type: ignore[operator]  # a plain callable
        assert time.monotonic() - began < 5
        time.sleep(0.01)


@pytest.mark.parametrize("text", ["jane DOE", "JANE doe", "\uff2a\uff41\uff4e\uff45 Doe"])
def test_what_holds_a_text_is_deleted_and_gone_from_the_disk(path: Path, text: str) -> None:
    jane, other = GUIDE.ask("What does Jane Doe earn?"), GUIDE.ask("zebra?")
    with recorder(path) as kept:
        for answer in (jane, other):
            kept.note(answer)
            kept.vote(answer.id, "down", "said Jane Doe" if answer is other else "private")
    assert Records(path).purge(containing=text) == Deleted(questions=1, votes=2, left=1)
    assert b"Jane" not in bytes_of(path) and b"private" not in bytes_of(path) and b"zebra" in bytes_of(path)


def test_all_is_deleted_on_request(path: Path) -> None:
    with recorder(path) as kept:
        for number in range(300):
            kept.note(GUIDE.ask(f"zebra {number} " + "x" * 1500))
    assert Records(path).purge() == Deleted(questions=300, votes=0, left=0)
    assert b"zebra" not in bytes_of(path) and b"xxxx" not in bytes_of(path)


def test_several_writers_share_a_file(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assistant.feedback.records import *; "
        "from assistant.testing import *; kept = Recorder(Records(Path(sys.argv[1])), days=3650)\n"
        "for n in range(200): kept.note(StaticAnswerer(document('x')).ask(f'zebra {n}'))\n"
        "kept.close()"
    )
    children = [subprocess.Popen([sys.executable, "-c", code, str(path)], stderr=subprocess.PIPE) for _ in range(3)]
    with recorder(path) as kept:
        threads = [threading.Thread(target=kept.note, args=[GUIDE.ask(f"lion {n}")]) for n in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [child.communicate()[1] for child in children] == [b""] * 3
    assert Records(path).totals().asked == 700


def test_a_process_that_is_killed_leaves_what_it_had_written(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from assistant.feedback.records import *; "
        "from assistant.testing import *; kept = Recorder(Records(Path(sys.argv[1])), days=30)\n"
        "n = 0\n"
        "while True:\n"
        "    kept.note(StaticAnswerer(document('x')).ask(f'zebra {n}')); n += 1\n"
        "    if n % 50 == 0: print(kept.records.totals().asked, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        told = next(count for count in map(int, child.stdout) if count > 100)
        child.send_signal(signal.SIGKILL)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with recorder(path, days=3650) as kept:
        kept.note(GUIDE.ask("lion"))
    assert Records(path).totals().asked > told > 100


class SmallRecords(Records):
    """Records on a disk that has room for so many pages."""

    pages = 9

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        with super()._connected() as connection:
            connection.execute(f"PRAGMA max_page_count = {self.pages}")
            yield connection


def test_a_full_disk_is_logged_and_the_next_rows_are_kept_once_there_is_room(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    records = SmallRecords(path)
    with closing(Recorder(records, days=30, clock=Clock())) as kept:
        for number in range(50):
            kept.note(GUIDE.ask(f"secret {number} " + "x" * 1900))
        wait(lambda: "left out" in caplog.text)
        records.pages = 10_000
        wait(lambda: kept._waiting.empty())
        kept.note(GUIDE.ask("lion"))
    assert "disk is full" in caplog.text and "secret" not in caplog.text
    assert "lion" in [each.question for each in records.unanswered()]


def test_a_recorder_that_cannot_keep_up_leaves_rows_out(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with recorder(path) as kept, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = GUIDE.ask("zebra")
        for _ in range(10_600):
            kept.note(answer)  # nobody waits for the lock, which is let go only afterwards
        other.rollback()
    assert "cannot keep up" in caplog.text
    assert Records(path).totals().asked >= 10_000


def test_a_file_that_was_taken_away_while_serving_is_made_anew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with recorder(path) as kept:
        path.unlink()
        kept.note(GUIDE.ask("zebra"))
    assert Records(path).totals().asked == 1


def test_rows_that_come_together_are_written_together(path: Path) -> None:
    class Counting(Records):
        writes = 0

        def write(self, rows: Sequence[object]) -> None:
            self.writes += 1
            super().write(rows)  # type: ignore[arg-type]  # any rows

    records = Counting(path)
    with closing(Recorder(records, days=30, clock=Clock())) as kept:
        for number in range(100):
            kept.note(GUIDE.ask(f"zebra {number}"))
        kept.flush()
        assert records.totals().asked == 100 and records.writes == 1
    kept.flush()  # once it is closed, there is nothing to wait for
    assert records.writes == 1


def test_other_files_are_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (a)")
    with pytest.raises(RecordsError, match="is not a file of records"):
        Records(path).create()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("mine",)]
    path.write_text("a letter to my mother\n" * 100)
    with pytest.raises(RecordsError, match="not a database"):
        Records(path).create()
    assert path.read_text().startswith("a letter")


def test_where_there_are_no_records_it_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="ASSISTANT_RECORDS"):
        Records(tmp_path / "none").totals()
    assert not (tmp_path / "none").exists()
    with pytest.raises(RecordsError, match="set ASSISTANT_RECORDS to another file"):
        Records(tmp_path / "no folder" / "file").create()
    with pytest.raises(RecordsError, match="set ASSISTANT_RECORDS to another file"):
        Records(tmp_path).create()


def test_rows_that_a_reader_keeps_on_the_disk_are_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with recorder(path) as kept:
        kept.note(GUIDE.ask("zebra"))
    monkeypatch.setattr("assistant.feedback.records._BUSY", 0.1)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM asked").fetchall()
        with pytest.raises(RecordsError, match="run `assistant purge` again"):
            Records(path).purge()
    assert Records(path).purge() == Deleted(0, 0, 0)
    assert b"zebra" not in bytes_of(path)


def test_a_file_of_the_version_before_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    with closing(Recorder(Records(path), days=30)) as kept:
        kept.note(GUIDE.ask("zebra"))
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP INDEX asked_by_token; DROP INDEX votes_by_token; ALTER TABLE asked DROP COLUMN token;"
            "ALTER TABLE votes DROP COLUMN token; PRAGMA user_version = 1;"
        )
    assert Records(path).totals().asked == 1
    with closing(Recorder(Records(path), days=30)) as kept:
        kept.note(GUIDE.ask("lion"), "token")
    assert Records(path).totals().asked == 2 and Records(path).served(GUIDE.ask("lion").id, "token")


def test_only_so_many_questions_are_kept_and_the_oldest_go(tmp_path: Path) -> None:
    records = Records(tmp_path / "records.sqlite")
    with closing(Recorder(records, days=30, most=3)) as kept:
        for name in ("ant", "bee", "cat", "dog", "eel"):
            kept.note(GUIDE.ask(name))
            kept.vote(GUIDE.ask(name).id, "down", name)
    assert {asked.question for asked in records.unanswered()} == {"cat", "dog", "eel"}
    assert records.totals().down == 3


def test_the_reason_of_a_vote_with_a_token_leaves_the_vote_as_it_is(path: Path) -> None:
    answered = GUIDE.ask("median pay")
    with recorder(path) as kept:
        kept.note(answered, "token")
        kept.vote(answered.id, "down", None, "token")
        kept.vote(answered.id, "comment", "wrong year", "token")
    [gap] = Records(path).unanswered()
    assert (gap.down, gap.up, gap.comments) == (1, 0, ("wrong year",))
