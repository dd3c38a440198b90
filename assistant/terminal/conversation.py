"""A conversation in a terminal: each question is read with what was said before it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from assistant.question.parse import MAX_QUESTION
from assistant.terminal.progress import Waiting
from assistant.terminal.show import show_answer
from assistant.types import Answerer, Turn

TURNS = 20  # that a question is read with, at most
ENDS = ("exit", "quit", "bye")
WELCOME = "Ask a question, or press Enter to end."


def converse(answerer: Answerer, questions: Iterable[str], say: Callable[[str], None]) -> None:
    """Answers one question after the other, until one is empty or says that it is the end."""
    turns: list[Turn] = []
    for question in (each.strip() for each in questions):
        if not question or question.casefold() in ENDS:
            return
        if len(question) > MAX_QUESTION:
            say(f"A question has at most {MAX_QUESTION} characters, this one has {len(question)}.")
            continue
        with Waiting(sys.stderr, "looking for an answer"):
            answer = answerer.ask(question, history=turns[-TURNS:])
        if answer.standalone_question != question:
            say(f"Understood as: {answer.standalone_question}\n")
        say(f"{show_answer(answer, answerer.documents)}\n")
        if answer.reason != "greeting":
            turns.append(Turn("user", question))
            turns += [Turn("assistant", answer.text)] if answer.text else []


def typed(first: str = "") -> Iterator[str]:
    """The questions that a person types, after a first one; they end with the input."""
    if first:
        yield first
    elif sys.stdin.isatty():
        print(WELCOME)
    with suppress(ImportError):  # on Windows the terminal does so itself
        import readline  # noqa: F401  # earlier lines come back with the arrow keys
    while True:
        try:
            yield input("> " if sys.stdin.isatty() else "")
        except (EOFError, KeyboardInterrupt):
            return
