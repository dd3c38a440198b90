"""Fits the calibration on questions with known answers, and measures it on questions that it was not fitted on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from assistant.answer.calibration import Calibration, Fit, Signal
from assistant.answer.explanation import Explanation
from assistant.answer.pipeline import Assistant
from assistant.answer.weigh import PLAIN, Weights
from assistant.errors import CalibrationError
from assistant.evaluation.grading import Question, grade
from assistant.evaluation.metrics import Outcome
from assistant.types import Filters, Source

_Kind: TypeAlias = Literal["hard", "easy"]

SIGNALS = (
    "line",
    "best_line",
    "passage",
    "best_passage",
    "others",
    "ahead",
    "weighed",
    "elsewhere",
    "meaning",
    "words",
    "most_similar",
    "several",
    "searched",
    "names_nowhere",
    "names_elsewhere",
    "type_missing",
)
"""What the probability is made of, where it is known: see `assistant.answer.signals`."""

_PENALTY = 0.3  # of large weights: the inverse of scikit-learn's C
_LITTLE = 0.01  # the same, where there is but one weight
ENOUGH = 300  # questions from which on every weight is fitted anew; with fewer, only how sure the whole is
_FEW = 10  # questions of either outcome that a fit needs at least
_FOLDS = 5
_SMALLEST_SCALE = 0.05


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question, the signals that it gave with everything answered, and whether the answer was right."""

    source: str
    group: str  # what must not stand on both sides of a split: the document
    evidence: Mapping[str, float]
    right: bool
    answerable: bool
    kind: _Kind = "hard"  # of a question without an answer


Explained: TypeAlias = tuple[Question, Explanation]


def explain_all(
    assistant: Assistant,
    questions: Sequence[Question],
    *,
    filters: Callable[[Question], Filters] = lambda _: Filters(),
    progress: Callable[[int], None] = lambda _: None,
) -> list[Explained]:
    """Asks each question; those are left out that either an answer or a refusal would suit."""
    found = []
    for question in questions:
        progress(1)
        if not question.gold_or_refuse:
            explanation = assistant.explain(question.question, history=question.history, filters=filters(question))
            found.append((question, explanation))
    return found


def label(
    assistant: Assistant, explained: Sequence[Explained], *, source: str, group: Callable[[Question], str]
) -> list[Labelled]:
    """Judges what an assistant that answers everything said.

    Left out are those that are asked back as ambiguous.
    """
    return [
        Labelled(
            source,
            group(question),
            explanation.working.signals,
            question.answerable and grade(question, explanation.answer, assistant.documents)[0] == "right",
            question.answerable,
            "easy" if question.kind == "far" else "hard",
        )
        for question, explanation in explained
        if explanation.working is not None and explanation.working.reason != "ambiguous"
    ]


def fit(labelled: Sequence[Labelled], *, reader: str, lines: Weights = PLAIN) -> Calibration:
    """A calibration with every weight fitted; its probabilities are of questions left out, by their documents.

    `lines` are the weights by which the lines were ranked.
    """
    _check(labelled)
    return _with_curve(labelled, reader, lines, _logistic)


def refit(labelled: Sequence[Labelled], *, before: Calibration | None, reader: str) -> Calibration:
    """A calibration for an operator's own questions.

    With few of them, the weights that there were are kept, and only scale and shift of the whole are fitted (Platt
    1999). Where there were none for this reader, all are fitted. Raises CalibrationError where the questions are too
    few.
    """
    if before is None or len(labelled) >= ENOUGH:
        return fit(labelled, reader=reader, lines=PLAIN if before is None else before.lines)
    _check(labelled)
    return _with_curve(labelled, reader, before.lines, lambda chosen: _scaled(chosen, before))


def left_out(labelled: Sequence[Labelled], *, before: Calibration | None) -> list[float]:
    """The probability of each by a calibration fitted as `refit` does it, to the others."""
    if before is None or len(labelled) >= ENOUGH:
        return cross_validated(labelled, _logistic)
    return cross_validated(labelled, lambda chosen: _scaled(chosen, before))


