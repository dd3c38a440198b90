"""Lines of all passages that were read stand in one ranking, by what the reader says and what else speaks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import log

import pytest

from assistant.answer.overlap import TermOverlap
from assistant.answer.weigh import FEATURES, PLAIN, features, weigh
from assistant.documents.outline import Outline
from assistant.question.stems import words
from assistant.testing import document
from assistant.types import Document, Passage, RankedLine, ReadPassage, ScoredLine


def with_lead(made: Document, n: int, *entries: int) -> Document:
    """The document with a lead-in for its line `n`, and items below it."""
    lines = list(made.lines)
    lines[n] = replace(lines[n], kind="lead")
    for entry in entries:
        lines[entry] = replace(lines[entry], kind="item", parent=n)
    return replace(made, lines=tuple(lines))


# Lines: 0 Pay, 1 the median, 2 Duties, 3 the lead-in, 4 and 5 what it introduces.
GUIDE = with_lead(
    document("# Pay\nThe median is high.\n# Duties\nBakers do:\nLight ovens.\nMix dough.\n", id="g", title="Baker"),
    *(3, 4, 5),
)
OTHER = document("Ovens are hot.\n", id="h", title="Ovens")
OUTLINES = {"g": Outline(GUIDE), "h": Outline(OTHER)}
OVERLAP = TermOverlap(words, lambda word: 1.0)


def ranked(*lines: int, document_id: str = "g") -> list[RankedLine]:
    """Lines by similarity: meaning is a tenth of the line's number, words a hundredth."""
    return [RankedLine(document_id, n, 0.0, meaning=n / 10, words=n / 100) for n in lines]


def read(*lines: tuple[int, float], document_id: str = "g") -> ReadPassage:
    """What the reader says of a passage with these lines."""
    passage = Passage(document_id, "v", 0, 1, "x")
    return ReadPassage(passage, tuple(ScoredLine(document_id, n, odds) for n, odds in lines), 0.0)


def told(question: str, ranking: list[RankedLine], *passages: ReadPassage) -> dict[tuple[str, int], dict[str, float]]:
    """The features by line, in the order in which they come."""
    found = features(question, ranking, passages, OUTLINES, OVERLAP)
    return {(line.document_id, line.line): values for line, values in found}


def sums(question: str, weights: Mapping[str, float], *passages: ReadPassage) -> list[tuple[str, int, float]]:
    ranking = [*ranked(*range(6)), *ranked(0, document_id="h")]
    found = weigh(question, ranking, passages, OUTLINES, OVERLAP, weights)
    return [(line.document_id, line.line, line.score) for line in found]


def test_the_reader_and_the_similarity_of_a_line_are_taken_over_as_they_are() -> None:
    values = told("x", ranked(4, 1), read((1, 2.5), (4, -3.0)))
    assert [(v["reader"], v["meaning"], v["words"]) for v in values.values()] == [(2.5, 0.1, 0.01), (-3.0, 0.4, 0.04)]
    assert list(values) == [("g", 1), ("g", 4)]


def test_a_passage_counts_less_the_later_it_is_read() -> None:
    values = told("x", ranked(1, 2, 4), read((1, 0.0)), read((2, 0.0)), read((4, 0.0)))
    assert [v["order"] for v in values.values()] == pytest.approx([0.0, -log(2), -log(3)])


def test_the_question_is_sought_in_the_title_and_above_the_line_by_the_share_of_its_words() -> None:
    question = "baker duties in winter"  # baker, duty, winter
    values = told(question, ranked(0, 1, 4), read((0, 0.0), (1, 0.0), (4, 0.0)))
    assert [v["title"] for v in values.values()] == pytest.approx([1 / 3] * 3)
    # Above a heading stands nothing of its own, above the median stands Pay, above an item Duties and "Bakers do".
    assert [v["above"] for v in values.values()] == pytest.approx([0.0, 0.0, 2 / 3])


def test_headings_and_lead_ins_are_told_from_other_lines() -> None:
    values = told("x", ranked(*range(6)), read(*((n, 0.0) for n in range(6))))
    assert [v["heading"] for v in values.values()] == [1.0, 0.0, 1.0, 0.0, 0.0, 0.0]
    assert [v["lead"] for v in values.values()] == [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def test_a_line_that_is_read_twice_counts_where_the_reader_likes_it_more() -> None:
    values = told("x", ranked(1), read((1, 1.0)), read((1, 3.0)), read((1, 2.0)))
    [value] = values.values()
    assert value["reader"] == 3.0 and value["order"] == pytest.approx(-log(2))


def test_a_line_that_is_read_twice_and_liked_as_much_counts_where_it_was_read_first() -> None:
    values = told("x", ranked(1), read((1, 1.0)), read((1, 1.0)))
    assert [v["order"] for v in values.values()] == [0.0]


def test_lines_that_were_not_ranked_are_left_out() -> None:
    assert list(told("x", ranked(1), read((1, 1.0), (2, 9.0)), read((0, 9.0), document_id="h"))) == [("g", 1)]
    assert told("x", ranked(1)) == {}
    assert told("x", [], read((1, 1.0))) == {}


def test_lines_of_two_documents_at_the_same_place_are_two_lines() -> None:
    values = told("ovens", [*ranked(0), *ranked(0, document_id="h")], read((0, 1.0)), read((0, 2.0), document_id="h"))
    assert {key: (v["reader"], v["title"]) for key, v in values.items()} == {("g", 0): (1.0, 0.0), ("h", 0): (2.0, 1.0)}


def test_every_feature_is_told_of_every_line_in_the_order_in_which_they_are_fitted() -> None:
    [values] = told("x", ranked(1), read((1, 1.0))).values()
    assert tuple(values) == FEATURES
    assert set(PLAIN) <= set(FEATURES)


def test_lines_are_ranked_by_the_sum_of_what_each_feature_counts() -> None:
    weights = {"reader": 0.5, "meaning": 4.0, "heading": -2.0, "order": 1.0}
    passages = (read((0, 3.0), (1, 2.0)), read((4, 1.0)))
    # 0: 1.5 + 0 - 2, 1: 1 + 0.4, 4: 0.5 + 1.6 - ln 2
    found = sums("x", weights, *passages)
    assert [(id, n) for id, n, _ in found] == [("g", 4), ("g", 1), ("g", 0)]
    assert [score for *_, score in found] == pytest.approx([2.1 - log(2), 1.4, -0.5])


def test_a_feature_without_a_weight_counts_nothing_and_a_weight_without_a_feature_neither() -> None:
    assert sums("x", {"lead": 7.0, "nothing of this name": 9.0}, read((3, 1.0), (4, 5.0))) == [
        ("g", 3, 7.0),
        ("g", 4, 0.0),
    ]


def test_lines_that_count_the_same_keep_the_order_in_which_they_were_read() -> None:
    passages = (read((4, 1.0)), read((0, 1.0), document_id="h"), read((1, 1.0), (2, 2.0)))
    assert [(id, n) for id, n, _ in sums("x", {"reader": 1.0}, *passages)] == [("g", 2), ("g", 4), ("h", 0), ("g", 1)]


def test_nothing_read_is_nothing_ranked() -> None:
    assert sums("x", PLAIN) == []
