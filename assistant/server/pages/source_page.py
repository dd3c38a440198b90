"""The page that shows a document, with the cited place marked where it stands now."""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response

from assistant.documents.citations import address, cite
from assistant.documents.rolling_hash import find_quotation
from assistant.documents.text_fragments import published
from assistant.errors import AssistantError, DocumentNotFound, InvalidRequest
from assistant.server.pages.article import CITED, Article, article, contents
from assistant.server.pages.shell import HEAD, SELF, page
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
    body = _body(document, place, shown)
    return page(document.title, HEAD, body, SELF)


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
    listed = ""
    if answerer is not None and error.status == 404:
        name = id.rpartition("/")[2].casefold()
        documents = list(answerer.documents.values())
        alike = [each for each in documents if each.id.rpartition("/")[2].casefold() == name]
        near = alike[:LISTED] or (documents if len(documents) <= LISTED else [])
        links = "".join(
            f'<li><a href="{escape(address(each))}" dir="auto">{escape(each.title)}</a></li>' for each in near
        )
        heading = "Did you mean" if alike else "The documents that there are"
        listed = f"<h2>{heading}</h2><ul>{links}</ul>" if near else ""
    told = MISSING if isinstance(error, DocumentNotFound) else f"{escape(str(error))}."
    named = f'<p class="origin" dir="auto"><code>{escape(id)}</code></p>' if id else ""
    body = (
        f"<main><h1>{escape(error.title)}</h1>{named}<p>{told}</p>{listed}"
        '<p><a href="/">Ask the assistant instead</a></p></main>'
    )
    return page(error.title, HEAD, body, SELF, status=error.status)


def _body(document: Document, place: MarkedPlace, shown: Article) -> str:
    language = _language(document)
    title = "" if shown.has_title else f'<h1{language} dir="auto">{escape(document.title)}</h1>'
    notice = f'<p class="notice" role="status">{NOTICES[place.notice]}</p>' if place.notice else ""
    skips = ['<a class="skip" href="#document">Skip to the text</a>']
    if shown.is_marked:
        skips.append(f'<a class="skip" href="#{CITED}">Skip to the quoted place</a>')
    outline = ""
    if len(shown.contents) > 1:
        listed = contents(shown.contents)
        outline = f'<nav aria-labelledby="contents"><h2 id="contents">Contents</h2><div{language}>{listed}</div></nav>'
    header = f"<header>{title}{_origin(document, place, is_marked=shown.is_marked)}</header>"
    text = f'<article id="document" tabindex="-1"{language}>{shown.html}</article>'
    layout = "source" if outline else "source plain"
    return f'{"".join(skips)}{notice}<div class="{layout}">{outline}<main>{header}{text}</main></div>'


def _origin(document: Document, place: MarkedPlace, *, is_marked: bool) -> str:
    """Where the document comes from, and where it is published."""
    about = [f"<bdi>{escape(document.source)}</bdi>"]
    link = cite(document, place.start, place.end).published_url if is_marked else published(document, 0, 0)
    if link:
        about.append(f'<a href="{escape(link)}" rel="noreferrer">Read it where it is published</a>')
    if is_marked:
        about.append(f'<a href="#{CITED}">Go to the quoted place</a>')
    return f'<p class="origin">{" · ".join(about)}</p>'


def _language(document: Document) -> str:
    """The attribute for the document's language; empty, which is to say unknown, where its metadata names none."""
    named: Json = document.metadata.get("language", document.metadata.get("lang"))
    known = named if isinstance(named, str) and _LANGUAGE.fullmatch(named) else ""
    return f' lang="{known}"'
