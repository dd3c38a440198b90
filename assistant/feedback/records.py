"""What was asked and how it was voted on: in a SQLite file, where the operator wants one, and deleted in time."""

from __future__ import annotations

import logging
import os
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from time import monotonic, time
from typing import Any, Literal, TypeAlias

from assistant.errors import RecordsError
from assistant.types import Answer, Reason, Status

Vote: TypeAlias = Literal["up", "down", "comment"]  # a comment gives the reason of a vote before it

_APPLICATION, _VERSION = 0x526F6C65, 2  # what the file says that it is
DAY = 86_400  # seconds
_BUSY = 10  # seconds to wait for another writer
_WAITING = 10_000  # rows that may wait to be written; more are left out
_BATCH = 500  # rows written at once
_GATHER = 0.2  # seconds that a row waits for others to be written with

_log = logging.getLogger(__name__)

# Nothing of the documents is kept but the place, so that a deleted document is gone from here too.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS asked (
    number INTEGER PRIMARY KEY,
    answer_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    question TEXT NOT NULL,
    standalone_question TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    confidence REAL NOT NULL,
    index_id TEXT NOT NULL,
    document_id TEXT,
    document_version TEXT,
    start INTEGER,
    "end" INTEGER,
    token TEXT
);
CREATE INDEX IF NOT EXISTS asked_by_answer ON asked (answer_id);
CREATE TABLE IF NOT EXISTS votes (
    number INTEGER PRIMARY KEY,
    answer_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    vote TEXT NOT NULL,
    comment TEXT,
    token TEXT
);
CREATE INDEX IF NOT EXISTS votes_by_answer ON votes (answer_id);
CREATE INDEX IF NOT EXISTS asked_by_token ON asked (token);
CREATE UNIQUE INDEX IF NOT EXISTS votes_by_token ON votes (token);
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_FROM_1 = "BEGIN IMMEDIATE; ALTER TABLE asked ADD COLUMN token TEXT; ALTER TABLE votes ADD COLUMN token TEXT; COMMIT;"
_ASK = f"INSERT INTO asked VALUES (NULL{', ?' * 13})"
# Of one serving there is one vote: a second one takes its place, and a comment gives the reason of the first.
_VOTE = """INSERT INTO votes SELECT NULL, :answer_id, :at, :vote, :comment, :token
WHERE EXISTS (SELECT 1 FROM asked WHERE answer_id = :answer_id AND (:token IS NULL OR token = :token))
ON CONFLICT (token) DO UPDATE SET at = excluded.at, comment = excluded.comment,
    vote = iif(excluded.vote = 'comment', vote, excluded.vote)"""
_SERVED = "SELECT EXISTS (SELECT 1 FROM asked WHERE answer_id = ? AND token = ?)"
_TRIM = "DELETE FROM asked WHERE number <= (SELECT MAX(number) FROM asked) - ?"
_FORGET = "DELETE FROM asked WHERE at < :before AND (holds(question, :text) OR holds(standalone_question, :text))"
_FORGET_VOTES = """DELETE FROM votes WHERE answer_id NOT IN (SELECT answer_id FROM asked)
OR (at < :before AND holds(comment, :text))"""
_UNANSWERED = """SELECT standalone_question, status, reason, document_id, document_version, start, "end",
    COUNT(*), MIN(at), MAX(at), answer_id
FROM asked WHERE (status = 'refused' AND reason IS NOT 'greeting')
    OR answer_id IN (SELECT answer_id FROM votes WHERE vote = 'down')
GROUP BY answer_id ORDER BY answer_id"""
_TOTALS = """SELECT COUNT(*), COUNT(*) FILTER (WHERE status = 'refused' AND reason IS NOT 'greeting'), MIN(at),
    (SELECT COUNT(*) FROM votes WHERE vote = 'up'), (SELECT COUNT(*) FROM votes WHERE vote = 'down')
FROM asked"""


@dataclass(frozen=True, slots=True)
class Place:
    """A span of a document, without its text."""

    document_id: str
    document_version: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that got one answer, and each time that it did. Times are seconds since 1970."""

    question: str  # as it stands on its own
    status: Status
    reason: Reason | None
    place: Place | None  # the first source of an answer, the closest passage of a refusal
    count: int
    first: int
    last: int
    up: int = 0
    down: int = 0
    comments: tuple[str, ...] = ()  # oldest first


@dataclass(frozen=True, slots=True)
class Totals:
    """How much is kept."""

    asked: int
    refused: int
    up: int
    down: int
    since: int | None  # seconds since 1970; None where nothing is kept


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many rows were deleted, and how many questions are left."""

    questions: int
    votes: int
    left: int


