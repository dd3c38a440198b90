"""The routes: each parses, calls, and returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

import assistant
from assistant.access.keys import KeyRing
from assistant.errors import (
    AssistantError,
    DocumentNotFound,
    Forbidden,
    RateLimited,
    Unauthorized,
)
from assistant.feedback.suggestions import near
from assistant.generate.modes import Modes
from assistant.languages.catalogue import say, shipped
from assistant.languages.choice import Languages
from assistant.server import chat
from assistant.server.access import Access, Groups, Wrong, scope_needed
from assistant.server.feedback import Feedback, add_routes
from assistant.server.hosts import Hosts, Target
from assistant.server.limits import Full, Limits, RateLimit
from assistant.server.log import Clients
from assistant.server.middleware import Exchange, JsonRoute
from assistant.server.monitoring import Metrics
from assistant.server.origins import Origins, framed
from assistant.server.pages import documents as documents_page
from assistant.server.pages import home, source_page
from assistant.server.peers import Below, ProxyHeaders
from assistant.server.problems import (
    AT_QUEUE,
    CHAT,
    NO_INDEX,
    QUESTION,
    ChatProblem,
    Problem,
    documented,
    install,
    problem,
)
from assistant.server.queue import Job, WorkQueue
from assistant.server.requests import AskRequest, NearRequest, SearchRequest
from assistant.server.seen import Seen
from assistant.server.spoken import Spoken, language_of, named_language
from assistant.server.streaming import IncomingQuestion, documented_events, event, in_blocks, stream, whole
from assistant.server.suggestions import Suggestions
from assistant.server.uploads import Uploads, add_uploads
from assistant.types import Answer, Answerer, Document
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

if TYPE_CHECKING:
    from assistant.server.batches.routes import Batches
    from assistant.server.traces import Traces

DESCRIPTION = """Answers questions over a folder of documents. Every answer carries the exact places that it comes from;
when the documents do not say, the answer has the status `refused`. Errors are `application/problem+json`."""
FAULTS = (  # what `current` may know of, with which it goes on
    ("the new index cannot be taken up", "fault"),
    ("the pinned answers cannot be taken up, those of before go on", "pinned_fault"),
)
Offset = Annotated[int | None, Query(ge=0)]
WIDGET = Path(__file__).parent.parent / "widget"
STATIC = Path(__file__).parent / "static"


def create_app(
    current: Callable[[], Answerer],
    *,
    log_questions: bool = False,
    log_clients: Clients = "none",
    title: str = "Role Assistant",
    feedback: Feedback = Feedback(),
    limits: Limits = Limits(),
    keys: KeyRing | None = None,
    mcp: bool = False,
    metrics: bool = True,
    rights: bool = False,
    modes: Modes = Modes(),
    uploads: Uploads | None = None,
    batches: Batches | None = None,
    languages: Languages | None = None,
    traces: Traces | None = None,
) -> FastAPI:
    """The app over the index that `current` gives. That is called once a request, which so sees one index.

    Where there are keys, each route asks for one with the scope that it needs. `mcp` and `metrics` add their routes.
    With `rights`, what is seen of the documents depends on the groups of the key, or those that a proxy signs. `modes`
    are the ways to answer: in the documents' own words, or in a language model's. `uploads` take documents,
    `batches` files of questions. `languages` are what people are told things in; by default those that ship.
    `traces` make spans of requests.
    """
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
    desk = WorkQueue(at_once=limits.max_concurrent, waiting=limits.max_queue, seconds=limits.request_timeout)
    counts = Metrics(current, desk, sizes=not rights) if metrics else None
    seen = Seen(current, rights=rights)
    for_reply = partial(noted, feedback, counts, traces)
    exchange = partial(
        Exchange,
        log_questions=log_questions,
        log_clients=log_clients,
        count=None if counts is None else counts.exchange,
        traces=traces,
    )
    _surround(app, limits, keys, desk, exchange, rights)
    app.add_middleware(Spoken, languages=languages or shipped())
    install(app)
    widget_files, page_files = StaticFiles(directory=WIDGET), StaticFiles(directory=STATIC)
    get = partial(app.get, responses=documented(RateLimited, *NO_INDEX))
    get_document = partial(app.get, responses=documented(DocumentNotFound, RateLimited, *NO_INDEX), tags=["documents"])
    questions = documented(*QUESTION)
    post = partial(app.post, tags=["questions"])
    suggest = Suggestions(seen, desk)
    get_page = partial(app.get, include_in_schema=False)

    @post(
        "/v1/ask",
        summary="Answer a question, with its sources",
        response_model=AnswerBody,
        responses={200: STREAM, **questions},
    )
    async def ask(body: AskRequest, request: Request, response: Response) -> AnswerBody | Response:
        question = IncomingQuestion(body.question, body.turns(), body.only())
        headers, note = for_reply()
        asked, language = modes.of(body.mode, seen(request.scope)), language_of(request.scope)
        if body.stream:
            work = in_blocks(asked, question, note, language)
            return await stream(desk, request, work, lambda error: event(problem(error, language), "error"), headers)
        response.headers.update(headers)
        return await desk.answer(whole(asked, question, note, language), request.receive)

    @post("/v1/search", summary="Find the passages nearest to a question", responses=questions)
    async def search(body: SearchRequest, request: Request) -> SearchBody:
        def find(job: Job[SearchBody]) -> SearchBody:
            answerer = seen(request.scope)()
            return SearchBody.of(answerer.search(body.question, k=body.k, filters=body.only()), answerer)

        return await desk.answer(find, request.receive)

    app.include_router(chat.routes(lambda scope: modes.of(None, seen(scope)), desk, for_reply))

    @get("/v1/promise", summary="State how often a question without an answer may be answered", tags=["questions"])
    def promise(request: Request) -> PromiseBody:
        return PromiseBody.of(seen(request.scope)(), generative=modes.promise(seen(request.scope)))

    @get(
        "/v1/suggestions",
        summary="Suggest questions that the documents answer",
        tags=["questions"],
        responses=documented(RateLimited, *NO_INDEX, *AT_QUEUE),
    )
    async def suggestions(request: Request) -> SuggestionsBody:
        return await suggest(request)

    @post("/v1/suggestions/near", summary="Suggest questions near one that was refused", responses=questions)
    async def suggestions_near(body: NearRequest, request: Request) -> SuggestionsBody:
        def find(job: Job[SuggestionsBody]) -> SuggestionsBody:
            answerer = seen(request.scope)()
            return SuggestionsBody(questions=near(answerer, body.question, check=job.check), index_id=answerer.index_id)

        return await desk.answer(find, request.receive)

    @get("/v1/documents", summary="List the documents", tags=["documents"])
    def documents(request: Request) -> DocumentsBody:
        return DocumentsBody.of(seen(request.scope)())

    @get_document("/v1/documents/{id:path}/text", summary="Read a document's text", response_class=PlainTextResponse)
    def text(id: str, request: Request) -> Response:
        """The text that offsets count into, in Unicode code points."""
        answerer = seen(request.scope)()
        if id not in answerer.documents and f"{id}/text" in answerer.documents:  # an id that itself ends in /text
            return JSONResponse(
                WholeDocumentBody.of(answerer.documents[f"{id}/text"], answerer).model_dump(mode="json")
            )
        return PlainTextResponse(find_document(answerer, id).text)

    @get_document("/v1/documents/{id:path}", summary="Show a document and its outline")
    def document(id: str, request: Request) -> WholeDocumentBody:
        answerer = seen(request.scope)()
        return WholeDocumentBody.of(find_document(answerer, id), answerer)

    @get("/healthz", summary="Tell whether the process is alive", tags=["health"])
    async def healthz() -> HealthBody:  # takes no thread, so that it answers while all of them are busy
        return HealthBody()

    @get("/readyz", summary="Tell whether an index is loaded", tags=["health"])
    def readyz() -> ReadyBody:
        index_id = current().index_id
        ready = ReadyBody(index_id=index_id, wanted=getattr(current, "wanted", index_id), loaded=index_id)
        faults = [f"{said}: {fault}" for said, name in FAULTS if (fault := getattr(current, name, None)) is not None]
        return ready.model_copy(update={"status": "degraded", "detail": "; ".join(faults)}) if faults else ready

    @get_page("/documents")
    def documents_list(request: Request, q: str = "") -> Response:
        try:
            return documents_page.index(
                seen(request.scope)(), language_of(request.scope), q, named=named_language(request.scope)
            )
        except AssistantError as error:
            return source_page.failure(error, request, None, "")

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
            answerer = seen(request.scope)()
            document = find_document(answerer, id)
            return source_page.source(document, language_of(request.scope), start, end, version, quote)
        except AssistantError as error:
            if error.status == 500:
                raise
            return source_page.failure(error, request, answerer, id)

    @get_page("/docs")
    def docs() -> HTMLResponse:
        return home.docs(title)

    @get_page("/")
    def index(request: Request) -> Response:
        about = opened(seen(request.scope)) if keys is None else None  # titles are for those who may read
        return framed(home.index(title, about, language_of(request.scope)), limits.allowed_origins)

    @get_page("/docs/{name}")
    def docs_file(name: str) -> Response:
        return home.docs_file(name)

    @get_page("/openapi.json")
    def openapi(request: Request) -> JSONResponse:
        root = request.scope.get("root_path", "")
        return JSONResponse(app.openapi() | ({"servers": [{"url": root}]} if root else {}))

    @get_page("/widget/words.json")
    def widget_words(request: Request) -> JSONResponse:
        return home.widget_words(language_of(request.scope))

    @get_page("/widget/{name:path}")
    async def widget(name: str, request: Request) -> Response:
        return await widget_files.get_response(name, request.scope)

    @get_page("/static/{name:path}")
    async def static(name: str, request: Request) -> Response:
        """What the pages load that are not the widget's."""
        return await page_files.get_response(name, request.scope)

    add_routes(app, feedback, title, keys, batches=batches is not None)
    if uploads is not None:
        add_uploads(app, uploads, seen, keys, limits.shared)
    if batches is not None:
        from assistant.server.batches.routes import add_batches  # loads what reads and writes tables

        add_batches(app, batches, seen, desk, modes=modes, title=title, keys=keys)
    if counts is not None:
        app.get("/metrics", include_in_schema=False)(counts.page)
    if mcp:
        from assistant.server.mcp import Endpoint, Known, make_server  # loads the library for it

        app.router.routes.append(
            Known(
                "/mcp",
                Endpoint(make_server(seen, desk, lambda answer: for_reply()[1](answer), title)),
                methods=["POST"],
            )
        )
    app.openapi = lambda: describe(app, has_keys=keys is not None)  # type: ignore[method-assign]  # as FastAPI's manual says to extend it
    return app


