"""How alike two questions are in meaning, and whether they are the same but for a word or two that were exchanged."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from math import log
from typing import TypeAlias

import numpy as np

from assistant.generate.cues import same
from assistant.question.parse import FUNCTION_WORDS
from assistant.question.spelling import english
from assistant.question.stems import words
from assistant.types import Vectors

WHOLE = 0.75  # how much the cosine of the two questions counts against the likeness of their words
SAME = 0.58  # the likeness from which on two questions mean the same
MATCHED = 0.55  # the likeness of two words from which on one may stand for the other
EXCHANGED = 0.45  # the likeness of words below which those that were exchanged say something else
FRAMED = 0.8  # the same where all the other words of the two questions are the same, in the same order
DONE = 0.33  # the same of words for what one does, which has more names
_SYNONYMS = 0.8  # the likeness of two words that are listed as such
_IN_PRINT = 2e10  # words that the list of the language was counted on
_UNLISTED = 1000  # occurrences of a word that it has not
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
# Words that ask, and name nothing: where one of them stands for another word, nothing was exchanged.
_EMPTY = frozenset(
    """time times number numbers amount place location information info details put come comes came go goes stay leave
    high long often far possible available exist way procedure happen current currently today now total
    exactly actually usually still per""".split()  # noqa: SIM905, read as words
)
_DOES = re.compile(r"\b(?:i|you|we|they|he|she|it|one|to|who)\s+$", re.IGNORECASE)
_NAMING = frozenset(["name", "list", "document", "documents", "text", "type", "kind", "difference", "guide"])
_ARTICLES = frozenset(["a", "an", "the", "my", "your", "our"])
# What one does with something, in words so common that they are no words of content elsewhere.
_DONE_WITH = frozenset(["make", "made", "take", "get", "give", "use", "go", "have", "need", "tell", "say"])
_SELF = frozenset(["ok", "okay", "i'm", "i've", "i'd", "i'll", "can't", "don't", "please", "hello", "hi"])

Tokens: TypeAlias = list[tuple[Vectors, list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question that says what it is about, as its sentence colours it."""

    stem: str
    rarity: float  # from 0.1 to 1: how seldom the word is in print
    vector: Vectors  # of length 1
    is_empty: bool = False  # whether it names nothing, as "time" and "number" do not
    is_done: bool = False  # whether it says what somebody does, as far as the word before it tells


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question's vector, and those of its words."""

    vector: Vectors
    words: tuple[Word, ...]
    stems: tuple[str, ...] = ()  # of all of its words, in order


class Reading:
    """Gives the meaning of questions, the last of them from memory. Threads may share it."""

    def __init__(self, encode: Callable[[str], Vectors], encode_tokens: Callable[[Sequence[str]], Tokens]) -> None:
        """`encode` gives a question's unit vector; `encode_tokens` those of its tokens, and where each stands."""
        self.encode = encode
        self._encode_tokens = encode_tokens
        self.meaning = lru_cache(maxsize=4096)(self._meaning)

    def _meaning(self, question: str) -> Meaning:
        [(vectors, places)] = self._encode_tokens([question])
        found = []
        for match in _WORD.finditer(question):
            plain = match[0].casefold().replace("’", "'")
            if plain.removesuffix("'s") in FUNCTION_WORDS - _NAMING or plain in _SELF:
                continue
            inside = [n for n, (start, end) in enumerate(places) if match.start() <= start and end <= match.end()]
            if inside:
                mean = vectors[inside].mean(axis=0)
                unit: Vectors = mean / (np.linalg.norm(mean) or 1.0)
                found.append(
                    Word(
                        "".join(words(plain, leave_out=())) or plain,
                        _rarity(plain),
                        unit,
                        plain in _EMPTY,
                        _is_done(question, match),
                    )
                )
        return Meaning(self.encode(question), tuple(found), tuple(words(question, leave_out=_ARTICLES)))


def cosine(one: Meaning, other: Meaning) -> float:
    return float(one.vector @ other.vector)


def likeness(one: Meaning, other: Meaning) -> float:
    """How alike two questions are, at most 1: by the whole of them, and by how much each has of the other's words."""
    alike = _alike(one.words, other.words)
    return WHOLE * cosine(one, other) + (1 - WHOLE) * (_had(one.words, alike) + _had(other.words, alike.T)) / 2


def exchanged(one: Meaning, other: Meaning) -> bool:
    """Whether the questions are the same, word for word, but for some that stand for others and mean something else.

    So "Where can I park my car?" is with "Where can I park my bicycle?".
    """
    if _framed(one, other):
        return True
    ours, theirs = ([word for word in each.words if not word.is_empty] for each in (one, other))
    alike = _alike(ours, theirs)
    paired: list[int] = []  # for each word that of the other question it stands for, else a number of its own
    for n in range(len(ours)):
        best = int(alike[n].argmax()) if theirs else -1
        stands = best >= 0 and alike[n, best] >= MATCHED and best not in paired
        paired.append(best if stands else -1 - n)
    codes = SequenceMatcher(None, paired, range(len(theirs)), autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    if not changed or any(kind != "replace" for kind, *_ in changed):
        return False
    for _, a, b, c, d in changed:
        done = any(word.is_done for word in ours[a:b]) and any(word.is_done for word in theirs[c:d])
        if float(alike[a:b, c:d].max()) < (DONE if done else EXCHANGED):
            return True
    return False


def _framed(one: Meaning, other: Meaning) -> bool:
    """Whether the questions are the same to the letter but for one or two words that do not say the same."""
    codes = SequenceMatcher(None, one.stems, other.stems, autojunk=False).get_opcodes()
    changed = [code for code in codes if code[0] != "equal"]
    if len(changed) != 1 or changed[0][0] != "replace":
        return False
    _, a, b, c, d = changed[0]
    ours = [word for word in one.words if word.stem in one.stems[a:b]]
    theirs = [word for word in other.words if word.stem in other.stems[c:d]]
    plain = [stem for stem in (*one.stems[a:b], *other.stems[c:d]) if stem in _DONE_WITH]
    if len(ours) + len(theirs) + len(plain) < b - a + d - c or not (ours or theirs):  # a small word went with them
        return False
    return bool(plain) or float(_alike(ours, theirs).max()) < FRAMED


def _alike(ours: Sequence[Word], theirs: Sequence[Word]) -> Vectors:
    """The likeness of each of our words to each of theirs."""
    if not ours or not theirs:
        return np.zeros((len(ours), len(theirs)), np.float32)
    made: Vectors = np.stack([word.vector for word in ours]) @ np.stack([word.vector for word in theirs]).T
    for n, word in enumerate(ours):
        for m, other in enumerate(theirs):
            if word.stem == other.stem:
                made[n, m] = 1.0
            elif other.stem in same().get(word.stem, ()):
                made[n, m] = max(made[n, m], _SYNONYMS)
    return made


def _had(ours: Sequence[Word], alike: Vectors) -> float:
    """How much of our words the other question has, rare ones counting more."""
    if not ours:
        return 1.0
    best = alike.max(axis=1) if alike.shape[1] else np.zeros(len(ours))
    rarities = [word.rarity for word in ours]
    return float(np.average(best, weights=rarities))


def _is_done(question: str, match: re.Match[str]) -> bool:
    return _DOES.search(question[: match.start()]) is not None


def _rarity(word: str) -> float:
    return min(1.0, max(0.1, (log(_IN_PRINT) - log(english().get(word, _UNLISTED))) / 12))
