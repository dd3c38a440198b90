"""An answer as it is worked out, and server-sent events of it."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi.sse import EventSourceResponse, format_sse_event
from pydantic import BaseModel
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from assistant.documents.citations import verify
from assistant.errors import AssistantError
from assistant.languages.catalogue import say as message
from assistant.languages.messages import Language
from assistant.server.queue import Job, WorkQueue
from assistant.server.spoken import told
from assistant.types import Answer, Answerer, Block, Citation, Filters, Followed, Json, Turn
from assistant.wire import AnswerBody, SaidBody

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # no proxy keeps it, or holds it back


@dataclass(frozen=True, slots=True)
class IncomingQuestion:
    """What is asked of an answerer."""

    text: str
    history: Sequence[Turn] = ()
    filters: Filters = Filters()


@dataclass(frozen=True, slots=True)
class Said:
    """A block of an answer that may still be in the making."""

    index: int
    block: Block
    citations: Sequence[Citation]


class Teller:
    """Follows an answer for whoever waits for it."""

    def __init__(self, check: Callable[[], None], say: Callable[[Said], None]) -> None:
        self.check = check
        self._say = say
        self.told = 0

    def hear(self, block: Block, citations: Sequence[Citation]) -> None:
        """Passes a block on, if somebody still waits for it."""
        self.check()
        self._say(Said(self.told, block, citations))
        self.told += 1


def work_out(
    answerer: Answerer,
    question: IncomingQuestion,
    *,
    check: Callable[[], None],
    say: Callable[[Said], object] = lambda _: None,
) -> Answer:
    """The answer. `say` is called with each block of it as soon as there is one; what `check` raises ends the work."""

    def say_checked(said: Said) -> None:
        for citation in said.citations:
            verify(citation, answerer.documents[citation.document_id])
        say(said)

    teller = Teller(check, say_checked)
    if isinstance(answerer, Followed):
        answer = answerer.follow(question.text, history=question.history, filters=question.filters, follower=teller)
    else:
        answer = answerer.ask(question.text, history=question.history, filters=question.filters)
    for block in answer.blocks[teller.told :]:
        teller.hear(block, [answer.citations[n] for n in block.citations])
    return answer


class EventStream(EventSourceResponse):
    """Server-sent events; the work behind them ends with the response."""

    def __init__(self, events: AsyncGenerator[bytes], headers: Mapping[str, str] = {}) -> None:
        super().__init__(events, headers={**HEADERS, **headers})
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._events):
            await super().__call__(scope, receive, send)


async def stream(
    desk: WorkQueue,
    request: Request,
    work: Callable[[Job[bytes]], None],
    failure: Callable[[AssistantError], bytes],
    headers: Mapping[str, str] = {},
) -> EventStream:
    """The events that the work says. What fails before the first is raised; what fails later is the last event."""
    first, rest = await desk.stream(work, request.receive)

    async def events() -> AsyncGenerator[bytes]:
        async with aclosing(rest):
            yield first
            try:
                async for event in rest:
                    yield event
            except AssistantError as error:
                yield failure(error)
            except Exception as error:
                request.scope["assistant.fault"] = error  # for the log
                yield failure(AssistantError(message("errors.unknown")))

    return EventStream(events(), headers)


def documented_events(description: str, *names: str) -> dict[str, Any]:
    """The OpenAPI response of a route that replies in JSON or, where asked to, in server-sent events."""
    properties = {"data": {"type": "string"}, **({"event": {"type": "string", "enum": names}} if names else {})}
    item = {"type": "object", "properties": properties, "required": list(properties)}
    return {"description": description, "content": {EventStream.media_type: {"itemSchema": item}}}


def event(body: BaseModel | Mapping[str, Json], name: str | None = None) -> bytes:
    """One server-sent event."""
    data = body.model_dump_json() if isinstance(body, BaseModel) else json.dumps(body, ensure_ascii=False)
    return format_sse_event(data_str=data, event=name)


def whole(
    current: Callable[[], Answerer], question: IncomingQuestion, note: Callable[[Answer], None], language: Language
) -> Callable[[Job[AnswerBody]], AnswerBody]:
    """The work whose result is the answer in a language, which is noted."""

    def answer(job: Job[AnswerBody]) -> AnswerBody:
        answerer = current()
        answer = work_out(answerer, question, check=job.check)
        body = AnswerBody.of(told(answer, language), answerer)
        note(answer)
        return body

    return answer


def in_blocks(
    current: Callable[[], Answerer], question: IncomingQuestion, note: Callable[[Answer], None], language: Language
) -> Callable[[Job[bytes]], None]:
    """The work that says an event for each block, then one for the answer in a language, which is noted."""

    def tell(job: Job[bytes]) -> None:
        answerer = current()

        def say(said: Said) -> None:
            job.say(event(SaidBody.of(said.index, said.block, said.citations), "block"))

        answer = work_out(answerer, question, check=job.check, say=say)
        body = AnswerBody.of(told(answer, language), answerer)
        note(answer)
        job.say(event(body, "answer"))

    return tell
