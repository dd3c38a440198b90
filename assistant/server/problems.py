"""Every failure as one body: application/problem+json, or the chat protocol's own on the routes that speak it."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import Scope

from assistant.errors import (
    AssistantError,
    Busy,
    IndexDamaged,
    IndexMismatch,
    IndexNotFound,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    RateLimited,
    RequestTooLarge,
    TimedOut,
    UnsupportedType,
)
from assistant.languages.catalogue import english, listed, say
from assistant.languages.messages import Language, Message
from assistant.server.peers import route_path
from assistant.server.spoken import language_of

logger = logging.getLogger("assistant.server")
BAD_BODY = (MalformedRequest, RequestTooLarge, UnsupportedType, InvalidRequest)
NO_INDEX = (IndexNotFound, IndexDamaged, IndexMismatch)
AT_QUEUE = (Busy, TimedOut)  # of work that waits for its turn
QUESTION = (*BAD_BODY, RateLimited, *NO_INDEX, *AT_QUEUE)  # of a route that takes a question
CHAT = re.compile("/v1/(chat|models)(/|$)")  # the routes that speak the protocol of chat clients


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Invalid request",
                    "status": 422,
                    "detail": "question: is missing: send it",
                    "code": "invalid_request",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    detail: str
    code: str


class ProblemResponse(JSONResponse):
    """An error as its problem body."""

    media_type = "application/problem+json"

    def __init__(
        self, error: AssistantError, headers: Mapping[str, str] | None = None, *, language: Language | None = None
    ) -> None:
        super().__init__(problem(error, language).model_dump(), error.status, {**(headers or {}), **_later(error)})


ChatFaultType = Literal["invalid_request_error", "authentication_error", "rate_limit_error", "server_error"]


class ChatFault(BaseModel):
    """What went wrong, as chat clients read it."""

    message: str
    type: ChatFaultType
    param: str | None
    code: str


class ChatProblem(BaseModel):
    """The body of an error on the routes of the chat protocol."""

    error: ChatFault


class ChatProblemResponse(JSONResponse):
    """An error as chat clients read it. What is wrong with a request is 400 there, not 422."""

    def __init__(
        self,
        error: AssistantError,
        headers: Mapping[str, str] | None = None,
        *,
        param: str | None = None,
        language: Language | None = None,
    ) -> None:
        status = 400 if error.status == 422 else error.status
        body = chat_problem(error, param, language)
        super().__init__(body.model_dump(), status, {**(headers or {}), **_later(error)})


def problem(error: AssistantError, language: Language | None = None) -> Problem:
    """The error as a problem, in English where no language is named."""
    title, detail = in_words(error, language or english())
    return Problem(type="about:blank", title=title, status=error.status, detail=detail, code=error.code)


def in_words(error: AssistantError, language: Language) -> tuple[str, str]:
    """The title of an error and what it says, in a language."""
    title = language.say(f"titles.{error.code}")
    return title, language.tell(error.args[0]) if error.args and str(error) else title


def chat_problem(error: AssistantError, param: str | None = None, language: Language | None = None) -> ChatProblem:
    """The error as chat clients read it, in English where no language is named."""
    otherwise: ChatFaultType = "server_error" if error.status >= 500 else "invalid_request_error"
    kind = _CHAT_TYPES.get(error.status, otherwise)
    _, message = in_words(error, language or english())
    return ChatProblem(error=ChatFault(message=message, type=kind, param=param, code=error.code))


_CHAT_TYPES: dict[int, ChatFaultType] = {401: "authentication_error", 429: "rate_limit_error"}


def respond(
    scope: Scope, error: AssistantError, headers: Mapping[str, str] | None = None, *, param: str | None = None
) -> JSONResponse:
    """The error in the words of the route that was asked, and the language of who asks."""
    if CHAT.match(route_path(scope)):
        return ChatProblemResponse(error, headers, param=param, language=language_of(scope))
    return ProblemResponse(error, headers, language=language_of(scope))


def _later(error: AssistantError) -> dict[str, str]:
    return {"Retry-After": str(error.retry_after)} if isinstance(error, Busy) else {}


def documented(*errors: type[AssistantError], chat: bool = False) -> dict[int | str, dict[str, Any]]:
    """These errors, and any other that there may be, as OpenAPI responses."""
    codes: dict[int | str, list[str]] = {}
    for error in errors:
        codes.setdefault(400 if chat and error.status == 422 else error.status, []).append(f"`{error.code}`")
    codes["default"] = ["any other code"]
    kind, name = ("application/json", "ChatProblem") if chat else (ProblemResponse.media_type, "Problem")
    content = {kind: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    later = {error.status for error in errors if issubclass(error, Busy)}
    return {
        status: {
            "description": f"A problem: {' or '.join(names)}.",
            "content": content,
            **({"headers": {"Retry-After": RETRY_AFTER}} if status in later else {}),
        }
        for status, names in codes.items()
    }


RETRY_AFTER = {"description": "The seconds after which to ask again, if that may help.", "schema": {"type": "integer"}}


def install(app: FastAPI) -> None:
    """Make every failure of the app a problem, the framework's own included."""

    @app.exception_handler(AssistantError)
    async def known(request: Request, error: AssistantError) -> JSONResponse:
        if error.status == 500:  # what the operator must mend; an index that is missing is told once, at the start
            logger.error("%s: %s", error.code, error)
        return respond(request.scope, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = error.errors()
        return respond(request.scope, InvalidRequest(describe(errors)), param=_field(errors[0]["loc"]))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> JSONResponse:
        if error.status_code == 405:
            allowed = _methods(request)
            refusal = MethodNotAllowed(say("errors.use_method", methods=allowed.replace(", ", " or ")))
            return respond(request.scope, refusal, {"Allow": allowed})
        kind, key = _TRANSLATED.get(error.status_code, (AssistantError, "errors.unknown"))
        return respond(request.scope, kind(say(key)))


def _methods(request: Request) -> str:
    """The methods of all routes at the address, as the Allow header names them."""
    at = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in at for method in getattr(route, "methods", None) or ()}
    return ", ".join(sorted(methods | {"HEAD"} if "GET" in methods else methods))