STREAM = documented_events(
    'The answer. With `"stream": true` it comes as server-sent events: one `block` for each block as '
    "soon as it is checked (its index and text, and its citations whole), then one `answer` with the whole body; where "
    "something fails once the reply has begun, the last event is an `error` with the problem.",
    "block",
    "answer",
    "error",
)


def _surround(
    app: FastAPI,
    limits: Limits,
    keys: KeyRing | None,
    desk: WorkQueue,
    exchange: Callable[[ASGIApp], Exchange],
    rights: bool,
) -> None:
    """Puts around the app what every exchange goes through; what is added last is outermost."""
    app.add_middleware(Full, desk=desk)
    if keys is not None:
        wrong = Wrong(shared=limits.shared)
        app.add_middleware(Access, keys=keys, origins=limits.allowed_origins, wrong=wrong)
    if rights and limits.groups_secret:
        app.add_middleware(Groups, secret=limits.groups_secret)
    if limits.rate_limit:
        app.add_middleware(RateLimit, rate=limits.rate_limit, shared=limits.shared)
    if "*" not in limits.allowed_hosts:
        app.add_middleware(Hosts, allowed=limits.allowed_hosts)
    app.add_middleware(exchange)
    if limits.root_path or limits.public_url:
        app.add_middleware(Below, root_path=limits.root_path, public_url=limits.public_url)
    if limits.trusted_proxies:
        app.add_middleware(ProxyHeaders, trusted=limits.trusted_proxies)
    app.add_middleware(Target)
    if limits.allowed_origins:
        app.add_middleware(Origins, origins=limits.allowed_origins)


