"""Votes on answers, and the operator's page about them: routes that are there where they are wanted."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from secrets import token_urlsafe
from time import monotonic, sleep
from typing import Annotated, Literal

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from assistant.access.keys import KeyRing
from assistant.errors import AssistantError, Forbidden, NotFound, PinnedError, RateLimited, Unauthorized
from assistant.feedback.gaps import Gaps, stub
from assistant.feedback.records import Recorder
from assistant.languages.catalogue import say
from assistant.languages.messages import Message
from assistant.server.access import Wrong, given_key
from assistant.server.pages import admin
from assistant.server.peers import peer_of
from assistant.server.pinning import Pinning, form_fields
from assistant.server.problems import BAD_BODY, documented, respond
from assistant.server.spoken import language_of
from assistant.types import Answer

TOKEN = "X-Feedback-Token"  # the header of an answer that may be voted on
KEPT = (
    f"Tell whether an answer was good. Its reply has the header {TOKEN}, where votes are kept: send that as `token`. A "
    "second vote with the same token takes the place of the first."
)
OTHERS = 1.0  # seconds until what another process has served is written
NOT_KEPT = {"Cache-Control": "no-store"}
CHALLENGE = {"WWW-Authenticate": 'Basic realm="admin", charset="UTF-8"', **NOT_KEPT}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is kept of questions and votes, and who may see it. By default nothing is, and nobody may."""

    recorder: Recorder | None = None
    gaps: Callable[[], Gaps] | None = None  # from what is kept
    admin_key: str = ""
    audit: Callable[..., None] = lambda what, **fields: None  # is told who saw the operator's page
    shared: str = ""  # the file that processes of one server count in together; each then keeps what it served
    pinning: Pinning | None = None  # where an answer to a gap can be pinned

    def for_reply(self) -> tuple[Mapping[str, str], Callable[[Answer], None]]:
        """Headers of a reply, with a new token to vote on it where votes are kept, and what notes its answer."""
        token = token_urlsafe(12) if self.recorder is not None else ""
        return ({TOKEN: token} if token else {}), partial(self.note, token=token)

    def note(self, answer: Answer, token: str = "") -> None:
        """Keeps a question that was answered or refused."""
        if self.recorder is not None:
            self.recorder.note(answer, token or None)

    def vote(self, body: FeedbackRequest) -> None:
        """Keeps a vote. Raises NotFound where the answer was not served with that token, or is kept no more."""
        if self.recorder is None:
            raise NotFound(say("errors.no_votes"))
        self.recorder.flush()
        until = monotonic() + (OTHERS if self.shared else 0)
        while not (served := self.recorder.records.served(body.answer_id, body.token)) and monotonic() < until:
            sleep(0.05)
        if not served:
            raise NotFound(say("errors.no_such_answer"))
        self.recorder.vote(body.answer_id, body.vote, body.comment or None, body.token)


