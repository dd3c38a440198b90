"""The routes: each parses, calls, and returns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

import assistant
from assistant.errors import (
    AssistantError,
    DocumentNotFound,
    RateLimited,
)
from assistant.feedback.suggestions import Suggester, near
from assistant.generate.modes import Modes
from assistant.server import chat
from assistant.server.feedback import Feedback, add_routes
from assistant.server.limits import Limits, RateLimit
from assistant.server.middleware import Exchange, JsonRoute
from assistant.server.origins import Origins, framed
from assistant.server.pages import documents as documents_page
from assistant.server.pages import home, source_page
from assistant.server.peers import ProxyHeaders
from assistant.server.problems import AT_QUEUE, NO_INDEX, QUESTION, ChatProblem, Problem, documented, install, problem
from assistant.server.queue import Job, WorkQueue
from assistant.server.requests import AskRequest, NearRequest, SearchRequest
from assistant.server.streaming import IncomingQuestion, documented_events, event, in_blocks, stream, whole
from assistant.types import Answerer, Document
from assistant.wire import (
    AnswerBody,
    DocumentsBody,
    HealthBody,
    PromiseBody,
    ReadyBody,
    SearchBody,
    SuggestionsBody,
    WholeDocumentBody,
)

DESCRIPTION = """Answers questions over a folder of documents. Every answer carries the exact places that it comes from;
when the documents do not say, the answer has the status `refused`. Errors are `application/problem+json`."""
Offset = Annotated[int | None, Query(ge=0)]
WIDGET = Path(__file__).parent.parent / "widget"
STATIC = Path(__file__).parent / "static"


def create_app(
    current: Callable[[], Answerer],
    *,
    log_questions: bool = False,
    title: str = "Role Assistant",
    feedback: Feedback = Feedback(),
    limits: Limits = Limits(),
    modes: Modes | None = None,
) -> FastAPI:
    """The app over the index that `current` gives. That is called once a request, which so sees one index.

    `modes` gives the answerers of both modes; without it there is no language model.
    """
    modes = modes or Modes(current)
    app = FastAPI(
        title=title,
        version=assistant.__version__,
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.router.route_class = JsonRoute
    _surround(app, limits, log_questions)
    install(app)
    desk = WorkQueue(at_once=limits.max_concurrent, waiting=limits.max_queue, seconds=limits.request_timeout)
    widget_files, page_files = StaticFiles(directory=WIDGET), StaticFiles(directory=STATIC)
    get = partial(app.get, responses=documented(RateLimited, *NO_INDEX))
    get_document = partial(app.get, responses=documented(DocumentNotFound, RateLimited, *NO_INDEX), tags=["documents"])
    questions = documented(*QUESTION)
    post = partial(app.post, tags=["questions"])
    suggest = Suggester()
    get_page = partial(app.get, include_in_schema=False)

    @post(
        "/v1/ask",
        summary="Answer a question, with its sources",
        response_model=AnswerBody,
        responses={200: STREAM, **questions},
    )
    async def ask(body: AskRequest, request: Request) -> AnswerBody | Response:
        question = IncomingQuestion(body.question, body.turns(), body.only())
        asked = modes.of(body.mode)
        if body.stream:
            return await stream(
                desk, request, in_blocks(asked, question, feedback.note), lambda error: event(problem(error), "error")
            )
        return await desk.answer(whole(asked, question, feedback.note), request.receive)

    @post("/v1/search", summary="Find the passages nearest to a question", responses=questions)
    async def search(body: SearchRequest, request: Request) -> SearchBody:
        def find(job: Job[SearchBody]) -> SearchBody:
            answerer = current()
            return SearchBody.of(answerer.search(body.question, k=body.k, filters=body.only()), answerer)

        return await desk.answer(find, request.receive)

    app.include_router(chat.routes(modes.of(None), desk, feedback.note))

    @get("/v1/promise", summary="State how often a question without an answer may be answered", tags=["questions"])
    def promise() -> PromiseBody:
        return PromiseBody.of(current(), generative=modes.promise())

    @get(
        "/v1/suggestions",
        summary="Suggest questions that the documents answer",
        tags=["questions"],
        responses=documented(RateLimited, *NO_INDEX, *AT_QUEUE),
    )
    async def suggestions(request: Request) -> SuggestionsBody:
        def find(job: Job[SuggestionsBody]) -> SuggestionsBody:
            answerer = current()
            return SuggestionsBody(questions=suggest(answerer), index_id=answerer.index_id)

        return await desk.answer(find, request.receive)

    @post("/v1/suggestions", summary="Suggest questions near one that was refused", responses=questions)
    async def suggestions_near(body: NearRequest, request: Request) -> SuggestionsBody:
        def find(job: Job[SuggestionsBody]) -> SuggestionsBody:
            answerer = current()
            return SuggestionsBody(questions=near(answerer, body.question, check=job.check), index_id=answerer.index_id)

        return await desk.answer(find, request.receive)

    @get("/v1/documents", summary="List the documents", tags=["documents"])
    def documents() -> DocumentsBody:
        return DocumentsBody.of(current())

    @get_document("/v1/documents/{id:path}/text", summary="Read a document's text", response_class=PlainTextResponse)
    def text(id: str) -> Response:
        """The text that offsets count into, in Unicode code points."""
        answerer = current()
        if id not in answerer.documents and f"{id}/text" in answerer.documents:  # an id that itself ends in /text
            return JSONResponse(
                WholeDocumentBody.of(answerer.documents[f"{id}/text"], answerer).model_dump(mode="json")
            )
        return PlainTextResponse(find_document(answerer, id).text)

    @get_document("/v1/documents/{id:path}", summary="Show a document and its outline")
    def document(id: str) -> WholeDocumentBody:
        answerer = current()
        return WholeDocumentBody.of(find_document(answerer, id), answerer)

    @get("/healthz", summary="Tell whether the process is alive", tags=["health"])
    async def healthz() -> HealthBody:  # takes no thread, so that it answers while all of them are busy
        return HealthBody()

    @get("/readyz", summary="Tell whether an index is loaded", tags=["health"])
    def readyz() -> ReadyBody:
        return ReadyBody(index_id=current().index_id)

    @get_page("/documents")
    def documents_list(request: Request, q: str = "") -> Response:
        try:
            return documents_page.index(current(), q)
        except AssistantError as error:
            return source_page.failure(error, request.headers, None, "")

    @get_page("/documents/{id:path}")
    def source(
        request: Request,
        id: str,
        start: Offset = None,
        end: Offset = None,
        version: str | None = None,
        quote: str | None = None,
    ) -> Response:
        answerer: Answerer | None = None
        try:
            answerer = current()
            return source_page.source(find_document(answerer, id), start, end, version, quote)
        except AssistantError as error:
            if error.status == 500:
                raise
            return source_page.failure(error, request.headers, answerer, id)

    @get_page("/docs")
    def docs() -> HTMLResponse:
        return home.docs(title)

    @get_page("/")
    def index() -> Response:
        return framed(home.index(title, opened(current)), limits.allowed_origins)

    @get_page("/docs/{name}")
    def docs_file(name: str) -> Response:
        return home.docs_file(name)

    @get_page("/openapi.json")
    def openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    @get_page("/widget/{name:path}")
    async def widget(name: str, request: Request) -> Response:
        return await widget_files.get_response(name, request.scope)

    @get_page("/static/{name:path}")
    async def static(name: str, request: Request) -> Response:
        """What the pages load that are not the widget's."""
        return await page_files.get_response(name, request.scope)

    add_routes(app, feedback, title)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # as FastAPI's manual says to extend it
    return app


