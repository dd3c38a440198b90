"""Mends typing errors in questions: a word that is nobody's becomes the word that it is plainly meant to be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from math import log

from assistant.memo import remembered

# A word with what it is tied to: "ntfy.sh", "my_name" and "X210" are no words, and "you're" is one.
_TOKEN = re.compile(r"[./@\\_#$-]*[^\W_]+(?:[-'’./@\\:_#$=+&]+[^\W_]+)*")
_PART = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN = re.compile("[a-z\u00df-\u00f6\u00f8-\u024f'’]+")
_DOUBLED = re.compile(r"(.)\1")
_STARTS = re.compile(r"(?:^|[.!?:;\n])\W*$")
_ENDINGS = ("ing", "ed", "er", "ers", "est", "able", "ly", "ness", "less")
_CONTRACTED = frozenset(
    """arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt mustnt shouldnt theyll theyre theyve wasnt werent
    whats wheres whos wont wouldnt youll youre youve""".split()  # noqa: SIM905
)
_BEGINNINGS = ("un", "re", "non", "pre", "mis", "over", "under", "sub", "co", "anti", "multi", "self", "out", "de")

SHORTEST = 4  # letters of a word that is mended
LONG = 7  # from this many letters on, two errors are mended, else one
ERROR = 6.0  # how unlikely an error is, in natural logarithms of frequency
MARGIN = 2.0  # how much likelier the word meant must be than any other
RARE = 1e5  # what a word counts that the language's list has not
OWN = 1.0  # how much it counts that the documents have a word, and often
COMMON = 20_000_000  # occurrences in the language's list from which on a word may be meant that the documents lack
EVERYDAY = 100_000_000  # and from which on it says little


@lru_cache(maxsize=1)
def english() -> Mapping[str, int]:
    """The words of English, in lower case, with how often each occurs in print."""
    text = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    return {word: int(count) for word, count in map(str.split, text.splitlines())}


def is_common(word: str) -> bool:
    """Whether a word, in lower case, is one that says little of what a text is about: "job", "day", "i'm"."""
    return len(word) < 3 or "'" in word or english().get(word, 0) >= EVERYDAY


class Speller:
    """Knows the words of the documents and those of the language. Threads may share it."""

    def __init__(self, counts: Mapping[str, int], *, language: Callable[[], Mapping[str, int]] = english) -> None:
        """`counts` are the documents' words as written, with how often each occurs.

        `language` gives its words likewise, in lower case; it is called once there is a word that the documents lack.
        """
        self._counts = Counter[str]()
        for word, count in counts.items():
            self._counts[word.casefold()] += count
        self._lower = frozenset(word for word in counts if word.islower())
        self._language = lru_cache(maxsize=1)(language)
        self._candidates = remembered(self._gather, 1)
        self._nearest = remembered(self._find, 4096)

    def correct(self, question: str) -> str:
        """The question, its typing errors mended; what is not clearly meant for another word is left alone."""
        shouted = question.upper() == question

        def mend(match: re.Match[str]) -> str:
            token = match.group()
            if not all(_PART.fullmatch(part) for part in token.split("-")):
                return token
            opens = _STARTS.search(question[: match.start()]) is not None
            return "-".join(self._mend(part, opens=opens, shouted=shouted) for part in token.split("-"))

        return _TOKEN.sub(mend, question)

    def is_known(self, word: str) -> bool:
        """Whether a word, in lower case, is one of the documents or of the language, or made of such a one."""
        if self._has(word):
            return True
        if any(map(self._has, _bases(word))):
            return True
        for beginning in _BEGINNINGS:
            if word.startswith(beginning) and len(word) - len(beginning) >= 4 and self._has(word[len(beginning) :]):
                return True
        return any(self._is_common(word[:n]) and self._is_common(word[n:]) for n in range(3, len(word) - 2))

    def _mend(self, word: str, *, opens: bool, shouted: bool) -> str:
        lower = word.casefold().replace("’", "'").removesuffix("'s")
        if len(lower) < SHORTEST or not _LATIN.fullmatch(lower) or not (shouted or word[1:].islower()):
            return word
        if (word[0].isupper() and not opens and not shouted) or self.is_known(lower):
            return word
        found = self._nearest(lower)
        if found is None:
            return word
        found += word[len(lower) :]
        return found.upper() if shouted else found.capitalize() if word[0].isupper() else found

    def _has(self, word: str) -> bool:
        return word in self._counts or word in _CONTRACTED or word in self._language()

    def _is_common(self, word: str) -> bool:
        return len(word) >= 3 and self._language().get(word, 0) >= COMMON / 10

    def _gather(self) -> Mapping[int, list[str]]:
        """The words that may be meant, by their length.

        Names are none: a word that the documents have with a capital alone, and the language has not.
        """
        language = self._language()
        found: dict[int, list[str]] = {}
        for word in dict.fromkeys((*self._counts, *language)):
            if len(word) >= SHORTEST - 1 and word.isalpha() and (word in self._lower or word in language):
                found.setdefault(len(word), []).append(word)
        return found

    def _find(self, word: str) -> str | None:
        """The word that is plainly meant (errors counted as in optimal string alignment), or None."""
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extract

        most = 2 if len(word) >= LONG else 1
        words = [w for n in range(len(word) - most, len(word) + most + 1) for w in self._candidates().get(n, ())]
        near = extract(word, words, scorer=OSA.distance, score_cutoff=most, limit=None)
        ranked = sorted(
            ((self._weight(other) - ERROR * _errors(word, other, distance), other) for other, distance, _ in near),
            reverse=True,
        )
        if not ranked:
            return None
        best, found = ranked[0]
        rivals = (score for score, other in ranked[1:] if not _kin(other, found))
        if best - next(rivals, best - MARGIN) < MARGIN:
            return None
        return found if found in self._counts or self._language()[found] >= COMMON else None

    def _weight(self, word: str) -> float:
        """The logarithm of how often a word occurs; those of the documents are far likelier than others."""
        return log(self._language().get(word, 0) + RARE) + OWN * log(1 + 10 * self._counts[word])


def _errors(word: str, other: str, distance: float) -> float:
    """How many errors make one word of another: letters swapped or doubled are the likeliest, the first the least."""
    if sorted(word) == sorted(other) or _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", other):
        distance -= 0.5
    return distance + 0.5 * (word[0] != other[0])


def _bases(word: str) -> Iterator[str]:
    """What a word may have been before an ending was put to it; of four letters at least."""
    if word.endswith("s") and len(word) > 4 and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
            yield word[:-2]
        if word.endswith("ies"):
            yield word[:-3] + "y"
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base == word or len(base) < 3:
            continue
        if ending[0] in "aei":
            yield base + "e"
            if base[-1] == "i":
                yield base[:-1] + "y"
            if base[-1] == base[-2] and base[-1] not in "aeiou":
                yield base[:-1]
        if len(base) > 3 and not (base.endswith("e") and ending[0] in "aei"):
            yield base


def _kin(one: str, other: str) -> bool:
    """Whether two words are forms of one."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short[: max(3, len(short) - 1)]) and len(long) - len(short) <= 2
