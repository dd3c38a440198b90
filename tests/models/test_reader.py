"""The reader that ships: where it sees the answer, and that it reads each passage by itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ReaderDamaged
from assistant.models.pairs import EncodedPair
from assistant.models.reader import SHIPPED, SPAN_TOKENS, SPANS, Logits, OnnxReader, apart, best_spans, fingerprint
from assistant.types import Passage

PAY = "The median salary is $336,500.\nThe range is wide.\nBonuses come on top."


def pair(n: int) -> EncodedPair:
    return EncodedPair([0] * (n + 3), [0] * (n + 3), 2, [(2 * at, 2 * at + 1) for at in range(n)])


def logits(starts: list[float], ends: list[float]) -> Logits:
    """Those of a pair whose first two tokens and last are no text; "nowhere" has 0."""
    return Logits(np.array([0, 9, *starts, 9], np.float32), np.array([0, 9, *ends, 9], np.float32), 0.0)


def test_the_best_span_is_the_one_with_the_highest_sum() -> None:
    found = best_spans(pair(4), logits([1, 5, 0, 2], [0, 1, 4, 3]))
    assert found[0] == (2, 5, 9.0)
    assert [(start, end) for start, end, _ in found] == [(2, 5), (6, 7)]


def test_a_span_never_ends_before_it_starts() -> None:
    assert best_spans(pair(3), logits([0, 0, 5], [5, 0, 0]), n=1) == [(0, 1, 5.0)]


def test_a_span_is_not_longer_than_allowed() -> None:
    n = SPAN_TOKENS + 20
    starts, ends = [0.0] * n, [0.0] * n
    starts[0] = ends[-1] = 5.0
    assert best_spans(pair(n), logits(starts, ends), n=1)[0][2] == 5.0


def test_a_pair_without_text_has_no_span() -> None:
    assert best_spans(EncodedPair([0, 1, 2], [0, 0, 0], 2, []), logits([], [])) == []


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


def passage(text: str, *, start: int = 0) -> Passage:
    return Passage("guide.txt", "v", start, start + len(text), text, ("Pay",))


@pytest.fixture(scope="module")
def reader() -> OnnxReader:
    return OnnxReader(titles=lambda document_id: "Head of AI", threads=1)


@pytest.mark.model
def test_sees_where_the_answer_stands(reader: OnnxReader) -> None:
    best = reader.read("What is the median salary?", [passage(PAY, start=100)])[0]
    assert "336,500" in PAY[best.start - 100 : best.end - 100]
    assert best.answerable > 0


@pytest.mark.model
def test_tells_what_the_passage_does_not_say(reader: OnnxReader) -> None:
    asked = ("What is the median salary?", "What was the median salary in 2015?", "Who painted the Mona Lisa?")
    answers, near, far = (reader.read(question, [passage(PAY)])[0].answerable for question in asked)
    assert answers > near and answers > far and far < 0


@pytest.mark.model
def test_what_it_says_of_one_passage_does_not_depend_on_the_others() -> None:
    texts = [PAY, "Lead the team.", PAY * 9, "x", ""]
    together = OnnxReader(titles=lambda _: "Head of AI", threads=1).read("What is it?", [passage(t) for t in texts])
    alone = OnnxReader(titles=lambda _: "Head of AI", threads=1)
    apart_ = [reading for text in texts for reading in alone.read("What is it?", [passage(text)])]
    assert sorted(map(repr, together)) == sorted(map(repr, apart_))


@pytest.mark.model
def test_long_passages_are_read_to_their_end(reader: OnnxReader) -> None:
    long = "The weather was fine and the road was long. " * 60 + "The median salary is $336,500."
    best = reader.read("What is the median salary?", [passage(long)])[0]
    assert "336,500" in long[best.start : best.end]


@pytest.mark.model
def test_takes_any_text(reader: OnnxReader) -> None:
    for text in ("", "\ud800", "😀" * 300, "\x00\u202e"):
        for reading in reader.read("?" + text, [passage(text)]):
            assert 0 <= reading.start < reading.end <= len(text)


@pytest.mark.model
def test_damage_is_named(tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED, tmp_path / "reader")
    content = bytearray((copy / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.onnx").write_bytes(content)
    with pytest.raises(ReaderDamaged, match=r"model\.onnx"):
        OnnxReader(copy, titles=str)
    config = json.loads((copy / "reader.json").read_text())
    (copy / "reader.json").write_text(json.dumps({**config, "max_tokens": 7}))
    with pytest.raises(ReaderDamaged, match=r"reader\.json"):
        fingerprint(copy)
    with pytest.raises(ReaderDamaged, match="install the package again"):
        fingerprint(tmp_path)
