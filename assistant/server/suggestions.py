"""The questions that an index suggests, found out once, however many ask for them at the same time."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Lock

from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from assistant.feedback.suggestions import Asked, Suggester, asked
from assistant.server.queue import Job, WorkQueue, attended
from assistant.server.seen import Seen
from assistant.types import Answerer
from assistant.wire import SuggestionsBody


class Suggestions:
    """Gives the suggestions of the index in force. Whoever asks first has them found; the rest wait for that.

    They wait outside the queue, and so keep no question from being answered.
    """

    def __init__(self, seen: Seen, desk: WorkQueue) -> None:
        self._seen, self._desk, self._suggest = seen, desk, Suggester()
        self._lock = Lock()
        self._finding: dict[Asked, Future[None]] = {}

    async def __call__(self, request: Request) -> SuggestionsBody:
        while True:
            answerer = await run_in_threadpool(self._seen(request.scope))
            with self._lock:
                known = self._suggest.known(answerer)
                finding = self._finding.get(asked(answerer))
                is_first = known is None and finding is None
                if is_first:
                    finding = self._finding[asked(answerer)] = Future()
            if known is not None:
                return SuggestionsBody(questions=known, index_id=answerer.index_id)
            assert finding is not None
            if is_first:
                return await self._find(answerer, request, finding)
            # Also where the first one fails or goes away, this ends, and somebody else is first.
            await attended(asyncio.shield(asyncio.wrap_future(finding)), request.receive)

    async def _find(self, answerer: Answerer, request: Request, finding: Future[None]) -> SuggestionsBody:
        def find(job: Job[SuggestionsBody]) -> SuggestionsBody:
            return SuggestionsBody(questions=self._suggest(answerer), index_id=answerer.index_id)

        try:
            return await self._desk.answer(find, request.receive)
        finally:
            with self._lock:
                del self._finding[asked(answerer)]
            finding.set_result(None)
