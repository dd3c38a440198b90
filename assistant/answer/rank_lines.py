"""Lines ranked by similarity: of the question's vector with that of each line in its context, and of their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from assistant.answer.overlap import TermOverlap
from assistant.documents.outline import Outline
from assistant.types import Passage, RankedLine, Vectors


class SimilarityRanker:
    """Ranks by similarity: of the question's vector with that of each line in its context, and of their words."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        *,
        vectors: Callable[[Sequence[tuple[str, int]]], Vectors],  # of lines n of documents: unit rows
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
        places = list(dict.fromkeys(place for passage in passages for place in self._places(passage)))
        scored: list[RankedLine] = []
        for (id, n), line in zip(places, self._vectors(places), strict=True):
            meaning = float(vector @ line)
            words = self._overlap.coverage(asked, self._outlines[id], n)
            score = (1 - self._word_weight) * meaning + self._word_weight * words
            scored.append(RankedLine(id, n, score, meaning, words))
        return sorted(scored, key=lambda line: -line.score)

    def _places(self, passage: Passage) -> Iterator[tuple[str, int]]:
        """The lines of a passage, each by its document and its position there."""
        outline = self._outlines[passage.document_id]
        return ((passage.document_id, n) for n in outline.overlapping(passage.start, passage.end))
