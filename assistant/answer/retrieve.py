"""From a question to passages: the dense and the lexical leg, fused."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.index.collection import Collection, Ranking
from assistant.types import Hit, Vectors

FusionMethod = Literal["convex", "reciprocal_rank"]
CANDIDATES = 100  # of each leg


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the passages of one index. Never changes; a search changes nothing."""

    collection: Collection
    encode: Callable[[str], Vectors]  # a question to a unit vector of shape (dim,)
    dense_weight: float

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        rows: Sequence[int] | None = None,
        named: Sequence[int] = (),
        ahead: float = 0.0,
        without: Container[int] = frozenset(),
    ) -> list[Hit]:
        """The best `k` passages, only of `rows` if given. Of equal scores the earlier passage comes first.

        The rows `named` are all looked at, and come `ahead` by so much; those of `without` are left out.
        """
        depth = max(k, CANDIDATES)
        vector = self.encode(question)
        among = named if rows is None else sorted(set(named).intersection(rows))
        dense = self.collection.dense(vector, depth, rows=rows)
        lexical = self.collection.lexical(question, depth, rows=rows)
        if among:
            dense = [*dense, *self.collection.dense(vector, depth, rows=among)]
            lexical = [*lexical, *self.collection.lexical(question, depth, rows=among)]
        dense, lexical = _ordered(dense, without), _ordered(lexical, without)
        by_meaning, by_words = dict(dense), dict(lexical)
        fused = fuse(dense, lexical, dense_weight=self.dense_weight)
        if among:
            first = set(among)
            raised = [(row, score + ahead if row in first else score) for row, score in fused]
            fused = sorted(raised, key=lambda pair: (-pair[1], pair[0]))
        return [
            Hit(self.collection.passages[row], score, dense=by_meaning.get(row), lexical=by_words.get(row), row=row)
            for row, score in fused[:k]
        ]


def _ordered(ranking: Ranking, without: Container[int]) -> list[tuple[int, float]]:
    """A ranking of one leg, each row once, without some rows."""
    scores = {row: score for row, score in ranking if row not in without}
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def fuse(
    dense: Ranking, lexical: Ranking, *, dense_weight: float, method: FusionMethod = "convex"
) -> list[tuple[int, float]]:
    """One ranking from two, best first; of equal scores the lower row comes first.

    `convex` weighs scores, each leg's scaled so that its best is 1 and the floor of its range is 0 (for cosines, 0):
    Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval". `reciprocal_rank` weighs
    1 / (60 + rank): Cormack, Clarke and Buettcher 2009.
    """
    scale = _by_rank if method == "reciprocal_rank" else _by_score
    legs = [(dense_weight, scale(dense)), (1 - dense_weight, scale(lexical))]
    scores: dict[int, float] = {}
    for weight, leg in legs:
        for row, score in leg.items():
            scores[row] = scores.get(row, 0.0) + weight * score
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _by_score(ranking: Ranking) -> dict[int, float]:
    best = max((score for _, score in ranking), default=0.0)
    return {row: max(score, 0.0) / best if best > 0 else 0.0 for row, score in ranking}


def _by_rank(ranking: Ranking) -> dict[int, float]:
    return {row: 1 / (60 + rank) for rank, (row, _) in enumerate(ranking, start=1)}
