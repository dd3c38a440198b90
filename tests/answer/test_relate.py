"""The entry that is asked for by its order is said, not the one that has the question's words."""

from __future__ import annotations

from assistant.answer.overlap import TermOverlap
from assistant.answer.relate import relate
from assistant.documents.markdown import structure
from assistant.documents.outline import Outline
from assistant.question.relations import Adjacent, Most, Nth, Relation
from assistant.question.stems import words
from assistant.types import Document, ScoredLine

WORDING = TermOverlap(words, lambda word: 1.0)
PRESS = """# Changing the filter

1. Switch off the supply.
2. Open the valve and wait until the gauge shows zero.
3. Remove the bolts.
   - the left ones
   - the right ones
4. Clean the seat.

# Cleaning the hopper

7. Empty the hopper.
8. Brush the walls.
"""
PLANS = """# Plans

| Plan | Speed | Monthly price | Term |
| --- | --- | --- | --- |
| Spark | 50 Mbit/s | 19.90 euros | 12 months |
| Flow | 250 Mbit/s | 29.90 euros | 24 months |
| Torrent | 1 Gbit/s | 44.90 euros | 24 months |

# Rivers

- The Moll is 41 km long.
- The Ferne is 128 km long.
- The Tass has 3 bridges.

# Stores

The Kilo store opened in 2009. The Harbour store opened in 1998. We like both.
"""


def related(text: str, relation: Relation, first: str, question: str = "What?") -> list[str] | None:
    """The lines that are said where the line with the text `first` is the best, and its neighbours come next."""
    document = Document("d", "v", "Press", "d", "text/markdown", text, *_structure(text))
    outline = Outline(document)
    at = next(n for n in range(len(document.lines)) if first in outline.text(n))
    order = sorted(range(len(document.lines)), key=lambda n: abs(n - at))
    ranked = [ScoredLine("d", n, 5.0 - 0.5 * place) for place, n in enumerate(order)]
    unit = relate(relation, question, ranked, {"d": outline}, WORDING)
    return None if unit is None else [outline.text(n) for n in unit.lines]


def _structure(text: str) -> tuple[tuple, tuple]:  # type: ignore[type-arg]
    read = structure(text)
    return read.sections, read.lines


def test_the_nth_step_is_counted_without_those_nested_in_others() -> None:
    assert related(PRESS, Nth(3), "Switch off") == ["Remove the bolts."]
    assert related(PRESS, Nth(4), "Switch off") == ["Clean the seat."]
    assert related(PRESS, Nth(-1), "Switch off") == ["Clean the seat."]


def test_a_step_has_the_number_that_is_written_before_it() -> None:
    assert related(PRESS, Nth(8), "Empty") == ["Brush the walls."]


def test_a_step_that_a_list_does_not_have_is_not_said() -> None:
    assert related(PRESS, Nth(9), "Switch off") is None


def test_the_list_that_the_question_names_is_counted() -> None:
    assert related(PRESS, Nth(1), "Empty", "What is the first step of changing the filter?") == [
        "Switch off the supply."
    ]


def test_the_step_after_the_one_that_is_told_of_is_said() -> None:
    assert related(PRESS, Adjacent(1, "the gauge shows zero"), "Open the valve") == ["Remove the bolts."]
    assert related(PRESS, Adjacent(-1, "removing the bolts"), "Remove the bolts") == [
        "Open the valve and wait until the gauge shows zero."
    ]


def test_nothing_stands_beside_the_ends_of_a_list() -> None:
    assert related(PRESS, Adjacent(1, "brushing the walls"), "Brush") is None
    assert related(PRESS, Adjacent(-1, "switching off the supply"), "Switch off") is None


def test_a_step_that_is_told_of_in_other_words_is_left_to_the_reader() -> None:
    assert related(PRESS, Adjacent(1, "lunch with the crew"), "Open the valve") is None


def test_a_line_that_tells_the_order_itself_is_no_anchor() -> None:
    care = "# Care\n\n1. Wash the seat.\n2. Oil it after the seat is dry.\n3. Close the lid.\n"
    assert related(care, Adjacent(1, "the seat is dry"), "Oil it") is None


def test_the_row_with_the_most_is_said() -> None:
    assert related(PLANS, Most(False, ("money",)), "Torrent") == ["Spark | 50 Mbit/s | 19.90 euros | 12 months"]
    assert related(PLANS, Most(True, ("speed",)), "Spark") == ["Torrent | 1 Gbit/s | 44.90 euros | 24 months"]


def test_all_rows_that_share_the_most_are_said() -> None:
    assert related(PLANS, Most(True, ("length", "time")), "Spark") == [
        "Flow | 250 Mbit/s | 29.90 euros | 24 months",
        "Torrent | 1 Gbit/s | 44.90 euros | 24 months",
    ]


def test_where_several_columns_fit_the_question_must_name_one() -> None:
    assert related(PLANS, Most(True, ("size",)), "Spark", "Which is the highest?") is None
    assert related(PLANS, Most(True, ("size",)), "Spark", "Which has the highest monthly price?") == [
        "Torrent | 1 Gbit/s | 44.90 euros | 24 months"
    ]


def test_lines_made_alike_are_compared_and_others_left_out() -> None:
    assert related(PLANS, Most(True, ("length", "time")), "The Moll") == ["The Ferne is 128 km long."]
    assert related(PLANS, Most(False, ("year",)), "The Kilo") == ["The Harbour store opened in 1998."]


def test_nothing_is_compared_that_has_no_like() -> None:
    assert related(PLANS, Most(True, ("weight",)), "Spark") is None
    assert related(PLANS, Most(True, ("length",)), "We like both") is None
    assert related(PLANS, Most(True, ("size",)), "The Tass") is None
