"""Where questions wait for the models: so many are worked on at once, so many more wait, the rest are turned away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import aclosing, suppress
from contextvars import copy_context
from math import ceil
from threading import Condition, Event
from time import perf_counter
from typing import Generic, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from assistant.cores import cores
from assistant.errors import Busy, IndexChanged, TimedOut
from assistant.languages.catalogue import say

T = TypeVar("T")
LONGEST_WAIT = 60  # seconds that a client is told to wait, at most


class Abandoned(Exception):
    """Nobody waits for this work any more."""


class Job(Generic[T]):
    """A piece of work in its thread: what it says, and whether somebody still listens."""

    def __init__(self, said: Callable[[T], None]) -> None:
        self._said = said
        self.has_said = False
        self.abandoned = Event()

    def say(self, item: T) -> None:
        """Says something to whoever listens."""
        self.has_said = True
        self._said(item)

    def check(self) -> None:
        """Ends the work by Abandoned where nobody waits for it any more."""
        if self.abandoned.is_set():
            raise Abandoned


class WorkQueue:
    """Takes work for the models, in the order in which it comes, and never holds up the event loop."""

    def __init__(self, *, at_once: int = 0, waiting: int = 64, seconds: float = 30.0) -> None:
        """0 at once is one a core. `seconds` is how long work may wait and take, together."""
        self._at_once = at_once or cores()
        self._most = self._at_once + waiting
        self._seconds = seconds
        self._pool = ThreadPoolExecutor(self._at_once, thread_name_prefix="question")
        self._lock = Condition()  # is told when nothing is left
        self._inside = 0
        self._pace = 0.1  # seconds that work takes, lately

    async def answer(self, work: Callable[[Job[T]], T], receive: Receive) -> T:
        """What the work gives. Raises Busy or TimedOut, and ClientDisconnect as soon as the client goes away."""

        def whole(job: Job[T]) -> None:
            job.say(work(job))

        async with aclosing(self._each(whole)) as said:
            return await attended(anext(said), receive)

    async def stream(self, work: Callable[[Job[T]], None], receive: Receive) -> tuple[T, AsyncGenerator[T]]:
        """The first thing that the work says, and those that follow. Close these, so that the work ends."""
        said = self._each(work)
        try:
            return await attended(anext(said), receive), said
        except BaseException:
            await said.aclose()
            raise

    async def _each(self, work: Callable[[Job[T]], None]) -> AsyncGenerator[T]:
        """What the work says, as it says it. Work that is no longer listened to leaves the queue, or ends early."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._seconds
        line: asyncio.Queue[tuple[T] | None] = asyncio.Queue()  # None at the end

        def put(item: tuple[T] | None) -> None:
            with suppress(RuntimeError):  # the loop has ended, and nobody listens
                loop.call_soon_threadsafe(line.put_nowait, item)

        job = Job[T](lambda item: put((item,)))
        future = self._enter(lambda: _to_the_end(work, job))
        future.add_done_callback(lambda _: put(None))
        try:
            while True:
                async with asyncio.timeout_at(deadline):
                    item = await line.get()
                if item is None:
                    future.result()
                    return
                yield item[0]
        except TimeoutError as error:
            raise TimedOut(say("errors.timed_out", seconds=f"{self._seconds:g}"), retry_after=self._wait()) from error
        finally:
            job.abandoned.set()
            future.cancel()

    def give_way(self, seconds: float) -> None:
        """Returns once nobody waits for an answer, after so many seconds at the latest. Blocks the thread until then.

        What is no person's question waits here first, and is then done beside the queue: it takes nobody's place.
        """
        with self._lock:
            self._lock.wait_for(lambda: not self._inside, seconds)

    def load(self) -> tuple[int, int]:
        """How much is worked on, and how much waits."""
        inside = self._inside
        return min(inside, self._at_once), max(0, inside - self._at_once)

    def refusal(self) -> Busy | None:
        """Why no more work is taken now; None where it is."""
        if self._inside < self._most:
            return None
        return Busy(say("errors.full"), retry_after=self._wait())

    def _enter(self, work: Callable[[], None]) -> Future[None]:
        with self._lock:
            if refusal := self.refusal():
                raise refusal
            self._inside += 1

        def timed() -> None:
            began = perf_counter()
            try:
                work()
            finally:
                self._pace += (perf_counter() - began - self._pace) / 10

        future = self._pool.submit(copy_context().run, timed)  # as who asks, whose request watches it
        future.add_done_callback(self._leave)
        return future

    def _leave(self, future: Future[None]) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._lock.notify_all()

    def _wait(self) -> int:
        """The seconds after which what waits now should be done."""
        return max(1, min(LONGEST_WAIT, ceil(self._pace * self._inside / self._at_once)))


def _to_the_end(work: Callable[[Job[T]], None], job: Job[T]) -> None:
    """Does the work; from its start again, with the index of now, where that has changed before anything was said."""
    try:
        work(job)
    except IndexChanged:
        if job.has_said:
            raise
        work(job)


async def attended(work: Awaitable[T], receive: Receive) -> T:
    """What the work gives; ClientDisconnect, and an end to the work, where the client goes away before."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
