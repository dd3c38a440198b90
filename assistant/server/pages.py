"""The pages that people open: the widget's, a source with its cited place marked, the API's documentation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response

from assistant.errors import InvalidRequest, NotFound
from assistant.types import Document

SELF = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
CLOSED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# Swagger UI writes style attributes; it still runs no script but its own.
LOOSE = SELF.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
HEAD = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/widget/page.css">'
SWAGGER = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}

_BLOCK = re.compile(r"[^\S\r\n]*\S.*(?:\r?\n[^\S\r\n]*\S.*)*")  # lines without an empty one between them

Piece = tuple[str, int, int]  # (tag, or "" for what stands between, start, end)


def index(title: str) -> HTMLResponse:
    """A page with the widget."""
    script = '<script type="module" src="{}/widget/widget.js"></script>'
    embed = f"{script.format('https://your.host')}\n<role-assistant></role-assistant>"
    body = (
        f"<main><h1>{escape(title)}</h1>"
        "<p>Ask about the documents on this server: press the round button in the corner. Every sentence of an answer "
        "shows the place that it comes from. When the documents do not say, the answer says so.</p>"
        f"<p>To have it on a page of your own:</p><pre><code>{escape(embed)}</code></pre>"
        '<p>Programs ask over HTTP: see the <a href="/docs">documentation of the API</a>.</p></main>'
        "<role-assistant></role-assistant>"
    )
    return _page(title, HEAD + script.format(""), body, SELF)


def docs(title: str) -> HTMLResponse:
    """The API's documentation. It loads nothing from elsewhere."""
    head = '<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/swagger-ui.css">'
    scripts = '<script src="/docs/swagger-ui-bundle.js"></script><script src="/widget/docs.js"></script>'
    return _page(f"{title}: API", head, f'<div id="swagger-ui"></div>{scripts}', LOOSE)


@cache
def docs_file(name: str) -> Response:
    """One of Swagger UI's files, out of the package that carries them."""
    if name not in SWAGGER:
        raise NotFound("there is nothing at this address: the documentation is at /docs")
    content = files("fastapi_swagger.resources").joinpath(name).read_bytes()
    return Response(content, media_type=SWAGGER[name], headers={"Cache-Control": "max-age=3600"})


def source(document: Document, start: int | None, end: int | None) -> HTMLResponse:
    """The document's text under its headings, with the characters from `start` to `end` marked."""
    if (start is None) != (end is None):
        raise InvalidRequest("start and end: give both, or neither")
    if start is not None and end is not None and not start < end <= len(document.text):
        raise InvalidRequest(f"start and end: start must be below end, and end at most {len(document.text)}")
    article = "".join(_render(document, start or 0, end or 0))
    body = f"<main><h1>{escape(document.title)}</h1>{_origin(document)}<article>{article}</article></main>"
    return _page(document.title, HEAD, body, SELF)


def _page(title: str, head: str, body: str, policy: str) -> HTMLResponse:
    meta = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    html = f'<!doctype html>\n<html lang="en"><head>{meta}<title>{escape(title)}</title>{head}</head>'
    headers = {"Content-Security-Policy": f"{policy}; {CLOSED}", "Referrer-Policy": "same-origin"}
    return HTMLResponse(f"{html}<body>{body}</body></html>\n", headers=headers)


def _origin(document: Document) -> str:
    about = escape(document.source)
    if document.url and urlsplit(document.url).scheme in ("http", "https"):
        about = f'<a href="{escape(document.url)}" rel="noreferrer">{about}</a>'
    return f'<p class="origin">{about}</p>'


def _render(document: Document, start: int, end: int) -> Iterator[str]:
    """The text, every character of it, in headings and paragraphs."""
    name = ' id="cited"'
    for tag, first, last in _pieces(document):
        inner = escape(document.text[first:last])
        if start < last and first < end:
            low, high = max(start, first), min(end, last)
            before, marked, after = (escape(document.text[a:b]) for a, b in ((first, low), (low, high), (high, last)))
            inner, name = f"{before}<mark{name}>{marked}</mark>{after}", ""
        yield f"<{tag}>{inner}</{tag.split()[0]}>" if tag else inner


def _pieces(document: Document) -> Iterator[Piece]:
    """The text cut into headings, paragraphs, and the white space between them."""
    text, at = document.text, 0
    starts = [section.start for section in document.sections]
    for line in document.lines:
        if line.kind != "heading" or line.start < at:
            continue
        first = text.rfind("\n", at, line.start) + 1 or at
        mark = line.start if not text[first : line.start].strip("# \t") else first  # a number is shown, `##` is not
        last = next((i for i in range(line.end, len(text)) if text[i] in "\r\n"), len(text))
        yield from _paragraphs(text, at, first)
        if first < mark:
            yield "span hidden", first, mark
        place = bisect_right(starts, line.start) - 1
        depth = len(document.sections[place].path) if place >= 0 else 1
        yield f"h{min(depth + 1, 6)}", mark, last
        at = last
    yield from _paragraphs(text, at, len(text))


def _paragraphs(text: str, start: int, end: int) -> Iterator[Piece]:
    """Blocks of lines with white space between them."""
    for match in _BLOCK.finditer(text, start, end):
        if match.start() > start:
            yield "", start, match.start()
        yield "p", match.start(), match.end()
        start = match.end()
    if start < end:
        yield "", start, end
