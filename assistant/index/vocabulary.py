"""The words that stand in the documents."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from assistant.question.naming import codes
from assistant.types import Document

_LETTERS = re.compile(r"[^\W\d_]+")


def words(documents: Iterable[Document]) -> Mapping[str, int]:
    """The words and codes of the texts as written, with how often each occurs."""
    return Counter(word for d in documents for word in (*_LETTERS.findall(d.text), *codes(d.text)))
