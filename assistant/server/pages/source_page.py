"""The page that shows a document, with the cited place marked where it stands now."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assistant.documents.citations import address, cite
from assistant.documents.rolling_hash import find_quotation
from assistant.documents.text_fragments import published
from assistant.errors import AssistantError, DocumentNotFound, InvalidRequest
from assistant.languages.catalogue import say
from assistant.languages.messages import Language
from assistant.server.pages.article import CITED, article, contents
from assistant.server.pages.shell import SELF, page
from assistant.server.problems import ProblemResponse, in_words
from assistant.server.spoken import language_of
from assistant.types import Answerer, Document, Json

LISTED = 20  # documents that a page for a wrong address names
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class MarkedPlace(NamedTuple):
    """The span to mark, and what to say of it; nothing is marked where it is empty."""

    start: int = 0
    end: int = 0
    notice: Literal["moved", "several", "gone", "changed"] | None = None


def source(
    document: Document,
    language: Language,
    start: int | None,
    end: int | None,
    version: str | None = None,
    quotation: str | None = None,
) -> HTMLResponse:
    """The document as it is structured, with the quoted span marked.

    A link of another version marks the quotation where it stands now, if that is one place, and says so.
    """
    place = locate(document, start, end, version, quotation)
    shown = article(document, place.start, place.end, language)
    link = cite(document, place.start, place.end).published_url if shown.is_marked else published(document, 0, 0)
    return page(
        "source.html",
        SELF,
        language,
        title=document.title,
        document=document,
        shown=shown,
        contents=contents(shown.contents),
        cited=CITED,
        notice=language.say(f"pages.{place.notice}") if place.notice else None,
        link=link,
        written=_language(document),
    )


def locate(
    document: Document, start: int | None, end: int | None, version: str | None, quotation: str | None
) -> MarkedPlace:
    """Where the span of a link stands in the document as it is now."""
    if (start is None) != (end is None):
        raise InvalidRequest(say("errors.both_ends"))
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
        raise InvalidRequest(say("errors.ends_apart", most=len(document.text)))
    return MarkedPlace(start, end)


def failure(error: AssistantError, request: Request, answerer: Answerer | None, id: str) -> Response:
    """What went wrong: as a page with ways to go from there for a browser, as a problem for a program."""
    language = language_of(request.scope)
    if wants_page(request.headers):
        reply: Response = _failure_page(error, answerer, id, language)
    else:
        reply = ProblemResponse(error, language=language)
    reply.headers["Vary"] = "Accept"
    return reply


def wants_page(headers: Headers) -> bool:
    """Whether it is a browser that asks, and not a program: browsers name HTML first."""
    kinds = [kind.partition(";")[0].strip().lower() for kind in headers.get("accept", "").split(",")]
    return kinds[0] in ("text/html", "application/xhtml+xml")


def _failure_page(error: AssistantError, answerer: Answerer | None, id: str, language: Language) -> HTMLResponse:
    near: list[Document] = []
    heading = ""
    if answerer is not None and error.status == 404:
        name = id.rpartition("/")[2].casefold()
        documents = list(answerer.documents.values())
        alike = [each for each in documents if each.id.rpartition("/")[2].casefold() == name]
        near = alike[:LISTED] or (documents if len(documents) <= LISTED else [])
        heading = language.say("pages.did_you_mean" if alike else "pages.there_are")
    title, detail = in_words(error, language)
    missing = isinstance(error, DocumentNotFound)
    return page(
        "failure.html",
        SELF,
        language,
        status=error.status,
        title=title,
        id=id,
        told=language.say("pages.no_document") if missing else language.say("pages.failed", detail=detail),
        heading=heading,
        near=[{"title": each.title, "address": address(each)} for each in near],
    )


def _language(document: Document) -> str:
    """The document's language; "", which is to say unknown, where its metadata names none."""
    named: Json = document.metadata.get("language", document.metadata.get("lang"))
    return named if isinstance(named, str) and _LANGUAGE.fullmatch(named) else ""
