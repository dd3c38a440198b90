"""How well a reader tells questions with an answer from those without, and finds the place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sklearn.metrics import roc_auc_score


def area(scores: Sequence[float], answerable: Sequence[bool]) -> float:
    """The area under the ROC curve; 0.5 where one of both kinds is missing."""
    return float(roc_auc_score(answerable, scores)) if len(set(answerable)) == 2 else 0.5


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    """F1 of the tokens of two spans, both ends inclusive."""
    shared = min(one[1], other[1]) - max(one[0], other[0]) + 1
    if shared <= 0:
        return 0.0
    return 2 * shared / (one[1] - one[0] + other[1] - other[0] + 2)


def word_overlap(one: str, other: str) -> float:
    """F1 of the words of two texts, articles and punctuation left out, as SQuAD's own script scores."""
    ours, theirs = (
        Counter(re.findall(r"\w+", re.sub(r"\b(?:a|an|the)\b", " ", text.casefold()))) for text in (one, other)
    )
    shared = (ours & theirs).total()
    return 2 * shared / (ours.total() + theirs.total()) if shared else 0.0
