"""How well a reader tells questions with an answer from those without, and finds the place."""

from __future__ import annotations

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
