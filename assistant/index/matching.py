"""Which passages the filters of a question let through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.types import Document, Filters, Passage


def matching_rows(passages: Sequence[Passage], documents: Mapping[str, Document], filters: Filters) -> list[int]:
    """The rows of the passages that every filter lets through."""
    ids = set(filters.document_ids)
    titles = {title.casefold() for title in filters.sections}
    kept = {
        document.id
        for document in documents.values()
        if (not ids or document.id in ids)
        and all(document.metadata.get(key) == value for key, value in filters.metadata.items())
    }
    return [
        row
        for row, passage in enumerate(passages)
        if passage.document_id in kept
        and (not titles or any(title.casefold() in titles for title in passage.section_path))
    ]
