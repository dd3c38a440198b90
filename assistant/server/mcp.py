"""The assistant for MCP clients: tools that ask, search and read, and each document as a resource.

It stands on the official library, which is loaded only where this is served.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import mcp_types as types
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel, Field, ValidationError
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

import assistant
from assistant.errors import AssistantError, DocumentNotFound, Forbidden, InvalidRequest
from assistant.languages.catalogue import say
from assistant.server.access import Caller
from assistant.server.middleware import MAX_BODY
from assistant.server.problems import describe
from assistant.server.queue import Job, WorkQueue
from assistant.server.requests import AskRequest, Name, SearchRequest, StrictBody, Whole
from assistant.server.seen import Seen
from assistant.server.spoken import language_of
from assistant.server.streaming import IncomingQuestion, whole
from assistant.types import Answer, Document
from assistant.wire import AnswerBody, SearchBody

Model = TypeVar("Model", bound=BaseModel)
Context = ServerRequestContext[Any]
SCHEME = "document:///"  # of the resources; the id follows, percent-encoded
READ = 20_000  # characters that are read at once, where nothing else is said
LISTED = 500  # resources on one page of the list
INSTRUCTIONS = """Answers questions from a folder of documents. `ask` gives an answer in the documents' own words, each
piece with the exact place that it comes from, or refuses: then say so, and do not answer from what you know. Offsets
count Unicode code points of the document's text, which `read_document` gives."""


class ReadTool(StrictBody):
    """Which document to read, and which part of it."""

    document_id: Name
    start_char_index: Whole = Field(default=0, ge=0, description="Where to begin.")
    characters: Whole = Field(default=READ, ge=1, le=100_000, description="How many characters at most.")


class TextBody(BaseModel):
    """A part of a document's text."""

    document_id: str
    document_title: str
    document_version: str
    start_char_index: int
    end_char_index: int
    characters: int = Field(description="Of the whole document.")
    text: str


class Tools:
    """What the tools and resources give, of what a request sees, within the limits of the queue."""

    def __init__(self, seen: Seen, desk: WorkQueue, note: Callable[[Answer], None]) -> None:
        self._seen, self._desk, self._note = seen, desk, note
        self.listed = [
            _tool("ask", "Answer a question, with its sources", AskRequest, AnswerBody),
            _tool("search", "Find the passages nearest to a question", SearchRequest, SearchBody),
            _tool("read_document", "Read a document's text, or a part of it", ReadTool, TextBody),
        ]

    async def call(self, name: str, arguments: Mapping[str, Any], scope: Scope) -> BaseModel:
        """What a tool gives. Raises AssistantError, and MCPError where there is no such tool."""
        if name == "ask":
            asked = _parsed(AskRequest, arguments)
            question = IncomingQuestion(asked.question, asked.turns(), asked.only())
            return await self._desk.answer(whole(self._seen(scope), question, self._note, language_of(scope)), _stays)
        if name == "search":
            wanted = _parsed(SearchRequest, arguments)

            def find(job: Job[SearchBody]) -> SearchBody:
                answerer = self._seen(scope)()
                hits = answerer.search(wanted.question, k=wanted.k, filters=wanted.only())
                return SearchBody.of(hits, answerer)

            return await self._desk.answer(find, _stays)
        if name == "read_document":
            part = _parsed(ReadTool, arguments)
            document = await self.document(part.document_id, scope)
            end = min(len(document.text), part.start_char_index + part.characters)
            start = min(part.start_char_index, end)
            return TextBody(
                document_id=document.id,
                document_title=document.title,
                document_version=document.version,
                start_char_index=start,
                end_char_index=end,
                characters=len(document.text),
                text=document.text[start:end],
            )
        raise MCPError(types.INVALID_PARAMS, f"there is no tool {name!r}")

    async def document(self, id: str, scope: Scope) -> Document:
        """A document. Raises DocumentNotFound or Forbidden."""
        _may_read(scope)
        document = (await asyncio.to_thread(self._seen(scope))).documents.get(id)
        if document is None:
            raise DocumentNotFound(say("errors.no_resource"))
        return document

    async def documents(self, scope: Scope, first: int, k: int) -> tuple[Sequence[Document], bool]:
        """`k` documents from the first on, in the order of their ids, and whether there are more. Raises Forbidden."""
        _may_read(scope)

        def some() -> tuple[Sequence[Document], bool]:
            documents = self._seen(scope)().documents
            ids = list(documents)
            return [documents[id] for id in ids[first : first + k]], first + k < len(ids)

        return await asyncio.to_thread(some)


