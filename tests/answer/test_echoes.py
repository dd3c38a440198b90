"""One sentence with other figures is another value, and a sentence that is repeated is no second one."""

from __future__ import annotations

import pytest

from assistant.answer.echoes import figures, other_figures, same_sentence, without_echoes
from assistant.answer.overlap import TermOverlap
from assistant.answer.select import Selection, Unit
from assistant.documents.outline import Outline
from assistant.question.stems import words
from assistant.testing import document
from assistant.types import ScoredLine

OVERLAP = TermOverlap(words, lambda word: 1.0)


def test_dates_and_times_are_figures() -> None:
    assert figures("From 4 April to 1st of May at 22:30 it costs 3.50, in March 2024 less.") == [
        "4 april",
        "1st of may",
        "22:30",
        "3.50",
        "march 2024",
    ]


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (
            "The season begins on 4 April and ends on 18 October.",
            "The season begins on 9 June and ends on 18 October.",
            True,
        ),
        ("The gate closes at 22:30.", "The gate closes at 22:30.", False),
        ("The gate closes at 22:30.", "The gate is green.", False),
        ("The gate closes at night.", "The gate closes at 22:30 at night.", False),
    ],
)
def test_other_figures_in_the_same_sentence(one: str, other: str, differs: bool) -> None:
    assert other_figures(one, other, OVERLAP) is differs


def test_a_sentence_is_the_same_whatever_its_figures() -> None:
    assert same_sentence("A boat costs 14 euros an hour.", "A boat costs 71 euros an hour", OVERLAP)
    assert not same_sentence("A boat costs 14 euros an hour.", "A tent costs 14 euros a night.", OVERLAP)


def test_repetitions_do_not_speak_against_what_is_said() -> None:
    one = document("A boat costs 14 euros an hour.\nBoats lie at the jetty.\n", id="a")
    other = document("A boat costs 71 euros an hour.\nA boat costs 71 euros an hour.\n", id="b")
    ranked = tuple(ScoredLine(id, n, -float(n)) for n in (0, 1) for id in ("a", "b"))
    selection = Selection((Unit("a", (0,), 0.0),), ranked=ranked)
    kept = without_echoes(selection, {"a": Outline(one), "b": Outline(other)}, OVERLAP)
    assert [(line.document_id, line.line) for line in kept.ranked] == [("a", 0), ("a", 1)]
