"""What happens to every exchange: its body read within bounds, one line in the log, an id, a safe end."""

from __future__ import annotations

import json
import logging
import re
import traceback
import uuid
from asyncio import CancelledError
from collections.abc import Callable, Coroutine
from time import perf_counter
from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import AssistantError, Busy, InvalidRequest, MalformedRequest, RequestTooLarge, UnsupportedType
from assistant.languages.catalogue import say
from assistant.server.log import Clients, client
from assistant.server.peers import route_path
from assistant.server.problems import respond
from assistant.types import Json

if TYPE_CHECKING:
    from assistant.server.traces import Traces

MAX_BODY = 64 * 1024
MAX_PATH = 300  # characters of a path in the log
logger = logging.getLogger("assistant.server")


class JsonRequest(Request):
    """A request whose body has been read and parsed."""

    def __init__(self, request: Request, raw: bytes, parsed: Json) -> None:
        super().__init__(request.scope, request.receive)
        self._raw, self._parsed = raw, parsed

    async def body(self) -> bytes:
        return self._raw

    async def json(self) -> Json:
        return self._parsed


class JsonRoute(APIRoute):
    """A route that reads its body, where it takes one, as JSON of at most `max_body` bytes."""

    max_body = MAX_BODY

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        if not self.body_field:
            return answer

        async def read_and_answer(request: Request) -> Response:
            raw = await read(request, self.max_body)
            parsed = parse(raw)
            request.scope["assistant.body"] = parsed
            return await answer(JsonRequest(request, raw, parsed))

        return read_and_answer


async def read(request: Request, most: int) -> bytes:
    """The body, if it says that it is JSON and is not too large; no more than the limit is ever held."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedType(say("errors.json_header"))
    return await whole(request, most, RequestTooLarge(say("errors.body_too_large", size=most // 1024)))


async def whole(request: Request, most: int, too_large: RequestTooLarge) -> bytes:
    """The body as it is sent; no more than the limit is ever held. Raises `too_large` beyond it."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most:
            raise too_large
    return bytes(raw)


def parse(raw: bytes) -> Json:
    """The value that the JSON stands for. What JSON leaves open (NaN, two equal keys, half a character) is an error."""
    try:
        value: Json = json.loads(raw.decode(), parse_constant=_no_constant, object_pairs_hook=_unique)
    except RecursionError as error:
        raise MalformedRequest(say("errors.too_deep")) from error
    except ValueError as error:  # not UTF-8, not JSON, or a number of thousands of digits
        raise MalformedRequest(say("errors.not_json")) from error
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest(say("errors.half_character")) from error
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise InvalidRequest(say("errors.field_twice"))
    return value


class Exchange:
    """Around the app: gives each reply an id, answers HEAD as GET without a body, logs a line, and hides what broke."""

    def __init__(
        self,
        app: ASGIApp,
        log_questions: bool = False,
        log_clients: Clients = "none",
        count: Callable[[str, str, int, float], None] | None = None,
        traces: Traces | None = None,
    ) -> None:
        """`count` is given method, route, status and seconds of each exchange; `traces` makes a span of it."""
        self.app = app
        self.log_questions, self.log_clients = log_questions, log_clients
        self._count, self._traces = count, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = perf_counter(), 0
        id = request_id(Headers(scope=scope))
        traced = self._traces.begin(scope, id) if self._traces is not None else None
        fault: Exception | None = None
        head = scope["method"] == "HEAD"
        if head:
            scope = {**scope, "method": "GET"}

        async def reply(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = id
                headers["X-Content-Type-Options"] = "nosniff"
            elif head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self.app(scope, receive, reply)
        except ClientDisconnect:
            pass  # nobody is there to be told
        except CancelledError:  # the server is told to stop, and has waited long enough
            if not status:
                await respond(scope, Busy(say("errors.stopping")))(scope, receive, reply)
        except Exception as error:
            fault = error
            self._log_fault(id, error)
            if not status:
                await respond(scope, AssistantError(say("errors.unknown")))(scope, receive, reply)
        finally:
            if told := scope.get("assistant.fault"):  # of a stream, which has told it to the client
                self._log_fault(id, told)
            if traced is not None:
                traced.end(scope, status, told or fault)
            self._log(id, scope, status, perf_counter() - began)

    def _log(self, id: str, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "-")
        if self._count is not None:
            self._count(scope["method"], route, status, seconds)
        fields: dict[str, Json] = {"id": id, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        fields |= {"method": scope["method"], "path": route_path(scope)[:MAX_PATH]}
        if who := scope.get("assistant.caller"):
            fields["key"] = who.name
        if shown := client(scope, self.log_clients):
            fields["client"] = shown
        line = " ".join(f"{name}={json.dumps(v) if name == 'path' else v}" for name, v in fields.items())
        body = scope.get("assistant.body")
        if self.log_questions and isinstance(body, dict):
            fields["question"] = body.get("question")
            line += f" question={json.dumps(body.get('question'))}"
        logger.info("%s", line, extra={"fields": {"event": "request", **fields}})

    def _log_fault(self, id: str, error: Exception) -> None:
        # The message is left out, because it may quote the question.
        where = "".join(traceback.format_tb(error.__traceback__, limit=-10))
        message = f": {error}" if self.log_questions else ""
        logger.error("%s", f"id={id} {type(error).__name__}{message}\n{where}")


def request_id(headers: Headers) -> str:
    """The id that the client or a proxy gave the request, if it is a plain one; else a new one."""
    given = headers.get("x-request-id", "")
    return given if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", given) else uuid.uuid4().hex
