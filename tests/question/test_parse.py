"""What a question asks for."""

from __future__ import annotations

import pytest

from assistant.question.parse import content_words, parse


def test_finds_names_and_numbers() -> None:
    assert parse("What did a Master Plumber earn in New Zealand in 2015?").names == (
        "Master Plumber",
        "New Zealand",
        "2015",
    )
    assert parse("WHAT IS THE PAY IN OSLO").names == ()
    assert parse("what is the pay in oslo").names == ()


def test_keeps_the_words_that_say_something() -> None:
    assert content_words("What is the plumber’s pay, and the plumber's licence?") == ["plumber", "pay", "licence"]


@pytest.mark.parametrize("question", ["?", "…", "and", "what", "\u202e", "a" * 2000, "? ? ? and what"])
def test_takes_anything(question: str) -> None:
    assert parse(question).text == question
