"""Makes citations, and checks them against their documents."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from urllib.parse import quote

from assistant.documents.rolling_hash import mark
from assistant.documents.text_fragments import published
from assistant.errors import UnverifiedCitation
from assistant.types import Citation, Document


def cite(document: Document, start: int, end: int, *, score: float | None = None) -> Citation:
    """The citation of `document.text[start:end]`, with the deepest section that holds all of it."""
    if not 0 <= start < end <= len(document.text):
        raise UnverifiedCitation(f"{document.id} has no characters {start} to {end}: it is {len(document.text)} long")
    cited_text, at = document.text[start:end], page(document, start)
    span = f"start={start}&end={end}&version={document.version}&quote={mark(cited_text)}"
    return Citation(
        document_id=document.id,
        document_title=document.title,
        document_version=document.version,
        section_path=section_path(document, start, end),
        page=at,
        cited_text=cited_text,
        start=start,
        end=end,
        url=f"{address(document)}?{span}#cited",
        published_url=published(document, start, end, page=at),
        score=score,
    )


def verify(citation: Citation, document: Document) -> None:
    """Raises unless the citation stands, word for word, in this version of the document."""
    where = f"{citation.document_id}, characters {citation.start} to {citation.end}"
    if (citation.document_id, citation.document_version) != (document.id, document.version):
        raise UnverifiedCitation(f"{where}: not of {document.id} in its version {document.version}")
    if not 0 <= citation.start < citation.end <= len(document.text):
        raise UnverifiedCitation(f"{where}: outside the document, which is {len(document.text)} long")
    if document.text[citation.start : citation.end] != citation.cited_text:
        raise UnverifiedCitation(f"{where}: the document says something else there")


def in_words(citation: Citation) -> str:
    """A citation in words: where it stands, its quotation, its link."""
    return f'{place(citation)}: "{citation.cited_text}" ({citation.url})'


def place(citation: Citation) -> str:
    """Where a citation stands: the document's title and the sections that lead there."""
    return trail((citation.document_title, *citation.section_path))


def trail(titles: Iterable[str]) -> str:
    """Titles, each of what holds the next."""
    return " › ".join(titles)


def address(document: Document) -> str:
    """The path of the page that shows the document."""
    return "/documents/" + quote(document.id, errors="replace")


def section_path(document: Document, start: int, end: int) -> tuple[str, ...]:
    """The path of the deepest section that holds all of the span; empty where none does."""
    paths = (section.path for section in document.sections if section.start <= start and end <= section.end)
    return max(paths, key=len, default=())


def page(document: Document, start: int) -> int | None:
    """The page, counted from 1, that the character stands on; None for a document without pages."""
    return max(1, bisect_right(document.page_starts, start)) if document.page_starts else None
