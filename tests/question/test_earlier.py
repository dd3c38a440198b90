"""A question is told with what was said before it."""

from __future__ import annotations

from assistant.question.earlier import Told, told
from assistant.types import Turn


def asked(*texts: str) -> list[Turn]:
    return [Turn("user", text) for text in texts]


def test_a_first_question_stands_by_itself() -> None:
    assert told("By when?", []) is None
    assert told("By when?", [Turn("assistant", "How can I help?"), Turn("user", "  ")]) is None


def test_the_last_two_questions_are_told_the_last_one_first() -> None:
    history = asked("Who bakes?", "What do they earn?", "And apprentices?")
    text = "by when (earlier: And apprentices? / What do they earn?)"
    assert told("by when", history) == Told("by when", text, text)


def test_how_the_last_answer_began_is_read_but_not_searched_for() -> None:
    history = [Turn("user", "Which fee?"), Turn("assistant", "Late fee: 5\nLost key: 20"), *asked("ok", "why")]
    assert told("how much", history) == Told(
        "how much", "how much (earlier: why / ok)", "how much (earlier: why / ok — Late fee: 5 Lost key: 20)"
    )


def test_what_is_long_is_cut_and_white_space_is_one_space() -> None:
    history = [Turn("user", "a \n b " * 30), Turn("assistant", "c " * 30)]
    found = told("q", history)
    assert found is not None
    assert found.searched == "q (earlier: " + " ".join(["a b"] * 11) + ")"
    assert found.read == f"{found.searched[:-1]} — " + " ".join("c" * 14) + ")"
