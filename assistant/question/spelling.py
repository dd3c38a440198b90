"""Mends typing errors in questions: a word that no one knows becomes the word of the documents that is nearest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+")
SHORTEST = 4  # letters of a word that is mended
LONG = 7  # from this many letters on, two errors are mended, else one


class Speller:
    """Knows the words of the documents, and a little of the language."""

    def __init__(self, counts: Mapping[str, int], *, is_word: Callable[[str], bool]) -> None:
        """`counts` are the documents' words, in lower case, with how often each occurs; `is_word` knows others."""
        self._counts = counts
        self._words = sorted(word for word in counts if len(word) >= SHORTEST)
        self._is_word = is_word
        self._nearest = lru_cache(maxsize=4096)(self._find)

    def correct(self, question: str) -> str:
        """The question, its unknown words replaced by near ones of the documents; the same where there are none."""
        return _WORD.sub(lambda match: self._mend(match.group()), question)

    def _mend(self, word: str) -> str:
        lower = word.casefold()
        if len(word) < SHORTEST or lower in self._counts or self._is_word(lower):
            return word
        found = self._nearest(lower)
        return word if found is None else found.capitalize() if word[0].isupper() else found

    def _find(self, word: str) -> str | None:
        """The nearest word of the documents (optimal string alignment); of equal ones the most frequent."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        most = 2 if len(word) >= LONG else 1
        near = extract(word, self._words, scorer=OSA.distance, score_cutoff=most, limit=None)
        ranked = sorted(
            (distance, candidate[0] != word[0], -self._counts[candidate], candidate) for candidate, distance, _ in near
        )
        return ranked[0][3] if ranked else None