_TRANSLATED: dict[int, tuple[type[AssistantError], str]] = {
    400: (MalformedRequest, "errors.unreadable"),
    404: (NotFound, "errors.nothing_here"),
    413: (RequestTooLarge, "errors.too_large"),
    415: (UnsupportedType, "errors.json_only"),
}


def describe(errors: Sequence[Mapping[str, Any]]) -> Message:
    """The fields that are wrong and what each should be, without the values that were sent."""
    told = [say("fields.wrong", field=_field(error["loc"]), advice=_advice(error)) for error in errors[:5]]
    return listed("lists.clauses", [*told, say("fields.more", count=len(errors) - 5)] if len(errors) > 5 else told)


_ADVISED: dict[str, dict[str, str]] = {  # kinds of faults, and what their words take from what pydantic tells of them
    "missing": {},
    "extra_forbidden": {},
    "string_type": {},
    "string_too_short": {"count": "min_length"},
    "string_too_long": {"count": "max_length"},
    "string_pattern_mismatch": {"pattern": "pattern"},
    "bool_type": {},
    "int_type": {},
    "int_parsing": {},
    "greater_than_equal": {"least": "ge"},
    "less_than_equal": {"most": "le"},
    "literal_error": {"expected": "expected"},
    "list_type": {},
    "too_long": {"count": "max_length", "given": "actual_length"},
    "dict_type": {},
    "model_attributes_type": {},
}


def _field(location: Sequence[int | str]) -> str:
    """`history[2].role`, from ("body", "history", 2, "role"); a name that someone made up is cut short."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in location[1:])
    return name.lstrip(".") or str(location[0])


def _advice(error: Mapping[str, Any]) -> str:
    """What a field should be: a message, as far as the catalogue has one for what is wrong with it."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error" and isinstance(fault := context.get("error"), ValueError):  # of a check of our own
        return fault.args[0] if isinstance(fault.args[0], Message) else str(fault)
    if kind in _ADVISED:
        return say(f"fields.{kind}", **{name: context[given] for name, given in _ADVISED[kind].items()})
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ").removeprefix("String ")
    return message.replace("List should", "should").replace("Dictionary should", "should")
