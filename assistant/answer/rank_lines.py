"""Lines ranked by similarity: of the question's vector with that of each line in its context, and of their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.answer.overlap import TermOverlap
from assistant.documents.outline import Outline
from assistant.types import Passage, ReadPassage, ScoredLine, Vectors

# What a line's similarity says, as log-odds that it belongs to the answer, where no reader reads: by logistic
# regression on the calibration's written questions.
SLOPE, EVEN = 14.0, 0.62


class SimilarityRanker:
    """Ranks by similarity: of the question's vector with that of each line in its context, and of their words."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        *,
        vectors: Callable[[str, int], Vectors],  # of line n of a document: unit, shape (dim,)
        encode: Callable[[str], Vectors],  # a question to a unit vector of shape (dim,)
        wording: TermOverlap,
        word_weight: float,
    ) -> None:
        self._outlines = outlines
        self._vectors = vectors
        self._encode = encode
        self._wording = wording
        self._word_weight = word_weight

    def rank(self, question: str, passages: Sequence[Passage]) -> list[ScoredLine]:
        """Every line of the passages with its score, 1 at most, best first; of equal scores in the order given."""
        vector = self._encode(question)
        asked = self._wording.weigh(question)
        scored = []
        for passage in passages:
            outline = self._outlines[passage.document_id]
            for n in outline.overlapping(passage.start, passage.end):
                meaning = float(vector @ self._vectors(passage.document_id, n))
                words = self._wording.coverage(asked, outline, n)
                score = (1 - self._word_weight) * meaning + self._word_weight * words
                scored.append(ScoredLine(passage.document_id, n, score))
        return sorted(scored, key=lambda line: -line.score)


def as_read(passage: Passage, ranked: Sequence[ScoredLine], outline: Outline) -> ReadPassage:
    """What similarity alone says of a passage, in the place of a reader."""
    inside = outline.overlapping(passage.start, passage.end)
    scores = {line.line: line.score for line in ranked if line.document_id == passage.document_id}
    lines = tuple(ScoredLine(passage.document_id, n, SLOPE * (scores[n] - EVEN)) for n in inside if n in scores)
    return ReadPassage(passage, lines, max((line.score for line in lines), default=-SLOPE))
