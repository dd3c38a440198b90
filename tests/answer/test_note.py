"""An answer says what it leaves out."""

from __future__ import annotations

from dataclasses import replace

from assistant.answer.explanation import Working
from assistant.answer.library import Sought
from assistant.answer.note import note
from assistant.answer.select import Selection, Unit
from assistant.question.parse import parse
from assistant.types import Reason

ONE, OTHER = Unit("d", (3,), 1.0), Unit("d", (7,), 1.0)


def working(question: str, *units: Unit, refused: bool = False) -> Working:
    reason: Reason | None = "unsupported" if refused else None
    message = "Why." if refused else None
    return Working(parse(question), 9, (), (), (), Selection(units), {}, 0.5, reason, message, Sought((), ()))


def test_nothing_is_said_of_a_whole_answer() -> None:
    assert note(working("What?", ONE, OTHER)) is None


def test_a_list_that_is_cut_says_how_much_of_it_is_shown() -> None:
    cut = Unit("d", (3, 4, 5), 1.0, head=3, left_out=6)
    assert note(working("What?", cut)) == "This shows 3 of 9 lines of a longer list."


def test_a_part_that_is_refused_is_told_of() -> None:
    whole = replace(working("Who runs it and who swept it?", ONE), parts=(working("Who runs it?", ONE),))
    assert note(whole) is None
    left = working("who swept it?", OTHER, refused=True)
    assert note(replace(whole, parts=(*whole.parts, left))) == ("The documents leave this part open: “who swept it?”")


def test_a_part_whose_best_line_is_said_is_not_open() -> None:
    left = working("who swept it?", ONE, refused=True)
    assert note(replace(working("Who runs it and who swept it?", ONE), parts=(left,))) is None
