"""Which lines lie within a span, and which belong together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.outline import Outline
from assistant.testing import document
from assistant.types import Document

# Lines by their spans: Pay 2-5, "One." 6-10, "Two words." 13-23.
OUTLINE = Outline(document("# Pay\nOne.\n\n\nTwo words.\n"))


def overlapping(start: int, end: int) -> list[int]:
    return list(OUTLINE.overlapping(start, end))


def test_the_lines_are_where_they_are_counted_on_to_be() -> None:
    assert [(line.start, line.end) for line in OUTLINE.document.lines] == [(2, 5), (6, 10), (13, 23)]


def test_lines_overlap_a_span_that_holds_them() -> None:
    assert overlapping(0, 24) == [0, 1, 2]
    assert overlapping(6, 10) == [1]
    assert overlapping(6, 23) == [1, 2]


def test_a_line_overlaps_a_span_that_cuts_it() -> None:
    assert overlapping(4, 14) == [0, 1, 2]
    assert overlapping(9, 13) == [1]
    assert overlapping(18, 20) == [2]


def test_a_line_that_only_touches_a_span_does_not_overlap_it() -> None:
    assert overlapping(5, 6) == []
    assert overlapping(10, 13) == []
    assert overlapping(0, 2) == []
    assert overlapping(23, 24) == []


def test_a_document_without_lines_has_none_in_any_span() -> None:
    assert list(Outline(Document("a", "v", "A", "a", "text/plain", "  ")).overlapping(0, 2)) == []


@given(st.lists(st.sampled_from(["# A", "a", "b c.", "", "  d"]), max_size=8), st.integers(0, 30), st.integers(1, 30))
def test_the_lines_of_a_span_are_those_that_share_a_character_with_it(rows: list[str], start: int, length: int) -> None:
    outline = Outline(document("\n".join(rows)))
    lines = outline.document.lines
    shared = [n for n, line in enumerate(lines) if line.start < start + length and line.end > start]
    assert list(outline.overlapping(start, start + length)) == shared
