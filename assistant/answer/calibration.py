"""From signals to one probability that an answer is right, and from a promise to the probability that it asks for."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from math import ceil, exp, floor, lgamma, log, log1p
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import CalibrationError
from assistant.types import DOCUMENT_KINDS, DocumentKind, Promise, Source

Outcomes = Literal["hard", "easy", "right", "wrong"]

SCHEMA = 1
SHIPPED = Path(__file__).resolve().parent.parent / "model" / "calibration.json"
CONFIDENCE_LEVEL = 0.95  # of the bound on the rate of false answers
FEW = 20  # questions without an answer that a kind of document needs for an operating point of its own


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal's place in the sum: (value - mean) / scale * weight."""

    mean: float
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A logistic regression over signals. What it does not know counts as the mean."""

    intercept: float
    signals: Mapping[str, Signal]

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability that the answer is right, between 0 and 1; 0 where there is nothing to answer with."""
        if not evidence:
            return 0.0
        total = self.intercept + sum(
            (evidence[name] - signal.mean) / signal.scale * signal.weight
            for name, signal in self.signals.items()
            if name in evidence
        )
        return 1 / (1 + exp(-total)) if total > -700 else 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """A fit for one kind of document, and the probabilities that it gave to questions it was not fitted on."""

    fit: Fit
    hard: tuple[float, ...] = ()  # to hard questions without an answer, lowest first
    easy: tuple[float, ...] = ()
    right: tuple[float, ...] = ()  # to answerable ones whose answer was right
    wrong: tuple[float, ...] = ()

    @property
    def unanswerable(self) -> list[float]:
        return sorted((*self.hard, *self.easy))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What tells how sure an answer is, for prose and for structured documents."""

    reader: str  # the fingerprint of the reader that it was fitted with; "" for none
    curves: Mapping[DocumentKind, Curve]
    sources: tuple[Source, ...] = field(default=())
    design_effect: float = 1.0  # how many questions, alike as those on one document are, count as one (Kish 1965)

    @property
    def fingerprint(self) -> str:
        """A hash of all that it says."""
        return sha256(dump([self]).encode()).hexdigest()[:16]

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability that the answer with this evidence is right."""
        return self.curves[kind_of(evidence)].fit.probability(evidence)

    def promise(self, rate: float) -> Promise:
        """The lowest operating points whose rate of false answers is at most `rate`, by its upper bound.

        Each kind of document has its own, at the same share of its questions without an answer, so that what is
        promised holds for either (as in Mondrian conformal prediction, Vovk 2003); the bound is on all of them.
        """
        n = sum(len(curve.unanswerable) for curve in self.curves.values())
        if rate >= 1:
            thresholds, kept = dict.fromkeys(DOCUMENT_KINDS, 0.0), True
        elif not n:
            thresholds, kept = dict.fromkeys(DOCUMENT_KINDS, 1.0), False
        else:  # the bound grows with those that are let through
            allowed = bisect_right(range(n + 1), rate, key=lambda k: self._bound(k, n)) - 1
            thresholds, kept = self._thresholds(max(allowed, 0) / n), allowed >= 0
            while allowed > 0 and self._bound(self._count(thresholds, "hard", "easy"), n) > rate:
                allowed -= 1
                thresholds = self._thresholds(allowed / n)
        false = self._count(thresholds, "hard", "easy")
        right, wrong = (self._count(thresholds, name) for name in ("right", "wrong"))
        answerable = self._count(None, "right", "wrong")
        return Promise(
            max_false_answer_rate=rate,
            thresholds=thresholds,
            false_answer_rate=_share(false, n),
            upper_bound=self._bound(false, n),
            confidence_level=CONFIDENCE_LEVEL,
            hard=_share(self._count(thresholds, "hard"), self._count(None, "hard")),
            easy=_share(self._count(thresholds, "easy"), self._count(None, "easy")),
            coverage=_share(right + wrong, answerable),
            precision=_share(right, right + wrong + false),
            answerable=answerable,
            unanswerable=n,
            kept=kept,
            sources=self.sources,
        )

    def _thresholds(self, share: float) -> dict[DocumentKind, float]:
        """Just above the surest of those that may not be let through, where such a share of each kind may be."""
        everything = sorted(p for curve in self.curves.values() for p in curve.unanswerable)
        found: dict[DocumentKind, float] = {}
        for kind, curve in self.curves.items():
            own = curve.unanswerable if len(curve.unanswerable) >= FEW else everything
            found[kind] = round(own[len(own) - 1 - floor(share * len(own) + 1e-9)] + 0.0005, 4)
        return found

    def _count(self, thresholds: Mapping[DocumentKind, float] | None, *names: Outcomes) -> int:
        """How many probabilities of these outcomes are at least the threshold; all without one."""
        return sum(
            _at_least(getattr(curve, name), thresholds[kind] if thresholds else 0.0)
            for kind, curve in self.curves.items()
            for name in names
        )

    def _bound(self, k: int, n: int) -> float:
        """The upper bound of a rate of `k` of `n`, as if only so many questions were asked as tell of themselves."""
        return upper_bound(ceil(k / self.design_effect), floor(n / self.design_effect))


