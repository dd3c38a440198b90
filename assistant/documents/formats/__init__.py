"""The formats other than text and Markdown: each file is read into blocks, which are written down as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from assistant.documents.content import Content, Loader

_OFFICE = "application/vnd.openxmlformats-officedocument"
# By suffix: the media type, and the module of this package that reads it.
_FORMATS = {
    ".html": ("text/html", "html"),
    ".htm": ("text/html", "html"),
    ".xhtml": ("application/xhtml+xml", "html"),
    ".pdf": ("application/pdf", "pdf"),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", "docx"),
    ".pptx": (f"{_OFFICE}.presentationml.presentation", "pptx"),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", "xlsx"),
    ".csv": ("text/csv", "csv"),
    ".tsv": ("text/tab-separated-values", "csv"),
    ".epub": ("application/epub+zip", "epub"),
    ".odt": ("application/vnd.oasis.opendocument.text", "odt"),
}


def _loader(module: str) -> Loader:
    def load(data: bytes, name: str) -> Content:
        """The content, by a module that is loaded now: its library takes time and memory."""
        read: Loader = import_module(f"{__name__}.{module}").load
        return read(data, name)

    return load


LOADERS: Mapping[str, tuple[str, Loader]] = {
    suffix: (media_type, _loader(module)) for suffix, (media_type, module) in _FORMATS.items()
}
"""By suffix: the media type of a format and what reads it."""
