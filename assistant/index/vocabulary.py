"""The words that stand in the documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from assistant.documents.loader_version import code_version
from assistant.question.naming import codes
from assistant.types import Document

_LETTERS = re.compile(r"[^\W\d_]+")
_PACKAGE = Path(__file__).parents[1]
_READING = ("documents/outline.py", "memo.py", "types.py", "index/bm25.py", "index/vocabulary.py")


def words_version() -> str:
    """A hash of the code that takes words, stems and acronyms from texts."""
    files = (*(_PACKAGE / "question").rglob("*.py"), *(_PACKAGE / name for name in _READING))
    return code_version(_PACKAGE, files, libraries=("bm25s", "PyStemmer"))


def words(documents: Iterable[Document]) -> Mapping[str, int]:
    """The words and codes of the texts as written, with how often each occurs."""
    return Counter(word for d in documents for word in (*_LETTERS.findall(d.text), *codes(d.text)))