def noted(
    feedback: Feedback, counts: Metrics | None, traces: Traces | None
) -> tuple[Mapping[str, str], Callable[[Answer], None]]:
    """The headers of a reply, and what notes its answer: for the records, for the counts, and for its span."""
    headers, note = feedback.for_reply()

    def both(answer: Answer) -> None:
        note(answer)
        if counts is not None:
            counts.answer(answer)
        if traces is not None:
            traces.answer(answer)

    return headers, both


def find_document(answerer: Answerer, id: str) -> Document:
    """The document of this id, from memory: no file is ever looked for."""
    if document := answerer.documents.get(id):
        return document
    raise DocumentNotFound(say("errors.no_document"))


def opened(current: Callable[[], Answerer]) -> Answerer | None:
    """The answerer, if there is an index."""
    try:
        return current()
    except AssistantError:
        return None


def describe(app: FastAPI, *, has_keys: bool = False) -> dict[str, Any]:
    """The OpenAPI document, made when it is first asked for. Where there are keys, it says which routes need one."""
    if not app.openapi_schema:
        app.openapi_schema = FastAPI.openapi(app)
        schemas = app.openapi_schema["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        schemas["ChatProblem"] = ChatProblem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schemas["ChatProblem"].pop("$defs")
        if has_keys:
            app.openapi_schema["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            for path, methods in app.openapi_schema["paths"].items():
                for method, operation in methods.items():
                    if scope_needed(method.upper(), path):
                        operation["security"] = [{"key": []}]
                        refusals = documented(Unauthorized, Forbidden, RateLimited, chat=bool(CHAT.match(path)))
                        operation["responses"] |= {str(status): reply for status, reply in refusals.items()}
    return app.openapi_schema
