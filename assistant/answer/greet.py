"""The reply to a greeting, to thanks, and to the question who answers."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answer.explanation import refused
from assistant.question.greeting import courtesy, plain, reply
from assistant.types import Answer, Document


def greet(text: str, documents: Mapping[str, Document], index_id: str) -> Answer | None:
    """A reply with what can be asked about; None for what is no greeting, or a question that stands in a document."""
    kind = courtesy(text)
    if kind is None or (kind == "identity" and any(_stands(plain(text), each) for each in documents.values())):
        return None
    return refused("greeting", reply(kind, [document.title for document in documents.values()]), index_id)


def _stands(words: str, document: Document) -> bool:
    """Whether these words are a whole line of the document."""
    return any(
        line.end - line.start < 2 * len(words) and plain(document.text[line.start : line.end]) == words
        for line in document.lines
    )
