"""What became of questions, group by group."""

from __future__ import annotations

import pytest
from _breakdown import Asked, Case, Written, cases, pair, written

from assistant.evaluation.grading import Evidence, Judgement, Question, grade
from assistant.evaluation.metrics import Outcome
from assistant.testing import StaticAnswerer, document

GUIDE = document("Pay is monthly.\nLeave is long.\n")
ANSWERER = StaticAnswerer(GUIDE)
PAY = Evidence(GUIDE.id, ((0, 15),))
RIGHT, WRONG, REFUSED = "pay is monthly", "leave is long", "zebra"


def judged(question: Question, said: str) -> Judgement:
    answer = ANSWERER.ask(said)
    return Judgement(question, *grade(question, answer, ANSWERER.documents), answer, 0.1)


def asked(*rows: tuple[str, str, str, str]) -> list[Asked]:
    """From (id, type, said with everything answered, said as promised)."""
    everything, promised, found = [], [], []
    for id, type, said, kept in rows:
        kind = type if type in ("near", "far") else ""
        question = Question(id, type, "?", kind, evidence=None if kind else PAY)
        one, other = judged(question, said), judged(question, kept)
        everything.append(one)
        promised.append(other)
        given = one.answer.status == "answered"
        found.append(
            Outcome(
                id,
                "set",
                not kind,
                kind,
                given and one.verdict == "right",
                one.answer.confidence,
                other.answer.status,
                given,
            )
        )
    return pair(everything, promised, found)


def test_written_questions_are_told_by_domain_and_by_type() -> None:
    lines = written(
        asked(
            ("hr/1", "fact", RIGHT, RIGHT),
            ("hr/2", "fact", RIGHT, REFUSED),
            ("hr/3", "list", WRONG, WRONG),
            ("roles/1", "near", WRONG, WRONG),
            ("roles/2", "near", REFUSED, REFUSED),
            ("roles/3", "far", REFUSED, REFUSED),
        )
    )
    by_name = {line.name: line for line in lines}
    assert list(by_name) == ["hr", "roles", "fact", "list", "near", "far", "all"]
    assert by_name["all"] == Written(
        "all", 6, (1, 3), (2, 3), (2, 3), (1, 2), (1, 1), (1, 3), by_name["all"].auc_answerable, by_name["all"].ece
    )
    assert by_name["all"].auc_answerable == pytest.approx(7.5 / 9)
    assert by_name["all"].ece == pytest.approx(0.5)  # four answers, all sure, two right
    assert by_name["fact"].auc_answerable == pytest.approx(5 / 6)  # against all that have no answer
    assert (by_name["hr"].auc_answerable, by_name["far"].ece) == (None, None)
    assert by_name["far"].cells() == ["far", "1", "–", "–", "–", "–", "1/1 100%", "0/1   0%", "–", "–"]
    assert len(by_name["far"].cells()) == len(Written.NAMES)


def test_each_question_of_a_case_counts_once() -> None:
    first, second, total = cases(
        asked(
            ("01-pay/1", "fact", RIGHT, RIGHT),
            ("01-pay/2", "fact", RIGHT, REFUSED),
            ("01-pay/3", "fact", WRONG, WRONG),
            ("notes/1", "near", WRONG, WRONG),
            ("notes/2", "far", REFUSED, REFUSED),
        )
    )
    assert first == Case("01-pay", 3, right=1, wrong=1, refused=1, false_answers=0)
    assert second == Case("notes", 2, right=1, wrong=0, refused=0, false_answers=1)
    assert total == Case("all", 5, right=2, wrong=1, refused=1, false_answers=1)
    assert total.cells() == ["all", "5", "2", "1", "1", "1"]