def outcomes(labelled: Sequence[Labelled], given: Sequence[float], threshold: float) -> list[Outcome]:
    """What becomes of each with these probabilities, at the operating point."""
    return [
        Outcome(
            id=str(n),
            source=one.source,
            answerable=one.answerable,
            kind="far" if one.kind == "easy" else "near",
            right=one.right,
            confidence=probability,
            status="answered" if one.evidence and probability >= threshold else "refused",
            given=bool(one.evidence),
        )
        for n, (one, probability) in enumerate(zip(labelled, given, strict=True))
    ]


def probabilities(labelled: Sequence[Labelled], calibration: Calibration) -> list[float]:
    """What a calibration gives to each."""
    return [calibration.probability(one.evidence) for one in labelled]


def cross_validated(labelled: Sequence[Labelled], fitted: Callable[[Sequence[Labelled]], Fit]) -> list[float]:
    """The probability of each, by a fit to the others: those of other documents, in five parts."""
    groups = [one.group for one in labelled]
    folds = min(_FOLDS, len(set(groups)))
    if folds < 2:
        groups, folds = [str(n) for n in range(len(labelled))], _FOLDS
    given = [0.0] * len(labelled)
    for others, left_out in GroupKFold(folds).split(groups, groups=groups):
        made = fitted([labelled[n] for n in others])
        for n in left_out:
            given[n] = made.probability(labelled[n].evidence)
    return given


def _with_curve(
    labelled: Sequence[Labelled], reader: str, lines: Weights, fitted: Callable[[Sequence[Labelled]], Fit]
) -> Calibration:
    probabilities = cross_validated(labelled, fitted)
    given = list(zip(labelled, probabilities, strict=True))
    sources = dict.fromkeys((one.source, one.kind) for one in labelled)
    return Calibration(
        reader=reader,
        fit=fitted(labelled),
        lines=lines,
        hard=tuple(sorted(p for one, p in given if not one.answerable and one.kind == "hard")),
        easy=tuple(sorted(p for one, p in given if not one.answerable and one.kind == "easy")),
        right=tuple(sorted(p for one, p in given if one.answerable and one.right)),
        wrong=tuple(sorted(p for one, p in given if one.answerable and not one.right)),
        sources=tuple(
            Source(
                name,
                sum(one.answerable for one in labelled if (one.source, one.kind) == (name, kind)),
                sum(not one.answerable for one in labelled if (one.source, one.kind) == (name, kind)),
                kind,
            )
            for name, kind in sources
        ),
        without=tuple(
            tuple(sorted(p for one, p in given if not one.answerable and (one.source, one.kind) == source))
            for source in sources
        ),
        design_effect=design_effect(labelled, probabilities),
    )


def design_effect(labelled: Sequence[Labelled], given: Sequence[float], *, rate: float = 0.1) -> float:
    """How much more the rate of false answers varies than if questions on one document told nothing of each other.

    At the operating points where such a share of them would be answered, the data sets being strata; 1 at least (Kish
    1965, for a ratio over clusters).
    """
    without = [(one, p) for one, p in zip(labelled, given, strict=True) if not one.answerable]
    if not without:
        return 1.0
    ordered = sorted(p for _, p in without)
    threshold = ordered[-max(1, round(rate * len(ordered)))]
    counts: dict[str, dict[str, list[int]]] = {}  # of each document, by data set: answered, asked
    for one, p in without:
        found = counts.setdefault(one.source, {}).setdefault(one.group, [0, 0])
        found[0] += p >= threshold
        found[1] += 1
    clustered = single = 0.0
    for groups in counts.values():
        n = sum(size for _, size in groups.values())
        share = sum(false for false, _ in groups.values()) / n
        single += n * share * (1 - share)
        if len(groups) > 1:
            squares = sum((false - size * share) ** 2 for false, size in groups.values())
            clustered += len(groups) / (len(groups) - 1) * squares
    return max(1.0, clustered / single) if single else 1.0


