"""What the reader is given, and what becomes of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose

from assistant.answer.read import SPAN_GAINS, ReadPassage, focus, join, judge_hits, shares
from assistant.documents.outline import Outline
from assistant.question.parse import take_apart
from assistant.testing import document
from assistant.types import Hit, Passage, Reading

GUIDE = document("# Pay\nThe median is high.\nThe range is wide.\n# Duties\nLead the team.\nHire people.\n", id="g")
OUTLINES = {"g": Outline(GUIDE)}
PAY, DUTIES = (Passage("g", GUIDE.version, s.start, s.end, GUIDE.text[s.start : s.end], s.path) for s in GUIDE.sections)
ASK = take_apart("Is it wide?")[0]
HITS = [Hit(PAY, 1.0), Hit(DUTIES, 0.5)]


def line(text: str, score: float) -> Reading:
    start = GUIDE.text.index(text)
    return Reading("g", start, start + len(text), score)


class Scripted:
    """A reader that says of each passage what it was told to, and remembers what it was asked to read."""

    def __init__(self, answerable: dict[Passage, float]) -> None:
        self.answerable = answerable
        self.asked: list[Passage] = []

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        self.asked += passages
        return [Reading("g", p.start, p.start + 3, 1.0, self.answerable[p]) for p in passages]


def test_the_passages_with_the_best_lines_are_read_first() -> None:
    reader = Scripted({PAY: 0.0, DUTIES: 0.0})
    judged = judge_hits(reader, "?", HITS, [line("Hire people.", 0.9), line("The median is high.", 0.4)], k=2)
    assert reader.asked == [one.passage for one in judged] == [DUTIES, PAY]


def test_no_more_is_read_than_allowed() -> None:
    reader = Scripted({PAY: 0.0, DUTIES: 0.0})
    judge_hits(reader, "?", HITS, [line("Hire people.", 0.9)], k=1)
    assert reader.asked == [DUTIES]


def test_reading_ends_where_a_passage_answers_for_certain() -> None:
    third = Passage("g", GUIDE.version, 0, 3, GUIDE.text[:3])
    hits = [*HITS, Hit(third, 0.1)]
    lines = [line("Hire people.", 0.9), line("The median is high.", 0.4)]
    sure, unsure = (Scripted({PAY: odds, DUTIES: 0.0, third: 0.0}) for odds in (5.0, 0.5))
    judge_hits(sure, "?", hits, lines, k=3)
    judge_hits(unsure, "?", hits, lines, k=3)
    assert (len(sure.asked), len(unsure.asked)) == (2, 3)


def test_a_line_gains_by_the_spans_that_stand_in_it() -> None:
    lines = [line("The median is high.", 0.4), line("The range is wide.", 0.39)]
    found = line("wide", 30.0)
    judged = [ReadPassage(PAY, (Reading("g", found.start, found.end, 30.0, 30.0),))]
    first, second = join(ASK, lines, judged, OUTLINES)
    assert (first.start, second.start) == (lines[1].start, lines[0].start)
    assert isclose(first.score, 0.39 + SPAN_GAINS["sentence"], abs_tol=1e-6)
    assert second.score == 0.4


def test_a_list_is_left_to_similarity() -> None:
    lines = [line("The median is high.", 0.4), line("The range is wide.", 0.39)]
    judged = [ReadPassage(PAY, (Reading("g", lines[1].start, lines[1].end, 30.0, 30.0),))]
    assert join(take_apart("What are the ranges?")[0], lines, judged, OUTLINES) == lines


def test_what_asks_for_a_list_is_read_as_a_line_where_there_is_only_prose() -> None:
    prose = document("The median is high.\nThe range is wide.\n", id="p")
    lines = [Reading("p", one.start, one.end, score) for one, score in zip(prose.lines, (0.4, 0.39), strict=True)]
    whole = Passage("p", prose.version, 0, len(prose.text), prose.text)
    judged = [ReadPassage(whole, (Reading("p", lines[1].start, lines[1].end, 30.0, 30.0),))]
    assert join(take_apart("What are the ranges?")[0], lines, judged, {"p": Outline(prose)})[0].start == lines[1].start


def test_a_passage_that_does_not_answer_changes_nothing() -> None:
    lines = [line("The median is high.", 0.4), line("The range is wide.", 0.39)]
    judged = [ReadPassage(PAY, (Reading("g", lines[1].start, lines[1].end, 30.0, -30.0),))]
    assert join(ASK, lines, judged, OUTLINES)[0].start == lines[0].start


def test_the_shares_of_spans_leave_room_for_nowhere() -> None:
    one = Reading("g", 0, 1, 0.0)
    assert shares([one]) == [0.5]
    assert sum(shares([one, Reading("g", 2, 3, -1.0)])) < 1
    assert shares([Reading("g", 0, 1, 900.0)]) == [1.0]
    assert shares([]) == []


def test_the_likeliest_span_of_each_line_is_its_focus() -> None:
    start = GUIDE.text.index("The range is wide.")
    judged = [ReadPassage(PAY, (Reading("g", start + 4, start + 9, 1.0), Reading("g", start + 13, start + 17, 2.0)))]
    assert focus(judged, OUTLINES) == {("g", 2): (start + 13, start + 17)}
