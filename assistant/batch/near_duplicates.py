"""Which questions of a list are so alike that one of them may do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import hypot, log
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from assistant.question.stems import words
from assistant.types import Vectors

TOGETHER = 16  # questions that are encoded together
LACKING = 200  # questions that are encoded only to tell how alike they are: about a second
_ENOUGH = 0.85  # likeness from which two questions are worth a look
_SAME_ANSWER = 0.15  # so much less is enough where they have the same answer
_BLOCK = 128  # questions that are compared with all before them at once

Likeness: TypeAlias = Callable[[int, int], Vectors]
"""From `start` and `stop`, the likeness (at most 1) of the questions from `start` to `stop` to all before `stop`, of
shape (stop - start, stop)."""


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """A question, the earlier one that is most like it, and how alike they are, at most 1."""

    earlier: int
    later: int
    likeness: float
    same: bool  # whether they have the same answer


def near_duplicates(likeness: Likeness, answers: Sequence[Hashable | None]) -> list[NearDuplicates]:
    """For each question the one before it that is most like it, if there is one that is like it; most alike first.

    `answers` tell which questions have the same answer; None is no answer. Questions with the same answer come first.
    """
    numbers: dict[Hashable, int] = {}
    keys = np.array([-1 if one is None else numbers.setdefault(one, len(numbers)) for one in answers], dtype=np.int64)
    pairs = []
    for start in range(0, len(keys), _BLOCK):
        stop = min(start + _BLOCK, len(keys))
        alike = likeness(start, stop)
        same = (keys[start:stop, None] == keys[None, :stop]) & (keys[start:stop, None] >= 0)
        ranked = np.where(_before(start, stop), alike + _SAME_ANSWER * same, -np.inf)
        for row, best in enumerate(ranked.argmax(axis=1).tolist()):
            if ranked[row, best] >= _ENOUGH:
                pairs.append(NearDuplicates(best, start + row, float(alike[row, best]), bool(same[row, best])))
    return sorted(pairs, key=lambda pair: (not pair.same, -pair.likeness, pair.later))


def by_meaning(vectors: Vectors) -> Likeness:
    """Cosines of unit vectors of shape (questions, dim)."""
    return lambda start, stop: vectors[start:stop] @ vectors[:stop].T


def by_words(questions: Sequence[str]) -> Likeness:
    """Cosines of the stems of questions, those that few of them have counting more (TF-IDF)."""
    from scipy.sparse import csr_array  # here, because serving can do without

    stems = [sorted({*words(question)}) for question in questions]
    counts = Counter(stem for several in stems for stem in several)
    columns = {stem: n for n, stem in enumerate(counts)}
    values: list[float] = []
    for several in stems:
        weights = [1 + log((1 + len(questions)) / (1 + counts[stem])) for stem in several]
        values += [weight / hypot(*weights) for weight in weights]
    places = [columns[stem] for several in stems for stem in several]
    ends = np.cumsum([0, *map(len, stems)])
    found = csr_array((np.array(values, dtype=np.float32), places, ends), shape=(len(questions), len(columns)))
    return lambda start, stop: (found[start:stop] @ found[:stop].T).toarray()


def _before(start: int, stop: int) -> NDArray[np.bool_]:
    """Which of all questions up to `stop` come before each of those from `start`."""
    return np.arange(stop)[None, :] < np.arange(start, stop)[:, None]
