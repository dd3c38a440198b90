"""From a folder of files to documents."""

from __future__ import annotations

from assistant.errors import CorpusNotFound, UnreadableDocument
from assistant.loaders.files import MAX_BYTES, Corpus, Skipped, Warned, load_corpus, load_document

__all__ = [
    "MAX_BYTES",
    "Corpus",
    "CorpusNotFound",
    "Skipped",
    "UnreadableDocument",
    "Warned",
    "load_corpus",
    "load_document",
]
