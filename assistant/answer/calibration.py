"""From signals to one probability that an answer is right, and from a promise to the probability that it asks for."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from math import ceil, exp, floor, lgamma, log, log1p
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answer.weigh import PLAIN
from assistant.errors import CalibrationError
from assistant.types import Promise, Source

Outcomes = Literal["hard", "easy", "right", "wrong"]

SCHEMA = 2
SHIPPED = Path(__file__).resolve().parent.parent / "model" / "calibration.json"
CONFIDENCE_LEVEL = 0.95  # of the bound on the rate of false answers


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
class Calibration:
    """What tells how sure an answer is: a fit, and the probabilities that it gave to questions it was not fitted on."""

    reader: str  # the fingerprint of the reader that it was fitted with; "" for none
    fit: Fit
    lines: Mapping[str, float] = field(default_factory=lambda: PLAIN)  # weights: see assistant.answer.weigh
    hard: tuple[float, ...] = ()  # to hard questions without an answer, lowest first
    easy: tuple[float, ...] = ()
    right: tuple[float, ...] = ()  # to answerable ones whose answer was right
    wrong: tuple[float, ...] = ()
    sources: tuple[Source, ...] = ()
    without: tuple[tuple[float, ...], ...] = ()  # for each source, to its questions without an answer, lowest first
    design_effect: float = 1.0  # how many questions, alike as those on one document are, count as one (Kish 1965)

    @property
    def fingerprint(self) -> str:
        """A hash of all that it says."""
        return sha256(dump([self]).encode()).hexdigest()[:16]

    def probability(self, evidence: Mapping[str, float]) -> float:
        """The probability that the answer with this evidence is right."""
        return self.fit.probability(evidence)

    def promise(self, rate: float) -> Promise:
        """The lowest operating point whose rate of false answers is at most `rate`, by its upper bound."""
        without = sorted((*self.hard, *self.easy))
        n = len(without)
        if rate >= 1:
            threshold, kept = 0.0, True
        elif not n:
            threshold, kept = 1.0, False
        else:  # the bound grows with those that are let through
            allowed = bisect_right(range(n + 1), rate, key=lambda k: self._bound(k, n)) - 1
            threshold, kept = _above(without, max(allowed, 0)), allowed >= 0
            while allowed > 0 and self._bound(_at_least(without, threshold), n) > rate:
                allowed -= 1
                threshold = _above(without, allowed)
        false, right, wrong = (_at_least(values, threshold) for values in (without, self.right, self.wrong))
        answerable = len(self.right) + len(self.wrong)
        return Promise(
            max_false_answer_rate=rate,
            threshold=threshold,
            false_answer_rate=_share(false, n),
            upper_bound=self._bound(false, n),
            confidence_level=CONFIDENCE_LEVEL,
            hard=_share(_at_least(self.hard, threshold), len(self.hard)),
            easy=_share(_at_least(self.easy, threshold), len(self.easy)),
            coverage=_share(right + wrong, answerable),
            precision=_share(right, right + wrong + false),
            answerable=answerable,
            unanswerable=n,
            kept=kept,
            sources=self._rates(threshold),
        )

    def _rates(self, threshold: float) -> tuple[Source, ...]:
        """The sources, each with the share of its questions without an answer that is answered."""
        if not self.without:
            return self.sources
        return tuple(
            replace(source, false_answer_rate=_share(_at_least(given, threshold), len(given)))
            for source, given in zip(self.sources, self.without, strict=True)
        )

    def _bound(self, k: int, n: int) -> float:
        """The upper bound of a rate of `k` of `n`, as if only so many questions were asked as tell of themselves."""
        return upper_bound(ceil(k / self.design_effect), floor(n / self.design_effect))


class _Saved(BaseModel):
    """One calibration as the file has it. Probabilities are in thousandths, lowest first."""

    model_config = ConfigDict(extra="forbid")

    reader: str
    design_effect: Annotated[float, Field(ge=1)]
    sources: list[tuple[str, int, int, Literal["hard", "easy"], str]]
    lines: dict[str, float]
    intercept: float
    signals: dict[str, tuple[float, Annotated[float, Field(gt=0)], float]]  # mean, scale, weight
    hard: str
    easy: str
    right: str
    wrong: str

    def value(self) -> Calibration:
        return Calibration(
            reader=self.reader,
            fit=Fit(self.intercept, {name: Signal(*three) for name, three in self.signals.items()}),
            lines=self.lines,
            hard=_unpacked(self.hard),
            easy=_unpacked(self.easy),
            right=_unpacked(self.right),
            wrong=_unpacked(self.wrong),
            sources=tuple(Source(*source[:4]) for source in self.sources),
            without=tuple(_unpacked(source[4]) for source in self.sources) if any(s[4] for s in self.sources) else (),
            design_effect=self.design_effect,
        )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    format: Literal[2] = Field(alias="schema")
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


def none(reader: str, *, lines: Mapping[str, float] = PLAIN) -> Calibration:
    """What stands in before one is fitted: every answer is as likely right as not."""
    return Calibration(reader, Fit(0.0, {}), lines)


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
        "sources": [
            [s.name, s.answerable, s.unanswerable, s.kind, _packed(given)]
            for s, given in zip(one.sources, one.without or [()] * len(one.sources), strict=True)
        ],
        "lines": {name: float(f"{weight:.6g}") for name, weight in one.lines.items()},
        "intercept": float(f"{one.fit.intercept:.6g}"),
        "signals": {
            name: [float(f"{x:.6g}") for x in (signal.mean, signal.scale, signal.weight)]
            for name, signal in one.fit.signals.items()
        },
        **{name: _packed(getattr(one, name)) for name in get_args(Outcomes)},
    }


def _packed(values: Sequence[float]) -> str:
    """Probabilities in one line, in thousandths, lowest first."""
    return " ".join(f"{round(value * 1000)}" for value in sorted(values))


def _unpacked(text: str) -> tuple[float, ...]:
    return tuple(int(part) / 1000 for part in text.split())


def _above(without: Sequence[float], allowed: int) -> float:
    """Just above the surest of those, lowest first, that may not be let through where so many may be."""
    return round(without[len(without) - 1 - allowed] + 0.0005, 4) if allowed < len(without) else 0.0


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
