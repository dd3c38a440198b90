"""Probabilities come from signals, and the operating point from what is promised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calibration import Calibration, Fit, Signal, dump, load, none, upper_bound
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


@given(st.lists(SHARE, min_size=40, max_size=200), st.lists(SHARE, max_size=50), st.sampled_from([0.05, 0.1, 0.2, 0.5]))
def test_what_is_promised_is_kept_on_the_calibration_data(hard: list[float], easy: list[float], rate: float) -> None:
    promise = Calibration("", FIT, tuple(hard), tuple(easy), (), ()).promise(rate)
    answered = sum(p >= promise.threshold for p in (*hard, *easy))
    assert promise.false_answer_rate == answered / len((*hard, *easy))
    assert not promise.kept or promise.upper_bound <= rate
    # And no more is refused than must be: letting the next ones through, those of one probability, would break it.
    refused = [p for p in (*hard, *easy) if p < promise.threshold]
    if promise.kept and refused:
        surest = max(refused)
        more = sum(p >= surest - 0.001 for p in (*hard, *easy))
        assert upper_bound(more, len((*hard, *easy))) > rate


def test_questions_that_are_alike_make_the_promise_stricter() -> None:
    alike = replace(CALIBRATION, design_effect=4.0)
    assert alike.promise(0.1).threshold > CALIBRATION.promise(0.1).threshold
    assert alike.promise(0.1).upper_bound <= 0.1


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
    few = Calibration("", FIT, (0.1, 0.2, 0.9), (), (0.95,), ()).promise(0.1)
    assert not few.kept
    assert few.threshold > 0.9
    assert "cannot be promised" in few.statement()


def test_without_a_question_that_has_no_answer_nothing_is_answered() -> None:
    none_known = Calibration("", FIT, (), (), (0.95,), (0.2,)).promise(0.1)
    assert (none_known.kept, none_known.threshold, none_known.coverage) == (False, 1.0, 0.0)


def test_a_rate_is_told_as_it_was_asked_for() -> None:
    assert "at most 2.5% are answered" in CALIBRATION.promise(0.025).statement()


def test_the_statement_says_what_it_rests_on_and_costs() -> None:
    said = CALIBRATION.promise(0.1).statement()
    assert "at most 10% are answered" in said
    assert "300 questions without an answer" in said
    assert "articles, others" in said
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
