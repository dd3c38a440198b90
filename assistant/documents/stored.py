"""A document as JSON holds it, apart from its text, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.types import Document, Json, Line, Section


def as_row(document: Document) -> dict[str, Json]:
    """All that a document is but its text."""
    return {
        "id": document.id,
        "version": document.version,
        "title": document.title,
        "source": document.source,
        "media_type": document.media_type,
        "metadata": dict(document.metadata),
        "page_starts": list(document.page_starts),
        "sections": [[s.title, list(s.path), s.start, s.end] for s in document.sections],
        "lines": [[n.kind, n.start, n.end, list(n.section_path), n.parent] for n in document.lines],
    }


def from_row(row: Mapping[str, Any], text: str) -> Document:
    """The document of that row and text."""
    return Document(
        id=row["id"],
        version=row["version"],
        title=row["title"],
        source=row["source"],
        media_type=row["media_type"],
        text=text,
        sections=tuple(Section(title, tuple(path), start, end) for title, path, start, end in row["sections"]),
        lines=tuple(Line(kind, start, end, tuple(path), parent) for kind, start, end, path, parent in row["lines"]),
        page_starts=tuple(row["page_starts"]),
        metadata=row["metadata"],
    )
