"""What a question asks for."""

from __future__ import annotations

import pytest

from assistant.question.parse import content_words, take_apart


@pytest.mark.parametrize(
    ("question", "grain"),
    [
        ("How much does a plumber earn?", "figure"),
        ("When does the shop open?", "figure"),
        ("What percentage of pipes leak?", "figure"),
        ("What are the duties?", "list"),
        ("Which tools do I need?", "list"),
        ("List the tools.", "list"),
        ("What does fitting involve?", "list"),
        ("Which symptoms mean that I should call?", "list"),
        ("What habits make for a good plumber?", "list"),
        ("What do apprentices get for their work?", "list"),
        ("What should I bring on the first day?", "list"),
        ("What causes the delay?", "open"),
        ("What happens if a pipe bursts?", "open"),
        ("Who pays for the tools?", "line"),
        ("Is a licence required?", "line"),
        ("What is a gasket?", "open"),
        ("Which status is given?", "open"),
        ("gaskets", "topic"),
        ("pay of a plumber", "topic"),
        ("Main duties of a plumber?", "topic"),
    ],
)
def test_knows_the_grain(question: str, grain: str) -> None:
    assert [ask.grain for ask in take_apart(question)] == [grain]


def test_takes_two_questions_apart() -> None:
    asks = take_apart("What is the pay and which licence do I need?")
    assert [ask.text for ask in asks] == ["What is the pay", "which licence do I need?"]


def test_leaves_one_question_about_two_things_whole() -> None:
    (ask,) = take_apart("How do the pay of a plumber and a fitter compare?")
    assert ask.joins


def test_finds_names_and_numbers() -> None:
    (ask,) = take_apart("What did a Master Plumber earn in New Zealand in 2015?")
    assert ask.names == ("Master Plumber", "New Zealand", "2015")
    assert take_apart("WHAT IS THE PAY IN OSLO")[0].names == ()
    assert take_apart("what is the pay in oslo")[0].names == ()


def test_keeps_the_words_that_say_something() -> None:
    assert content_words("What is the plumber’s pay, and the plumber's licence?") == ["plumber", "pay", "licence"]


@pytest.mark.parametrize("question", ["?", "…", "and", "what", "\u202e", "a" * 2000, "? ? ? and what"])
def test_takes_anything(question: str) -> None:
    assert take_apart(question)
