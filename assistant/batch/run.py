"""Answers for a table of questions: each asked once, several at a time, none twice that is written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from queue import SimpleQueue
from threading import Event, Lock
from time import perf_counter
from typing import TYPE_CHECKING, Protocol, TypeAlias

from assistant.batch import bodies
from assistant.batch.journal import Earlier, Finished, Journal
from assistant.errors import AssistantError
from assistant.languages.catalogue import say
from assistant.question.parse import MAX_QUESTION
from assistant.spreadsheets.counted import counted
from assistant.spreadsheets.tables import Row, Table, text
from assistant.wire import AnswerBody, OutcomeBody

if TYPE_CHECKING:
    from assistant.batch.near_duplicates import Likeness

FAILURES = 20  # questions that fail one after the other before the run stops
_ROUNDS = 3  # times that a server's index may change under a run


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a question cannot be answered now; the next one may be."""

    code: str
    message: str
    of_question: bool = False  # whether it is for the question, and not for whoever answers


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Questions that are handed out together, and those of them that are wanted; the others are answered already.

    How a file is cut into chunks depends on its questions alone, so that a run that goes on says the same.
    """

    among: tuple[str, ...]
    wanted: tuple[str, ...]


_AskOutcome: TypeAlias = Finished | tuple[str, Failed]  # an answer, or the question and why it failed


class Asker(Protocol):
    """What a run asks, from several threads at once."""

    index_id: str
    documents: Mapping[str, str]  # titles by id

    @property
    def together(self) -> int:
        """How many questions are handed out together."""
        ...

    def jobs(self, n: int) -> int:
        """How many threads best ask `n` questions."""
        ...

    def ask(self, wanted: Sequence[str], among: Sequence[str]) -> Iterator[AnswerBody | Failed]:
        """The reply of /v1/ask to each wanted question, in order, or why it failed. An error ends the run.

        `among` are all that were handed out together.
        """
        ...

    def is_fresh(self, body: OutcomeBody) -> bool:
        """Whether an answer is of the index and the settings of today."""
        ...

    def says(self, document_id: str, text: str) -> bool:
        """Whether a document is still there and still says this."""
        ...

    def likeness(self, questions: Sequence[str]) -> Likeness:
        """How alike questions are."""
        ...

    def renewed(self) -> bool:
        """Takes up another index, if there is one by now, and says whether there was."""
        ...


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row."""

    number: int  # from 1, the row of names not counted
    row: Row
    question: str
    body: OutcomeBody
    seconds: float  # that it took; 0 where it was not asked


class Results:
    """What became of every row, in order; read from the disk each time that it is gone through."""

    def __init__(self, table: Table, column: int, find: Callable[[str], Finished]) -> None:
        self.table = table
        self.column = column
        self.find = find

    def __iter__(self) -> Iterator[Result]:
        for number, (row, question) in enumerate(zip(self.table.rows, self.questions(), strict=True), start=1):
            found = self.find(question)
            yield Result(number, row, question, found.body, found.seconds)

    def __len__(self) -> int:
        return len(self.table.rows)

    def questions(self) -> Iterator[str]:
        """The question of every row; "" where it has none."""
        return self.table.texts(self.column)

    def question(self, number: int) -> str:
        """The question of a row, by its number."""
        return text(self.table.rows[number - 1][self.column]).strip()

    def different(self) -> Iterator[Result]:
        """The first row of each question."""
        known: set[str] = set()
        for result in self:
            if result.question and result.question not in known:
                known.add(result.question)
                yield result