class _SavedCurve(BaseModel):
    """What the file has for one kind of document. Probabilities are in thousandths, lowest first."""

    model_config = ConfigDict(extra="forbid")

    intercept: float
    signals: dict[str, tuple[float, Annotated[float, Field(gt=0)], float]]  # mean, scale, weight
    hard: str
    easy: str
    right: str
    wrong: str

    def value(self) -> Curve:
        return Curve(
            fit=Fit(self.intercept, {name: Signal(*three) for name, three in self.signals.items()}),
            hard=_unpacked(self.hard),
            easy=_unpacked(self.easy),
            right=_unpacked(self.right),
            wrong=_unpacked(self.wrong),
        )


class _Saved(BaseModel):
    """One calibration as the file has it."""

    model_config = ConfigDict(extra="forbid")

    reader: str
    design_effect: Annotated[float, Field(ge=1)]
    sources: list[tuple[str, int, int, Literal["hard", "easy"]]]
    prose: _SavedCurve
    structured: _SavedCurve

    def value(self) -> Calibration:
        return Calibration(
            reader=self.reader,
            curves={"prose": self.prose.value(), "structured": self.structured.value()},
            sources=tuple(Source(*source) for source in self.sources),
            design_effect=self.design_effect,
        )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    format: Literal[1] = Field(alias="schema")
    calibrations: list[_Saved]


def upper_bound(k: int, n: int, *, level: float = CONFIDENCE_LEVEL) -> float:
    """The largest rate that `k` of `n` do not rule out, one-sided (Clopper and Pearson 1934); 1 where n is 0."""
    if k >= n:
        return 1.0
    low, high = k / n, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _at_most(k, n, middle) > 1 - level:
            low = middle
        else:
            high = middle
    return high


def none(reader: str) -> Calibration:
    """What stands in before one is fitted: every answer is as likely right as not."""
    return Calibration(reader, dict.fromkeys(DOCUMENT_KINDS, Curve(Fit(0.0, {}))))


def kind_of(evidence: Mapping[str, float]) -> DocumentKind:
    """The kind of the document that an answer stands in."""
    return "structured" if evidence.get("structured", 0.0) >= 0.5 else "prose"


def load(path: Path = SHIPPED) -> Mapping[str, Calibration]:
    """The calibrations of a file, by the fingerprint of the reader that each is for. Raises CalibrationError."""
    try:
        saved = _File.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise CalibrationError(f"{path} cannot be read as a calibration: run `assistant calibrate` again") from error
    return {one.reader: one.value() for one in saved.calibrations}


def dump(calibrations: Sequence[Calibration]) -> str:
    """The text of a calibration file: JSON that a person can read."""
    return json.dumps({"schema": SCHEMA, "calibrations": [_plain(one) for one in calibrations]}, indent=1) + "\n"


def _plain(one: Calibration) -> dict[str, object]:
    return {
        "reader": one.reader,
        "design_effect": round(one.design_effect, 2),
        "sources": [[s.name, s.answerable, s.unanswerable, s.kind] for s in one.sources],
        **{kind: _plain_curve(one.curves[kind]) for kind in DOCUMENT_KINDS},
    }


def _plain_curve(curve: Curve) -> dict[str, object]:
    return {
        "intercept": float(f"{curve.fit.intercept:.6g}"),
        "signals": {
            name: [float(f"{x:.6g}") for x in (signal.mean, signal.scale, signal.weight)]
            for name, signal in curve.fit.signals.items()
        },
        **{name: _packed(getattr(curve, name)) for name in get_args(Outcomes)},
    }


def _packed(values: Sequence[float]) -> str:
    """Probabilities in one line, in thousandths, lowest first."""
    return " ".join(f"{round(value * 1000)}" for value in sorted(values))


def _unpacked(text: str) -> tuple[float, ...]:
    return tuple(int(part) / 1000 for part in text.split())


def _at_least(values: Sequence[float], threshold: float) -> int:
    """How many of the values, lowest first, are at least so high."""
    ordered = sorted(values)
    return len(ordered) - bisect_left(ordered, threshold)


def _share(k: int, n: int) -> float:
    return k / n if n else 0.0


def _at_most(k: int, n: int, rate: float) -> float:
    """The probability of at most `k` of `n` at this rate (binomial)."""
    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 0.0
    logs = [
        lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * log(rate) + (n - i) * log1p(-rate) for i in range(k + 1)
    ]
    return sum(exp(x) for x in logs)
