"""The measures of confidence, on numbers that can be counted by hand, and the pictures of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation.metrics import (
    Bin,
    Figures,
    Outcome,
    area,
    brier,
    brier_skill,
    coverage,
    expected_calibration_error,
    false_answer_rate,
    precision_at,
    reliability,
    risk_coverage,
)
from assistant.types import Status


def outcome(
    confidence: float,
    right: bool = False,
    *,
    answerable: bool = True,
    kind: str = "",
    status: Status = "answered",
    given: bool = True,
) -> Outcome:
    return Outcome("a", "set", answerable, kind, right, confidence, status, given)


# Four with an answer, and near, near, far without one; three of them are answered at the promised rate.
SEVEN = [
    outcome(0.9, True),
    outcome(0.8, True),
    outcome(0.5, True, status="refused"),
    outcome(0.4, status="refused"),
    outcome(0.7, answerable=False, kind="near"),
    outcome(0.3, answerable=False, kind="near", status="refused"),
    outcome(0.1, answerable=False, kind="far", status="refused"),
]


def test_the_area_is_the_share_of_pairs_in_the_right_order() -> None:
    assert area([0.9, 0.4, 0.5, 0.1], [True, True, False, False]) == 0.75
    assert area([0.5, 0.5], [True, False]) == 0.5
    assert area([0.5, 0.4], [True, True]) is None


def test_a_bound_belongs_to_the_bin_below_it() -> None:
    assert reliability([0.0, 0.5, 0.6, 1.0], [False, True, True, True], bins=2) == [
        Bin(2, 0.25, 0.5),
        Bin(2, 0.8, 1.0),
    ]


def test_calibration_error_is_the_mean_distance_of_the_bins() -> None:
    assert expected_calibration_error([0.2, 0.4, 0.9, 0.7], [False, True, True, True], bins=2) == pytest.approx(0.2)
    assert expected_calibration_error([], []) == 0


def test_brier_is_compared_with_always_saying_the_share_right() -> None:
    assert brier([0.8, 0.4], [True, False]) == pytest.approx((0.04 + 0.16) / 2)
    assert brier_skill([0.8, 0.4], [True, False]) == pytest.approx(1 - 0.1 / 0.25)
    assert brier_skill([0.5, 0.5], [True, False]) == pytest.approx(0)
    assert brier_skill([0.8], [True]) is None


def test_the_curve_gives_the_surest_answers_first() -> None:
    curve = risk_coverage([outcome(0.2), outcome(0.9, True), outcome(0.5), outcome(0.7, True)])
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.precision.tolist() == pytest.approx([1, 1, 2 / 3, 0.5])
    assert curve.risk.tolist() == pytest.approx([0, 0, 1 / 3, 0.5])


def test_answers_of_one_confidence_count_alike_whatever_their_order() -> None:
    tied = [outcome(0.5, True), outcome(0.5), outcome(0.9, True)]
    for order in (tied, tied[::-1]):
        assert risk_coverage(order).precision.tolist() == pytest.approx([1, 0.75, 2 / 3])


def test_the_curve_ends_where_the_answers_do() -> None:
    half = [outcome(0.9, True), outcome(0.8, given=False, status="refused")]
    assert risk_coverage(half).coverage.tolist() == [0.5]
    assert precision_at(half, (0.5, 1.0)) == {0.5: 1.0, 1.0: None}
    assert len(risk_coverage([]).coverage) == 0


def test_precision_is_that_of_the_surest_share() -> None:
    assert precision_at(SEVEN, (0.1, 0.45, 0.6)) == {0.1: 1.0, 0.45: pytest.approx(2 / 3), 0.6: pytest.approx(3 / 4)}


def test_false_answers_are_told_apart_by_kind() -> None:
    assert false_answer_rate(SEVEN) == {"all": (1, 3), "near": (1, 2), "far": (0, 1)}
    assert false_answer_rate(SEVEN, 0.3) == {"all": (2, 3), "near": (2, 2), "far": (0, 1)}
    assert false_answer_rate([outcome(0.9)]) == {"all": (0, 0)}


def test_a_right_value_where_a_refusal_would_do_is_no_false_answer() -> None:
    either = outcome(0.9, True, answerable=False, kind="near")
    assert false_answer_rate([either]) == {"all": (0, 1), "near": (0, 1)}
    assert Figures.of([*SEVEN, either]).auc_answerable == Figures.of(SEVEN).auc_answerable


def test_coverage_is_that_of_the_questions_with_an_answer() -> None:
    assert coverage(SEVEN) == {"answered": (2, 4), "right": (2, 4)}
    assert coverage(SEVEN, 0.4) == {"answered": (4, 4), "right": (3, 4)}


def test_the_figures_of_a_run_are_told_in_words() -> None:
    figures = Figures.of(SEVEN)
    assert figures.auc_answerable == pytest.approx(10 / 12)
    assert figures.right_when_all_answered == (3, 4)
    rows = dict(figures.rows())
    assert rows["questions"] == "7, 4 with an answer"
    assert rows["at the promise: false answers, near"] == "1 of 2  50.0%"
    assert rows["precision at 45% coverage"] == "66.7%"


def test_what_questions_cannot_tell_is_left_open() -> None:
    rows = dict(Figures.of([outcome(0.9, status="refused", given=False)]).rows())
    assert rows["AUC, answerable against not"] == rows["Brier score"] == "–"
    assert rows["at the promise: false answers"] == "none asked"


answers = st.lists(st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.booleans()), min_size=1)


@given(answers)
def test_the_curve_ends_at_the_share_right_and_its_order_does_not_matter(found: list[tuple[float, bool]]) -> None:
    made = [outcome(sure, right) for sure, right in found]
    curve = risk_coverage(made)
    assert curve.coverage[-1] == 1
    assert curve.precision[-1] == pytest.approx(sum(right for _, right in found) / len(found))
    assert np.allclose(curve.precision, risk_coverage(made[::-1]).precision)
    assert ((curve.precision >= 0) & (curve.precision <= 1 + 1e-9)).all()


@given(answers)
def test_bins_hold_every_answer_once_and_one_bin_tells_the_means_apart(found: list[tuple[float, bool]]) -> None:
    sure, right = [s for s, _ in found], [r for _, r in found]
    assert sum(b.n for b in reliability(sure, right)) == len(found)
    whole = expected_calibration_error(sure, right, bins=1)
    assert whole == pytest.approx(abs(np.mean(sure) - np.mean(right)))
    assert expected_calibration_error(sure, right) >= whole - 1e-9


@given(answers, st.floats(0, 1))
def test_a_higher_threshold_answers_no_more(found: list[tuple[float, bool]], threshold: float) -> None:
    made = [outcome(sure, right) for sure, right in found]
    assert coverage(made, threshold)["answered"] <= coverage(made, threshold / 2)["answered"]


def test_the_pictures_are_the_same_bytes_for_the_same_outcomes(tmp_path: Path) -> None:
    from _diagrams import draw

    series: dict[str, Sequence[Outcome]] = {"One": SEVEN, "Other": SEVEN[:2], "None": [outcome(0.1, given=False)]}
    once, again = draw(series, tmp_path / "once"), draw(series, tmp_path / "again")
    assert [path.name for path in once] == [
        "risk-coverage.png",
        "risk-coverage.svg",
        "reliability.png",
        "reliability.svg",
    ]
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]
