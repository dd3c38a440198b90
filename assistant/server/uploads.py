"""Documents that are added and deleted over HTTP: routes that are there where a setting asks for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import FastAPI, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from starlette.requests import Request

from assistant.access.keys import KeyRing
from assistant.documents.files import MAX_BYTES
from assistant.documents.shelf import Shelf
from assistant.errors import (
    CorpusNotWritten,
    DocumentNotFound,
    Forbidden,
    InvalidRequest,
    RateLimited,
    RequestTooLarge,
    Unauthorized,
    UnreadableDocument,
)
from assistant.languages.catalogue import say
from assistant.server.access import Wrong
from assistant.server.feedback import holder, refusal
from assistant.server.middleware import whole
from assistant.server.peers import peer_of
from assistant.server.problems import documented
from assistant.server.seen import Seen
from assistant.types import Document

FILE = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


@dataclass(frozen=True, slots=True)
class Uploads:
    """Where documents are put and taken, and what is done after that."""

    shelf: Shelf
    rebuild: Callable[[], None]  # returns at once
    documents: Callable[[], Mapping[str, Document]]  # all that the index in force holds, whoever may see them
    audit: Callable[..., None] = lambda what, **fields: None
    admin_key: str = ""  # asked for where there are no keys
    most: int = MAX_BYTES


class AcceptedBody(BaseModel):
    """What is done with a document: the index that is in force by the end of the next build says so."""

    id: str
    status: str = Field(description='"added" or "deleted", once the next index answers.')
    url: str


def add_uploads(app: FastAPI, uploads: Uploads, seen: Seen, keys: KeyRing | None, shared: str = "") -> None:
    """Adds the routes that take documents. Processes that serve together count wrong keys in the file `shared`."""
    wrong = Wrong(shared=shared)
    faults = (RateLimited, Unauthorized, Forbidden, CorpusNotWritten)

    def check(request: Request, id: str) -> str:
        """Who asks. Raises where they may not write a document of this id; keys have been looked at by now."""
        if keys is None and (refused := refusal(request, uploads.admin_key, None, wrong)):
            raise refused
        if id in uploads.documents() and id not in seen(request.scope)().documents:
            raise Forbidden(say("errors.not_yours"))
        return holder(request, keys)

    def account(request: Request, what: str, id: str, who: str, **fields: object) -> None:
        uploads.audit(what, document=id, key=who, client=peer_of(request.scope), **fields)

    @app.post(
        "/v1/documents",
        summary="Add a document, or put it in the place of the one of this id",
        status_code=202,
        openapi_extra=FILE,
        responses=documented(InvalidRequest, UnreadableDocument, RequestTooLarge, *faults),
        tags=["documents"],
    )
    async def add(request: Request, id: Annotated[str, Query(min_length=1, max_length=1000)]) -> AcceptedBody:
        who = await run_in_threadpool(check, request, id)
        data = await _file(request, uploads.most)

        def put() -> None:
            uploads.shelf.put(id, data)
            uploads.rebuild()
            account(request, "document added", id, who, bytes=len(data))

        await run_in_threadpool(put)
        return _accepted(id, "added")

    @app.delete(
        "/v1/documents/{id:path}",
        summary="Delete a document",
        status_code=202,
        responses=documented(DocumentNotFound, *faults),
        tags=["documents"],
    )
    def delete(request: Request, id: str) -> AcceptedBody:
        who = check(request, id)
        try:
            uploads.shelf.take(id)
        except DocumentNotFound:
            if id not in uploads.documents():  # else its file has gone already, and only the index has it
                raise
        uploads.rebuild()
        account(request, "document deleted", id, who)
        return _accepted(id, "deleted")


async def _file(request: Request, most: int) -> bytes:
    """The body; no more than the limit is ever held."""
    too_large = RequestTooLarge(say("errors.file_too_large", size=most))
    if int(request.headers.get("content-length") or 0) > most:
        raise too_large
    return await whole(request, most, too_large)


def _accepted(id: str, status: str) -> AcceptedBody:
    return AcceptedBody(id=id, status=status, url=f"/v1/documents/{quote(id)}")
