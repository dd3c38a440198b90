"""What two questions have in common, and what each has that the other lacks: the signals of their meaning the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
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

_SYNONYMS = 0.8  # the likeness of two words that are listed as such
_IN_PRINT = 2e10  # words that the list of the language was counted on
_UNLISTED = 1000  # occurrences of a word that it has not
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_OPENS: Mapping[str, str] = {  # the words that ask, each with others for it; the first of the question counts
    "when": r"when|(?:what|which) (?:time|date|day|days|month|year|hours)|how late|how early",
    "where": r"where|(?:what|which) (?:place|address|city|country|room)",
    "who": r"who|whom|whose|(?:what|which) (?:person|people)",
    "why": r"why|how come|what (?:is|was) the reason",
    "how much": r"how (?:much|many|high)|what (?:number|amount)|what (?=(?:do|does|did|will|would) .{1,40} cost)",
    "how long": r"how (?:long|soon|many (?:minutes|hours|days|weeks|months|years))",
    "how far": r"how far",
    "how often": r"how (?:often|many times)",
    "how old": r"how old|(?:what|which) age",
    "how big": r"how (?:big|large)|(?:what|which) size",
    "may": r"can|could|may|am i allowed|is it (?:possible|allowed|ok|okay|permitted)|are we allowed",
    "must": r"must|should|(?:do|does|did) (?:i|we|you|one) (?:have|need) to|is it (?:necessary|required)",
    "how": r"how|(?:what|which) way|what (?:do|must|should|can) (?:i|we) do",
    "which": r"which",
    "what": r"what",
    "is": r"is|are|am|was|were",
    "does": r"do|does|did|have|has|will|would",
}
_ASKING = {kind: re.compile(rf"\b(?:{said})\b") for kind, said in _OPENS.items()}
_IS = re.compile(r"\b(what|when|where|who|why|how|which|it|there)['’]s\b", re.IGNORECASE)
_NAMING = frozenset(["name", "list", "document", "documents", "text", "type", "kind", "difference", "guide"])
_ARTICLES = frozenset(["a", "an", "the", "my", "your", "our"])
_SELF = frozenset(["ok", "okay", "i'm", "i've", "i'd", "i'll", "can't", "don't", "please", "hello", "hi"])

Tokens: TypeAlias = list[tuple[Vectors, list[tuple[int, int]]]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question that says what it is about, as its sentence colours it."""

    stem: str
    rarity: float  # from 0.1 to 1: how seldom the word is in print
    vector: Vectors  # of length 1


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question's vector, and those of its words."""

    vector: Vectors
    words: tuple[Word, ...]
    stems: tuple[str, ...]  # of all of its words, in order
    opens: str  # what it asks for, as "how long" and "may" do; "" where no word asks


class Reading:
    """Gives the meaning of questions, the last of them from memory. Threads may share it."""

    def __init__(self, encode: Callable[[str], Vectors], encode_tokens: Callable[[Sequence[str]], Tokens]) -> None:
        """`encode` gives a question's unit vector; `encode_tokens` those of its tokens, and where each stands."""
        self.encode = encode
        self._encode_tokens = encode_tokens
        self.meaning = lru_cache(maxsize=4096)(self._meaning)

    def _meaning(self, question: str) -> Meaning:
        question = _IS.sub(r"\1 is", question)
        [(vectors, places)] = self._encode_tokens([question])
        opens, asking = _opens(question)
        found = []
        for match in _WORD.finditer(question):
            plain = match[0].casefold().replace("’", "'")
            if plain.removesuffix("'s") in FUNCTION_WORDS - _NAMING or plain in _SELF or match.start() in asking:
                continue
            inside = [n for n, (start, end) in enumerate(places) if match.start() <= start and end <= match.end()]
            if inside:
                mean = vectors[inside].mean(axis=0)
                unit: Vectors = mean / (np.linalg.norm(mean) or 1.0)
                found.append(Word("".join(words(plain, leave_out=())) or plain, _rarity(plain), unit))
        return Meaning(
            self.encode(question),
            tuple(found),
            tuple(words(question, leave_out=_ARTICLES)),
            opens,
        )


