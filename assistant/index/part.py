"""An index of some of the documents of another, as if there were no others."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np

from assistant.documents.chunking import embedded_text
from assistant.index.bm25 import Bm25Lexicon
from assistant.index.files import Index
from assistant.index.vectors import FaissStore
from assistant.question.acronyms import Acronyms, learn
from assistant.question.naming import codes
from assistant.types import Document

_LETTERS = re.compile(r"[^\W\d_]+")


def part(index: Index, ids: Collection[str]) -> Index:
    """The index of those documents alone: no weight, word or acronym of it comes from another document."""
    documents = {id: document for id, document in index.documents.items() if id in ids}
    rows = [row for row, passage in enumerate(index.passages) if passage.document_id in documents]
    passages = tuple(index.passages[row] for row in rows)
    lines: list[int] = []
    first = 0
    for document in index.documents.values():
        if document.id in documents:
            lines += range(first, first + len(document.lines))
        first += len(document.lines)
    acronyms = learn(documents.values())
    embedded = [embedded_text(documents[p.document_id].title, p.section_path, p.text) for p in passages]
    known = "\n".join(f"{document.id} {document.version}" for document in documents.values())
    return replace(
        index,
        documents=documents,
        passages=passages,
        vectors=FaissStore(index.vectors.vectors()[np.asarray(rows, np.int64)]),
        lexicon=Bm25Lexicon(embedded, more=Acronyms(acronyms).both),
        line_vectors=index.line_vectors[np.asarray(lines, np.int64)],
        vocabulary=words(documents.values()),
        acronyms=acronyms,
        settings={**index.settings, "part": hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:16]},
    )


def words(documents: Iterable[Document]) -> Mapping[str, int]:
    """The words and codes of the texts as written, with how often each occurs."""
    return Counter(word for d in documents for word in (*_LETTERS.findall(d.text), *codes(d.text)))
