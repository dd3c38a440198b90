"""Lines are ranked by how near they are to the question, in meaning and in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.answer.overlap import TermOverlap
from assistant.answer.rank_lines import SimilarityRanker
from assistant.documents.outline import Outline
from assistant.question.stems import words
from assistant.testing import document
from assistant.types import Passage, RankedLine, Vectors

GUIDE = document("# Pay\nThe median is high.\nThe range is wide.\n# Duties\nLead the team.\n", id="g")
OUTLINE = Outline(GUIDE)
PAY, DUTIES = (Passage("g", GUIDE.version, s.start, s.end, GUIDE.text[s.start : s.end], s.path) for s in GUIDE.sections)
# How near each line is to the question, by its vector: the first coordinate is the inner product.
NEARNESS = (0.5, 0.2, 0.6, 0.4, 0.4)


def ranker(word_weight: float) -> SimilarityRanker:
    def vectors(places: Sequence[tuple[str, int]]) -> Vectors:
        return np.array([[NEARNESS[n], (1 - NEARNESS[n] ** 2) ** 0.5] for _, n in places], np.float32)

    return SimilarityRanker(
        {"g": OUTLINE},
        vectors=vectors,
        encode=lambda question: np.array([1, 0], np.float32),
        overlap=TermOverlap(words, lambda word: 1.0),
        word_weight=word_weight,
    )


def test_lines_are_ranked_by_meaning_those_that_are_as_near_in_the_order_given() -> None:
    ranked = ranker(0.0).rank("Why?", [PAY, DUTIES])
    assert [line.line for line in ranked] == [2, 0, 3, 4, 1]
    assert [line.score for line in ranked] == pytest.approx([0.6, 0.5, 0.4, 0.4, 0.2])
    assert [line.line for line in ranker(0.0).rank("Why?", [DUTIES, PAY])] == [2, 0, 3, 4, 1]


def test_words_count_by_their_weight() -> None:
    # "median" stands in line 1 itself, "pay" above it: (1 + 0.75) / 2.
    best = ranker(0.5).rank("median pay", [PAY])[0]
    assert (best.line, best.words) == (1, 0.875)
    assert best.meaning == pytest.approx(0.2)
    assert best.score == pytest.approx(0.5 * 0.2 + 0.5 * 0.875)


def test_meaning_and_words_are_told_apart_whatever_they_count() -> None:
    one, other = (sorted(ranker(weight).rank("median pay", [PAY]), key=lambda line: line.line) for weight in (0.0, 1.0))
    assert [(line.meaning, line.words) for line in one] == [(line.meaning, line.words) for line in other]
    assert [line.score for line in one] == [line.meaning for line in one]
    assert [line.score for line in other] == [line.words for line in other] == [0.5, 0.875, 0.375]


def test_a_line_of_two_passages_is_ranked_once() -> None:
    assert ranker(0.3).rank("Why?", [PAY, PAY, DUTIES]) == ranker(0.3).rank("Why?", [PAY, DUTIES])
    assert all(isinstance(line, RankedLine) for line in ranker(0.3).rank("Why?", [PAY]))


def test_only_the_lines_of_the_passages_are_ranked() -> None:
    assert sorted(line.line for line in ranker(0.3).rank("Why?", [DUTIES])) == [3, 4]
    assert ranker(0.3).rank("Why?", []) == []
