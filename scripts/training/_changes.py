"""Near misses made from questions that have an answer: what is asked is changed, so that the passage no longer says it.

Each change is checked: what is put in stands neither in the passage nor in its title. The same change made in question
and passage alike keeps the answer; such twins are made too, so that a changed question is no sign of itself.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from _examples import Example

_YEAR = re.compile(r"\b(?:1[0-9]{3}|20[0-9]{2})\b")
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?![\w]|[.,]\d)")
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+(?: (?:of |the |de )?[A-Z][\w’'-]+)*")
_PLACE = re.compile(r"\b(?:in|from|to) ((?:the )?[A-Z][a-z]+(?: [A-Z][a-z]+)?)\b(?!['’])")
_WORD = re.compile(r"[a-z]{4,}")
_TERM = re.compile(r"[A-Za-z][\w’'-]{3,}(?: [\w’'-]+){0,2}")
_TOPICS = ("{}", "{}", "{}?", "what about {}", "Tell me about {}.", "anything on {}?", "information about {}")
_ADDED_PEOPLE = (
    "women",
    "men",
    "children",
    "students",
    "beginners",
    "foreigners",
    "veterans",
    "part-time staff",
    "people over 60",
    "small companies",
    "large companies",
    "members",
    "contractors",
    "the self-employed",
    "teenagers",
    "immigrants",
    "public schools",
    "tourists",
    "first-year students",
    "rural areas",
    "the second year",
    "the night shift",
)


class Changer:
    """Changes questions with what it has seen in others."""

    def __init__(self, examples: Sequence[Example], rng: random.Random) -> None:
        self._rng = rng
        names: Counter[str] = Counter()
        places: Counter[str] = Counter()
        for example in examples:
            names.update(sorted(set(_NAME.findall(example.question))))
            places.update(sorted({*_PLACE.findall(example.question), *_PLACE.findall(example.text)}))
        self._names: dict[int, list[str]] = defaultdict(list)
        for name in names:
            self._names[min(len(name.split()), 3)].append(name)
        self._places = [place for place, n in places.items() if n >= 4 and not _is_month(place)]
        self._terms: list[str] = []
        self._by_document: dict[str, list[str]] = defaultdict(list)
        for example in examples:
            self._by_document[example.document] += _NAME.findall(example.text)
            if example.span is not None and _TERM.fullmatch(example.text[slice(*example.span)]):
                self._terms.append(example.text[slice(*example.span)])
        self._near: dict[str, list[str]] = {}

    def learn_words(self, words: Sequence[str], vectors: np.ndarray, *, low: float, high: float) -> None:
        """Takes unit vectors of words; a word is replaced by one that is near it, and not so near as to mean it."""
        likeness = vectors @ vectors.T
        for n, word in enumerate(words):
            near = np.flatnonzero((likeness[n] > low) & (likeness[n] < high))
            best = near[np.argsort(-likeness[n][near])][:40]
            self._near[word] = [words[m] for m in best if not _alike(word, words[m])]

    def swapped(self, example: Example) -> Iterator[Example]:
        """The example with a year, a number or a name of its question replaced; and a twin replaced in both."""
        found = self._anchor(example)
        if found is None:
            return
        old, new = found
        question = _put(example.question, old, new, count=1)
        yield replace(example, source="swapped", question=question, answerable=False, span=None)
        twin = self._in_both(example, old, new)
        if twin is not None:
            yield twin

    def _anchor(self, example: Example) -> tuple[str, str] | None:
        text = f"{example.title}\n{example.text}".casefold()
        options = []
        for match in _YEAR.finditer(example.question):
            year = int(match.group())
            shift = self._rng.choice([-40, -20, -10, -7, -4, -3, -2, -1, 1, 2, 3, 4, 6, 10, 20, 35])
            options.append((match.group(), str(year + shift)))
        for match in _NUMBER.finditer(example.question):
            if not _YEAR.fullmatch(match.group()):
                digits = re.sub(r"\d", lambda _: str(self._rng.randint(1, 9)), match.group())
                options.append((match.group(), digits))
        for match in _NAME.finditer(example.question):
            near = [n for n in self._by_document[example.document] if len(n.split()) == len(match.group().split())]
            pool = near if near and self._rng.random() < 0.5 else self._names[min(len(match.group().split()), 3)]
            if pool:
                options.append((match.group(), self._rng.choice(pool)))
        self._rng.shuffle(options)
        for old, new in options:
            there, fresh = _holds(text, old.casefold()), new.casefold() not in text
            if there and fresh and not _alike(old.casefold(), new.casefold()):
                return old, new
        return None

    def _in_both(self, example: Example, old: str, new: str) -> Example | None:
        if example.span is None:
            return None
        start, end = example.span
        before, answer, after = example.text[:start], example.text[start:end], example.text[end:]
        if old in answer or not (_holds(before, old) or _holds(after, old)):
            return None
        before, after = _put(before, old, new), _put(after, old, new)
        return replace(
            example,
            source="swapped_both",
            question=_put(example.question, old, new, count=1),
            title=_put(example.title, old, new),
            text=before + answer + after,
            span=(len(before), len(before) + len(answer)),
        )

    def conditioned(self, example: Example) -> Example | None:
        """The example with a place, a year or a group of people added to the question."""
        text = f"{example.title}\n{example.text}\n{example.question}".casefold()
        kind = self._rng.random()
        if kind < 0.45 and self._places:
            added = "in " + self._rng.choice(self._places)
        elif kind < 0.7 and not _YEAR.search(example.question):
            added = f"in {self._rng.randint(1850, 2030)}"
        else:
            added = "for " + self._rng.choice(_ADDED_PEOPLE)
        if added.split(" ", 1)[1].removeprefix("the ").casefold() in text:
            return None
        question = example.question.rstrip(" ?")
        mark = "?" if example.question.rstrip().endswith("?") else ""
        if self._rng.random() < 0.15:
            question = f"{added[0].upper()}{added[1:]}, {question[0].lower()}{question[1:]}{mark}"
        else:
            question = f"{question} {added}{mark}"
        return replace(example, source="conditioned", question=question, answerable=False, span=None)

    def named(self, example: Example) -> Example | None:
        """A query that only names something, with the sentence that has it; every other time one that nothing has."""
        if example.span is None:
            return None
        start, end = example.span
        term = example.text[start:end]
        if self._rng.random() < 0.5 and self._terms:
            term = self._rng.choice(self._terms)
            if set(_WORD.findall(term.casefold())) & set(_WORD.findall(f"{example.title} {example.text}".casefold())):
                return None
            query = self._rng.choice(_TOPICS).format(term)
            return replace(example, source="named", question=query, answerable=False, span=None)
        if not _TERM.fullmatch(term):
            return None
        opens = max(example.text.rfind(mark, 0, start) for mark in (". ", "? ", "! ", "\n"))
        closes = [at for mark in (". ", "? ", "! ", "\n") if (at := example.text.find(mark, end)) >= 0]
        span = (0 if opens < 0 else opens + 1 + (example.text[opens] != "\n"), min(closes, default=len(example.text)))
        query = self._rng.choice(_TOPICS).format(term)
        return replace(example, source="named", question=query, span=span)

    def renamed(self, example: Example) -> Example | None:
        """The example with a word of its question that the passage has replaced by a near one that it has not."""
        text = f"{example.title}\n{example.text}".casefold()
        known = set(_WORD.findall(text))
        stems = {word[:5] for word in known}
        options = [word for word in _WORD.findall(example.question) if word in known and self._near.get(word)]
        self._rng.shuffle(options)
        for old in options:
            fresh = [
                word
                for word in self._near[old]
                if word not in known and word[:5] not in stems and old.endswith("s") == word.endswith("s")
            ]
            if fresh:
                new = self._rng.choice(fresh)
                question = re.sub(rf"\b{old}\b", new, example.question, count=1)
                return replace(example, source="renamed", question=question, answerable=False, span=None)
        return None


def _holds(text: str, words: str) -> bool:
    """Whether the words stand in the text, not as a part of longer ones."""
    return re.search(rf"(?<![\w.,]){re.escape(words)}(?!\w|[.,]\d)", text) is not None


def _put(text: str, old: str, new: str, *, count: int = 0) -> str:
    """The text with `new` for `old`, where that is not a part of something longer."""
    return re.sub(rf"(?<![\w.,]){re.escape(old)}(?!\w|[.,]\d)", lambda _: new, text, count=count)


def _alike(one: str, other: str) -> bool:
    return one in other or other in one or one[:5] == other[:5]


def _is_month(word: str) -> bool:
    return word in {
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "The",
        "This",
        "These",
        "Their",
        "His",
        "Her",
        "It",
    }