@dataclass(frozen=True, slots=True)
class _Ask:
    at: int
    answer: Answer
    token: str | None = None


@dataclass(frozen=True, slots=True)
class _Vote:
    at: int
    answer_id: str
    vote: Vote
    comment: str | None
    token: str | None = None


_Row: TypeAlias = _Ask | _Vote


class Records:
    """The file. It is opened for each call, so that threads and processes may share it. Raises RecordsError."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self) -> None:
        """Makes the file, which only its owner may read, where there is none."""
        with self._told():
            # Only where there is none: closing a file that SQLite has open in this process would undo its locks.
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            with self._connected() as connection:
                upgrade = self._check(connection, new=True)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(upgrade + _SCHEMA)

    def write(self, rows: Sequence[_Row]) -> None:
        """Adds all of the rows or none. A vote on an answer that is not kept is left out."""
        with self._open() as connection, connection:
            for row in rows:
                if isinstance(row, _Ask):
                    connection.execute(_ASK, _values(row))
                else:
                    connection.execute(_VOTE, asdict(row))

    def trim(self, most: int) -> None:
        """Keeps the last so many questions, and their votes."""
        with self._open() as connection, connection:
            if connection.execute(_TRIM, (most,)).rowcount:
                connection.execute("DELETE FROM votes WHERE answer_id NOT IN (SELECT answer_id FROM asked)")

    def served(self, answer_id: str, token: str) -> bool:
        """Whether this answer was served with this token."""
        with self._open() as connection:
            [found] = connection.execute(_SERVED, (answer_id, token)).fetchone()
        return bool(found)

    def unanswered(self) -> list[Asked]:
        """What was refused or voted down."""
        with self._open() as connection, connection:
            connection.execute("BEGIN")
            found = connection.execute(_UNANSWERED).fetchall()
            votes: dict[str, list[tuple[Vote, str | None]]] = {}
            for id, vote, comment in connection.execute("SELECT answer_id, vote, comment FROM votes ORDER BY number"):
                votes.setdefault(id, []).append((vote, comment))
        return [_asked(row, votes.get(row[-1], [])) for row in found]

    def totals(self) -> Totals:
        """How much is kept."""
        with self._open() as connection:
            asked, refused, since, up, down = connection.execute(_TOTALS).fetchone()
        return Totals(asked, refused, up, down, since)

    def purge(self, *, before: float = float("inf"), containing: str = "") -> Deleted:
        """Deletes what was asked or voted before that time and holds that text; all of it by default.

        A vote goes with its question. What is deleted is overwritten, and gone from the file at the end.
        """
        given = {"before": before, "text": _folded(containing)}
        with self._open() as connection:
            connection.create_function("holds", 2, lambda text, part: part in _folded(text or ""), deterministic=True)
            with connection:
                questions = connection.execute(_FORGET, given).rowcount
                votes = connection.execute(_FORGET_VOTES, given).rowcount
                [left] = connection.execute("SELECT COUNT(*) FROM asked").fetchone()
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise RecordsError(
                f"{self.path}: the rows are deleted, but another program kept their text from being "
                f"overwritten: close what reads the file, and run `assistant purge` again"
            )
        return Deleted(questions, votes, left)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            raise RecordsError(
                f"there are no records in {self.path}: they begin with `assistant serve`, where the "
                f"setting ASSISTANT_RECORDS names this file"
            )
        with self._told(), self._connected() as connection:
            if upgrade := self._check(connection):
                connection.executescript(upgrade + _SCHEMA)
            yield connection

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        address = f"{self.path.absolute().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=_BUSY, isolation_level="IMMEDIATE")) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA synchronous = NORMAL")
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tells an error of SQLite or of the file system as one of ours."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise RecordsError(
                f"the records in {self.path} cannot be used ({error}): see that the disk has room and "
                f"that you may write there, or set ASSISTANT_RECORDS to another file"
            ) from error

    def _check(self, connection: sqlite3.Connection, *, new: bool = False) -> str:
        """What makes the file one of this version. Raises where it is a database of another program or version."""
        [application] = connection.execute("PRAGMA application_id").fetchone()
        [version] = connection.execute("PRAGMA user_version").fetchone()
        [tables] = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
        if (application, version) not in ((_APPLICATION, 1), (_APPLICATION, _VERSION)) and not (new and tables == 0):
            said = "is not a file of records of this version: set ASSISTANT_RECORDS to another file"
            raise RecordsError(f"{self.path} {said}")
        return _FROM_1 if version == 1 else ""


class Recorder:
    """Writes to the records in a thread of its own, so that no answer waits for it or fails with it.

    What is older than `days` is deleted when it starts, and daily; the last `most` questions are kept at most. Close it
    at the end: what waits is then written.
    """

    def __init__(
        self,
        records: Records,
        *,
        days: int,
        most: int | None = None,
        clock: Callable[[], float] = time,
        every: float = DAY,
    ) -> None:
        self.records = records
        self._days, self._most, self._clock, self._every = days, most, clock, every
        self._waiting: Queue[_Row | Event | None] = Queue(_WAITING)
        records.create()
        self._purge()
        self._thread = Thread(target=self._run, name="records", daemon=True)
        self._thread.start()

    def note(self, answer: Answer, token: str | None = None) -> None:
        """Keeps the question and what became of it, and the token that was given with it."""
        self._put(_Ask(int(self._clock()), answer, token))

    def vote(self, answer_id: str, vote: Vote, comment: str | None = None, token: str | None = None) -> None:
        """Keeps a vote on an answer, which takes the place of an earlier one with the same token."""
        self._put(_Vote(int(self._clock()), answer_id, vote, comment, token))

    def flush(self) -> None:
        """Returns once what waits is written, or cannot be for a while."""
        written = Event()
        with suppress(Full):
            self._waiting.put_nowait(written)
            if self._thread.is_alive():
                written.wait(_BUSY)

    def close(self) -> None:
        """Writes what waits, and ends."""
        self._waiting.put(None)
        self._thread.join()

    def _put(self, row: _Row) -> None:
        try:
            self._waiting.put_nowait(row)
        except Full:
            _log.error("the records cannot keep up: one row is left out")

    def _run(self) -> None:
        due = monotonic() + self._every
        last: Event | None = Event()
        while last is not None:
            rows, last = self._next(max(0.0, due - monotonic()))
            if rows:
                with _logged(f"{len(rows)} rows are left out"):
                    if not self.records.path.exists():  # somebody took it away
                        self.records.create()
                    self.records.write(rows)
                    if self._most is not None:
                        self.records.trim(self._most)
            if last is not None:
                last.set()
            if monotonic() >= due:
                due = monotonic() + self._every
                self._purge()

    def _next(self, seconds: float) -> tuple[list[_Row], Event | None]:
        """The rows that wait, once there are any, and what they end with; no row after so many seconds."""
        rows: list[_Row] = []
        until = monotonic() + seconds
        with suppress(Empty):
            while len(rows) < _BATCH:
                row = self._waiting.get(timeout=max(0.0, until - monotonic()))
                if not isinstance(row, _Row):
                    return rows, row
                if not rows:
                    until = monotonic() + _GATHER
                rows.append(row)
        return rows, Event()

    def _purge(self) -> None:
        with _logged("what is old is not deleted"):
            self.records.purge(before=self._clock() - self._days * DAY)


@contextmanager
def _logged(what: str) -> Iterator[None]:
    """Goes on after an error of the records, and says in the log what came of it."""
    try:
        yield
    except RecordsError as error:
        _log.error("%s: %s", what, error)


def _values(row: _Ask) -> tuple[object, ...]:
    answer = row.answer
    nearest = (*answer.citations, *answer.closest)[:1]
    places = [(place.document_id, place.document_version, place.start, place.end) for place in nearest]
    return (
        answer.id,
        row.at,
        *(answer.question, answer.standalone_question, answer.status, answer.reason),
        round(answer.confidence, 4),
        answer.index_id,
        *(places[0] if places else (None,) * 4),
        row.token,
    )


def _asked(row: tuple[Any, ...], votes: Sequence[tuple[Vote, str | None]]) -> Asked:
    question, status, reason, document_id, version, start, end, count, first, last, _ = row
    return Asked(
        question,
        status,
        reason,
        None if document_id is None else Place(document_id, version, start, end),
        count,
        first,
        last,
        up=sum(vote == "up" for vote, _ in votes),
        down=sum(vote == "down" for vote, _ in votes),
        comments=tuple(comment for _, comment in votes if comment),
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
