"""A question with what was said before it, as it is searched for and as the reader is given it.

What a follow-up leaves out stands in the questions before it, or in the last answer. The reader learns to find it
there, so that nothing has to be rewritten (as conversational question answering does it since CoQA: Reddy et al. 2019).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.types import Turn

QUESTIONS = 2  # the earlier questions that are told, the last one first
QUESTION_WORDS, ANSWER_WORDS = 22, 14  # how much of each of them, and of the last answer


@dataclass(frozen=True, slots=True)
class Told:
    """A question with what was said before it."""

    question: str  # without it
    searched: str  # with the earlier questions
    read: str  # and with how the last answer began


def told(question: str, history: Sequence[Turn]) -> Told | None:
    """The question with what was said before it; None where nothing was asked before."""
    asked = [words for turn in history if turn.role == "user" if (words := turn.content.split())]
    if not asked:
        return None
    said = " / ".join(" ".join(words[:QUESTION_WORDS]) for words in asked[-QUESTIONS:][::-1])
    answers = [words for turn in history if turn.role == "assistant" if (words := turn.content.split())]
    answer = f" — {' '.join(answers[-1][:ANSWER_WORDS])}" if answers else ""
    return Told(question, f"{question} (earlier: {said})", f"{question} (earlier: {said}{answer})")
