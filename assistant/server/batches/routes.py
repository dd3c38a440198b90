"""The page for files of questions, and what it calls: for those who hold the admin key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from assistant.access.keys import KeyRing
from assistant.errors import AssistantError, Forbidden, NotFound, RequestTooLarge, Unauthorized, UnsupportedType
from assistant.generate.modes import Modes
from assistant.languages.catalogue import say
from assistant.languages.messages import Language
from assistant.server.access import GROUPS, Wrong, given_key
from assistant.server.batches.asker import PoliteAsker
from assistant.server.batches.runs import MOST_BYTES, KeptRun, Runs
from assistant.server.batches.work import Worker
from assistant.server.feedback import CHALLENGE, NOT_KEPT, holder, refusal
from assistant.server.middleware import whole
from assistant.server.pages import batch
from assistant.server.pages.home import words_reply
from assistant.server.peers import base_url, peer_of
from assistant.server.problems import respond
from assistant.server.queue import WorkQueue
from assistant.server.seen import Seen
from assistant.server.spoken import language_of

FILE = "application/octet-stream"  # a page of another site cannot send this unasked
_PRIVATE = {**NOT_KEPT, "Cross-Origin-Resource-Policy": "same-origin"}


@dataclass(frozen=True, slots=True)
class Batches:
    """Where files of questions are kept, and what asks them."""

    runs: Runs
    worker: Worker
    audit: Callable[..., None] = lambda what, **fields: None
    admin_key: str = ""
    shared: str = ""  # the file that processes of one server count wrong keys in together


class ChoiceRequest(BaseModel):
    """Which part of a file holds the questions."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sheet: str | None = Field(default=None, max_length=200)
    column: int | None = Field(default=None, ge=0)  # from 0; None finds it


def add_batches(
    app: FastAPI,
    batches: Batches,
    seen: Seen,
    desk: WorkQueue,
    *,
    modes: Modes = Modes(),
    title: str = "Role Assistant",
    keys: KeyRing | None = None,
) -> None:
    """Adds the page and its routes. A file is shown to those who see all documents that whoever handed it in sees."""

    def asker(run: KeptRun, check: Callable[[], None]) -> PoliteAsker:
        current = seen({GROUPS: run.groups})
        return PoliteAsker(current, ask=modes.of(None, current), give_way=desk.give_way, check=check)

    batches.worker.serve(asker)
    runs, wrong = batches.runs, Wrong(shared=batches.shared)
    get = partial(app.get, include_in_schema=False)
    post = partial(app.post, include_in_schema=False)

    def barred(request: Request) -> Response | None:
        """What those are told who do not hold the key, or come from a page of another site."""
        if refused := refusal(request, batches.admin_key, keys, wrong):
            return respond(request.scope, refused, CHALLENGE if isinstance(refused, Unauthorized) else NOT_KEPT)
        foreign = request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if foreign and request.method != "GET":
            return respond(request.scope, Forbidden(say("batch.from_page")), NOT_KEPT)
        return None

    def checked(request: Request, done: Callable[[], Response]) -> Response:
        """What is done for those who hold the key."""
        if told := barred(request):
            return told
        try:
            response = done()
        except AssistantError as error:
            return respond(request.scope, error, NOT_KEPT)
        response.headers.update(_PRIVATE)
        return response

    def own(request: Request) -> tuple[str, ...]:
        """The groups of whoever asks: those of the key, else those that a proxy has signed."""
        given = given_key(request.headers.get("authorization", "")).decode("utf-8", "replace")
        key = keys.find(given) if keys is not None else None
        return key.groups if key is not None else tuple(request.scope.get(GROUPS, ()))

    def sees(request: Request, run: KeptRun) -> bool:
        return {*run.groups} <= {*own(request)}

    def find(request: Request, id: str) -> KeptRun:
        if sees(request, run := runs.get(id)):
            return run
        raise NotFound(say("batch.gone"))  # as if there were none

    def account(request: Request, what: str, run: KeptRun) -> None:
        who = {"client": peer_of(request.scope), "key": holder(request, keys)}
        batches.audit(what, file=run.name, questions=run.questions, **who)

    @get("/admin/batch")
    def shown(request: Request) -> Response:
        return checked(
            request,
            lambda: batch.show(title, language_of(request.scope), hours=runs.hours, questions=runs.questions),
        )

    @get("/admin/batch/runs")
    def listed(request: Request) -> Response:
        def seen_runs() -> Response:
            language = language_of(request.scope)
            return JSONResponse({"runs": [body(run, language) for run in runs.all() if sees(request, run)]})

        return checked(request, seen_runs)

    @get("/admin/batch/words.json")
    def words(request: Request) -> Response:
        return checked(request, lambda: words_reply(language_of(request.scope), "batch_page"))

    @post("/admin/batch/runs")
    async def add(request: Request, name: str = "") -> Response:
        if told := await run_in_threadpool(barred, request):  # before anything is read
            return told
        try:
            data = await _file(request)
        except AssistantError as error:
            return respond(request.scope, error, NOT_KEPT)

        def added() -> Response:
            run = runs.add(name, data, groups=own(request))
            account(request, "batch handed in", run)
            return JSONResponse(body(run, language_of(request.scope)), 201)

        return await run_in_threadpool(checked, request, added)

    @post("/admin/batch/runs/{id}")
    def choose(request: Request, id: str, choice: ChoiceRequest) -> Response:
        def chosen() -> Response:
            run = runs.choose(find(request, id).id, choice.sheet, choice.column)
            return JSONResponse(body(run, language_of(request.scope)))

        return checked(request, chosen)

    @post("/admin/batch/runs/{id}/start")
    def start(request: Request, id: str) -> Response:
        def started() -> Response:
            run = runs.start(find(request, id).id, base_url(request.scope))
            batches.worker()
            account(request, "batch started", run)
            return JSONResponse(body(run, language_of(request.scope)))

        return checked(request, started)

    @app.delete("/admin/batch/runs/{id}", include_in_schema=False)
    def delete(request: Request, id: str) -> Response:
        def deleted() -> Response:
            run = find(request, id)
            runs.delete(run.id)
            account(request, "batch deleted", run)
            return Response(status_code=204)

        return checked(request, deleted)

    @get("/admin/batch/runs/{id}/answers")
    def answers(request: Request, id: str) -> Response:
        def given() -> Response:
            run = find(request, id)
            if run.state != "done":
                raise NotFound(say("batch.no_answers"))
            account(request, "batch downloaded", run)
            path = runs.path(run, "answers")
            return FileResponse(path, media_type=FILE, filename=run.answers)

        return checked(request, given)


def body(run: KeptRun, language: Language) -> Mapping[str, object]:
    """What the page is told of a run, in a language."""
    hidden = ("groups", "base", "started", "format")
    said = {name: [language.tell(each) for each in getattr(run, name)] for name in ("told", "summary")}
    known = {name: value for name, value in asdict(run).items() if name not in hidden}
    return {**known, **said, "wrong": language.tell(run.wrong), "answers": run.answers}


async def _file(request: Request) -> bytes:
    """The body; no more than the limit is ever held."""
    if request.headers.get("content-type", "") != FILE:
        raise UnsupportedType(say("batch.as_it_is", type=FILE))
    return await whole(request, MOST_BYTES, RequestTooLarge(say("batch.too_large", size=MOST_BYTES // 1_000_000)))