@dataclass(slots=True)
class Run:
    """One run over a table."""

    table: Table
    column: int
    asker: Asker
    journal: Journal
    earlier: Earlier | None = None
    note: Callable[[str], None] = lambda said: None
    progress: Callable[[int, int], None] = lambda done, total: None
    asked: int = 0
    failed: dict[str, OutcomeBody] = field(default_factory=dict)  # not written down, so that they are asked again

    def __call__(self) -> Results:
        """Asks what has no answer yet. Raises what ends the run; all that was answered until then is kept."""
        self._take_stock(first=True)
        for _ in range(_ROUNDS):
            pending = self._pending()
            self._ask(pending)
            if not pending or not self.asker.renewed():
                break
            self.note("the index has changed during the run")
            self._take_stock(first=False)
        return Results(self.table, self.column, lru_cache(maxsize=256)(self._find))

    def _take_stock(self, *, first: bool) -> None:
        self.journal.keep(self.asker.is_fresh)
        if self.journal.stale:
            stale = counted(self.journal.stale, "question")
            self.note(f"asked again, since the index or the settings have changed: {stale}")
        if first and len(self.journal):
            self.note(f"goes on where it was: {counted(len(self.journal), 'question')} answered already")

    def _pending(self) -> list[_Chunk]:
        """What has no answer yet, in the chunks of all questions that can be asked."""
        able = [one for one in dict.fromkeys(self.table.texts(self.column)) if 0 < len(one) <= MAX_QUESTION]
        size = self.asker.together
        chunks = (tuple(able[at : at + size]) for at in range(0, len(able), size))
        cut = (_Chunk(among, tuple(filter(self._is_wanted, among))) for among in chunks)
        return [chunk for chunk in cut if chunk.wanted]

    def _is_wanted(self, question: str) -> bool:
        return question not in self.journal and not self._reusable(question)

    def _reusable(self, question: str) -> bool:
        body = self.earlier.get(question) if self.earlier is not None else None
        return body is not None and body.status in ("answered", "refused") and self.asker.is_fresh(body)

    def _ask(self, pending: Sequence[_Chunk]) -> None:
        total, done, in_a_row = sum(len(chunk.wanted) for chunk in pending), 0, 0
        self.progress(0, total)
        for outcomes in _ask_all(self.asker, pending):
            good = [one for one in outcomes if isinstance(one, Finished)]
            if good:
                self.journal.add(good)
                self.asked += len(good)
            for one in outcomes:
                if isinstance(one, Finished):
                    in_a_row = 0
                    self.failed.pop(one.question, None)
                    continue
                question, failed = one
                in_a_row += not failed.of_question
                self.failed[question] = bodies.failed(
                    question, failed.code, failed.message, index_id=self.asker.index_id
                )
                if in_a_row >= FAILURES:
                    raise AssistantError(say("batch.failures", count=FAILURES, detail=failed.message))
            done += len(outcomes)
            self.progress(done, total)

    def _find(self, question: str) -> Finished:
        return self.journal.get(question) or Finished(question, self._unasked(question), 0.0)

    def _unasked(self, question: str) -> OutcomeBody:
        """What stands for an answer that the journal does not have."""
        if not question:
            return bodies.skipped(index_id=self.asker.index_id)
        if len(question) > MAX_QUESTION:
            said = f"a question has 1 to {MAX_QUESTION} characters, this one has {len(question)}: shorten it"
            return bodies.failed(question, "invalid_request", said, index_id=self.asker.index_id)
        if question in self.failed:
            return self.failed[question]
        body = self.earlier.get(question) if self.earlier is not None else None
        if body is None or not self.asker.is_fresh(body):
            raise AssistantError(f"no answer to {question!r} was kept: run the same command again")
        return body


def _ask_all(asker: Asker, chunks: Sequence[_Chunk]) -> Iterator[list[_AskOutcome]]:
    """What becomes of the wanted questions, as many at a time as were done, in the order in which they come to be done.

    After an error, what is being asked is still given; then it is raised.
    """
    if not chunks:
        return
    jobs = min(len(chunks), asker.jobs(sum(len(chunk.wanted) for chunk in chunks)))
    left, lock, stop = iter(chunks), Lock(), Event()
    done: SimpleQueue[_AskOutcome | BaseException | None] = SimpleQueue()  # None where a thread has ended

    def work() -> None:
        try:
            while not stop.is_set():
                with lock:
                    chunk = next(left, None)
                if chunk is None:
                    break
                for outcome in _ask(asker, chunk):
                    done.put(outcome)
                    if stop.is_set():
                        break
        except BaseException as error:
            stop.set()
            done.put(error)
        finally:
            done.put(None)

    error: BaseException | None = None
    with ThreadPoolExecutor(jobs, thread_name_prefix="ask") as pool:
        try:
            for _ in range(jobs):
                pool.submit(work)
            while jobs:
                several = [done.get()]
                while not done.empty():
                    several.append(done.get())
                jobs -= sum(one is None for one in several)
                error = error or next((one for one in several if isinstance(one, BaseException)), None)
                if outcomes := [one for one in several if isinstance(one, Finished | tuple)]:
                    yield outcomes
        finally:
            stop.set()
    if error is not None:
        raise error


def _ask(asker: Asker, chunk: _Chunk) -> Iterator[_AskOutcome]:
    began = perf_counter()
    for question, reply in zip(chunk.wanted, asker.ask(chunk.wanted, chunk.among), strict=True):
        if isinstance(reply, Failed):
            yield question, reply
        else:
            seconds = reply.timings_ms.get("total", 0.0) / 1000 or perf_counter() - began
            yield Finished(question, reply.outcome(), seconds)
        began = perf_counter()


def repeated(questions: Iterable[str]) -> int:
    """How many rows ask what an earlier one asked."""
    return sum(n - 1 for question, n in Counter(questions).items() if question)
