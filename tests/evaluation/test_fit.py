"""A calibration is fitted to questions with known answers, and judged on those that it was not fitted on."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp

import pytest

from assistant.answer.calibration import Calibration, Fit, Signal
from assistant.errors import CalibrationError
from assistant.evaluation.fit import (
    ENOUGH,
    Labelled,
    cross_validated,
    design_effect,
    fit,
    left_out,
    outcomes,
    probabilities,
    refit,
)
from assistant.evaluation.metrics import brier, expected_calibration_error


def labelled(n: int, *, seed: int = 1, shift: float = 0.0, groups: int = 40) -> list[Labelled]:
    """Questions whose probability of being right is the logistic of 2x + shift; every third has no answer."""
    rng = random.Random(seed)
    made = []
    for number in range(n):
        answerable = number % 3 > 0
        x = rng.gauss(0.3 if answerable else -1.5, 1.0)
        right = answerable and rng.random() < 1 / (1 + exp(-2 * x - shift))
        kind = "easy" if number % 6 == 0 else "hard"
        evidence = {"line": x, "ahead": rng.gauss(0, 1), "unused": x}
        made.append(Labelled("made up", f"d{number % groups}", evidence, right, answerable, kind))  # type: ignore[arg-type]  # one of the two
    return made


def shipped_with(weight: float) -> Calibration:
    """A calibration that came with the package, of one signal."""
    return Calibration("r", Fit(0.0, {"line": Signal(0.0, 1.0, weight)}))


def test_the_fit_finds_which_signal_tells() -> None:
    signals = fit(labelled(1200), reader="r").fit.signals
    assert abs(signals["line"].weight) > 8 * abs(signals["ahead"].weight)


def test_the_probabilities_are_calibrated_on_questions_left_out() -> None:
    train, test = labelled(1500, seed=2), labelled(1500, seed=3)
    given = probabilities(test, fit(train, reader=""))
    right = [one.right for one in test]
    base = sum(right) / len(right)
    assert expected_calibration_error(given, right) < 0.05
    assert brier(given, right) < 0.8 * base * (1 - base)


def test_the_calibration_holds_every_question_by_what_it_is() -> None:
    chosen = labelled(600)
    made = fit(chosen, reader="r")
    assert len(made.hard) == sum(not one.answerable and one.kind == "hard" for one in chosen)
    assert len(made.easy) == sum(not one.answerable and one.kind == "easy" for one in chosen)
    assert len(made.right) == sum(one.right for one in chosen)
    assert len(made.wrong) == sum(one.answerable and not one.right for one in chosen)
    assert [(s.name, s.kind, s.answerable, s.unanswerable) for s in made.sources] == [
        ("made up", "easy", 0, 100),
        ("made up", "hard", 400, 100),
    ]
    assert made.reader == "r"


def test_no_document_stands_on_both_sides_of_a_split() -> None:
    seen: list[set[str]] = []

    def remember(chosen: object) -> Fit:
        seen.append({one.group for one in chosen})  # type: ignore[attr-defined]  # a sequence of Labelled
        return Fit(0.0, {})

    chosen = labelled(100, groups=10)
    cross_validated(chosen, remember)
    assert all(len(groups) == 8 for groups in seen)


def test_questions_that_are_alike_count_for_less() -> None:
    def without(group: str, n: int) -> list[Labelled]:
        return [Labelled("made up", group, {"line": 0.0}, False, False) for _ in range(n)]

    alike = [*without("a", 10), *without("b", 90)]
    assert design_effect(alike, [0.9] * 10 + [0.1] * 90) == pytest.approx(
        36.0
    )  # 2 * (9² + 9²) / 100² over 0.1 * 0.9 / 100
    mixed = [one for n in range(10) for one in without(f"d{n}", 10)]
    assert design_effect(mixed, ([0.9] + [0.1] * 9) * 10) == 1.0


def test_few_questions_move_scale_and_shift_alone() -> None:
    shipped = shipped_with(2.0)
    chosen = labelled(ENOUGH - 60, shift=-2.0)
    made = refit(chosen, before=shipped, reader="r")
    assert set(made.fit.signals) == {"line"}
    assert made.fit.intercept < -0.5
    right = [one.right for one in chosen]
    assert brier(left_out(chosen, before=shipped), right) < brier(probabilities(chosen, shipped), right)


def test_many_questions_fit_every_weight_anew() -> None:
    made = refit(labelled(ENOUGH), before=shipped_with(2.0), reader="r")
    assert set(made.fit.signals) == {"line", "ahead"}


def test_a_reader_without_a_calibration_gets_one() -> None:
    assert refit(labelled(200), before=None, reader="new").reader == "new"


def test_a_signal_that_some_questions_lack_counts_there_as_its_mean() -> None:
    chosen = labelled(1200)
    some = [replace(one, evidence={"line": one.evidence["line"]}) if n % 2 else one for n, one in enumerate(chosen)]
    made = fit(some, reader="r").fit
    assert set(made.signals) == {"line", "ahead"}
    mean = made.signals["ahead"].mean
    assert made.probability({"line": 0.4}) == pytest.approx(made.probability({"line": 0.4, "ahead": mean}))


def test_what_had_nothing_to_answer_with_is_no_part_of_the_fit_but_counts_as_refused() -> None:
    chosen = labelled(600)
    empty = [Labelled("made up", f"e{n}", {}, False, False) for n in range(50)]
    with_empty, without = fit([*chosen, *empty], reader="r"), fit(chosen, reader="r")
    assert with_empty.fit.signals["line"].weight == pytest.approx(without.fit.signals["line"].weight)
    assert with_empty.hard[:50] == (0.0,) * 50 and len(with_empty.hard) == len(without.hard) + 50


def test_questions_that_all_have_an_answer_are_refused() -> None:
    with pytest.raises(CalibrationError, match="the documents do not answer"):
        fit([one for one in labelled(90) if one.answerable], reader="")


def test_a_fit_that_would_turn_the_order_around_only_shifts() -> None:
    turned = shipped_with(-2.0)
    chosen = labelled(200)
    made = refit(chosen, before=turned, reader="r")
    assert 0 > made.fit.signals["line"].weight > -0.2
    assert abs(sum(probabilities(chosen, made)) - sum(one.right for one in chosen)) < 1


def test_too_few_questions_are_refused() -> None:
    with pytest.raises(CalibrationError, match="needs 10 of each"):
        fit(labelled(15), reader="")


def test_outcomes_are_answered_from_the_threshold_on() -> None:
    chosen = [*labelled(2), Labelled("made up", "d", {}, False, True)]
    found = outcomes(chosen, [0.4, 0.6, 0.9], 0.6)
    assert [(o.status, o.given) for o in found] == [("refused", True), ("answered", True), ("refused", False)]
