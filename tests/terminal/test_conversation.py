"""A conversation in a terminal."""

from __future__ import annotations

import io
import sys

import pytest
from bakery import BAKERY, assistant

from assistant.terminal.conversation import converse, typed

BAKER = assistant({"Baker": BAKERY})


def told(*questions: str) -> str:
    """What is said to these questions."""
    lines: list[str] = []
    converse(BAKER, questions, lines.append)
    return "\n".join(lines)


def test_a_question_is_read_with_what_was_said_before() -> None:
    said = told("What is the median wage of a Master Baker?", "And the entry wage?")
    assert "Understood as: What is the entry wage of a Master Baker?" in said
    assert said.index("Median wage: $61,000 [1]") < said.index("Understood as") < said.index("Entry wage: $40,000")


@pytest.mark.parametrize("end", ["", "  ", "Exit", "quit"])
def test_it_ends_when_one_says_so(end: str) -> None:
    assert told(end, "What are the late duties?") == ""


def test_a_greeting_leaves_no_trace_and_what_is_too_long_is_told() -> None:
    said = told("hello", "x" * 2001, "What are the late duties?")
    assert "Hello! Ask me about Baker." in said and "at most 2000 characters, this one has 2001" in said
    assert "Understood as" not in said and "Sweep the floor" in said


def test_questions_are_typed_after_a_first_one_until_the_input_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("two\nthree\n"))
    assert list(typed("one")) == ["one", "two", "three"]
