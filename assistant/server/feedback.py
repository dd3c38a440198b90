"""Votes on answers, and the operator's page about them: routes that are there where they are wanted."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from assistant.errors import (
    RateLimited,
    Unauthorized,
)
from assistant.feedback.gaps import Gaps, stub
from assistant.feedback.records import Recorder
from assistant.server.pages import admin
from assistant.server.problems import BAD_BODY, ProblemResponse, documented
from assistant.types import Answer

KEPT = (
    "Tell whether an answer was good. Where nothing is recorded, which is the default, a vote is accepted and not kept."
)
CHALLENGE = {"WWW-Authenticate": 'Basic realm="admin", charset="UTF-8"', "Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is kept of questions and votes, and who may see it. By default nothing is, and nobody may."""

    recorder: Recorder | None = None
    gaps: Callable[[], Gaps] | None = None  # from what is kept
    admin_key: str = ""

    def note(self, answer: Answer) -> None:
        """Keeps a question that was answered or refused."""
        if self.recorder is not None:
            self.recorder.note(answer)

    def vote(self, body: FeedbackRequest) -> None:
        """Keeps a vote."""
        if self.recorder is not None:
            self.recorder.vote(body.answer_id, body.vote, body.comment or None)


class FeedbackRequest(BaseModel):
    """A vote on an answer, and why."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {"answer_id": "ans_3f9c2a51d7e84b06", "vote": "down", "comment": "That is last year's figure."},
                {"answer_id": "ans_3f9c2a51d7e84b06", "vote": "up"},
            ]
        },
    )

    answer_id: str = Field(pattern="^ans_[0-9A-Za-z]{1,96}$", description="The `id` of the answer.")
    vote: Literal["up", "down", "comment"] = Field(
        description='"comment" tells the reason of a vote that was sent before.'
    )
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


def add_routes(app: FastAPI, feedback: Feedback, title: str) -> None:
    """Adds the route that takes votes and, where there is a key to it, the operator's page."""
    problems = documented(*BAD_BODY, RateLimited)

    @app.post(
        "/v1/feedback",
        summary="Vote on an answer",
        description=KEPT,
        status_code=204,
        responses=problems,
        tags=["questions"],
    )
    async def vote(body: FeedbackRequest) -> None:
        feedback.vote(body)

    if not feedback.admin_key:
        return

    @app.get("/admin", include_in_schema=False)
    def admin_page(request: Request) -> Response:
        records = feedback.recorder.records if feedback.recorder is not None else None
        return page(request, lambda gaps: admin.show(title, gaps, records))

    @app.get("/admin/gaps.csv", include_in_schema=False)
    def gaps_file(request: Request) -> Response:
        attached = {"Content-Disposition": 'attachment; filename="gaps.csv"'}
        return page(request, lambda gaps: Response(stub(gaps), media_type="text/csv", headers=attached))

    def page(request: Request, made: Callable[[Gaps], Response]) -> Response:
        if not allowed(request, feedback.admin_key):
            return ProblemResponse(Unauthorized("give the admin key as the password, with any user name"), CHALLENGE)
        if feedback.recorder is not None:
            feedback.recorder.flush()
        response = made(feedback.gaps() if feedback.gaps is not None else Gaps(()))
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


def allowed(request: Request, key: str) -> bool:
    """Whether the request holds the key, and is no part of a page of another site."""
    foreign = request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    if foreign and request.headers.get("sec-fetch-dest") != "document":
        return False
    return hmac.compare_digest(given_key(request.headers.get("authorization", "")), key.encode())


def given_key(authorization: str) -> bytes:
    """The bearer token, or the password of basic authentication; nothing where there is neither."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip().encode("latin-1")
    try:
        pair = base64.b64decode(given.strip(), validate=True) if scheme.lower() == "basic" else b""
    except ValueError:  # not base64, or not even ASCII
        pair = b""
    return pair.partition(b":")[2]
