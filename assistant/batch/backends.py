"""Answers a batch on this machine: this process with others beside it, one a core."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from queue import Empty, LifoQueue
from threading import Lock
from typing import TypeAlias, cast

import numpy as np

from assistant.answer.pipeline import Assistant
from assistant.batch.near_duplicates import LACKING, TOGETHER, Likeness, by_meaning, by_words
from assistant.batch.run import Failed
from assistant.batch.worker import VECTOR, reply, write
from assistant.compose import open_answerer
from assistant.cores import cores
from assistant.errors import AssistantError
from assistant.phrasing import in_mode
from assistant.settings import Settings
from assistant.types import Answerer, Json, Vectors
from assistant.wire import AnswerBody, OutcomeBody

_WORTH = 10  # questions for which it pays to start a process
_PATIENCE = 10  # seconds that a process beside this one gets to end

_Hand: TypeAlias = Callable[[Sequence[str], Sequence[str]], Iterator[AnswerBody | Failed]]


class LocalBackend:
    """Answers from the index on this machine: in this process, and in as many beside it as there is work for."""

    together = TOGETHER

    def __init__(self, settings: Settings, *, jobs: int | None = None, expected: int = 0) -> None:
        """Opens the index, and begins to start others where so many questions are expected."""
        self._jobs = jobs or cores()
        threads = settings.threads or (1 if self._jobs > 1 else 0)
        self._settings = settings.model_copy(update={"threads": threads})
        self._beside = [_WorkerProcess(self._settings) for _ in range(self.jobs(expected) - 1)]
        try:
            self._answerer = open_answerer(self._settings)
        except BaseException:
            self.close()
            raise
        self._asked = in_mode(self._settings, self._answerer)
        self.index_id = self._answerer.index_id
        self.documents: Mapping[str, str] = {id: one.title for id, one in self._answerer.documents.items()}
        self._vectors: dict[str, Vectors] = {}
        self._idle: LifoQueue[_Hand] = LifoQueue()
        for hand in (*map(self._ask_beside, self._beside), self._answer):
            self._idle.put(hand)
        self._lock = Lock()

    @property
    def answerer(self) -> Assistant:
        """What answers in this process."""
        return self._answerer

    def jobs(self, n: int) -> int:
        return min(self._jobs, 1 + max(0, n) // _WORTH)

    def ask(self, wanted: Sequence[str], among: Sequence[str]) -> Iterator[AnswerBody | Failed]:
        hand = self._take()
        try:
            yield from hand(wanted, among)
        finally:
            self._idle.put(hand)

    def is_fresh(self, body: OutcomeBody) -> bool:
        return body.is_of(self._asked)

    def says(self, document_id: str, text: str) -> bool:
        return document_id in self.documents and text in self._answerer.documents[document_id].text

    def likeness(self, questions: Sequence[str]) -> Likeness:
        lacking = [question for question in questions if question not in self._vectors]
        if len(lacking) > LACKING:
            return by_words(questions)
        for at in range(0, len(lacking), TOGETHER):
            self._answerer.prepare(lacking[at : at + TOGETHER])
            for question in lacking[at : at + TOGETHER]:
                self._note(question, self._answerer.encode(question))
        dim = 0 if not questions else len(self._vectors[questions[0]])
        rows = np.empty((len(questions), dim), dtype=np.float32)
        for row, question in zip(rows, questions, strict=True):
            row[:] = self._vectors[question]
        return by_meaning(rows)

    def renewed(self) -> bool:
        return False  # the index that was opened stays open

    def close(self) -> None:
        """Ends the processes beside this one."""
        for one in self._beside:
            one.close()

    def _take(self) -> _Hand:
        """One that is idle; where none is, a new one, as long as there are fewer than `jobs`."""
        try:
            return self._idle.get_nowait()
        except Empty:
            with self._lock:
                if len(self._beside) < self._jobs - 1:
                    self._beside.append(_WorkerProcess(self._settings))
                    return self._ask_beside(self._beside[-1])
        return self._idle.get()

    def _ask_beside(self, other: _WorkerProcess) -> _Hand:
        return lambda wanted, among: other.ask(wanted, among, self._asked, self._note)

    def _answer(self, wanted: Sequence[str], among: Sequence[str]) -> Iterator[AnswerBody | Failed]:
        self._answerer.prepare(among)
        for question in wanted:
            try:
                said = reply(self._asked, question)
                self._note(question, self._answerer.encode(question))
                yield said
            except AssistantError as error:
                yield Failed(error.code, str(error))

    def _note(self, question: str, vector: Vectors) -> None:
        self._vectors[question] = vector.astype(VECTOR)


class _WorkerProcess:
    """A process that answers one question after the other. It ends by itself when this one does."""

    def __init__(self, settings: Settings) -> None:
        command = [sys.executable, "-P", "-m", "assistant.batch.worker"]  # no code from the folder that the run is in
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, process_group=0)  # Ctrl-C is for this one
        told = settings.model_dump(mode="json", exclude={"admin_key", "llm_key"})
        key = settings.llm_key.get_secret_value() if settings.llm_key is not None else None
        self._send({**told, "llm_key": key})
        self._opened = False

    def ask(
        self,
        wanted: Sequence[str],
        among: Sequence[str],
        answerer: Answerer,
        note: Callable[[str, Vectors], None],
    ) -> Iterator[AnswerBody | Failed]:
        """What it says; `note` gets the vectors. Raises AssistantError where it has another index than `answerer`."""
        if not self._opened:
            opened = self._receive()
            if "failed" in opened:
                raise AssistantError(str(opened["detail"]))
            if opened != {"index_id": answerer.index_id, "settings_id": answerer.settings_id}:
                raise AssistantError("the index has changed since it was opened: run the same command again")
            self._opened = True
        self._send(list(among))
        for question in wanted:
            self._send(question)
            said = self._receive()
            if "failed" in said:
                yield Failed(str(said["failed"]), str(said["detail"]))
                continue
            note(question, np.frombuffer(b64decode(str(said["vector"])), dtype=VECTOR))
            yield AnswerBody.model_validate(said["reply"])

    def close(self) -> None:
        """Lets the process end."""
        assert self._process.stdin and self._process.stdout
        with suppress(BrokenPipeError):  # of what was left to send to one that has ended
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _send(self, value: Json) -> None:
        assert self._process.stdin
        try:
            write(self._process.stdin, value)
        except BrokenPipeError as error:
            raise AssistantError("a process that answers has ended: run the same command again to go on") from error

    def _receive(self) -> Mapping[str, Json]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            raise AssistantError("a process that answers has ended: run the same command again to go on")
        return cast(Mapping[str, Json], json.loads(line))
