"""Lines ranked by similarity: of the question's vector with that of each line in its context, and of their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.answer.overlap import TermOverlap
from assistant.documents.outline import Outline
from assistant.types import Passage, RankedLine, Vectors


class SimilarityRanker:
    """Ranks by similarity: of the question's vector with that of each line in its context, and of their words."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        *,
        vectors: Callable[[str, int], Vectors],  # of line n of a document: unit, shape (dim,)
        encode: Callable[[str], Vectors],  # a question to a unit vector of shape (dim,)
        overlap: TermOverlap,
        word_weight: float,
    ) -> None:
        self._outlines = outlines
        self._vectors = vectors
        self._encode = encode
        self._overlap = overlap
        self._word_weight = word_weight

    def rank(self, question: str, passages: Sequence[Passage]) -> list[RankedLine]:
        """Every line of the passages with its score, 1 at most, best first; of equal scores in the order given."""
        vector = self._encode(question)
        asked = self._overlap.weigh(question)
        scored: dict[tuple[str, int], RankedLine] = {}
        for passage in passages:
            outline = self._outlines[passage.document_id]
            for n in outline.overlapping(passage.start, passage.end):
                meaning = float(vector @ self._vectors(passage.document_id, n))
                words = self._overlap.coverage(asked, outline, n)
                score = (1 - self._word_weight) * meaning + self._word_weight * words
                scored[passage.document_id, n] = RankedLine(passage.document_id, n, score, meaning, words)
        return sorted(scored.values(), key=lambda line: -line.score)
