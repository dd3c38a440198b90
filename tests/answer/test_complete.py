"""An answer to several questions in one says what each of them brings."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer.complete import completed
from assistant.answer.explanation import Working
from assistant.answer.library import Sought
from assistant.answer.select import Selection, Unit
from assistant.question.parse import parse
from assistant.types import Reason


def working(lines: Sequence[int], confidence: float, reason: Reason | None = None, document: str = "d") -> Working:
    units = tuple(Unit(document, (n,), 1.0) for n in lines)
    message = None if reason is None else "Why."
    return Working(parse("What?"), 10, (), (), (), Selection(units), {}, confidence, reason, message, Sought((), ()))


def complete(whole: Working, parts: Sequence[Working], *, words: int = 1) -> Working:
    """Completed at a threshold of 0.6; each unit has so many words."""
    return completed(whole, parts, threshold=0.6, words=lambda unit: words)


def said(made: Working) -> list[int]:
    return [n for unit in made.selection.units for n in unit.lines]


def test_a_part_adds_the_lines_that_the_whole_does_not_have() -> None:
    made = complete(working([3], 0.8), [working([3], 0.9), working([7, 8], 0.5)])
    assert (said(made), made.confidence, len(made.parts)) == ([3, 7, 8], 0.8, 2)


def test_a_part_that_something_speaks_against_adds_nothing() -> None:
    made = complete(working([3], 0.8), [working([4], 0.2, "unsupported"), working([5], 0.9)])
    assert said(made) == [3, 5]


def test_a_part_adds_nothing_of_another_document() -> None:
    assert said(complete(working([3], 0.8), [working([4], 0.9, document="e")])) == [3]


def test_where_the_whole_is_refused_the_parts_answer_if_each_is_sure_enough() -> None:
    whole = working([3], 0.4, "unsupported")
    made = complete(whole, [working([4], 0.7), working([5], 0.6)])
    assert (said(made), made.confidence, made.reason, made.message) == ([4, 5], 0.6, None, None)


def test_where_one_part_is_not_sure_the_refusal_stays() -> None:
    whole = working([3], 0.4, "unsupported")
    assert complete(whole, [working([4], 0.7), working([5], 0.59)]).reason == "unsupported"


def test_a_refusal_for_another_reason_stays() -> None:
    whole = working([3], 0.9, "ambiguous")
    assert complete(whole, [working([4], 0.7), working([5], 0.7)]).reason == "ambiguous"


def test_a_question_with_nothing_near_keeps_its_parts() -> None:
    made = complete(working([], 0.0, "unrelated"), [working([4], 0.7)])
    assert (said(made), len(made.parts)) == ([], 1)


def test_a_part_adds_only_what_the_answer_has_room_for() -> None:
    made = complete(working([3], 0.8), [working([4], 0.9), working([5], 0.9)], words=60)
    assert said(made) == [3, 4]