def make_server(
    seen: Seen, desk: WorkQueue, note: Callable[[Answer], None], title: str = "Role Assistant"
) -> Server[Any]:
    """The MCP server over what a request sees."""
    logging.getLogger("mcp").setLevel(logging.WARNING)  # it tells of each request, as the log does already
    tools = Tools(seen, desk, note)

    async def list_tools(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=tools.listed)

    async def call_tool(context: Context, params: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            body = await tools.call(params.name, params.arguments or {}, _scope(context))
        except AssistantError as error:  # told to the model, which may ask again in another way
            told = types.TextContent(text=f"{error.code}: {error}")
            return types.CallToolResult(content=[told], is_error=True)
        text = types.TextContent(text=body.model_dump_json())
        return types.CallToolResult(content=[text], structured_content=body.model_dump(mode="json"))

    async def list_resources(
        context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourcesResult:
        first = params.cursor if params is not None and params.cursor else "0"
        if not (first.isascii() and first.isdigit() and len(first) < 10):
            raise MCPError(types.INVALID_PARAMS, "the cursor is none that was given")
        try:
            documents, more = await tools.documents(_scope(context), int(first), LISTED)
        except Forbidden as error:
            raise MCPError(types.INVALID_REQUEST, str(error)) from error
        return types.ListResourcesResult(
            resources=[_resource(document) for document in documents],
            next_cursor=str(int(first) + LISTED) if more else None,
        )

    async def list_templates(
        context: Context, params: types.PaginatedRequestParams | None
    ) -> types.ListResourceTemplatesResult:
        template = types.ResourceTemplate(
            name="document", title="A document", uri_template=SCHEME + "{+document_id}", mime_type="text/plain"
        )
        return types.ListResourceTemplatesResult(resource_templates=[template])

    async def read_resource(context: Context, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        try:
            document = await tools.document(unquote(params.uri.removeprefix(SCHEME)), _scope(context))
        except AssistantError as error:
            raise MCPError(types.INVALID_PARAMS, str(error)) from error
        content = types.TextResourceContents(uri=params.uri, mime_type="text/plain", text=document.text)
        return types.ReadResourceResult(contents=[content])

    return Server(
        "role-assistant",
        title=title,
        version=assistant.__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
    )


class Known(Route):
    """A route that logs, counts and traces know by its path, as they know FastAPI's own."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, found = super().matches(scope)
        return match, {**found, "route": self}


class Endpoint:
    """The MCP server as an ASGI app: each request stands alone, and nothing is kept between two."""

    def __init__(self, server: Server[Any]) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Hosts and origins are looked after by the app around this.
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, max_request_body_size=MAX_BODY
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)


def serve_stdio(server: Server[Any]) -> None:
    """Serves one client on standard input and output until it goes."""

    async def run() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    asyncio.run(run())


def _tool(name: str, title: str, given: type[BaseModel], gives: type[BaseModel]) -> types.Tool:
    schema = given.model_json_schema()
    for left in ("stream", "mode"):  # a tool gives its result whole, and in the documents' own words
        schema["properties"].pop(left, None)
    return types.Tool(
        name=name,
        title=title,
        description=f"{title}. {(gives.__doc__ or '').splitlines()[0]}",
        input_schema=schema,
        output_schema=gives.model_json_schema(mode="serialization"),
        annotations=types.ToolAnnotations(title=title, read_only_hint=True, open_world_hint=False),
    )


def _resource(document: Document) -> types.Resource:
    return types.Resource(
        uri=SCHEME + quote(document.id, errors="replace"),
        name=document.id,
        title=document.title,
        mime_type="text/plain",
        size=len(document.text.encode("utf-8", "surrogatepass")),
    )


def _parsed(model: type[Model], arguments: Mapping[str, Any]) -> Model:
    try:
        return model.model_validate(dict(arguments))
    except ValidationError as error:
        errors = [{**each, "loc": ("arguments", *each["loc"])} for each in error.errors()]
        raise InvalidRequest(describe(errors)) from error


def _scope(context: Context) -> Scope:
    """That of the HTTP request; an empty one where there is none."""
    scope: Scope = getattr(context.request, "scope", {})
    return scope


def _may_read(scope: Scope) -> None:
    caller: Caller | None = scope.get("assistant.caller")
    if caller is not None and "read" not in caller.scopes:
        raise Forbidden(say("errors.key_scope", name=caller.name, scopes=", ".join(caller.scopes), needed="read"))


async def _stays() -> Message:
    """Never says that the client has gone; the library ends the work where it has."""
    await asyncio.Event().wait()
    raise AssertionError("it waits for ever")
