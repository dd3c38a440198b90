"""Fits what each feature of a line counts, so that the line which answers comes first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.answer.explanation import Explanation
from assistant.answer.pipeline import Assistant
from assistant.answer.weigh import FEATURES, features
from assistant.evaluation.grading import Evidence, covers

PENALTY = 0.002  # of large weights, on features of unit variance

Sample = tuple[NDArray[np.float64], NDArray[np.bool_]]
"""The lines that were read for one question: (lines, features), and which of them belong to its answer."""


def sample(assistant: Assistant, explanation: Explanation, evidence: Evidence) -> Sample | None:
    """The lines that were read; None where none that answers is among them."""
    if (working := explanation.working) is None:
        return None
    lines = assistant.documents[evidence.document_id].lines
    found = features(working.parsed.text, working.ranked, working.read, assistant.outlines, assistant.overlap)
    gold = [
        line.document_id == evidence.document_id
        and any(covers(span, lines[line.line].start, lines[line.line].end) for span in evidence.lines)
        for line, _ in found
    ]
    return (np.array([[v[name] for name in FEATURES] for _, v in found]), np.array(gold)) if any(gold) else None


def fit_lines(chosen: Sequence[Sample]) -> dict[str, float]:
    """The weights under which lines that answer are likeliest to come first, by a conditional logit (McFadden 1974).

    Features that tell nothing here, for they are always the same, count nothing.
    """
    every = np.concatenate([matrix for matrix, _ in chosen])
    scales = every.std(axis=0)
    known = scales > 1e-9
    scaled = [(matrix[:, known] / scales[known], gold) for matrix, gold in chosen]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = 0.0, np.zeros_like(weights)
        for matrix, gold in scaled:
            sums = matrix @ weights
            sums -= sums.max()
            shares = np.exp(sums)
            right = np.where(gold, shares, 0.0)
            total += np.log(shares.sum()) - np.log(right.sum())
            slope += (shares / shares.sum() - right / right.sum()) @ matrix
        return (
            total / len(scaled) + PENALTY * float(weights @ weights),
            slope / len(scaled) + 2 * PENALTY * weights,
        )

    found = minimize(loss, np.zeros(int(known.sum())), jac=True, method="L-BFGS-B").x / scales[known]
    names = [name for name, tells in zip(FEATURES, known, strict=True) if tells]
    return {name: float(weight) for name, weight in zip(names, found, strict=True)}
