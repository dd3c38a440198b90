"""Answers kept on the disk, a line each: those of a run that goes on, and those of an earlier one."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter, ValidationError

from assistant.errors import UsageError
from assistant.spreadsheets.jsonl import line
from assistant.types import Json
from assistant.wire import OutcomeBody

_START = b'{"question": '  # of every line of a journal
_KEPT = ("question", "seconds", "body")  # the names in such a line
_Fresh = Callable[[OutcomeBody], bool]  # whether an answer is what would be said today


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer, and how long it took."""

    question: str
    body: OutcomeBody
    seconds: float


_FINISHED = TypeAdapter(Finished)


class Journal:
    """The answers of one run, each on the disk before it counts. Only where each one stands is kept in memory.

    One run at a time may have it open.
    """

    def __init__(self, path: Path) -> None:
        """Opens the journal, or begins it. Half a line at its end, of a run that was killed, is taken off.

        Raises UsageError where the file holds something else, or another run has it open.
        """
        self.path = path
        self._file = _alone(path)
        if not _is_journal(self._file):
            self._file.close()
            raise UsageError(f"{path} holds something else than answers of a run: name another file with --journal")
        self._places: dict[str, int] = {}
        self.stale = 0  # answers of another index or other settings
        self._recorded: dict[str, int] = {}
        for at, row in _lines(self._file):
            with suppress(ValidationError):
                self._recorded[_FINISHED.validate_python(row).question] = at
        self._file.seek(0, os.SEEK_END)

    def keep(self, fresh: _Fresh) -> None:
        """Counts those answers that are fresh; the others are as if they were not there."""
        self._places, self.stale = {}, 0
        for question, at in self._recorded.items():
            if fresh(self._read(at).body):
                self._places[question] = at
            else:
                self.stale += 1

    def add(self, finished: Iterable[Finished]) -> None:
        """Writes some answers down, and returns once they have reached the disk. Raises UsageError where it is full."""
        self._file.seek(0, os.SEEK_END)
        try:
            for one in finished:
                self._places[one.question] = self._recorded[one.question] = self._file.tell()
                body = one.body.model_dump(mode="json")
                self._file.write(line({"question": one.question, "seconds": round(one.seconds, 4), "body": body}))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise UsageError(f"cannot write {self.path}: {error.strerror}") from error

    @property
    def recorded(self) -> int:
        """How many questions have an answer, whether it counts or not."""
        return len(self._recorded)

    def __contains__(self, question: str) -> bool:
        return question in self._places

    def __len__(self) -> int:
        return len(self._places)

    def get(self, question: str) -> Finished | None:
        """The answer to a question, if there is one that counts."""
        at = self._places.get(question)
        return None if at is None else self._read(at)

    def close(self, *, remove: bool = False) -> None:
        """Lets the journal go; it is removed where nothing is in it, or all of that stands in the output."""
        if not self._file.closed and (remove or not self._recorded):
            self.path.unlink(missing_ok=True)
        with suppress(OSError):  # of what a full disk did not take
            self._file.close()

    def _read(self, at: int) -> Finished:
        self._file.seek(at)
        return _FINISHED.validate_python(json.loads(self._file.readline()))


class Earlier:
    """The answers of an earlier run, in the JSONL file that it wrote, or in its journal."""

    def __init__(self, path: Path) -> None:
        """Opens the file. Raises UsageError where it holds no answers."""
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from error
        if not self._file.seekable():
            self._file.close()
            raise UsageError(f"{path} is no plain file: give --since one that an earlier run wrote")
        found = ((at, _answer_in(row)) for at, row in _lines(self._file))
        self._places = {body.question: at for at, body in found if body and body.question}
        if not self._places:
            self._file.close()
            raise UsageError(f"{path} holds no answers: give --since a JSONL file that an earlier run wrote")

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def get(self, question: str) -> OutcomeBody | None:
        """The earlier answer to a question, if there is one."""
        at = self._places.get(question)
        if at is None:
            return None
        self._file.seek(at)
        return _answer_in(json.loads(self._file.readline()))

    def close(self) -> None:
        self._file.close()


def _alone(path: Path) -> BinaryIO:
    """The file, open for this run alone."""
    try:
        while True:
            file = path.open("a+b")
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
            file.close()  # the run that had it took it away meanwhile
    except BlockingIOError as error:
        file.close()
        raise UsageError(f"{path} is in use: another run writes the same output, wait for it to end") from error
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error


def _is_journal(file: BinaryIO) -> bool:
    """Whether nothing is in it, or the answers of a run: its first line is one, or has not been written to its end."""
    file.seek(0)
    first = file.readline()
    if not first.endswith(b"\n"):
        return _START.startswith(first[: len(_START)])
    try:
        row = json.loads(first)
    except ValueError:
        return False
    return isinstance(row, dict) and isinstance(row.get("body"), dict)


def _answer_in(row: Mapping[str, Json]) -> OutcomeBody | None:
    """The answer in a line of our JSONL. Its keys come last, with `answer_` before them where a column had the name.

    What was asked is among them, unless a column named `question` says it.
    """
    if tuple(row) == _KEPT:
        try:
            return _FINISHED.validate_python(row).body
        except ValidationError:
            return None
    names = _names_in(tuple(row))
    if names is None:
        return None
    try:
        body = OutcomeBody.model_validate({key: row[name] for key, name in names.items()})
    except ValidationError:
        return None
    return body.model_copy(update={"question": body.question.strip()})


@lru_cache
def _names_in(names: tuple[str, ...]) -> Mapping[str, str] | None:
    """The names that our keys have among those of a line; None where it is not one of ours."""
    every = tuple(OutcomeBody.model_fields)
    for keys in (every, tuple(key for key in every if key != "question")):
        last = names[-len(keys) :]
        if len(last) == len(keys) and all(map(_is_named, last, keys)):
            found = {"question": "question", **dict(zip(keys, last, strict=True))}
            return found if found["question"] in names else None
    return None


def _is_named(name: str, key: str) -> bool:
    return re.fullmatch(f"(answer_)*{key}", name) is not None


def _lines(file: BinaryIO) -> Iterator[tuple[int, Mapping[str, Json]]]:
    """Where each line begins and what it holds. What is no line of ours is passed over, half a line at the end cut."""
    file.seek(0)
    at = 0
    while raw := file.readline():
        if not raw.endswith(b"\n") and file.writable():
            file.truncate(at)
            return
        try:
            row = json.loads(raw)
        except ValueError:
            row = None
        if isinstance(row, dict):
            yield at, row
        at += len(raw)
