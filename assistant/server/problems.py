"""Every failure as one body: application/problem+json with type, title, status, detail, code."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from assistant.errors import (
    AssistantError,
    InvalidRequest,
    MalformedRequest,
    MethodNotAllowed,
    NotFound,
    RequestTooLarge,
    UnsupportedType,
)

logger = logging.getLogger("assistant.server")


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

    def __init__(self, error: AssistantError, headers: Mapping[str, str] | None = None) -> None:
        problem = Problem(
            type="about:blank",
            title=error.title,
            status=error.status,
            detail=str(error) or error.title,
            code=error.code,
        )
        super().__init__(problem.model_dump(), error.status, headers)


def documented(*errors: type[AssistantError]) -> dict[int | str, dict[str, Any]]:
    """These errors, and any other that there may be, as OpenAPI responses."""
    codes: dict[int | str, list[str]] = {}
    for error in errors:
        codes.setdefault(error.status, []).append(f"`{error.code}`")
    codes["default"] = ["any other code"]
    content = {ProblemResponse.media_type: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": f"A problem: {' or '.join(names)}.", "content": content}
        for status, names in codes.items()
    }


def install(app: FastAPI) -> None:
    """Make every failure of the app a problem, the framework's own included."""

    @app.exception_handler(AssistantError)
    async def known(request: Request, error: AssistantError) -> ProblemResponse:
        if error.status == 500:  # what the operator must mend; an index that is missing is told once, at the start
            logger.error("%s: %s", error.code, error)
        return ProblemResponse(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> ProblemResponse:
        return ProblemResponse(InvalidRequest(describe(error.errors())))

    @app.exception_handler(HTTPException)
    async def framework(request: Request, error: HTTPException) -> ProblemResponse:
        if error.status_code == 405:
            allowed = (error.headers or {}).get("Allow", "").replace("GET", "GET, HEAD")
            return ProblemResponse(MethodNotAllowed(f"use {allowed.replace(', ', ' or ')}"), {"Allow": allowed})
        return ProblemResponse(_TRANSLATED.get(error.status_code, AssistantError("something went wrong: try again")))


_TRANSLATED: dict[int, AssistantError] = {
    400: MalformedRequest("the request cannot be read: send it as /docs describes"),
    404: NotFound("there is nothing at this address: see /docs for those that there are"),
    413: RequestTooLarge("the request is too large: send less"),
    415: UnsupportedType("send application/json"),
}


def describe(errors: Sequence[Mapping[str, Any]]) -> str:
    """The fields that are wrong and what each should be, without the values that were sent."""
    told = [f"{_field(error['loc'])}: {_advice(error)}" for error in errors[:5]]
    return "; ".join([*told, f"and {len(errors) - 5} more"] if len(errors) > 5 else told)


def _field(location: Sequence[int | str]) -> str:
    """`history[2].role`, from ("body", "history", 2, "role"); a name that someone made up is cut short."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:60]}" for part in location[1:])
    return name.lstrip(".") or str(location[0])


def _advice(error: Mapping[str, Any]) -> str:
    if error["type"] == "missing":
        return "is missing: send it"
    if error["type"] == "extra_forbidden":
        return "is not a field here: remove it or correct its name"
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ").removeprefix("String ")
    return message.replace("List should", "should").replace("Dictionary should", "should")
