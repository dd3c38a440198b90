"""The reader that ships: where it sees the answer, and that it reads each passage by itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.outline import Outline
from assistant.errors import ReaderDamaged
from assistant.models.pairs import EncodedPair, PairEncoder
from assistant.models.reader import (
    SHIPPED,
    SPAN_TOKENS,
    SPANS,
    OnnxReader,
    Span,
    apart,
    best_spans,
    fingerprint,
    passage_input,
)
from assistant.testing import document
from assistant.types import Document, Line, LineKind, Passage, Section


def pair(n: int) -> EncodedPair:
    return EncodedPair([0] * (n + 3), [0] * (n + 3), 2, [(2 * at, 2 * at + 1) for at in range(n)])


def spans(starts: list[float], ends: list[float], *, nowhere: float = 0.0, n: int = SPANS) -> list[Span]:
    """The best spans of a pair whose first two tokens and last are no text."""
    given = (np.array([nowhere, 9, *values, 9], np.float32) for values in (starts, ends))
    return best_spans(pair(len(starts)), *given, n=n)


def test_the_best_span_is_the_one_with_the_highest_sum() -> None:
    assert spans([1, 5, 0, 2], [0, 1, 4, 3]) == [(2, 5, 9.0), (6, 7, 5.0)]


def test_the_score_of_a_span_is_over_that_of_nowhere() -> None:
    assert spans([1, 5, 0, 2], [0, 1, 4, 3], nowhere=3.0, n=1) == [(2, 5, 3.0)]


def test_a_span_never_ends_before_it_starts() -> None:
    assert spans([0, 0, 5], [5, 0, 0], n=1) == [(0, 1, 5.0)]


def test_a_span_is_not_longer_than_allowed() -> None:
    long = SPAN_TOKENS + 20
    starts, ends = [0.0] * long, [0.0] * long
    starts[0] = ends[-1] = 5.0
    assert spans(starts, ends, n=1)[0][2] == 5.0


def test_a_pair_without_text_has_no_span() -> None:
    assert best_spans(EncodedPair([0, 1, 2], [0, 0, 0], 2, []), np.zeros(3, np.float32), np.zeros(3, np.float32)) == []


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.floats(-9, 9)), max_size=30))
def test_spans_are_set_apart_best_first(spans: list[tuple[int, int, float]]) -> None:
    chosen = apart(spans)
    assert len(chosen) <= SPANS and set(chosen) <= set(spans)
    assert [score for *_, score in chosen] == sorted((score for *_, score in chosen), reverse=True)
    covered = [at for start, end, _ in chosen for at in range(start, end)]
    assert len(covered) == len(set(covered))
    whole = [span for span in spans if span[0] < span[1]]
    assert bool(chosen) == bool(whole)
    if whole:
        assert chosen[0][2] == max(score for *_, score in whole)


TEXT = "Tools\nBring these\n- knives\n  - a bread knife\nAll are washed.\n"
ROWS: tuple[tuple[str, LineKind, int | None], ...] = (
    ("Tools", "heading", None),
    ("Bring these", "lead", None),
    ("knives", "item", 1),
    ("a bread knife", "item", 2),
    ("All are washed.", "sentence", None),
)
STARTS = [TEXT.index(words) for words, *_ in ROWS]
LINES = tuple(
    Line(kind, start, start + len(words), ("Tools",), parent)
    for start, (words, kind, parent) in zip(STARTS, ROWS, strict=True)
)
SECTION = Section("Tools", ("Tools",), 0, len(TEXT))
TOOLS = Document("d", "v", "Shop", "d", "text/plain", TEXT, (SECTION,), LINES)
OUTLINE = Outline(TOOLS)


def part(start: int, end: int) -> Passage:
    return Passage("d", "v", start, end, TEXT[start:end], ("Tools",))


def test_a_passage_goes_in_with_its_title_its_sections_and_its_lines() -> None:
    context, text, lines = passage_input(OUTLINE, part(0, len(TEXT)))
    assert (context, text) == ("Shop: Tools: ", TEXT)
    assert [(TEXT[start:end], kind) for start, end, kind in lines] == [
        ("Tools", "heading"),
        ("Bring these", "lead"),
        ("knives", "item"),
        ("a bread knife", "item"),
        ("All are washed.", "sentence"),
    ]


def test_what_introduces_the_first_line_but_stands_before_the_passage_goes_in_before_it() -> None:
    start = TEXT.index("  - a bread")
    context, text, lines = passage_input(OUTLINE, part(start, len(TEXT)))
    assert context == "Shop: Tools: Bring these: knives: "
    assert [(text[a:b], kind) for a, b, kind in lines] == [("a bread knife", "item"), ("All are washed.", "sentence")]


def test_what_introduces_the_first_line_within_the_passage_is_not_said_twice() -> None:
    start = TEXT.index("- knives")
    assert passage_input(OUTLINE, part(start, len(TEXT)))[0] == "Shop: Tools: Bring these: "
    assert passage_input(OUTLINE, part(TEXT.index("Bring"), len(TEXT)))[0] == "Shop: Tools: "


def test_a_line_that_the_passage_cuts_goes_in_with_the_part_within_it() -> None:
    start, end = TEXT.index("these"), TEXT.index("bread")
    _, text, lines = passage_input(OUTLINE, part(start, end))
    assert [(text[a:b], kind) for a, b, kind in lines] == [("these", "lead"), ("knives", "item"), ("a ", "item")]


def test_a_passage_without_lines_goes_in_all_the_same() -> None:
    empty = Outline(Document("d", "v", "Shop", "d", "text/plain", " \n"))
    assert passage_input(empty, Passage("d", "v", 0, 2, " \n")) == ("Shop: ", " \n", [])


PAY = "# Pay\nThe median salary is $336,500.\nThe range is wide.\nBonuses come on top.\n"
HEAD = document(PAY, title="Head of AI")


def of(document: Document) -> Passage:
    return Passage(document.id, document.version, 0, len(document.text), document.text)


def opened(folder: Path, *documents: Document) -> OnnxReader:
    return OnnxReader(folder, outlines={one.id: Outline(one) for one in documents}, threads=1)


@pytest.mark.model
def test_a_line_that_several_windows_hold_counts_where_it_is_likeliest(tiny_reader: Path) -> None:
    long = document("one line of words here.\n" * 12)
    reader = opened(tiny_reader, long)
    ignored = (tiny_reader / "ignored.txt").read_text().split()
    pairs = PairEncoder((tiny_reader / "tokenizer.json").read_text(), ignored=ignored)
    [windows] = pairs.pairs("which line?", [passage_input(Outline(long), of(long))], max_tokens=120)
    judged = [reader.logits(pair) for pair in windows]
    assert len(judged) > 2
    found = reader.read("which line?", of(long))
    assert [line.line for line in found.lines] == list(range(12))
    for line in found.lines:
        assert line.score == max(one.lines[line.line] for one in judged if line.line in one.lines)
    assert found.answerable == max(one.answerable for one in judged)


@pytest.mark.model
def test_lines_are_told_by_their_place_in_the_document(tiny_reader: Path) -> None:
    start = PAY.index("The range")
    cut = Passage("guide.txt", HEAD.version, start, len(PAY), PAY[start:], ("Pay",))
    found = opened(tiny_reader, HEAD).read("What?", cut)
    assert [line.line for line in found.lines] == [2, 3]
    assert all(start <= a < b <= len(PAY) for a, b in found.spans)


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return opened(SHIPPED, HEAD)


@pytest.mark.model
def test_sees_where_the_answer_stands(reader: OnnxReader) -> None:
    found = reader.read("What is the median salary?", of(HEAD))
    assert max(found.lines, key=lambda line: line.score).line == 1
    assert "336,500" in PAY[slice(*found.spans[0])]
    assert found.answerable > 0


@pytest.mark.model
def test_tells_what_the_passage_does_not_say(reader: OnnxReader) -> None:
    asked = ("What is the median salary?", "What was the median salary in 2015?", "Who painted the Mona Lisa?")
    answers, near, far = (reader.read(question, of(HEAD)).answerable for question in asked)
    assert answers > near and answers > far and far < 0


@pytest.mark.model
def test_long_passages_are_read_to_their_end() -> None:
    long = document("The weather was fine and the road was long.\n" * 60 + "The median salary is $336,500.", title="AI")
    found = opened(SHIPPED, long).read("What is the median salary?", of(long))
    assert max(found.lines, key=lambda line: line.score).line == 60
    assert "336,500" in long.text[slice(*found.spans[0])]


@pytest.mark.model
def test_damage_is_named(tiny_reader: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_reader, tmp_path / "reader")
    content = bytearray((copy / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.onnx").write_bytes(content)
    with pytest.raises(ReaderDamaged, match=r"model\.onnx"):
        opened(copy)
    config = json.loads((copy / "reader.json").read_text())
    (copy / "reader.json").write_text(json.dumps({**config, "max_tokens": 7}))
    with pytest.raises(ReaderDamaged, match=r"reader\.json"):
        fingerprint(copy)
    with pytest.raises(ReaderDamaged, match="install the package again"):
        fingerprint(tmp_path)
