"""How far confidence can be trusted: what became of questions with and without an answer, measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import roc_auc_score

from assistant.evaluation.grading import percentile
from assistant.types import Status

Share: TypeAlias = tuple[int, int]  # how many, of how many
_Numbers: TypeAlias = NDArray[np.float64]

BINS = 15
_COVERAGES = (0.10, 0.25, 0.45, 0.60)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question.

    A question that may be answered or refused counts as one without an answer; where it was answered right it is no
    false answer, and `area` leaves it out.
    """

    id: str
    source: str  # the data set
    answerable: bool
    kind: str  # of a question without an answer: "near" or "far"
    right: bool  # the answer that is given when everything is answered
    confidence: float
    status: Status  # at the promised rate
    given: bool = True  # whether there is an answer when everything is answered
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class RiskCurve:
    """The share of answers that are right, as ever less sure ones are given."""

    coverage: _Numbers  # of all questions asked
    precision: _Numbers

    @property
    def risk(self) -> _Numbers:
        return 1 - self.precision


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers of about one confidence."""

    n: int
    confidence: float  # their mean
    right: float  # the share that is right


def area(scores: Sequence[float], labels: Sequence[bool]) -> float | None:
    """The area under the ROC curve; None where all labels are the same."""
    return float(roc_auc_score(labels, scores)) if len(set(labels)) == 2 else None


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> list[Bin]:
    """The bins of equal width that hold anything, from 0 up; a bound belongs to the bin below it."""
    sure, hit = np.asarray(confidences, float), np.asarray(right, float)
    number = np.clip(np.ceil(sure * bins).astype(int) - 1, 0, bins - 1)
    chosen = [number == n for n in range(bins)]
    return [Bin(int(c.sum()), float(sure[c].mean()), float(hit[c].mean())) for c in chosen if c.any()]


def expected_calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float:
    """How far, on average over the answers, the confidence of a bin is from its share right (Guo et al. 2017)."""
    found = reliability(confidences, right, bins)
    return sum(b.n * abs(b.right - b.confidence) for b in found) / max(1, len(confidences))


def brier(confidences: ArrayLike, right: ArrayLike) -> float:
    """The mean squared difference between confidence and being right; 0 is best."""
    return float(np.mean((np.asarray(confidences, float) - np.asarray(right, float)) ** 2))


def brier_skill(confidences: Sequence[float], right: Sequence[bool]) -> float | None:
    """How much lower the Brier score is than that of always saying the share right, as a share of it.

    None where all are right or none is.
    """
    if len(set(right)) < 2:
        return None
    always = float(np.mean(np.asarray(right, float)))
    return 1 - brier(confidences, right) / (always * (1 - always))


def risk_coverage(outcomes: Sequence[Outcome]) -> RiskCurve:
    """The curve over all questions; it ends where the answers do.

    Answers of the same confidence count as right by the share of them that is, since nothing puts one before another.
    """
    given = [outcome for outcome in outcomes if outcome.given]
    if not given:
        return RiskCurve(np.zeros(0), np.zeros(0))
    right = np.array([outcome.right for outcome in given], float)
    _, tie, sizes = np.unique(
        [-outcome.confidence for outcome in given], return_inverse=True, return_counts=True
    )  # surest first
    expected = np.repeat(np.bincount(tie, weights=right) / sizes, sizes)
    counts = np.arange(1, len(given) + 1)
    return RiskCurve(counts / len(outcomes), np.cumsum(expected) / counts)


def precision_at(outcomes: Sequence[Outcome], coverages: Iterable[float] = _COVERAGES) -> dict[float, float | None]:
    """The share right of the surest answers to that share of all questions; None where fewer are answered."""
    curve = risk_coverage(outcomes)
    wanted = {share: max(1, round(share * len(outcomes))) for share in coverages}
    return {
        share: float(curve.precision[count - 1]) if count <= len(curve.precision) else None
        for share, count in wanted.items()
    }


def false_answer_rate(outcomes: Sequence[Outcome], threshold: float | None = None) -> dict[str, Share]:
    """Of the questions without an answer, those that were answered: of `all`, and of each kind.

    Answered is what is at least as sure as the threshold; without one, what was answered at the promised rate.
    """
    without = [outcome for outcome in outcomes if not outcome.answerable]

    def rate(chosen: Sequence[Outcome]) -> Share:
        return _share(chosen, lambda o: _answered(o, threshold) and not o.right)

    kinds = sorted({outcome.kind for outcome in without if outcome.kind}, reverse=True)
    return {"all": rate(without), **{kind: rate([o for o in without if o.kind == kind]) for kind in kinds}}


def coverage(outcomes: Sequence[Outcome], threshold: float | None = None) -> dict[str, Share]:
    """Of the questions with an answer, those that were `answered`, and those that were answered `right`."""
    having = [outcome for outcome in outcomes if outcome.answerable]
    return {
        "answered": _share(having, lambda o: _answered(o, threshold)),
        "right": _share(having, lambda o: _answered(o, threshold) and o.right),
    }


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one run; None is what its questions cannot tell.

    Calibration and the curve are those of the answers given when everything is answered: whether an answer that was
    never given would have been right, nobody knows.
    """

    questions: int
    answerable: int
    given: int
    auc_answerable: float | None
    auc_right: float | None
    right_when_all_answered: Share
    precision_at: Mapping[float, float | None]
    false_answers: Mapping[str, Share]
    coverage: Mapping[str, Share]
    ece: float | None
    brier: float | None
    brier_skill: float | None
    p50_ms: float

    @classmethod
    def of(cls, outcomes: Sequence[Outcome]) -> Figures:
        given = [outcome for outcome in outcomes if outcome.given]
        sure, right = [o.confidence for o in given], [o.right for o in given]
        telling = [o for o in outcomes if o.answerable or not o.right]
        return cls(
            questions=len(outcomes),
            answerable=sum(o.answerable for o in outcomes),
            given=len(given),
            auc_answerable=area([o.confidence for o in telling], [o.answerable for o in telling]),
            auc_right=area(sure, right),
            right_when_all_answered=_share([o for o in outcomes if o.answerable], lambda o: o.right),
            precision_at=precision_at(outcomes),
            false_answers=false_answer_rate(outcomes),
            coverage=coverage(outcomes),
            ece=expected_calibration_error(sure, right) if given else None,
            brier=brier(sure, right) if given else None,
            brier_skill=brier_skill(sure, right),
            p50_ms=percentile([o.ms for o in outcomes], 0.5),
        )

    def rows(self) -> list[tuple[str, str]]:
        """Name and value of each figure, as a person reads them."""
        return [
            ("questions", f"{self.questions}, {self.answerable} with an answer"),
            ("AUC, answerable against not", _decimal(self.auc_answerable)),
            ("AUC, right against wrong answer", _decimal(self.auc_right)),
            ("everything answered: answers", _shown((self.given, self.questions))),
            ("everything answered: right", _shown(self.right_when_all_answered)),
            *((f"precision at {at:.0%} coverage", _percent(value)) for at, value in self.precision_at.items()),
            *(
                (f"at the promise: false answers{'' if kind == 'all' else f', {kind}'}", _shown(share))
                for kind, share in self.false_answers.items()
            ),
            ("at the promise: answerable ones answered", _shown(self.coverage["answered"])),
            ("at the promise: answerable ones answered right", _shown(self.coverage["right"])),
            (f"expected calibration error ({BINS} bins)", _decimal(self.ece)),
            ("Brier score", _decimal(self.brier)),
            ("Brier skill over the base rate", _percent(self.brier_skill)),
            ("p50", f"{self.p50_ms:.1f} ms"),
        ]


def _answered(outcome: Outcome, threshold: float | None) -> bool:
    if threshold is None:
        return outcome.status == "answered"
    return outcome.given and outcome.confidence >= threshold


def _share(chosen: Sequence[Outcome], counts: Callable[[Outcome], bool]) -> Share:
    return sum(map(counts, chosen)), len(chosen)


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _shown(share: Share) -> str:
    count, of = share
    return f"{count} of {of}  {count / of:.1%}" if of else "none asked"
