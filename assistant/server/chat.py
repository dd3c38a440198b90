"""The routes that chat clients know: `/v1/chat/completions` and `/v1/models`, as OpenAI's API has them.

The last message of the user is the question, those before it the history. What the protocol offers beyond that (a
model's temperature, tools, a system message) is accepted and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from time import time
from uuid import uuid4

from fastapi import APIRouter
from fastapi.sse import format_sse_event
from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from assistant.errors import (
    ModelNotFound,
    RateLimited,
)
from assistant.languages.catalogue import say as message
from assistant.server.chat_bodies import (
    MODEL,
    ChatCompletion,
    ChatMessage,
    ChatRequest,
    Choice,
    Model,
    Models,
    Usage,
)
from assistant.server.chat_content import Written
from assistant.server.middleware import JsonRoute
from assistant.server.peers import base_url
from assistant.server.problems import QUESTION, chat_problem, documented
from assistant.server.queue import Job, WorkQueue
from assistant.server.spoken import language_of
from assistant.server.streaming import IncomingQuestion, Said, documented_events, event, stream, work_out
from assistant.types import Answer, Answerer

MAX_BODY = 1024 * 1024  # clients send the whole conversation, and system messages of their own
_DONE = format_sse_event(data_str="[DONE]")


class ChatRoute(JsonRoute):
    """A route for the bodies of chat clients."""

    max_body = MAX_BODY


ForReply = Callable[[], tuple[Mapping[str, str], Callable[[Answer], None]]]


def routes(seen: Callable[[Scope], Callable[[], Answerer]], desk: WorkQueue, for_reply: ForReply) -> APIRouter:
    """The routes over what a request sees. `for_reply` gives headers of a reply, and notes its answer."""
    router = APIRouter(route_class=ChatRoute, tags=["chat clients"])
    model = Model(created=int(time()))

    @router.post(
        "/v1/chat/completions",
        summary="Answer the last message of a conversation",
        response_model=ChatCompletion,
        responses={200: STREAM, **documented(*QUESTION, chat=True)},
    )
    async def complete(body: ChatRequest, request: Request, response: Response) -> ChatCompletion | Response:
        headers, note = for_reply()
        question, current = body.question(), seen(request.scope)
        language = language_of(request.scope)
        writing = partial(Written, base_url(request.scope), language)
        request.scope["assistant.body"] = {"question": question.text}  # for the log
        if body.stream:
            usage = bool(body.stream_options and body.stream_options.include_usage)
            work = _chunks(current, question, writing, note, usage=usage)
            return await stream(
                desk, request, work, lambda error: event(chat_problem(error, language=language)), headers
            )
        response.headers.update(headers)
        return await desk.answer(_completion(current, question, writing, note), request.receive)

    @router.get("/v1/models", summary="List what answers", responses=documented(RateLimited, chat=True))
    def models() -> Models:
        return Models(data=[model])

    @router.get(
        "/v1/models/{id:path}",
        summary="Describe what answers",
        responses=documented(ModelNotFound, RateLimited, chat=True),
    )
    def one_model(id: str) -> Model:
        if id != MODEL:
            raise ModelNotFound(message("errors.no_other_model", model=MODEL))
        return model

    return router


STREAM = documented_events(
    'The answer. With `"stream": true` it comes as server-sent events, a chunk each, the last one being `[DONE]`.'
)


def _completion(
    current: Callable[[], Answerer],
    question: IncomingQuestion,
    writing: Callable[[], Written],
    note: Callable[[Answer], None],
) -> Callable[[Job[ChatCompletion]], ChatCompletion]:
    def complete(job: Job[ChatCompletion]) -> ChatCompletion:
        answerer = current()
        written = writing()
        answer = work_out(answerer, question, check=job.check, say=written.add)
        written.finish(answer, answerer)
        note(answer)
        return ChatCompletion(
            id=_id(),
            created=int(time()),
            choices=[Choice(message=ChatMessage(content=written.content, annotations=written.annotations))],
            usage=Usage.of(question, written.content),
            system_fingerprint=answer.index_id,
        )

    return complete


def _chunks(
    current: Callable[[], Answerer],
    question: IncomingQuestion,
    writing: Callable[[], Written],
    note: Callable[[Answer], None],
    *,
    usage: bool,
) -> Callable[[Job[bytes]], None]:
    """The reply in chunks: the role, each block, the sources, why it ends, the tokens if wanted, and `[DONE]`."""

    def tell(job: Job[bytes]) -> None:
        answerer = current()
        written = writing()
        head: dict[str, JsonValue] = {"id": _id(), "object": "chat.completion.chunk", "created": int(time())}
        head |= {"model": MODEL, "system_fingerprint": answerer.index_id}

        def chunk(choices: Sequence[JsonValue], counted: JsonValue = None) -> None:
            body: dict[str, JsonValue] = {**head, "choices": list(choices)}
            job.say(event(body | ({"usage": counted} if usage else {})))

        def say(delta: Mapping[str, JsonValue], finish: str | None = None) -> None:
            chunk([{"index": 0, "delta": dict(delta), "logprobs": None, "finish_reason": finish}])

        def add(said: Said) -> None:
            if said.index == 0:
                say(ROLE)
            say({"content": written.add(said)})

        answer = work_out(answerer, question, check=job.check, say=add)
        rest = written.finish(answer, answerer)
        note(answer)
        if not answer.blocks:
            say(ROLE)
        sources: list[JsonValue] = [annotation.model_dump() for annotation in written.annotations]
        say({"content": rest, **({"annotations": sources} if sources else {})})
        say({}, "stop")
        if usage:
            chunk([], Usage.of(question, written.content).model_dump())
        job.say(_DONE)

    return tell


ROLE: Mapping[str, JsonValue] = {"role": "assistant", "content": "", "refusal": None}


def _id() -> str:
    return f"chatcmpl-{uuid4().hex}"