class FeedbackRequest(BaseModel):
    """A vote on an answer, and why."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "answer_id": "ans_3f9c2a51d7e84b06",
                    "token": "dGhpcyBpcyBhIHRv",
                    "vote": "down",
                    "comment": "That is last year's figure.",
                },
                {"answer_id": "ans_3f9c2a51d7e84b06", "token": "dGhpcyBpcyBhIHRv", "vote": "up"},
            ]
        },
    )

    answer_id: str = Field(pattern="^ans_[0-9A-Za-z]{1,96}$", description="The `id` of the answer.")
    token: str = Field(pattern="^[0-9A-Za-z_-]{1,64}$", description=f"The header `{TOKEN}` of its reply.")
    vote: Literal["up", "down", "comment"] = Field(
        description='"comment" tells the reason of a vote that was sent before, and leaves that vote as it is.'
    )
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = None


def add_routes(
    app: FastAPI, feedback: Feedback, title: str, keys: KeyRing | None = None, *, batches: bool = False
) -> None:
    """Adds the route that takes votes and, where there is a key to it, the operator's page.

    With `batches`, that leads to the page for files of questions.
    """
    problems = documented(*BAD_BODY, NotFound, RateLimited)

    @app.post(
        "/v1/feedback",
        summary="Vote on an answer",
        description=KEPT,
        status_code=204,
        responses=problems,
        tags=["questions"],
    )
    def vote(body: FeedbackRequest) -> None:
        feedback.vote(body)

    if not feedback.admin_key and keys is None:
        return
    wrong = Wrong(shared=feedback.shared)

    @app.get("/admin", include_in_schema=False)
    def admin_page(request: Request) -> Response:
        return page(request, lambda gaps: shown(gaps, request))

    def shown(gaps: Gaps, request: Request, told: Message | None = None, wrong: Message | None = None) -> Response:
        records, language = (feedback.recorder.records if feedback.recorder else None), language_of(request.scope)
        said = {"told": language.tell(told or ""), "wrong": language.tell(wrong or "")}
        return admin.show(title, gaps, records, language, pinning=feedback.pinning, batches=batches, **said)

    @app.post("/admin/pinned", include_in_schema=False)
    async def pin(request: Request) -> Response:
        """Pins an answer to a gap, and shows the page again, with what became of that."""
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):  # also where a page is opened
            return respond(request.scope, Forbidden(say("errors.pin_elsewhere")), NOT_KEPT)
        fields = form_fields(await request.body())
        return await run_in_threadpool(lambda: page(request, lambda gaps: pinned(gaps, fields, request)))

    def pinned(gaps: Gaps, fields: Mapping[str, str], request: Request) -> Response:
        if feedback.pinning is None:
            return shown(gaps, request, wrong=say("admin.no_pinned_file"))
        try:
            question = feedback.pinning.pin(fields)
        except PinnedError as error:
            return shown(gaps, request, wrong=say("admin.not_pinned", detail=error.args[0]))
        who = {"client": peer_of(request.scope), "key": holder(request, keys)}
        feedback.audit("answer pinned", **who)
        return shown(gaps, request, told=say("admin.pinned", question=question))

    @app.get("/admin/gaps.csv", include_in_schema=False)
    def gaps_file(request: Request) -> Response:
        attached = {"Content-Disposition": 'attachment; filename="gaps.csv"'}
        return page(request, lambda gaps: Response(stub(gaps), media_type="text/csv", headers=attached))

    def page(request: Request, made: Callable[[Gaps], Response]) -> Response:
        if refused := refusal(request, feedback.admin_key, keys, wrong):
            return respond(request.scope, refused, CHALLENGE if isinstance(refused, Unauthorized) else NOT_KEPT)
        feedback.audit("admin viewed", path=request.url.path, client=peer_of(request.scope), key=holder(request, keys))
        if feedback.recorder is not None:
            feedback.recorder.flush()
        response = made(feedback.gaps() if feedback.gaps is not None else Gaps(()))
        response.headers["Cache-Control"] = "no-store"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


def holder(request: Request, keys: KeyRing | None) -> str:
    """The name of the key in a request that holds a right one."""
    given = given_key(request.headers.get("authorization", "")).decode("utf-8", "replace")
    found = keys.find(given) if keys is not None else None
    return "ASSISTANT_ADMIN_KEY" if found is None else found.name


def refusal(request: Request, admin_key: str, keys: KeyRing | None, wrong: Wrong) -> AssistantError | None:
    """Why the page is not shown; None where the request holds the key, and is no part of a page of another site."""
    asked_for = say("errors.admin_key")
    unauthorized = Unauthorized(asked_for)
    foreign = request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    if foreign and request.headers.get("sec-fetch-dest") != "document":
        return unauthorized
    given = given_key(request.headers.get("authorization", ""))
    if not given:
        return unauthorized
    # A key that a person chose may be found by trying, so after wrong ones even the right one must wait.
    if admin_key and (wait := wrong.wait(request.scope)):
        return RateLimited(say("errors.wrong_keys", seconds=wait), retry_after=wait)
    if admin_key and hmac.compare_digest(given, admin_key.encode()):
        return None
    key = keys.find(given.decode("utf-8", "replace")) if keys is not None else None
    if key is None:
        return wrong.refusal(request.scope, asked_for)
    return (
        None
        if "admin" in key.scopes
        else Forbidden(say("errors.admin_scope", name=key.name, scopes=", ".join(key.scopes)))
    )
