"""An opened index in PostgreSQL: its texts in memory, its vectors and terms where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import log
from typing import Any, LiteralString

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector

from assistant.errors import IndexChanged, IndexMismatch
from assistant.index.bm25 import K1, B
from assistant.index.collection import Ranking
from assistant.index.local import LocalCollection, of_documents
from assistant.index.matching import matching_rows
from assistant.index.postgres.connections import Connections
from assistant.index.vocabulary import words
from assistant.languages.catalogue import say
from assistant.question.acronyms import Known, learn
from assistant.question.stems import terms
from assistant.types import Document, Filters, Json, Passage, Vectors

# Ties at the end come whole, so that which of them are kept does not depend on the database.
_DENSE: LiteralString = """
    SELECT key, -(vector <#> %(query)s) FROM assistant.passage
    WHERE %(keys)s::bigint[] IS NULL OR key = ANY(%(keys)s)
    ORDER BY vector <#> %(query)s FETCH FIRST %(k)s ROWS WITH TIES
"""
# What a posting weighs is worked out here and not stored: a document more or less changes the weight of every posting.
# It is rounded, and summed up in the order of the query, as the lexicon in memory does it, so that the same scores tie.
_LEXICAL: LiteralString = """
    WITH asked AS (
        SELECT * FROM unnest(%(stems)s::text[], %(rarities)s::float8[]) WITH ORDINALITY AS each (stem, rarity, place)
    ), weighed AS (
        SELECT passage, place, (rarity * (occurs::float8 / (
            %(k1)s::float8 * ((1 - %(b)s::float8) + %(b)s::float8 * stems / %(mean)s::float8) + occurs
        )))::real AS weight
        FROM asked JOIN assistant.posting USING (stem)
        WHERE %(keys)s::bigint[] IS NULL OR passage = ANY(%(keys)s)
    )
    SELECT passage, sum(weight ORDER BY place) AS score FROM weighed GROUP BY passage
    ORDER BY score DESC FETCH FIRST %(k)s ROWS WITH TIES
"""
_HOLDING: LiteralString = "SELECT passage FROM assistant.posting WHERE stem = %s"
_COUNT: LiteralString = "SELECT count(*) FROM assistant.posting WHERE stem = %s"
_LINES: LiteralString = """
    SELECT vector FROM unnest(%(documents)s::bigint[], %(numbers)s::int[]) WITH ORDINALITY AS asked (document, n, place)
    JOIN assistant.line USING (document, n) ORDER BY place
"""
_VECTORS: LiteralString = """
    SELECT vector FROM unnest(%(keys)s::bigint[]) WITH ORDINALITY AS asked (key, place)
    JOIN assistant.passage USING (key) ORDER BY place
"""
STATE: LiteralString = "SELECT id FROM assistant.collection"


@dataclass(frozen=True)
class PostgresCollection:
    """One state of the index in a database. It says the same for as long as that state is in force.

    Each of its statements sees whether it is. Once it is not, every one raises IndexChanged: nothing is ever mixed of
    two states.
    """

    id: str
    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    document_keys: Mapping[str, int]
    passage_keys: NDArray[np.int64]  # of the passages in their order
    stems: int  # of all passages together
    known_words: Mapping[str, int] | None  # None where they are to be counted
    encoder_name: str
    encoder_fingerprint: str
    dim: int
    settings: Mapping[str, Json]
    connections: Connections

    @cached_property
    def vocabulary(self) -> Mapping[str, int]:
        if self.known_words is not None:
            return self.known_words
        counted = words(self.documents.values())
        return {word: counted[word] for word in sorted(counted)}

    @cached_property
    def acronyms(self) -> Known:
        return learn(self.documents.values())

    @cached_property
    def _rows(self) -> Mapping[int, int]:
        """The rows of passages by their keys."""
        return {key: row for row, key in enumerate(self.passage_keys.tolist())}

    def matching(self, filters: Filters) -> list[int]:
        return matching_rows(self.passages, self.documents, filters)

    def dense(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> Ranking:
        if query.shape != (self.dim,):
            raise IndexMismatch(
                f"the vector of a question has shape {query.shape}, those of the index have dimension {self.dim}: "
                f"build the index again with this encoder"
            )
        if k < 1:
            return []
        return self._ranking(_DENSE, k, {"query": Vector(query), "k": k, "keys": self._keys(rows)})

    def lexical(self, query: str, k: int, *, rows: Sequence[int] | None = None) -> Ranking:
        asked = [stem for stem in terms(query) if self._held(stem)]
        if k < 1 or not asked:
            return []
        rarities = [float(np.float32(self.rarity(stem))) for stem in asked]
        given = {"stems": asked, "rarities": rarities, "k": k, "keys": self._keys(rows)}
        return self._ranking(_LEXICAL, k, {**given, "k1": K1, "b": B, "mean": self.stems / len(self.passages)})

    def rarity(self, stem: str) -> float:
        held = self._held(stem)
        return log(1 + (len(self.passages) - held + 0.5) / (held + 0.5))

    def holding(self, stem: str) -> Sequence[int]:
        return sorted(self._rows[key] for [key] in self._ask(_HOLDING, [stem]))

    def lines(self, places: Sequence[tuple[str, int]]) -> Vectors:
        asked = {"documents": [self.document_keys[id] for id, _ in places], "numbers": [n for _, n in places]}
        return self._matrix([row[0].to_numpy() for row in self._ask(_LINES, asked)])

    def part(self, ids: frozenset[str]) -> LocalCollection:
        """These documents alone, taken into memory: what their words weigh depends on which they are."""
        documents = {id: document for id, document in self.documents.items() if id in ids}
        rows = [row for row, passage in enumerate(self.passages) if passage.document_id in documents]
        vectors = self._matrix([row[0].to_numpy() for row in self._ask(_VECTORS, {"keys": self._keys(rows)})])
        lines = self.lines([(id, n) for id, document in documents.items() for n in range(len(document.lines))])
        return of_documents(documents, [self.passages[row] for row in rows], vectors, lines, of=self)

    @cached_property
    def _held(self) -> Any:
        """Gives in how many passages a stem stands."""
        connections, id = self.connections, self.id  # not `self`, which would then be in a round that holds it

        @lru_cache(maxsize=50_000)
        def held(stem: str) -> int:
            [[count]] = _ask(connections, id, _COUNT, [stem])
            return int(count)

        return held

    def _keys(self, rows: Sequence[int] | None) -> list[int] | None:
        return None if rows is None else self.passage_keys[np.asarray(rows, np.int64)].tolist()

    def _ranking(self, statement: LiteralString, k: int, given: Mapping[str, object]) -> Ranking:
        found = [(self._rows[key], float(score)) for key, score in self._ask(statement, given)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))[:k]

    def _matrix(self, vectors: Sequence[NDArray[np.floating[Any]]]) -> Vectors:
        found = np.empty((len(vectors), self.dim), np.float32)
        for row, vector in enumerate(vectors):
            found[row] = vector
        return found

    def _ask(self, statement: LiteralString, given: Sequence[object] | Mapping[str, object]) -> list[tuple[Any, ...]]:
        return _ask(self.connections, self.id, statement, given)


def _ask(
    connections: Connections, id: str, statement: LiteralString, given: Sequence[object] | Mapping[str, object]
) -> list[tuple[Any, ...]]:
    """The rows of a statement, of the state of this id. Raises IndexChanged where another one is in force."""
    with connections.reading() as connection, connection.cursor(binary=True) as cursor:
        state = connection.execute(STATE).fetchone()
        if state is None or state[0] != id:
            raise IndexChanged(say("errors.index_changed"))
        return cursor.execute(statement, given).fetchall()
