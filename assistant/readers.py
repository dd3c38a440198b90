"""Readers: where in the passages the answer stands. The plain one compares the question with lines in their context."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from assistant.asking import content_words
from assistant.outline import Outline
from assistant.types import Passage, Reading, Vectors

# How much a word of the question counts where it stands: in the line itself, above it (its headings and lead-in), or
# only in the document's title.
OWN, ABOVE, TITLE = 1.0, 0.75, 0.5


class Wording:
    """The words that a question shares with lines, rare ones counting more."""

    def __init__(self, words: Callable[[str], Sequence[str]], rarity: Callable[[str], float]) -> None:
        self._words = lru_cache(maxsize=20_000)(lambda text: frozenset(words(text)))
        self._rarity = rarity

    def weigh(self, text: str) -> dict[str, float]:
        """The words of a question with their weights, which sum to 1."""
        weights = {word: self._rarity(word) for word in sorted(self._words(" ".join(content_words(text))))}
        total = sum(weights.values())
        return {word: weight / total for word, weight in weights.items()} if total else {}

    def covered(self, asked: Mapping[str, float], outline: Outline, n: int) -> dict[str, float]:
        """The words of the question that line `n` deals with, each with the part of it that counts, at most 1."""
        places = ((OWN, outline.text(n)), (ABOVE, outline.above(n)), (TITLE, outline.document.title))
        found: dict[str, float] = {}
        for share, text in places:
            for word in self._words(text) & asked.keys():
                found.setdefault(word, share)
        return found

    def coverage(self, asked: Mapping[str, float], outline: Outline, n: int) -> float:
        """How much of the question line `n` deals with, from 0 to 1."""
        return sum(asked[word] * share for word, share in self.covered(asked, outline, n).items())

    def holds(self, text: str, name: str) -> bool:
        """Whether every word of a name stands in a text."""
        return self._words(name) <= self._words(text)

    def tells_apart(self, question: str, titles: Sequence[str]) -> bool:
        """Whether the question has a word that stands in some of the titles and not in all."""
        each = [self._words(title) for title in titles]
        telling = frozenset().union(*each) - frozenset(each[0]).intersection(*each)
        return bool(self._words(question) & telling)

    def shared(self, one: str, other: str) -> frozenset[str]:
        """The words that two texts have in common."""
        return self._words(one) & self._words(other)

    def likeness(self, one: str, other: str) -> float:
        """The share of their words that two texts have in common, from 0 to 1 (Jaccard)."""
        either = self._words(one) | self._words(other)
        return len(self.shared(one, other)) / len(either) if either else 0.0


class LineReader:
    """Reads by similarity: of the question's vector with that of each line in its context, and of their words."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        *,
        vectors: Callable[[str, int], Vectors],  # of line n of a document: unit, shape (dim,)
        encode: Callable[[str], Vectors],  # a question to a unit vector of shape (dim,)
        wording: Wording,
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
