"""The page that shows a document, with the cited place marked where it stands now."""

from __future__ import annotations

import re
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from assistant.documents.citations import address, cite
from assistant.documents.rolling_hash import find_quotation
from assistant.documents.text_fragments import published
from assistant.errors import AssistantError, DocumentNotFound, InvalidRequest
from assistant.server.pages.article import CITED, article, contents
from assistant.server.pages.shell import SELF, page
from assistant.server.problems import ProblemResponse
from assistant.types import Answerer, Document, Json

NOTICES = {
    "moved": "The document has changed since it was quoted. The quoted text still stands in it, and is marked.",
    "several": "The document has changed since it was quoted. The quoted text stands in it more than once now, "
    "so no place is marked.",
    "gone": "The document has changed since it was quoted. The quoted text no longer stands in it, "
    "so no place is marked.",
    "changed": "The document has changed since this link was made.",
}
MISSING = "There is no document at this address. It may have been renamed or removed, or the address is cut short."
LISTED = 20  # documents that a page for a wrong address names
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class MarkedPlace(NamedTuple):
    """The span to mark, and what to say of it; nothing is marked where it is empty."""

    start: int = 0
    end: int = 0
    notice: str | None = None


def source(
    document: Document, start: int | None, end: int | None, version: str | None = None, quotation: str | None = None
) -> HTMLResponse:
    """The document as it is structured, with the quoted span marked.

    A link of another version marks the quotation where it stands now, if that is one place, and says so.
    """
    place = locate(document, start, end, version, quotation)
    shown = article(document, place.start, place.end)
    link = cite(document, place.start, place.end).published_url if shown.is_marked else published(document, 0, 0)
    return page(
        "source.html",
        SELF,
        title=document.title,
        document=document,
        shown=shown,
        contents=contents(shown.contents),
        cited=CITED,
        notice=NOTICES[place.notice] if place.notice else None,
        link=link,
        language=_language(document),
    )


def locate(
    document: Document, start: int | None, end: int | None, version: str | None, quotation: str | None
) -> MarkedPlace:
    """Where the span of a link stands in the document as it is now."""
    if (start is None) != (end is None):
        raise InvalidRequest("start and end: give both, or neither")
    is_span = start is not None and end is not None
    if version is not None and version != document.version:
        if not is_span:
            return MarkedPlace(notice="changed")
        found = find_quotation(document.text, quotation or "")
        if len(found) == 1:
            return MarkedPlace(*found[0], "moved")
        return MarkedPlace(notice="several" if found else "gone" if quotation else "changed")
    if start is None or end is None:
        return MarkedPlace()
    if not start < end <= len(document.text):
        raise InvalidRequest(f"start and end: start must be below end, and end at most {len(document.text)}")
    return MarkedPlace(start, end)


def failure(error: AssistantError, headers: Headers, answerer: Answerer | None, id: str) -> Response:
    """What went wrong: as a page with ways to go from there for a browser, as a problem for a program."""
    reply = _failure_page(error, answerer, id) if wants_page(headers) else ProblemResponse(error)
    reply.headers["Vary"] = "Accept"
    return reply


def wants_page(headers: Headers) -> bool:
    """Whether it is a browser that asks, and not a program: browsers name HTML first."""
    kinds = [kind.partition(";")[0].strip().lower() for kind in headers.get("accept", "").split(",")]
    return kinds[0] in ("text/html", "application/xhtml+xml")


def _failure_page(error: AssistantError, answerer: Answerer | None, id: str) -> HTMLResponse:
    near: list[Document] = []
    heading = ""
    if answerer is not None and error.status == 404:
        name = id.rpartition("/")[2].casefold()
        documents = list(answerer.documents.values())
        alike = [each for each in documents if each.id.rpartition("/")[2].casefold() == name]
        near = alike[:LISTED] or (documents if len(documents) <= LISTED else [])
        heading = "Did you mean" if alike else "The documents that there are"
    return page(
        "failure.html",
        SELF,
        status=error.status,
        title=error.title,
        id=id,
        told=MISSING if isinstance(error, DocumentNotFound) else f"{error}.",
        heading=heading,
        near=[{"title": each.title, "address": address(each)} for each in near],
    )


def _language(document: Document) -> str:
    """The document's language; "", which is to say unknown, where its metadata names none."""
    named: Json = document.metadata.get("language", document.metadata.get("lang"))
    return named if isinstance(named, str) and _LANGUAGE.fullmatch(named) else ""
