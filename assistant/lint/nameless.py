"""Documents without a title of their own, and files without text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from assistant.documents.files import title_from_name
from assistant.documents.names import OPENING
from assistant.lint.findings import Finding, Place
from assistant.lint.material import Material
from assistant.question.stems import words
from assistant.types import Document


def without_title(material: Material) -> Iterator[Finding]:
    """Documents that are called by their file's name, of which no word stands in their first lines."""
    for id, document in material.documents.items():
        if _is_named_by_its_file(document):
            said = f"has no title: it is called “{document.title}”, by its file's name: give it a heading or a `title`"
            yield Finding("no-title", Place(id, 1), said)


def without_text(material: Material) -> Iterator[Finding]:
    """Files that are empty or cannot be read, and documents in which nothing can be an answer."""
    for entry in material.entries:
        if entry.status == "failed" or (entry.status == "skipped" and entry.reason == "is empty"):
            said = "is empty" if entry.status == "skipped" else f"cannot be read: {entry.reason}"
            yield Finding("no-text", Place(entry.source), said)
    for id, document in material.documents.items():
        if all(line.kind == "heading" for line in document.lines):
            yield Finding("no-text", Place(id), "holds headings alone" if document.lines else "holds no line of text")


def _is_named_by_its_file(document: Document) -> bool:
    stem = PurePosixPath(document.source).stem
    if document.metadata.get("title") or document.title != title_from_name(stem, document.text):
        return False
    named = {word for word in words(document.title) if not word.isdigit()}
    return not named & set(words(document.text[:OPENING]))
