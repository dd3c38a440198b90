"""How well a reader tells questions with an answer from those without, and finds the place."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.metrics import roc_auc_score


def area(scores: Sequence[float], answerable: Sequence[bool]) -> float:
    """The area under the ROC curve; 0.5 where one of both kinds is missing."""
    return float(roc_auc_score(answerable, scores)) if len(set(answerable)) == 2 else 0.5
