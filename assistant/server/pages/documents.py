"""The page that lists the documents, by folder, and finds some of them by words of their titles or names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from starlette.responses import HTMLResponse

from assistant.documents.citations import address
from assistant.languages.catalogue import listed, say
from assistant.languages.messages import Language
from assistant.server.pages.home import last_change
from assistant.server.pages.shell import SELF, WITH_FORM, page
from assistant.types import Answerer, Document

SHOWN = 500  # documents on a page, at most


def index(answerer: Answerer, language: Language, query: str = "", *, named: str = "") -> HTMLResponse:
    """The documents that have all words of the query in title or name; without one, all of them.

    `named` is the language that the address names, if it does: what is looked for next names it too.
    """
    words = query.casefold().split()
    total = len(answerer.documents)
    found = [each for each in answerer.documents.values() if all(word in _named(each) for word in words)]
    count = say("pages.count_documents", count=len(found))
    told = [say("pages.found_of", documents=count, total=total) if words else say("pages.found", documents=count)]
    if len(found) > SHOWN:
        told.append(say("pages.first_shown", count=SHOWN))
    return page(
        "documents.html",
        SELF,
        language,
        closed=WITH_FORM,
        title=language.say("pages.documents"),
        named=named,
        total=total,
        query=" ".join(query.split()),
        told=language.tell(listed("lists.sentences", told)),
        folders=[(folder, [_entry(each, language) for each in some]) for folder, some in _folders(found[:SHOWN])],
    )


def _folders(documents: list[Document]) -> Iterator[tuple[str, list[Document]]]:
    ordered = sorted(documents, key=lambda each: (_folder(each), each.title.casefold()))
    for folder, some in groupby(ordered, key=_folder):
        yield folder, list(some)


def _folder(document: Document) -> str:
    return document.id.rpartition("/")[0]


def _entry(document: Document, language: Language) -> Mapping[str, str]:
    pages = len(document.page_starts)
    words = len(document.text.split())
    size = language.say("pages.count_pages", count=pages) if pages else language.say("pages.count_words", count=words)
    date = last_change(document)
    return {
        "title": document.title,
        "address": address(document),
        "name": document.id.rpartition("/")[2],
        "size": f"{size} · {date}" if date else size,
    }


def _named(document: Document) -> str:
    return f"{document.title} {document.id}".casefold()
