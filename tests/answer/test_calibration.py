"""Probabilities come from signals, and the operating point from what is promised."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.calibration import Calibration, Fit, Signal, dump, load, none, upper_bound
from assistant.errors import CalibrationError
from assistant.types import Source

FIT = Fit(-1.0, {"line": Signal(0.5, 0.25, 2.0), "answers": Signal(0.0, 2.0, 1.5)})
SHARE = st.floats(0, 1)
CALIBRATION = Calibration(
    reader="r1",
    fit=FIT,
    hard=tuple(n / 1000 for n in range(0, 800, 4)),
    easy=tuple(n / 1000 for n in range(0, 200, 2)),
    right=tuple(n / 1000 for n in range(400, 1000, 3)),
    wrong=tuple(n / 1000 for n in range(100, 700, 6)),
    sources=(Source("articles", 300, 200, "hard"), Source("others", 0, 100, "easy")),
)


def test_signals_add_up_to_a_probability() -> None:
    assert FIT.probability({"line": 0.75, "answers": 2.0}) == pytest.approx(1 / (1 + 2.718281828 ** -(-1 + 2 + 1.5)))


def test_a_signal_that_is_missing_counts_as_its_mean() -> None:
    assert FIT.probability({"line": 0.75}) == FIT.probability({"line": 0.75, "answers": 0.0})


def test_nothing_to_answer_with_is_never_right() -> None:
    assert FIT.probability({}) == 0.0


def test_the_bound_is_that_of_clopper_and_pearson() -> None:
    # From the quantiles of the beta distribution: scipy.stats.beta.ppf(0.95, k + 1, n - k).
    assert upper_bound(0, 30) == pytest.approx(0.09503, abs=1e-4)
    assert upper_bound(5, 100) == pytest.approx(0.10226, abs=1e-4)
    assert upper_bound(80, 1000) == pytest.approx(0.09563, abs=1e-4)
    assert upper_bound(0, 0) == upper_bound(7, 7) == 1.0


def of(hard: Sequence[float], *, design_effect: float = 1.0) -> Calibration:
    """A calibration of questions that have no answer."""
    return Calibration("", FIT, hard=tuple(hard), design_effect=design_effect)


@given(
    st.lists(SHARE, min_size=40, max_size=200),
    st.lists(SHARE, max_size=50),
    st.sampled_from([0.05, 0.1, 0.2, 0.5]),
    st.sampled_from([1.0, 1.3, 2.0]),
)
def test_what_is_promised_is_kept_on_the_calibration_data(
    hard: list[float], easy: list[float], rate: float, design_effect: float
) -> None:
    made = Calibration("", FIT, hard=tuple(sorted(hard)), easy=tuple(sorted(easy)), design_effect=design_effect)
    promise = made.promise(rate)
    answered = sum(p >= promise.threshold for p in (*hard, *easy))
    assert promise.false_answer_rate == answered / len((*hard, *easy))
    assert not promise.kept or promise.false_answer_rate <= promise.upper_bound <= rate


@given(st.lists(SHARE, min_size=40, max_size=200), st.sampled_from([0.05, 0.1, 0.2, 0.5]))
def test_no_more_is_refused_than_must_be(hard: list[float], rate: float) -> None:
    promise = of(hard).promise(rate)
    refused = [p for p in hard if p < promise.threshold]
    if promise.kept and refused:  # letting the next ones through, those of one probability, would break it
        more = sum(p >= max(refused) - 0.001 for p in hard)
        assert upper_bound(more, len(hard)) > rate


def test_the_threshold_lies_just_above_the_surest_that_may_not_be_let_through() -> None:
    # Of 100, the bound of 4 is 8.9% and that of 5 is 10.2%: four may be answered, 0.96 to 0.99.
    promise = of([n / 100 for n in range(100)]).promise(0.1)
    assert (promise.threshold, promise.false_answer_rate, promise.kept) == (0.9505, 0.04, True)
    assert promise.upper_bound == pytest.approx(0.08920, abs=1e-4) == upper_bound(4, 100)


def test_those_as_sure_as_one_that_may_not_be_let_through_are_not_let_through_either() -> None:
    promise = of([*(n / 100 for n in range(94)), *[0.97] * 6]).promise(0.1)
    assert (promise.threshold, promise.false_answer_rate) == (0.9705, 0.0)


@pytest.mark.parametrize(("rate", "counted", "let_through"), [(0.045, 0, 0), (0.07, 1, 1), (0.1, 2, 3), (0.12, 3, 4)])
def test_questions_that_are_alike_count_as_fewer(rate: float, counted: int, let_through: int) -> None:
    # With a design effect of 1.5, 100 questions tell as much as 66.7, rounded down to 66, and 1, 2, 3, 4 false answers
    # as 0.7, 1.3, 2 and 2.7, rounded up. The bounds of 0 to 3 of 66 are 4.44%, 6.99%, 9.23% and 11.33%.
    promise = of([n / 100 for n in range(100)], design_effect=1.5).promise(rate)
    assert (promise.kept, promise.false_answer_rate) == (True, let_through / 100)
    assert promise.upper_bound == upper_bound(counted, 66)


def test_a_stricter_promise_asks_for_more_and_costs_more() -> None:
    strict, usual, loose = (CALIBRATION.promise(rate) for rate in (0.02, 0.1, 0.3))
    assert strict.threshold > usual.threshold > loose.threshold > 0
    assert strict.coverage < usual.coverage < loose.coverage
    assert strict.upper_bound <= 0.02 and usual.upper_bound <= 0.1 < usual.upper_bound + 0.02
    assert usual.hard > usual.easy == 0.0


def test_a_promise_of_one_answers_everything() -> None:
    everything = CALIBRATION.promise(1.0)
    assert (everything.threshold, everything.coverage, everything.false_answer_rate) == (0.0, 1.0, 1.0)
    assert "Nothing is promised" in everything.statement()


def test_too_few_questions_can_promise_little() -> None:
    few = replace(of((0.1, 0.2, 0.9)), right=(0.95,)).promise(0.1)
    assert (few.kept, few.threshold, few.coverage) == (False, 0.9005, 1.0)
    assert few.upper_bound == upper_bound(0, 3) > 0.1
    assert "cannot be promised" in few.statement()


def test_without_a_question_that_has_no_answer_nothing_is_answered() -> None:
    none_known = replace(of(()), right=(0.95,), wrong=(0.2,)).promise(0.1)
    assert (none_known.kept, none_known.threshold, none_known.coverage) == (False, 1.0, 0.0)


def test_shares_of_no_questions_are_nothing() -> None:
    promise = of([0.2, 0.4]).promise(1.0)
    assert (promise.coverage, promise.precision, promise.easy) == (0.0, 0.0, 0.0)
    assert (promise.hard, promise.false_answer_rate) == (1.0, 1.0)


def test_coverage_and_precision_are_those_of_what_is_given() -> None:
    made = replace(of((0.1,) * 99 + (0.9,)), easy=(0.1,) * 9 + (0.8,), right=(0.3, 0.85, 0.95), wrong=(0.2, 0.85))
    promise = made.promise(0.1)
    assert promise.threshold == 0.1005
    assert (promise.hard, promise.easy, promise.false_answer_rate) == (0.01, 0.1, 2 / 110)
    assert (promise.coverage, promise.precision) == (1.0, 3 / 7)
    strict = made.promise(0.043)  # the bound of 1 of 110 is 4.24%
    assert (strict.threshold, strict.coverage, strict.precision) == (0.8005, 3 / 5, 2 / 4)
    assert (strict.hard, strict.easy) == (0.01, 0.0)


def test_a_rate_is_told_as_it_was_asked_for() -> None:
    assert "at most 2.5% are answered" in CALIBRATION.promise(0.025).statement()


def test_the_statement_says_what_it_rests_on_and_costs() -> None:
    said = CALIBRATION.promise(0.1).statement()
    assert "at most 10% are answered" in said
    assert "300 questions without an answer" in said
    assert "articles, others" in said
    assert f"a probability of at least {CALIBRATION.promise(0.1).threshold:.2f})" in said
    assert f"{CALIBRATION.promise(0.1).coverage:.0%} of the questions with an answer" in said


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(dump([CALIBRATION, none("")]), "utf-8")
    assert load(path) == {"r1": CALIBRATION, "": none("")}


def test_what_is_written_is_rounded_to_thousandths_in_order_and_to_six_figures(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    fit = Fit(-0.12345678, {"line": Signal(1 / 3, 2 / 3, 12.3456789)})
    path.write_text(dump([Calibration("r", fit, hard=(0.7, 0.1236), wrong=(1.0, 0.0), design_effect=1.23456)]), "utf-8")
    assert load(path)["r"] == Calibration(
        "r",
        Fit(-0.123457, {"line": Signal(0.333333, 0.666667, 12.3457)}),
        hard=(0.124, 0.7),
        wrong=(0.0, 1.0),
        design_effect=1.23,
    )


@pytest.mark.parametrize(("field", "value"), [("design_effect", 0.9), ("signals", {"line": [0, 0, 1]}), ("more", 1)])
def test_a_file_with_a_value_that_makes_no_sense_is_refused(tmp_path: Path, field: str, value: object) -> None:
    path = tmp_path / "calibration.json"
    saved = json.loads(dump([CALIBRATION]))
    saved["calibrations"][0][field] = value
    path.write_text(json.dumps(saved), "utf-8")
    with pytest.raises(CalibrationError, match="assistant calibrate"):
        load(path)


def test_the_fingerprint_changes_with_all_that_decides_a_probability_or_the_promise() -> None:
    others = (
        replace(CALIBRATION, fit=Fit(-1.1, FIT.signals)),
        replace(CALIBRATION, hard=(0.5,)),
        replace(CALIBRATION, design_effect=2.0),
    )
    assert len({CALIBRATION.fingerprint, *(other.fingerprint for other in others)}) == 4
    assert replace(CALIBRATION).fingerprint == CALIBRATION.fingerprint


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 1, "calibrations": []}', '{"schema": 2, "calibrations": [{}]}'])
def test_a_file_that_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(text, "utf-8")
    with pytest.raises(CalibrationError, match="assistant calibrate"):
        load(path)


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"absent\.json"):
        load(tmp_path / "absent.json")
