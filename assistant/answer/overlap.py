"""The words that a question shares with lines and passages, rare ones counting more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from assistant.documents.outline import Outline
from assistant.question.naming import codes
from assistant.question.parse import content_words

# How much a word of the question counts where it stands: in the line itself, above it (its headings and lead-in), or
# only in the document's title.
OWN, ABOVE, TITLE = 1.0, 0.75, 0.5


class TermOverlap:
    """The words that a question shares with lines, rare ones counting more."""

    def __init__(
        self,
        words: Callable[[str], Sequence[str]],
        rarity: Callable[[str], float],
        *,
        more: Callable[[Sequence[str]], Sequence[str]] = lambda found: found,
    ) -> None:
        """`more` gives the words of a text together with those that it says in another way, as acronyms do."""
        self._words = lru_cache(maxsize=20_000)(lambda text: frozenset(words(text)))
        self._wider = lru_cache(maxsize=20_000)(lambda text: frozenset(more(words(text))))
        self._rarity = rarity

    def words(self, text: str) -> frozenset[str]:
        """The words of a text."""
        return self._words(text)

    def weigh(self, text: str) -> dict[str, float]:
        """The words of a question with their weights, which sum to 1."""
        said = " ".join([*content_words(text), *codes(text)])
        weights = {word: self._rarity(word) for word in sorted(self._words(said))}
        total = sum(weights.values())
        return {word: weight / total for word, weight in weights.items()} if total else {}

    def covered(self, asked: Mapping[str, float], outline: Outline, n: int) -> dict[str, float]:
        """The words of the question that line `n` deals with, each with the part of it that counts, at most 1."""
        places = ((OWN, outline.text(n)), (ABOVE, outline.above(n)), (TITLE, outline.document.title))
        found: dict[str, float] = {}
        for share, text in places:
            there = self._wider(text)
            for word in asked:  # in its order, so that sums come out the same in every process
                if word in there:
                    found.setdefault(word, share)
        return {word: found[word] for word in asked if word in found}

    def coverage(self, asked: Mapping[str, float], outline: Outline, n: int) -> float:
        """How much of the question line `n` deals with, from 0 to 1."""
        return sum(asked[word] * share for word, share in self.covered(asked, outline, n).items())

    def share(self, asked: Mapping[str, float], text: str) -> float:
        """How much of the question a text has, from 0 to 1."""
        there = self._wider(text)
        return sum(weight for word, weight in asked.items() if word in there)

    def lacking(self, question: str, text: str) -> list[str]:
        """The words of a question, as it has them, that do not stand in a text."""
        there = self._wider(text)
        return [word for word in content_words(question) if not self._words(word) <= there]

    def holds(self, text: str, name: str) -> bool:
        """Whether every word of a name stands in a text."""
        return self._words(name) <= self._wider(text)

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
