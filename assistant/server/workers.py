"""Several processes that serve on one socket: started, replaced where they end, renewed without a gap."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from threading import Thread
from time import monotonic
from types import FrameType
from typing import TypeAlias

Work: TypeAlias = Callable[[socket.socket, Callable[[], None]], int]
"""Serves on a socket until the process is told to stop, calls back once it does, and gives the exit status."""

START = 120.0  # seconds that a worker may take until it serves
STOP = 10.0  # seconds that it may take to end, a little more than what it lets answers finish in
PAUSE = 1.0  # seconds before one is started in place of one that ended before it served; doubled each time
LONGEST_PAUSE = 30.0

logger = logging.getLogger("assistant.server")


@dataclass(slots=True, eq=False)
class Worker:
    """One process. It says once that it serves, and ends where the one that started it is gone."""

    process: BaseProcess
    line: Connection
    serves: bool = False

    def listen(self) -> bool:
        """Whether it serves by now."""
        with suppress(EOFError, OSError):
            if not self.serves and self.line.poll():
                self.serves = bool(self.line.recv())
        return self.serves

    def stop(self) -> None:
        """Tells it to finish what it answers, and to end."""
        if self.process.is_alive():
            self.process.terminate()


class Workers:
    """So many processes that do the same work on one socket.

    The socket stays open while any of them is replaced, so that a connection waits for the next one and is not refused.
    """

    def __init__(
        self, work: Work, listener: socket.socket, n: int, *, serve: Callable[[], object] = lambda: None
    ) -> None:
        """`work` is called in each process, so it must be picklable; `serve` once all of them serve."""
        self._work, self._listener, self._n, self._serve = work, listener, n, serve
        self._workers: list[Worker] = []
        self._leaving: list[Worker] = []
        self._stopping = False
        self._renewing = False
        self._pause = PAUSE

    def run(self) -> int:
        """Runs until SIGTERM or SIGINT; the exit status. SIGHUP has new processes take the place of all.

        Where the first ones end before any serves, all end with the status of theirs.
        """
        with self._signals():
            try:
                if status := self._begin():
                    return status
                self._serve()
                while not self._stopping:
                    if self._renewing:
                        self._renewing = False
                        self._renew()
                    self._replace()
                    self._rest()
            finally:
                self._end()
        return 0

    def _start(self) -> Worker:
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(target=_run, args=(self._work, self._listener, theirs), name="worker")
        process.start()
        theirs.close()
        return Worker(process, ours)

    def _begin(self) -> int:
        """Starts them all, and waits until they serve; the exit status of one that ended instead."""
        self._workers = [self._start() for _ in range(self._n)]
        for worker in self._workers:
            if not self._await(worker) and not self._stopping:
                return worker.process.exitcode or 1
        return 0

    def _await(self, worker: Worker) -> bool:
        """Whether a worker serves, in time."""
        deadline = monotonic() + START
        while not worker.listen():
            if self._stopping or not worker.process.is_alive() or monotonic() > deadline:
                return False
            wait([worker.line, worker.process.sentinel], timeout=0.2)
        return True

    def _renew(self) -> None:
        """Has a new process take the place of each, one by one; where a new one does not serve, the rest stay."""
        for at, worker in enumerate(self._workers):
            new = self._start()
            if not self._await(new):
                self._leave(new)
                if not self._stopping:
                    logger.error("a new worker does not serve: the ones before it go on")
                return
            self._workers[at] = new
            self._leave(worker)

    def _replace(self) -> None:
        """Starts a new process for each that has ended."""
        for at, worker in enumerate(self._workers):
            worker.listen()
            if worker.process.is_alive():
                continue
            logger.error("a worker has ended with status %s: starting another", worker.process.exitcode)
            if worker.serves:
                self._pause = PAUSE
            else:
                self._rest(self._pause)
                self._pause = min(2 * self._pause, LONGEST_PAUSE)
            if not self._stopping:
                self._workers[at] = self._start()

    def _rest(self, seconds: float = 0.5) -> None:
        """Waits, less long where a worker ends, and lets go of those that have."""
        deadline = monotonic() + seconds
        while not self._stopping and not self._renewing and (left := deadline - monotonic()) > 0:
            alive = [worker.process.sentinel for worker in self._workers if worker.process.is_alive()]
            if wait(alive, timeout=min(left, 0.2)) and seconds == 0.5:
                break
        for worker in [one for one in self._leaving if not one.process.is_alive()]:
            worker.process.join()
            self._leaving.remove(worker)

    def _leave(self, worker: Worker) -> None:
        worker.stop()
        self._leaving.append(worker)

    def _end(self) -> None:
        """Ends them all; those that do not in time are killed."""
        everyone = [*self._workers, *self._leaving]
        for worker in everyone:
            worker.stop()
        deadline = monotonic() + STOP
        for worker in everyone:
            worker.process.join(max(0.0, deadline - monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def stop(number: int, frame: FrameType | None) -> None:
            self._stopping = True

        def renew(number: int, frame: FrameType | None) -> None:
            self._renewing = True

        chosen: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGINT: stop, signal.SIGTERM: stop}
        if hasattr(signal, "SIGHUP"):  # not there on Windows
            chosen[signal.SIGHUP] = renew
        before = {number: signal.signal(number, handler) for number, handler in chosen.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _run(work: Work, listener: socket.socket, line: Connection) -> None:
    """What a worker's process does."""
    from assistant.terminal.exits import ended

    def watch() -> None:
        with suppress(EOFError, OSError):
            line.recv()  # nothing is ever sent: it ends where the process at the other end does
        os.kill(os.getpid(), signal.SIGTERM)

    def serves() -> None:
        line.send(True)
        Thread(target=watch, name="watch", daemon=True).start()

    raise SystemExit(ended(lambda: work(listener, serves), "assistant"))
