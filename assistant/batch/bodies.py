"""What became of a question in words, and what stands for an answer where there was none to give."""

from __future__ import annotations

from typing import Literal

from assistant.documents.citations import trail
from assistant.wire import CitationBody, OutcomeBody

QUESTION_SHOWN = 200  # characters of a question in a line about it


def failed(question: str, code: str, message: str, *, index_id: str) -> OutcomeBody:
    """The body for a question that could not be asked."""
    return _none(question, "error", code, message, index_id)


def skipped(*, index_id: str) -> OutcomeBody:
    """The body for a row without a question."""
    return _none("", "skipped", "no_question", "There is no question in this row.", index_id)


def why(body: OutcomeBody) -> str:
    """Why there is no answer: the reason and what it means; "" where there is one."""
    return ": ".join(filter(None, (body.reason, body.message)))


def place(citation: CitationBody) -> str:
    """Where a citation stands: the document's title and the sections that lead there."""
    return trail((citation.document_title, *citation.section_path))


def link(citation: CitationBody, base: str = "") -> str:
    """Where the source can be opened: at its published page, if it has one, else at the assistant's."""
    url = citation.url
    return citation.published_url or (f"{base.rstrip('/')}{url}" if url.startswith("/") else url)


def source(citation: CitationBody, base: str = "") -> str:
    """A citation in words: where it stands, its quotation, its link."""
    return f'{place(citation)}: "{citation.cited_text}" ({link(citation, base)})'


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def short(text: str, most: int = 60) -> str:
    """A text on one line, cut to so many characters."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "\u2026"


def _none(question: str, status: Literal["error", "skipped"], reason: str, message: str, index_id: str) -> OutcomeBody:
    return OutcomeBody(
        id=None,
        question=question,
        standalone_question=question,
        status=status,
        reason=reason,
        message=message,
        answer="",
        blocks=[],
        citations=[],
        conflicts=(),
        confidence=None,
        closest=[],
        mode=None,
        index_id=index_id,
    )
