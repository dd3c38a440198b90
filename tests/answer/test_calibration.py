"""Probabilities come from signals, and the operating point from what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer.calibration import Calibration, Curve, Fit, Signal, dump, kind_of, load, none, upper_bound
from assistant.errors import CalibrationError
from assistant.types import Source

FIT = Fit(-1.0, {"line": Signal(0.5, 0.25, 2.0), "answers": Signal(0.0, 2.0, 1.5)})
SHARE = st.floats(0, 1)
CURVE = Curve(
    fit=FIT,
    hard=tuple(n / 1000 for n in range(0, 800, 4)),
    easy=tuple(n / 1000 for n in range(0, 200, 2)),
    right=tuple(n / 1000 for n in range(400, 1000, 3)),
    wrong=tuple(n / 1000 for n in range(100, 700, 6)),
)
UNASKED = Curve(Fit(0.0, {}))
CALIBRATION = Calibration(
    reader="r1",
    curves={"prose": CURVE, "structured": UNASKED},
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


def of(hard: Sequence[float], right: Sequence[float] = (), wrong: Sequence[float] = ()) -> Calibration:
    """A calibration of questions on prose."""
    curve = Curve(FIT, hard=tuple(hard), right=tuple(right), wrong=tuple(wrong))
    return Calibration("", {"prose": curve, "structured": UNASKED})


SHARES = st.lists(SHARE, min_size=40, max_size=200)


@given(SHARES, SHARES, st.lists(SHARE, max_size=50), st.sampled_from([0.05, 0.1, 0.2, 0.5]))
def test_what_is_promised_is_kept_on_the_calibration_data(
    prose: list[float], structured: list[float], easy: list[float], rate: float
) -> None:
    curves = {"prose": Curve(FIT, hard=tuple(prose)), "structured": Curve(FIT, tuple(structured), tuple(easy))}
    promise = Calibration("", curves, ()).promise(rate)  # type: ignore[arg-type]  # the keys are literals
    asked = {"prose": prose, "structured": [*structured, *easy]}
    answered = {k: sum(p >= promise.thresholds[k] for p in v) for k, v in asked.items()}  # type: ignore[index]
    n = len(prose) + len(structured) + len(easy)
    assert promise.false_answer_rate == sum(answered.values()) / n
    assert not promise.kept or promise.upper_bound <= rate
    for kind, probabilities in asked.items():
        assert not promise.kept or answered[kind] <= rate * len(probabilities)


@given(SHARES, st.sampled_from([0.05, 0.1, 0.2, 0.5]))
def test_no_more_is_refused_than_must_be(hard: list[float], rate: float) -> None:
    promise = of(hard).promise(rate)
    refused = [p for p in hard if p < promise.thresholds["prose"]]
    if promise.kept and refused:  # letting the next ones through, those of one probability, would break it
        more = sum(p >= max(refused) - 0.001 for p in hard)
        assert upper_bound(more, len(hard)) > rate


def test_prose_and_structure_have_operating_points_of_their_own() -> None:
    low, high = (Curve(FIT, hard=tuple(n / 1000 for n in range(start, start + 400))) for start in (0, 500))
    thresholds = Calibration("", {"prose": high, "structured": low}).promise(0.1).thresholds
    assert thresholds["prose"] == pytest.approx(thresholds["structured"] + 0.5)


def test_a_kind_with_few_questions_takes_the_operating_point_of_all() -> None:
    few = Calibration("", {"prose": CURVE, "structured": Curve(FIT, hard=(0.1,) * 5)}).promise(0.1).thresholds
    assert few["prose"] == pytest.approx(few["structured"], abs=0.02)


def test_the_signal_of_structure_says_which_fit_is_used() -> None:
    other = Curve(Fit(3.0, {}))
    both = Calibration("", {"prose": CURVE, "structured": other})
    assert both.probability({"structured": 0.2}) == FIT.probability({"structured": 0.2})
    assert both.probability({"structured": 0.9}) == other.fit.probability({"structured": 0.9})
    assert [kind_of({}), kind_of({"structured": 0.5})] == ["prose", "structured"]


def test_questions_that_are_alike_make_the_promise_stricter() -> None:
    alike = replace(CALIBRATION, design_effect=4.0)
    assert alike.promise(0.1).thresholds["prose"] > CALIBRATION.promise(0.1).thresholds["prose"]
    assert alike.promise(0.1).upper_bound <= 0.1


def test_a_stricter_promise_asks_for_more_and_costs_more() -> None:
    strict, usual, loose = (CALIBRATION.promise(rate) for rate in (0.02, 0.1, 0.3))
    assert strict.thresholds["prose"] > usual.thresholds["prose"] > loose.thresholds["prose"] > 0
    assert strict.coverage < usual.coverage < loose.coverage
    assert strict.upper_bound <= 0.02 and usual.upper_bound <= 0.1 < usual.upper_bound + 0.02
    assert usual.hard > usual.easy == 0.0


def test_a_promise_of_one_answers_everything() -> None:
    everything = CALIBRATION.promise(1.0)
    assert (everything.thresholds["prose"], everything.coverage, everything.false_answer_rate) == (0.0, 1.0, 1.0)
    assert "Nothing is promised" in everything.statement()


def test_too_few_questions_can_promise_little() -> None:
    few = of((0.1, 0.2, 0.9), right=(0.95,)).promise(0.1)
    assert not few.kept
    assert few.thresholds["prose"] > 0.9
    assert "cannot be promised" in few.statement()


def test_without_a_question_that_has_no_answer_nothing_is_answered() -> None:
    none_known = of((), right=(0.95,), wrong=(0.2,)).promise(0.1)
    assert (none_known.kept, none_known.thresholds["structured"], none_known.coverage) == (False, 1.0, 0.0)


def test_a_rate_is_told_as_it_was_asked_for() -> None:
    assert "at most 2.5% are answered" in CALIBRATION.promise(0.025).statement()


def test_the_statement_says_what_it_rests_on_and_costs() -> None:
    said = CALIBRATION.promise(0.1).statement()
    assert "at most 10% are answered" in said
    assert "300 questions without an answer" in said
    assert "articles, others" in said
    assert f"a probability of at least {CALIBRATION.promise(0.1).thresholds['prose']:.2f})" in said
    other = replace(CALIBRATION, curves={"prose": CURVE, "structured": replace(CURVE, hard=(0.2,) * 50)}).promise(0.1)
    assert "in prose, 0.20 in documents of headings and lists)" in other.statement()
    assert f"{CALIBRATION.promise(0.1).coverage:.0%} of the questions with an answer" in said


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(dump([CALIBRATION, none("")]), "utf-8")
    assert load(path) == {"r1": CALIBRATION, "": none("")}


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2, "calibrations": []}', '{"schema": 1, "calibrations": [{}]}'])
def test_a_file_that_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "calibration.json"
    path.write_text(text, "utf-8")
    with pytest.raises(CalibrationError, match="assistant calibrate"):
        load(path)


def test_a_file_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CalibrationError, match=r"absent\.json"):
        load(tmp_path / "absent.json")
