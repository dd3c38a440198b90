"""The weights of features are those under which lines that answer come first, worked out by hand where that is easy."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from bakery import BAKERY, assistant

from assistant.answer.weigh import FEATURES
from assistant.evaluation.fit_lines import PENALTY, Sample, fit_lines, sample
from assistant.evaluation.grading import Evidence
from assistant.types import Filters


def lines(*rows: tuple[bool, dict[str, float]]) -> Sample:
    """The lines of one question: whether each answers, and its features; those not named are 0."""
    matrix = [[values.get(name, 0.0) for name in FEATURES] for _, values in rows]
    return np.array(matrix), np.array([answers for answers, _ in rows])


def line(answers: bool, **values: float) -> tuple[bool, dict[str, float]]:
    return answers, values


def test_one_feature_of_two_lines_is_fitted_as_by_hand() -> None:
    # The values 1 and 0 have a deviation of 1/2. The loss log(1 + exp(-v)) + PENALTY (v / 2)² is least where its slope
    # is 0, where 1 / (1 + exp(v)) = PENALTY v / 2.
    found = fit_lines([lines(line(True, reader=1.0), line(False, reader=0.0))])
    v = found["reader"]
    assert list(found) == ["reader"]
    assert 1 / (1 + exp(v)) == pytest.approx(PENALTY * v / 2, rel=1e-3)
    assert v == pytest.approx(5.24487, rel=1e-4)


def test_what_lines_have_that_do_not_answer_counts_against_a_line() -> None:
    found = fit_lines([lines(line(True, heading=0.0), line(False, heading=1.0))])
    assert found == {"heading": pytest.approx(-5.24487, rel=1e-4)}


def test_a_feature_measured_on_another_scale_counts_in_proportion() -> None:
    rows = [(True, 2.0, 1.0), (False, 1.0, 3.0), (False, -1.0, 0.0)]
    one = fit_lines([lines(*(line(answers, reader=r, meaning=m) for answers, r, m in rows))])
    other = fit_lines([lines(*(line(answers, reader=10 * r, meaning=m / 4) for answers, r, m in rows))])
    assert other["reader"] == pytest.approx(one["reader"] / 10, rel=1e-3)
    assert other["meaning"] == pytest.approx(one["meaning"] * 4, rel=1e-3)


def test_a_feature_that_is_always_the_same_counts_nothing() -> None:
    found = fit_lines([lines(line(True, words=3.0, reader=1.0), line(False, words=3.0, reader=0.0))])
    assert set(found) == {"reader"}


def test_a_feature_that_tells_questions_apart_but_not_lines_weighs_nothing() -> None:
    found = fit_lines(
        [
            lines(line(True, title=1.0, reader=1.0), line(False, title=1.0)),
            lines(line(True, title=0.0, reader=1.0), line(False, title=0.0)),
        ]
    )
    assert found["title"] == pytest.approx(0.0, abs=1e-6)
    assert found["reader"] == pytest.approx(5.24487, rel=1e-3)


def test_features_that_tell_as_much_weigh_as_much() -> None:
    found = fit_lines(
        [
            lines(line(True, reader=1.0), line(False)),
            lines(line(True, meaning=1.0), line(False)),
        ]
    )
    assert found["reader"] == pytest.approx(found["meaning"], rel=1e-3)
    assert found["reader"] > 1


def test_the_same_questions_asked_again_change_nothing() -> None:
    rows = [lines(line(True, reader=2.0), line(False, reader=1.5), line(False, reader=3.0))] * 2
    once, often = fit_lines(rows), fit_lines(rows * 5)
    assert often["reader"] == pytest.approx(once["reader"], rel=1e-4)


def test_it_is_enough_that_one_of_the_lines_that_answer_comes_first() -> None:
    # Of two lines that answer one has nothing for it. It takes a share of the weight, and pulls nothing down.
    found = fit_lines([lines(line(True, reader=1.0), line(True, reader=0.0), line(False, reader=0.0))])
    shift = found["reader"]
    # The share of the lines that answer is (e + 1) / (e + 2) with e = exp(shift); the deviation of 1, 0, 0 is √2 / 3.
    e = exp(shift)
    slope = e / (e + 2) - e / (e + 1)
    assert slope + 2 * PENALTY * shift * 2 / 9 == pytest.approx(0.0, abs=1e-5)


BAKER = assistant({"Baker": BAKERY})


def evidence(*texts: str, id: str = "baker.txt") -> Evidence:
    """The lines that answer, by their texts in the guide."""
    return Evidence(id, tuple((BAKERY.index(text), BAKERY.index(text) + len(text)) for text in texts))


def test_a_sample_holds_the_lines_that_were_read_and_tells_which_answer() -> None:
    explanation = BAKER.explain("Who lights the ovens?")
    found = sample(BAKER, explanation, evidence("Light the ovens"))
    assert found is not None and explanation.working is not None
    matrix, gold = found
    read = {(line.document_id, line.line): line.score for one in explanation.working.read for line in one.lines}
    assert matrix.shape == (len(read), len(FEATURES)) and gold.shape == (len(read),)
    assert sorted(matrix[:, FEATURES.index("reader")]) == pytest.approx(sorted(read.values()))
    assert gold.sum() == 1
    best = {name: matrix[gold][0, n] for n, name in enumerate(FEATURES)}
    assert best["reader"] == max(read.values()) and best["heading"] == 0.0


def test_a_line_is_gold_where_evidence_takes_in_half_of_it() -> None:
    explanation = BAKER.explain("Who lights the ovens?")
    found = sample(BAKER, explanation, evidence("Light the ovens", "Mix the dough", "Dut"))
    assert found is not None and found[1].sum() == 3


def test_there_is_no_sample_where_no_line_that_answers_was_read() -> None:
    explanation = BAKER.explain("Who lights the ovens?")
    assert sample(BAKER, explanation, Evidence("baker.txt", ())) is None
    other = assistant({"Baker": BAKERY, "Other": "Nothing of this.\n"})
    elsewhere = Evidence("other.txt", evidence("Light the ovens").lines)
    assert sample(other, other.explain("Who lights the ovens?"), elsewhere) is None


def test_there_is_no_sample_where_nothing_was_searched() -> None:
    explanation = BAKER.explain("Who lights the ovens?", filters=Filters(sections=("nowhere",)))
    assert explanation.working is None
    assert sample(BAKER, explanation, evidence("Light the ovens")) is None
