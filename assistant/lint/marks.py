"""What a file holds beside its document: links, the anchors that links may name, and text that is hidden.

It is read where the file is parsed, in the process of its own that files are parsed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import PurePosixPath
from typing import Any

from assistant.documents import files, metadata
from assistant.documents.decoding import decode
from assistant.documents.files import File, Parsed
from assistant.documents.formats.html import text_of
from assistant.lint import marks_in_html, marks_in_markdown, marks_in_office
from assistant.lint.marked import Hidden, Link, Marks
from assistant.types import Document, Json

PARSER = "assistant.lint.marks:parse"
_KEY = "assistant.lint"  # in the metadata, on the way through the pipe
_HTML = (".html", ".htm", ".xhtml")
_MARKDOWN = (".md", ".markdown")
_OFFICE = (".docx", ".pptx", ".xlsx")


def parse(file: File) -> Parsed:
    """The document in a file, as `files.parse` gives it, with its marks among the metadata."""
    parsed = files.parse(file)
    kept: dict[str, Json] = {**parsed.document.metadata, _KEY: asdict(_marks(file))}
    return replace(parsed, document=replace(parsed.document, metadata=kept))


def taken_off(document: Document) -> tuple[Document, Marks]:
    """The document as it is, and its marks."""
    rest: dict[str, Any] = dict(document.metadata)
    said = rest.pop(_KEY, None)
    return replace(document, metadata=rest), _from_json(said) if isinstance(said, dict) else Marks()


def _marks(file: File) -> Marks:
    suffix = PurePosixPath(file.source).suffix.lower()
    if suffix in _HTML:
        return marks_in_html.marks(text_of(file.data, file.id))
    if suffix in _OFFICE:
        return marks_in_office.marks(file.data, file.id, suffix)
    if suffix not in (*_MARKDOWN, ".txt", ".text"):
        return Marks()
    whole = decode(file.data, file.id)
    text = metadata.split(whole).text
    before = whole[: len(whole) - len(text)].count("\n")
    return marks_in_markdown.marks(text, before=before) if suffix in _MARKDOWN else Marks(before=before)


def _from_json(said: Mapping[str, Any]) -> Marks:
    return Marks(
        tuple(Link(**one) for one in said["links"]),
        tuple(said["anchors"]),
        tuple(Hidden(**one) for one in said["hidden"]),
        said["before"],
        said["based"],
        said["has_anchors"],
    )
