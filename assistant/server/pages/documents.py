"""The page that lists the documents, by folder, and finds some of them by words of their titles or names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from starlette.responses import HTMLResponse

from assistant.documents.citations import address
from assistant.server.pages.home import last_change
from assistant.server.pages.shell import SELF, WITH_FORM, many, page
from assistant.types import Answerer, Document

SHOWN = 500  # documents on a page, at most


def index(answerer: Answerer, query: str = "") -> HTMLResponse:
    """The documents that have all words of the query in title or name; without one, all of them."""
    words = query.casefold().split()
    total = len(answerer.documents)
    found = [each for each in answerer.documents.values() if all(word in _named(each) for word in words)]
    told = f"{many(len(found), 'document')}{f' of {total:,}' if words else ''}."
    if len(found) > SHOWN:
        told += f" The first {SHOWN} are shown: look for words of a title to see others."
    return page(
        "documents.html",
        SELF,
        closed=WITH_FORM,
        title="Documents",
        total=total,
        query=" ".join(query.split()),
        told=told,
        folders=[(folder, [_entry(each) for each in some]) for folder, some in _folders(found[:SHOWN])],
    )


def _folders(documents: list[Document]) -> Iterator[tuple[str, list[Document]]]:
    ordered = sorted(documents, key=lambda each: (_folder(each), each.title.casefold()))
    for folder, some in groupby(ordered, key=_folder):
        yield folder, list(some)


def _folder(document: Document) -> str:
    return document.id.rpartition("/")[0]


def _entry(document: Document) -> Mapping[str, str]:
    pages = len(document.page_starts)
    size = many(pages, "page") if pages else many(len(document.text.split()), "word")
    date = last_change(document)
    return {
        "title": document.title,
        "address": address(document),
        "name": document.id.rpartition("/")[2],
        "size": f"{size} · {date}" if date else size,
    }


def _named(document: Document) -> str:
    return f"{document.title} {document.id}".casefold()