def signals(asked: Meaning, pinned: Meaning) -> dict[str, float]:
    """What tells whether a question means the same as a pinned one, each number for itself.

    What matters most is what neither number says alone: near misses have nearly all words in common and one that
    nothing stands for, paraphrases few words in common and something for each.
    """
    alike = _alike(asked.words, pinned.words)
    ours, theirs = ({word.stem for word in each.words} for each in (asked, pinned))
    new = [n for n, word in enumerate(asked.words) if word.stem not in theirs]
    lost = [n for n, word in enumerate(pinned.words) if word.stem not in ours]
    changed = alike[np.ix_(new, lost)] if new and lost else np.ones((1, 1), np.float32)
    nearest = float(changed.max())
    last_new, last_lost = (float(changed.max(axis=axis).min()) for axis in (1, 0))
    matcher = SequenceMatcher(None, asked.stems, pinned.stems, autojunk=False)
    edits = [kind for kind, *_ in matcher.get_opcodes() if kind != "equal"]
    shared, topic = _shared(set(asked.stems), set(pinned.stems)), _shared(ours, theirs)
    rare_new = sum(asked.words[n].rarity for n in new)
    rare_lost = sum(pinned.words[n].rarity for n in lost)
    only_new = float(bool(new) and not lost)
    return {
        "meaning": float(asked.vector @ pinned.vector),
        **_had("asked", asked.words, alike),
        **_had("pinned", pinned.words, alike.T),
        "order": matcher.ratio(),
        "shared": shared,
        "topic": topic,
        "edits": len(edits),
        **{kind: edits.count(kind) for kind in ("replace", "insert", "delete")},
        "asked_words": len(asked.words),
        "pinned_words": len(pinned.words),
        "new": len(new),
        "lost": len(lost),
        "rare_new": rare_new,
        "rare_lost": rare_lost,
        "only_new": only_new,
        "only_lost": float(bool(lost) and not new),
        "changed_nearest": nearest,
        "changed_new": last_new,
        "changed_lost": last_lost,
        "opens_alike": float(asked.opens == pinned.opens),
        "opens_otherwise": float(bool(asked.opens and pinned.opens) and asked.opens != pinned.opens),
        "shared_but_new": shared * (1 - last_new),
        "topic_but_nearest": topic * (1 - nearest),
        "topic_but_new": topic * (1 - last_new),
        "topic_but_lost": topic * (1 - last_lost),
        "topic_but_rare_new": topic * rare_new,
        "topic_but_rare_lost": topic * rare_lost,
        "topic_but_only_new": topic * only_new,
    }


def _had(side: str, ours: Sequence[Word], alike: Vectors) -> dict[str, float]:
    """How much of our words the other question has: on the average, in all, and of the one that it has least."""
    best = alike.max(axis=1) if alike.size else np.zeros(len(ours))
    rarities = np.array([word.rarity for word in ours])
    lacking = rarities * (1 - best)
    return {
        f"{side}_had": float(np.average(best, weights=rarities)) if ours else 1.0,
        f"{side}_least": float(best.min()) if ours else 1.0,
        f"{side}_lacking": float(lacking.sum()),
        f"{side}_lacking_most": float(lacking.max()) if ours else 0.0,
    }


def _alike(ours: Sequence[Word], theirs: Sequence[Word]) -> Vectors:
    """The likeness of each of our words to each of theirs, of shape (ours, theirs)."""
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


def _shared(ours: set[str], theirs: set[str]) -> float:
    """The share of all words that both have (Jaccard)."""
    return len(ours & theirs) / max(1, len(ours | theirs))


def _opens(question: str) -> tuple[str, range]:
    """What is asked for by the first words that ask, the longest of them, and where they stand; "" where none do."""
    found = [
        (match.start(), -match.end(), kind)
        for kind, said in _ASKING.items()
        if (match := said.search(question.casefold())) is not None
    ]
    start, end, kind = min(found, default=(0, 0, ""))
    return kind, range(start, -end)


def _rarity(word: str) -> float:
    return min(1.0, max(0.1, (log(_IN_PRINT) - log(english().get(word, _UNLISTED))) / 12))
