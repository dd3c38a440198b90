"""What every reader holds to, whatever it reads with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from math import isfinite
from pathlib import Path

import pytest

from assistant.documents.outline import Outline
from assistant.models.extractive import ExtractiveReader
from assistant.models.reader import SHIPPED, OnnxReader
from assistant.models.reader_prepare import prepare_reader
from assistant.testing import WordReader, document
from assistant.types import Document, Passage, Reader

Open = Callable[[Mapping[str, Outline]], Reader]
GUIDE = document(
    "# Pay\nThe pay of a head of AI is $336,500 a year.\nIt rises with age.\n# Team\nShe leads a team of 12.\n", id="g"
)
LONG = document("# Road\n" + "She leads a team, and what it costs is told below.\n" * 40, id="l", title="A long road")
ODD = document(
    "na\u00efve caf\u00e9 \U0001f600\nthe pay \ud800 is 12\n\u202etab\tand nul\x00 here\n" + "a" * 700, id="o"
)
DOCUMENTS = (GUIDE, LONG, ODD)
OUTLINES = {one.id: Outline(one) for one in DOCUMENTS}
QUESTION = "What is the pay of a head of AI?"


def part(document: Document, start: int = 0, end: int | None = None) -> Passage:
    end = len(document.text) if end is None else end
    return Passage(document.id, document.version, start, end, document.text[start:end])


PARTS = [
    *(part(one) for one in DOCUMENTS),
    part(GUIDE, 20),
    part(GUIDE, 10, 60),
    part(LONG, 100, 1500),
    part(ODD, 3, 20),
]


@pytest.fixture(
    scope="module",
    params=[
        "words",
        pytest.param("tiny", marks=pytest.mark.model),
        pytest.param("shipped", marks=pytest.mark.model),
        pytest.param("extractive", marks=pytest.mark.model),
    ],
)
def opener(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Open:
    """What opens a reader of some kind, anew each time."""
    if request.param == "words":
        return WordReader
    if request.param == "extractive":
        models: Path = request.getfixturevalue("models")
        exported = prepare_reader(str(models / "bert"), tmp_path_factory.mktemp("readers"))
        return lambda outlines: ExtractiveReader(exported, outlines=outlines, threads=1)
    folder: Path = SHIPPED if request.param == "shipped" else request.getfixturevalue("tiny_reader")
    return lambda outlines: OnnxReader(folder, outlines=outlines, threads=1)


@pytest.fixture(scope="module")
def reader(opener: Open) -> Reader:
    return opener(OUTLINES)


def test_it_says_what_decides_what_it_says(opener: Open, reader: Reader) -> None:
    assert reader.fingerprint
    assert opener(OUTLINES).fingerprint == reader.fingerprint


@pytest.mark.parametrize("passage", PARTS, ids=str)
def test_every_line_of_the_passage_is_scored_in_its_order(reader: Reader, passage: Passage) -> None:
    read = reader.read(QUESTION, passage)
    assert read.passage == passage
    assert [line.line for line in read.lines] == list(
        OUTLINES[passage.document_id].overlapping(passage.start, passage.end)
    )
    assert {line.document_id for line in read.lines} == {passage.document_id}
    assert all(isfinite(odds) for odds in (read.answerable, *(line.score for line in read.lines)))


@pytest.mark.parametrize("passage", PARTS, ids=str)
def test_spans_lie_within_the_passage_and_hold_something(reader: Reader, passage: Passage) -> None:
    spans = reader.read(QUESTION, passage).spans
    assert spans
    for start, end in spans:
        assert passage.start <= start < end <= passage.end


def test_spans_do_not_overlap(reader: Reader) -> None:
    for passage in PARTS:
        covered = [at for start, end in reader.read(QUESTION, passage).spans for at in range(start, end)]
        assert len(covered) == len(set(covered))


def test_what_it_says_of_one_passage_does_not_depend_on_the_others(opener: Open) -> None:
    one = opener(OUTLINES)
    together = [one.read(QUESTION, passage) for passage in PARTS]
    assert [opener(OUTLINES).read(QUESTION, passage) for passage in reversed(PARTS)] == together[::-1]
    assert [one.read(QUESTION, passage) for passage in PARTS] == together


def test_the_same_words_at_another_place_are_read_alike(reader: Reader) -> None:
    read = reader.read(QUESTION, part(LONG, 7, 58))
    shifted = reader.read(QUESTION, part(LONG, 58, 109))
    assert [line.score for line in read.lines] == [line.score for line in shifted.lines]
    assert [(start + 51, end + 51) for start, end in read.spans] == list(shifted.spans)


@pytest.mark.parametrize("question", ["", "?", "\ud800", "\U0001f600" * 300, "\x00\u202e", "what does it cost " * 200])
def test_takes_any_question(reader: Reader, question: str) -> None:
    for passage in (part(GUIDE), part(ODD)):
        read = reader.read(question, passage)
        assert len(read.lines) == len(OUTLINES[passage.document_id].document.lines)
        assert isfinite(read.answerable)


@pytest.mark.parametrize("text", ["\n", " \n\t "])
def test_says_of_a_passage_without_words_that_it_does_not_answer(opener: Open, text: str) -> None:
    empty = document(text, id="e")
    read = opener({"e": Outline(empty)}).read(QUESTION, part(empty))
    assert (read.lines, read.spans) == ((), ())
    assert isfinite(read.answerable)


def test_threads_may_share_it(opener: Open, reader: Reader) -> None:
    asked = [(f"What is {n} a year?", PARTS[n % len(PARTS)]) for n in range(24)]
    shared = opener(OUTLINES)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda one: shared.read(*one), asked)) == [reader.read(*one) for one in asked]
