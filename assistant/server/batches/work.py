"""Asks one run after the other, in a thread of its own: of all processes of a server, one at a time."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from threading import Event, Thread
from typing import TypeAlias

from assistant.batch import formats
from assistant.batch.endings import format_answered
from assistant.batch.journal import Journal
from assistant.batch.run import Asker, Run
from assistant.batch.summary import sum_up
from assistant.disk import replacing
from assistant.errors import AssistantError, NotFound
from assistant.languages.catalogue import say
from assistant.server.batches.runs import KeptRun, Runs

_Ask: TypeAlias = Callable[[KeptRun, Callable[[], None]], Asker]  # a run and what ends it, to what it asks

LOOK = 1.0  # seconds between two looks for a run that waits

logger = logging.getLogger("assistant.server")


class Stopped(Exception):
    """The run has been deleted, or the server is told to stop."""


class Worker:
    """Asks what waits, as long as it works. What was being asked goes on where it was, here or in another process."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._asker: _Ask | None = None
        self._woken, self._stopped = Event(), Event()

    def serve(self, asker: _Ask) -> None:
        """Says what a run asks; nothing is asked before. The second argument raises Stopped where that should end."""
        self._asker = asker
        self._woken.set()

    def __call__(self) -> None:
        """Has it look for a run now."""
        self._woken.set()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Works as long as this lasts; the question that is being asked at its end is answered."""
        thread = Thread(target=self._work, name="batches", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            self._woken.set()
            thread.join()

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                self._runs.sweep()
                while not self._stopped.is_set() and self.step():
                    pass
            except Exception:  # the next run must find the thread alive
                logger.exception("files of questions cannot be looked at")
            self._woken.wait(LOOK)

    def step(self) -> bool:
        """Asks the run whose turn it is, and says whether there was one that no other process asks."""
        if self._asker is None or self._runs.next() is None:
            return False
        with (self._runs.folder / "lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            run = self._runs.next()
            if run is not None:
                self._run(run, self._asker)
            return run is not None

    def _run(self, run: KeptRun, ask: _Ask) -> None:
        def check() -> None:
            if self._stopped.is_set() or not self._runs.has(run):
                raise Stopped

        try:
            self._runs.put(self._answered(run, partial(ask, run, check), check))
        except (Stopped, NotFound):
            pass
        except Exception as error:
            if not isinstance(error, AssistantError):
                logger.exception("a file of questions cannot be asked")
            if self._runs.has(run):
                why = error.args[0] if isinstance(error, AssistantError) and error.args else say("errors.unknown")
                self._runs.put(replace(self._runs.get(run.id), state="failed", wrong=why))

    def _answered(self, run: KeptRun, open_asker: Callable[[], Asker], check: Callable[[], None]) -> KeptRun:
        """The run when it is done, its answers written down."""
        table, column = self._runs.table(run), run.column
        assert column is not None  # it would not have been started
        run = self._runs.put(replace(run, state="running"))

        def progress(done: int, total: int) -> None:
            self._runs.count(run, max(0, run.different - total + done))

        with closing(Journal(self._runs.path(run, "journal"))) as journal:
            asker = open_asker()
            batch = Run(table, column, asker, journal, progress=progress)
            results = batch()
            check()
            with replacing(self._runs.path(run, "answers"), ".answers.part") as file:
                notes = formats.write(file, results, format_answered(run.format), base=run.base)
            counts, *others = sum_up(results, asker, asked=batch.asked).lines()
            if batch.failed:
                failed = say("batch.count_questions", count=len(batch.failed))
                notes = (say("batch.failed", questions=failed), *notes)
            journal.close(remove=True)
        return replace(run, state="done", done=run.different, summary=(counts, *notes, *others))
