"""The pages that people open: the widget's, the API's documentation."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from starlette.responses import HTMLResponse, JSONResponse, Response

from assistant.documents.citations import address
from assistant.errors import NotFound
from assistant.languages.catalogue import english, say
from assistant.languages.messages import Language
from assistant.server.pages.shell import SELF, page
from assistant.types import Answerer, Document

FEW = 3  # documents that are named, at most
DATES = ("updated", "modified", "last_modified", "lastmod", "date")  # of a document's metadata, in this order
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
CACHED = "max-age=3600"
SWAGGER = {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css"}


def index(title: str, answerer: Answerer | None, language: Language) -> HTMLResponse:
    """The page to ask on, with what can be asked about as far as there is an index."""
    documents = [] if answerer is None else list(answerer.documents.values())
    some = sorted(documents, key=lambda each: each.title.casefold())
    few = some if len(some) <= FEW else some[:: len(some) // FEW][:FEW]
    changed = max((date for each in documents if (date := last_change(each))), default="")
    script = '<script type="module" src="https://your.host/widget/widget.js"></script>'
    return page(
        "home.html",
        SELF,
        language,
        title=title,
        about=few[0].title if len(documents) == 1 else language.say("pages.documents_here"),
        count=len(documents),
        few=[{"title": each.title, "address": address(each)} for each in few],
        changed=changed,
        embed=f"{script}\n<role-assistant></role-assistant>",
    )


def last_change(document: Document) -> str:
    """The date that a document says it was last changed on; "" where it says none."""
    dates = (document.metadata.get(key) for key in DATES)
    return next((date[:10] for date in dates if isinstance(date, str) and _DATE.match(date)), "")


def widget_words(language: Language) -> JSONResponse:
    """What the widget says, in one language: all that it needs of the catalogue."""
    return words_reply(language, "widget")


def words_reply(language: Language, section: str) -> JSONResponse:
    """A section of the catalogue in one language, for a script that says what is in it."""
    start = f"{section}."
    words = {key.removeprefix(start): forms for key, forms in language.words.items() if key.startswith(start)}
    body = {"language": language.tag, "direction": language.direction, "words": words}
    return JSONResponse(body, headers={"Cache-Control": CACHED})


def docs(title: str) -> HTMLResponse:
    """The API's documentation, in English. It loads nothing from elsewhere."""
    return page("docs.html", SELF, english(), title=english().say("pages.api_title", title=title))


@cache
def docs_file(name: str) -> Response:
    """One of Swagger UI's files, out of the package that carries them."""
    if name not in SWAGGER:
        raise NotFound(say("errors.no_such_docs"))
    content = files("fastapi_swagger.resources").joinpath(name).read_bytes()
    return Response(content, media_type=SWAGGER[name], headers={"Cache-Control": CACHED})
