"""What the reader is given, in which order, and what stands in where there is none."""

from __future__ import annotations

import pytest

from assistant.answer.read import by_lines, read, unread
from assistant.documents.outline import Outline
from assistant.testing import document
from assistant.types import Hit, Passage, RankedLine, ReadPassage, ScoredLine

# Lines: 0 Pay, 1 the median, 2 the range, 3 Duties, 4 lead, 5 hire.
GUIDE = document("# Pay\nThe median is high.\nThe range is wide.\n# Duties\nLead the team.\nHire people.\n", id="g")
OUTLINE = Outline(GUIDE)
PAY, DUTIES = (Passage("g", GUIDE.version, s.start, s.end, GUIDE.text[s.start : s.end], s.path) for s in GUIDE.sections)
WHOLE = Passage("g", GUIDE.version, 0, len(GUIDE.text), GUIDE.text)
OTHER = Passage("h", "v", 0, 9, "The same.")


def holding(passage: Passage) -> range:
    return OUTLINE.overlapping(passage.start, passage.end) if passage.document_id == "g" else range(1)


def line(n: int, score: float, document_id: str = "g") -> RankedLine:
    return RankedLine(document_id, n, score, meaning=0.0, words=0.0)


def said(n: int) -> ScoredLine:
    return ScoredLine("g", n, 0.0)


class Noting:
    """A reader that says nothing of any line, and notes what it was asked."""

    fingerprint = "noting"

    def __init__(self) -> None:
        self.asked: list[tuple[str, Passage]] = []

    def read(self, question: str, passage: Passage) -> ReadPassage:
        self.asked.append((question, passage))
        return ReadPassage(passage, (), float(len(self.asked)))


def test_passages_are_read_in_the_order_given_and_no_more_than_allowed() -> None:
    reader = Noting()
    found = read(reader, "Why?", [DUTIES, PAY, OTHER], k=2)
    assert reader.asked == [("Why?", DUTIES), ("Why?", PAY)]
    assert found == [ReadPassage(DUTIES, (), 1.0), ReadPassage(PAY, (), 2.0)]


def test_reading_may_be_ended_before_each_passage() -> None:
    reader = Noting()

    def check() -> None:
        if len(reader.asked) == 1:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read(reader, "Why?", [PAY, DUTIES, OTHER], k=3, check=check)
    assert [passage for _, passage in reader.asked] == [PAY]


def test_the_passages_with_the_best_lines_come_first() -> None:
    hits = [Hit(PAY, 1.0), Hit(DUTIES, 0.5)]
    assert by_lines(hits, [line(5, 0.9), line(1, 0.4)], holding) == [DUTIES, PAY]
    assert by_lines(hits, [line(1, 0.9), line(5, 0.4)], holding) == [PAY, DUTIES]


def test_a_passage_counts_by_its_best_line_alone() -> None:
    hits = [Hit(DUTIES, 1.0), Hit(PAY, 0.5)]
    assert by_lines(hits, [line(2, 0.9), line(4, 0.8), line(5, 0.8), line(1, 0.1)], holding) == [PAY, DUTIES]


def test_passages_of_one_best_line_and_those_of_none_keep_the_order_of_the_search() -> None:
    hits = [Hit(OTHER, 1.0), Hit(DUTIES, 0.9), Hit(WHOLE, 0.8), Hit(PAY, 0.7)]
    assert by_lines(hits, [line(1, -0.2)], holding) == [WHOLE, PAY, OTHER, DUTIES]


def test_a_line_of_another_document_at_the_same_place_is_another_line() -> None:
    hits = [Hit(PAY, 1.0), Hit(OTHER, 0.5)]
    assert by_lines(hits, [line(0, 0.9, "h"), line(0, 0.1)], holding) == [OTHER, PAY]
    assert by_lines(hits[::-1], [line(0, 0.9), line(0, 0.1, "h")], holding) == [PAY, OTHER]


def test_a_passage_that_nobody_reads_speaks_for_none_of_its_lines() -> None:
    assert unread(DUTIES, range(3, 6)) == ReadPassage(DUTIES, (said(3), said(4), said(5)), 0.0)
    assert unread(OTHER, range(0)) == ReadPassage(OTHER, (), 0.0)