def _logistic(labelled: Sequence[Labelled]) -> Fit:
    """A fit of all weights, in two steps.

    What is promised is a rate among the questions without an answer. The most right answers at such a rate are given by
    the ratio of the likelihoods of "right" and "without an answer" (Neyman and Pearson 1933), so the weights are fitted
    to these alone. Scale and shift are then fitted to all, so that the probability is that of being right (Platt 1999).
    """
    chosen = [one for one in labelled if one.evidence]
    known = {name for one in chosen for name in one.evidence}
    names = [name for name in SIGNALS if name in known]
    scaled = Scaled.of([one.evidence for one in chosen], names)
    values = scaled.values
    right = np.array([one.right for one in chosen])
    told_apart = right | np.array([not one.answerable for one in chosen])
    weights, intercept = solve(values[told_apart], list(right[told_apart]), _PENALTY)
    (scale, *_), shift = solve((values @ weights + intercept)[:, None], list(right), _LITTLE)
    scale = max(float(scale), _SMALLEST_SCALE)
    return Fit(intercept * scale + shift, scaled.weighed(weights * scale))


def _scaled(labelled: Sequence[Labelled], shipped: Calibration) -> Fit:
    """The fit that there was, with another scale and another shift."""
    chosen = [one for one in labelled if one.evidence]
    odds = np.array([[_log_odds(shipped.probability(one.evidence))] for one in chosen])
    (scale, *_), shift = solve(odds, [one.right for one in chosen], _LITTLE)
    if scale < _SMALLEST_SCALE:  # a surer answer is never less likely right
        scale = _SMALLEST_SCALE
        shift = _shift(scale * odds[:, 0], sum(one.right for one in chosen) / len(chosen))
    signals = {
        name: Signal(signal.mean, signal.scale, signal.weight * float(scale))
        for name, signal in shipped.fit.signals.items()
    }
    return Fit(shipped.fit.intercept * float(scale) + shift, signals)


def _shift(odds: NDArray[np.float64], base: float) -> float:
    """What is to be added to log-odds so that the mean of their probabilities is the base rate."""
    low, high = -30.0, 30.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if float(np.mean(1 / (1 + np.exp(-odds - middle)))) < base else (low, middle)
    return low


@dataclass(frozen=True, slots=True)
class Scaled:
    """Signals of several questions, each to a mean of 0 and a deviation of 1; one that is not known counts as 0."""

    names: Sequence[str]
    values: NDArray[np.float64]  # of shape (questions, names)
    means: NDArray[np.float64]
    scales: NDArray[np.float64]

    @classmethod
    def of(cls, evidence: Sequence[Mapping[str, float]], names: Sequence[str]) -> Scaled:
        present = np.array([[one.get(name, np.nan) for name in names] for one in evidence])
        means, scales = np.nanmean(present, axis=0), np.nanstd(present, axis=0)
        scales[scales < 1e-6] = 1.0
        return cls(names, np.nan_to_num((present - means) / scales), means, scales)

    def weighed(self, weights: NDArray[np.float64]) -> dict[str, Signal]:
        """The signals with these weights, as a fit takes them."""
        rows = zip(self.names, self.means, self.scales, weights, strict=True)
        return {name: Signal(float(mean), float(scale), float(weight)) for name, mean, scale, weight in rows}


def solve(
    values: NDArray[np.float64], right: Sequence[bool], penalty: float, counts: Sequence[float] | None = None
) -> tuple[NDArray[np.float64], float]:
    """The weights and the intercept of a logistic regression; `counts` says how much each row counts, else alike.

    Raises CalibrationError where all outcomes are the same.
    """
    if len(set(right)) < 2:
        raise CalibrationError("all answers are right, or all are wrong: there is nothing to tell them apart by")
    model = LogisticRegression(C=1 / penalty, max_iter=2_000).fit(values, right, sample_weight=counts)
    return model.coef_[0], float(model.intercept_[0])


def _check(labelled: Sequence[Labelled]) -> None:
    right = sum(one.right for one in labelled)
    if all(one.answerable for one in labelled):
        raise CalibrationError("every question has an answer: add some that the documents do not answer")
    if _least_common(labelled) < _FEW:
        raise CalibrationError(
            f"{right} answers are right and {len(labelled) - right} are not: a calibration needs {_FEW} of each; "
            f"add questions, some of them without an answer in the documents"
        )


def _least_common(labelled: Sequence[Labelled]) -> int:
    """How many of the rarer outcome there are: right, or not."""
    right = sum(one.right for one in labelled)
    return min(right, len(labelled) - right)


def _log_odds(p: float) -> float:
    p = min(max(p, 1e-6), 1 - 1e-6)
    return log(p / (1 - p))
