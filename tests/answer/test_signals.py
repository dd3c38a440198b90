"""The signals of an answer, and what a refusal says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log

import pytest

from assistant.answer.overlap import TermOverlap
from assistant.answer.select import Selection, Unit
from assistant.answer.signals import explain_gap, gather_signals
from assistant.documents.outline import Outline
from assistant.evaluation.fit import SIGNALS
from assistant.question.parse import parse
from assistant.question.stems import words
from assistant.testing import document
from assistant.types import Hit, Passage, RankedLine, ReadPassage, ScoredLine

GUIDE = document(
    "# Pay\nThe median salary is $120 in the US.\n# Duties\nLead the team of bakers.\n", id="g", title="Baker"
)
OUTLINE = Outline(GUIDE)
PAY, DUTIES = (Passage("g", GUIDE.version, s.start, s.end, GUIDE.text[s.start : s.end], s.path) for s in GUIDE.sections)
HITS = [Hit(PAY, 1.0, dense=0.7), Hit(DUTIES, 0.5, dense=0.2)]
SALARY, TEAM = (Unit("g", (n,), 0.6) for n in (1, 3))
WORDING = TermOverlap(words, lambda word: 1.0)


WHOLE = Passage("g", GUIDE.version, 0, len(GUIDE.text), GUIDE.text)


def line(n: int, score: float) -> ScoredLine:
    return ScoredLine("g", n, score)


def gathered(
    question: str,
    unit: Unit = SALARY,
    *,
    read: Sequence[ReadPassage] | None = None,
    odds: Mapping[int, float] | None = None,
    sums: Mapping[int, float] | None = None,
    ranked: Sequence[RankedLine] | None = None,
) -> dict[str, float]:
    """The signals where this unit is said, its first line having the highest sum.

    `odds` is what a reader says of the lines, in one passage unless `read` is given; `sums` are as high by default.
    """
    scored = {unit.lines[0]: 2.0} if odds is None else odds
    best = sorted((line(n, total) for n, total in (sums or scored).items()), key=lambda one: -one.score)
    lines = tuple(line(n, score) for n, score in scored.items())
    return gather_signals(
        parse(question),
        ranked=[RankedLine("g", n, 0.0, 0.0, 0.0) for n in range(4)] if ranked is None else ranked,
        read=[ReadPassage(WHOLE, lines, 1.0)] if read is None else read,
        searched=9,
        selection=Selection((unit,), ranked=tuple(best)),
        outlines={"g": OUTLINE},
        overlap=WORDING,
    )


def said(question: str, unit: Unit = SALARY) -> str:
    return explain_gap(parse(question), HITS, Selection((unit,)), {"g": OUTLINE}, WORDING)


def test_nothing_selected_leaves_no_signal() -> None:
    parsed = parse("Where?")
    nothing = Selection((), ranked=(line(1, 5.0),))
    assert gather_signals(parsed, ranked=[], read=[], searched=9, selection=nothing, outlines={}, overlap=WORDING) == {}


def test_every_signal_that_is_fitted_is_gathered() -> None:
    assert set(gathered("How much?")) == set(SIGNALS)


def test_a_name_is_missed_where_the_document_lacks_it() -> None:
    here, elsewhere, nowhere = (gathered(f"What is the salary in {name}?") for name in ("the US", "Duties", "Oslo"))
    assert [e["names_nowhere"] for e in (here, elsewhere, nowhere)] == [0, 0, 1]
    assert [e["names_elsewhere"] for e in (here, elsewhere, nowhere)] == [0, 1, 1]


def test_what_was_asked_for_is_missed_where_there_is_none_of_its_type() -> None:
    assert gathered("How much is the salary?")["type_missing"] == 0.0
    assert gathered("How much do bakers earn?", TEAM)["type_missing"] == 1.0
    assert gathered("Where are the bakers?", TEAM)["type_missing"] == 0.0


def test_what_the_reader_says_counts_within_bounds() -> None:
    for odds, counted in ((2.5, 2.5), (30.0, 8.0), (-30.0, -8.0)):
        found = gathered("How much?", odds={1: odds})
        assert (found["line"], found["best_line"]) == (counted, counted)
        assert gathered("How much?", read=[ReadPassage(PAY, (line(1, 2.0),), odds)])["passage"] == counted


def test_the_line_that_is_said_first_need_not_be_the_one_that_the_reader_likes_best() -> None:
    found = gathered("How much?", odds={1: 2.0, 3: 4.5}, sums={1: 7.0, 3: 6.5})
    assert (found["line"], found["best_line"]) == (2.0, 4.5)
    assert (found["weighed"], found["ahead"]) == (7.0, 0.5)


def test_the_passage_is_that_of_the_best_line_and_the_best_one_is_of_all_that_was_read() -> None:
    read = [ReadPassage(PAY, (line(0, -5.0), line(1, 2.0)), 1.5), ReadPassage(DUTIES, (line(3, 0.0),), 3.0)]
    found = gathered("How much?", read=read)
    assert (found["passage"], found["best_passage"]) == (1.5, 3.0)


def test_a_line_that_was_read_twice_counts_where_it_is_likeliest() -> None:
    read = [ReadPassage(PAY, (line(1, 2.0),), 1.5), ReadPassage(PAY, (line(1, 0.0),), 2.5)]
    found = gathered("How much?", read=read)
    assert (found["line"], found["passage"]) == (2.0, 2.5)


def test_a_line_at_the_same_place_of_another_document_is_not_the_best_one() -> None:
    other = Passage("h", "v", 0, 9, "The same.")
    read = [ReadPassage(PAY, (line(1, 1.0),), -2.0), ReadPassage(other, (ScoredLine("h", 1, 2.0),), 3.0)]
    found = gathered("How much?", read=read)
    assert (found["line"], found["best_line"]) == (1.0, 2.0)
    assert (found["passage"], found["best_passage"]) == (-2.0, 3.0)


def test_what_is_not_said_tells_how_far_ahead_the_best_line_is() -> None:
    found = gathered("How much?", odds={1: 2.0, 3: 0.5, 0: 0.5})
    assert found["ahead"] == 1.5
    assert found["others"] == pytest.approx(0.5 + log(2))  # two as likely are twice as likely


def test_what_is_said_beside_the_best_line_is_none_of_the_others() -> None:
    both = replace(SALARY, lines=(1, 3))
    found = gathered("How much?", both, odds={1: 2.0, 3: 1.9, 0: -1.0})
    assert (found["ahead"], found["others"]) == (3.0, -1.0)
    assert found["several"] == pytest.approx(log(2))


def test_one_line_with_no_other_is_as_far_ahead_as_counts() -> None:
    found = gathered("How much?", odds={1: 2.0})
    assert (found["ahead"], found["others"], found["several"]) == (8.0, -8.0, 0.0)


def test_similarity_is_that_of_the_best_line_and_of_the_likest() -> None:
    ranked = [RankedLine("g", 3, 0.9, 0.8, 1.0), RankedLine("g", 1, 0.4, 0.25, 0.75)]
    found = gathered("How much?", ranked=ranked)
    assert (found["meaning"], found["words"], found["most_similar"]) == (0.25, 0.75, 0.9)


def test_a_refusal_names_what_the_closest_passage_lacks() -> None:
    assert said("Is the median salary higher in Oslo?") == "The closest passage, “Pay”, does not mention “Oslo”."
    assert said("What is the pension?") == "The closest passage, “Pay”, does not mention “pension”."


def test_a_refusal_names_three_words_at_most_and_none_that_is_everyday() -> None:
    assert said("Does the salary have a pension, a dental car, a visa or a gym?") == (
        "The closest passage, “Pay”, does not mention “pension”, “dental” or “visa”."
    )


def test_a_refusal_names_the_type_of_answer_that_the_closest_passage_lacks() -> None:
    assert said("How often is the salary paid?") == "The closest passage, “Pay”, gives no frequency."
    assert said("How often is the salary paid in Oslo?") == "The closest passage, “Pay”, gives no frequency for “Oslo”."
    assert said("What is the median salary in Oslo?") == (
        "The closest passage, “Pay”, gives no amount of money for “Oslo”."
    )


def test_a_refusal_without_a_missing_word_says_so() -> None:
    assert said("What is the median salary?") == (
        "The closest passage, “Pay”, is about this, but does not seem to answer it."
    )
