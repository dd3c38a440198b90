"""Lines ranked by similarity: of the question's vector with that of each line in its context, and of their words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.answer.overlap import TermOverlap
from assistant.documents.outline import Outline
from assistant.types import Passage, Reading, Vectors


class LineReader:
    """Reads by similarity: of the question's vector with that of each line in its context, and of their words."""

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

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """Every line of the passages with its score, 1 at most, best first; of equal scores in the order given."""
        vector = self._encode(question)
        asked = self._wording.weigh(question)
        readings = []
        for passage in passages:
            outline = self._outlines[passage.document_id]
            for n in outline.between(passage.start, passage.end):
                line = outline.document.lines[n]
                meaning = float(vector @ self._vectors(passage.document_id, n))
                words = self._wording.coverage(asked, outline, n)
                score = (1 - self._word_weight) * meaning + self._word_weight * words
                readings.append(Reading(passage.document_id, line.start, line.end, score))
        return sorted(readings, key=lambda reading: -reading.score)
