"""Answers kept on the disk, a line each: those of a run that goes on, and those of an earlier one."""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from assistant.batch.bodies import KEYS, Body, string
from assistant.batch.objects import line
from assistant.errors import UsageError

Fresh = Callable[[Body], bool]  # whether an answer is what would be said today


@dataclass(frozen=True, slots=True)
class Finished:
    """An answer, and how long it took."""

    question: str
    body: Body
    seconds: float


class Journal:
    """The answers of one run, each on the disk before it counts. Only where each one stands is kept in memory.

    One run at a time may have it open.
    """

    def __init__(self, path: Path) -> None:
        """Opens the journal, or begins it. Half a line at its end, of a run that was killed, is taken off."""
        self.path = path
        try:
            self._file = path.open("a+b")
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise UsageError(f"{path} is in use: another run writes the same output, wait for it to end") from error
        self._places: dict[str, int] = {}
        self.stale = 0  # answers of another index or other settings
        self._recorded: dict[str, int] = {}
        for at, row in _lines(self._file):
            if isinstance(row.get("body"), dict):
                self._recorded[string(row, "question")] = at
        self._file.seek(0, os.SEEK_END)

    def keep(self, fresh: Fresh) -> None:
        """Counts those answers that are fresh; the others are as if they were not there."""
        self._places, self.stale = {}, 0
        for question, at in self._recorded.items():
            if fresh(self._read(at).body):
                self._places[question] = at
            else:
                self.stale += 1

    def add(self, finished: Iterable[Finished]) -> None:
        """Writes some answers down, and returns once they have reached the disk."""
        self._file.seek(0, os.SEEK_END)
        for one in finished:
            self._places[one.question] = self._recorded[one.question] = self._file.tell()
            row = {"question": one.question, "seconds": round(one.seconds, 4), "body": one.body}
            self._file.write(line(row))
        self._file.flush()
        os.fsync(self._file.fileno())

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
        self._file.close()

    def _read(self, at: int) -> Finished:
        self._file.seek(at)
        row = json.loads(self._file.readline())
        return Finished(row["question"], row["body"], row["seconds"])


class Earlier:
    """The answers of an earlier run, in the JSONL file that it wrote."""

    def __init__(self, path: Path) -> None:
        """Opens the file. Raises UsageError where it holds no answers."""
        self.path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise UsageError(f"cannot read {path}: {error.strerror}") from error
        found = ((at, answer_in(row)) for at, row in _lines(self._file))
        self._places = {string(body, "question"): at for at, body in found if body and string(body, "question")}
        if not self._places:
            self._file.close()
            raise UsageError(f"{path} holds no answers: give --since a JSONL file that an earlier run wrote")

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, question: str) -> bool:
        return question in self._places

    def get(self, question: str) -> Body | None:
        """The earlier answer to a question, if there is one."""
        at = self._places.get(question)
        if at is None:
            return None
        self._file.seek(at)
        return answer_in(json.loads(self._file.readline()))

    def close(self) -> None:
        self._file.close()


def answer_in(row: Body) -> Body | None:
    """The answer in a line of our JSONL. Its keys come last, with `answer_` before them where a column had the name."""
    names = {
        key: next((name for name in reversed([*row]) if re.fullmatch(f"(answer_)*{key}", name)), "") for key in KEYS
    }
    if not all(names.values()) or not isinstance(row[names["status"]], str):
        return None
    body = {key: row[name] for key, name in names.items()}
    return {**body, "question": string(body, "question").strip()}


def _lines(file: BinaryIO) -> Iterator[tuple[int, Body]]:
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