STREAM = documented_events(
    'The answer. With `"stream": true` it comes as server-sent events: one `block` for each block as '
    "soon as it is checked (its index and text, and its citations whole), then one `answer` with the whole body; where "
    "something fails once the reply has begun, the last event is an `error` with the problem.",
    "block",
    "answer",
    "error",
)


def _surround(app: FastAPI, limits: Limits, log_questions: bool) -> None:
    """Puts around the app what every exchange goes through; what is added last is outermost."""
    if limits.rate_limit:
        app.add_middleware(RateLimit, rate=limits.rate_limit)
    app.add_middleware(Exchange, log_questions=log_questions)
    if limits.trusted_proxies:
        app.add_middleware(ProxyHeaders, trusted=limits.trusted_proxies)
    if limits.allowed_origins:
        app.add_middleware(Origins, origins=limits.allowed_origins)


def find_document(answerer: Answerer, id: str) -> Document:
    """The document of this id, from memory: no file is ever looked for."""
    if document := answerer.documents.get(id):
        return document
    raise DocumentNotFound("no document has this id: GET /v1/documents lists those that there are")


def opened(current: Callable[[], Answerer]) -> Answerer | None:
    """The answerer, if there is an index."""
    try:
        return current()
    except AssistantError:
        return None


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made when it is first asked for."""
    if not app.openapi_schema:
        app.openapi_schema = FastAPI.openapi(app)
        schemas = app.openapi_schema["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        schemas["ChatProblem"] = ChatProblem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schemas["ChatProblem"].pop("$defs")
    return app.openapi_schema
