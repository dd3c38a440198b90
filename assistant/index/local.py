"""An index held in memory: FAISS for the vectors, BM25 for the words."""

from __future__ import annotations

import hashlib
from collections.abc import Collection as Ids
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.documents.chunking import embedded_text
from assistant.index.bm25 import Bm25Lexicon
from assistant.index.collection import Collection, Ranking
from assistant.index.matching import matching_rows
from assistant.index.vectors import FaissStore
from assistant.index.vocabulary import words
from assistant.question.acronyms import Acronyms, Known, learn
from assistant.types import Document, Filters, Json, Passage, Vectors, VectorStore


@dataclass(frozen=True, slots=True)
class LocalCollection:
    """One opened build. It never changes."""

    id: str
    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    vectors: VectorStore
    lexicon: Bm25Lexicon
    line_vectors: NDArray[np.float16]  # of shape (lines of all documents in their order, dim)
    vocabulary: Mapping[str, int]
    acronyms: Known
    encoder_name: str
    encoder_fingerprint: str
    settings: Mapping[str, Json]
    _first_lines: Mapping[str, int] = field(init=False, repr=False)  # the row of each document's first line

    def __post_init__(self) -> None:
        first, row = {}, 0
        for document in self.documents.values():
            first[document.id] = row
            row += len(document.lines)
        object.__setattr__(self, "_first_lines", first)

    def matching(self, filters: Filters) -> list[int]:
        return matching_rows(self.passages, self.documents, filters)

    def dense(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> Ranking:
        return self.vectors.search(query, k, rows=rows)

    def lexical(self, query: str, k: int, *, rows: Sequence[int] | None = None) -> Ranking:
        return self.lexicon.search(query, k, rows=rows)

    def rarity(self, stem: str) -> float:
        return self.lexicon.idf(stem)

    def holding(self, stem: str) -> Sequence[int]:
        return self.lexicon.rows(stem)

    def lines(self, places: Sequence[tuple[str, int]]) -> Vectors:
        rows = np.asarray([self._first_lines[id] + n for id, n in places], np.int64)
        return self.line_vectors[rows].astype(np.float32)

    def part(self, ids: Ids[str]) -> LocalCollection:
        documents = {id: document for id, document in self.documents.items() if id in ids}
        rows = [row for row, passage in enumerate(self.passages) if passage.document_id in documents]
        places = [(id, n) for id, document in documents.items() for n in range(len(document.lines))]
        vectors = self.vectors.vectors()[np.asarray(rows, np.int64)]
        return of_documents(documents, [self.passages[row] for row in rows], vectors, self.lines(places), of=self)


def of_documents(
    documents: Mapping[str, Document],
    passages: Sequence[Passage],
    vectors: Vectors,
    lines: Vectors,
    *,
    of: Collection,
) -> LocalCollection:
    """A part of a collection: these documents, with their passages and the vectors of these and of their lines."""
    acronyms = learn(documents.values())
    embedded = [embedded_text(documents[p.document_id].title, p.section_path, p.text) for p in passages]
    return LocalCollection(
        id=of.id,
        documents=documents,
        passages=tuple(passages),
        vectors=FaissStore(vectors),
        lexicon=Bm25Lexicon(embedded, more=Acronyms(acronyms).both),
        line_vectors=lines.astype(np.float16),
        vocabulary=words(documents.values()),
        acronyms=acronyms,
        encoder_name=of.encoder_name,
        encoder_fingerprint=of.encoder_fingerprint,
        settings={**of.settings, "part": _part_name(documents)},
    )


def _part_name(documents: Mapping[str, Document]) -> str:
    """A hash that tells a part of an index from its other parts."""
    known = "\n".join(f"{document.id} {document.version}" for document in documents.values())
    return hashlib.sha256(known.encode("utf-8", "replace")).hexdigest()[:16]
