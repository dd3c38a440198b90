"""Several questions in one are told from one question with an "and" in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.parts import parts


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who runs the bakery and when does she start?", ("Who runs the bakery?", "when does she start?")),
        ("Who runs it, and who is his deputy?", ("Who runs it?", "who is his deputy?")),
        ("When does it open? And where is it?", ("When does it open?", "where is it?")),
        ("The dog bit me, what now? Who pays?", ("The dog bit me, what now?", "Who pays?")),
        ("special election: when, and for how many people?", ("special election: when?", "for how many people?")),
    ],
)
def test_each_question_is_asked_by_itself(question: str, wanted: tuple[str, ...]) -> None:
    assert parts(question) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "What do bread and butter cost?",
        "How many digital and analog pins does the board have?",
        "Can I pay when I come?",
        "Who decides what is fair?",
        "help desk phone number and opening hours?",
        "I am 60 and was ill. What can I claim?",
        "Why? And when? And where is it? And who asks?",
        "",
    ],
)
def test_one_question_stays_whole(question: str) -> None:
    assert parts(question) == ()


@given(st.text())
def test_a_part_stands_in_the_question(question: str) -> None:
    assert all(part.removesuffix("?") in question for part in parts(question))
