"""Question-answering models of transformers as readers: tiny ones, made here, against what transformers gives."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cli import main
from assistant.documents.outline import Outline
from assistant.errors import ExportMismatch, ReaderDamaged, ReaderError, ReaderNotFound
from assistant.models.extractive import FILES, NOTHING, ExtractiveReader, is_intact
from assistant.models.reader_names import find_reader
from assistant.models.reader_prepare import prepare_reader
from assistant.testing import document
from assistant.types import Document, Passage, ReadPassage

QUESTION = "What is the pay of a head of AI?"
SALARY = "The pay is $336,500 a year.\n- It rises with age 😀\n- naïve café\n"
LONG = "She leads a team of 12. The pay of her team is lower, and what it costs is told below. " * 12


SHOWN: dict[str, Outline] = {}  # what `reader` knows


def page(text: str, *, before: str = "") -> Document:
    """A document whose first part the passage leaves out."""
    return document(before + text, title="Head of AI")


def passage(page: Document, *, start: int = 0, path: tuple[str, ...] = ("Pay",)) -> Passage:
    return Passage(page.id, page.version, start, len(page.text), page.text[start:], path)


def opened(folder: Path, *pages: Document) -> ExtractiveReader:
    return ExtractiveReader(folder, outlines={one.id: Outline(one) for one in pages}, threads=1)


def read(
    folder: Path, text: str, *, question: str = QUESTION, before: str = "", path: tuple[str, ...] = ("Pay",)
) -> ReadPassage:
    """What is said of a text that stands in a document behind another."""
    whole = page(text, before=before)
    return opened(folder, whole).read(question, passage(whole, start=len(before), path=path))


@pytest.fixture(scope="module", params=["bert", "roberta", "distilbert"])
def name(request: pytest.FixtureRequest, models: Path) -> str:
    return str(models / request.param)


@pytest.fixture(scope="module")
def exported(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = prepare_reader(name, tmp_path_factory.mktemp("readers"))
    yield folder
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, ".lock"}


@pytest.fixture(scope="module")
def reader(exported: Path) -> ExtractiveReader:
    return ExtractiveReader(exported, outlines=SHOWN, threads=1)


@pytest.fixture
def copy(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / exported.name))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a model; nothing here looks into its weights."""
    made = tmp_path / "model"
    made.mkdir()
    (made / "config.json").write_text(json.dumps({"architectures": ["BertForQuestionAnswering"]}))
    (made / "tokenizer.json").write_text("{}")
    (made / "model.safetensors").write_bytes(b"weights")
    (made / "README.md").write_text("words about it")
    return made


def test_finds_a_folder_by_its_path(folder: Path) -> None:
    model = find_reader(str(folder))
    assert (model.name, model.folder) == (str(folder), folder)
    assert find_reader(str(folder)) == model


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_the_fingerprint_changes_with_what_decides_the_spans(folder: Path, name: str) -> None:
    before = find_reader(str(folder)).fingerprint
    (folder / "README.md").write_text("other words")
    assert find_reader(str(folder)).fingerprint == before
    (folder / name).write_text((folder / name).read_text() + " ")
    assert find_reader(str(folder)).fingerprint != before


@pytest.mark.parametrize("name", ["nobody/no-such-model", "../etc", "a b c"])
def test_an_unknown_name_is_told_what_to_give(name: str) -> None:
    with pytest.raises(ReaderNotFound, match="give the path of a question-answering model's folder"):
        find_reader(name)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"architectures": ["BertModel"]}', "holds no question-answering model"),
        ("{}", "holds no question-answering model"),
        ("[]", "cannot be read"),
        ("{", "cannot be read"),
        (None, "has no config.json"),
    ],
)
def test_refuses_a_folder_that_holds_another_kind_of_model(folder: Path, content: str | None, told: str) -> None:
    (folder / "config.json").unlink()
    if content is not None:
        (folder / "config.json").write_text(content)
    with pytest.raises(ReaderNotFound, match=told):
        find_reader(str(folder))


def test_refuses_a_folder_without_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(ReaderNotFound, match="holds no weights"):
        find_reader(str(folder))


def test_serving_imports_no_torch() -> None:
    code = (
        "import sys, assistant.models.extractive;"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.model
def test_gives_the_spans_of_transformers_own_logits(name: str, exported: Path) -> None:
    import torch
    from transformers import AutoModelForQuestionAnswering, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(name)
    model = AutoModelForQuestionAnswering.from_pretrained(name).eval()
    context = "Head of AI: Pay: "
    takes = {"return_token_type_ids": "distilbert" not in name, "return_offsets_mapping": True}
    tokens = tokenizer(QUESTION, context + SALARY[:40], return_tensors="pt", truncation=False, padding=False, **takes)
    offsets = tokens.pop("offset_mapping")[0].tolist()
    if "roberta" in name:
        tokens.pop("token_type_ids")
    with torch.no_grad():
        logits = model(**tokens)
    starts, ends = logits.start_logits[0].numpy(), logits.end_logits[0].numpy()
    second = [at for at, of in enumerate(tokens.sequence_ids(0)) if of == 1 and offsets[at][1] > len(context)]
    score, start, end = max((starts[a] + ends[b], a, b) for a in second for b in second if a <= b)
    found = read(exported, SALARY[:40], before="x" * 99 + "\n")
    assert found.answerable == pytest.approx(float(score - starts[0] - ends[0]), abs=1e-3)
    text = (context + SALARY)[max(offsets[start][0], len(context)) : offsets[end][1]]
    assert SALARY[found.spans[0][0] - 100 : found.spans[0][1] - 100] == text.strip()


@pytest.mark.model
def test_takes_what_the_model_takes_and_no_more(name: str, reader: ExtractiveReader) -> None:
    assert (reader.name, reader.fingerprint, reader.max_tokens) == (name, find_reader(name).fingerprint, 64)


@pytest.mark.model
def test_spans_do_not_overlap_and_leave_out_the_white_space_around_them(exported: Path) -> None:
    text = LONG.replace(". ", ".\n")
    found = read(exported, text, before="# Pay\n")
    assert 1 < len(found.spans) <= 8
    spans = sorted(found.spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start - 6 : end - 6] == text[start - 6 : end - 6].strip() for start, end in spans)


@pytest.mark.model
def test_a_line_is_as_likely_as_the_best_span_that_it_shares_a_word_with(exported: Path) -> None:
    whole = page(LONG.replace(". ", ".\n"))
    found = opened(exported, whole).read(QUESTION, passage(whole))
    held: dict[int, set[float]] = {}  # scores by the best of the spans, of which the line has a part
    without = set()
    for one in found.lines:
        line = whole.lines[one.line]
        inside = [n for n, (start, end) in enumerate(found.spans) if start < line.end and end > line.start]
        if inside:
            held.setdefault(inside[0], set()).add(one.score)
        else:
            without.add(one.score)
    assert all(len(scores) == 1 for scores in held.values())
    assert held[0] == {found.answerable}
    scores = [max(held[n]) for n in sorted(held)]
    assert scores == sorted(scores, reverse=True)
    assert len(without) == 1 and max(without) <= scores[-1] - 1.0


@pytest.mark.model
def test_long_passages_are_read_in_windows_that_cover_them(reader: ExtractiveReader) -> None:
    windows = reader.windows(QUESTION, LONG)
    assert len(windows) > 2
    assert all(len(window) <= reader.max_tokens for window in windows)
    spans = [
        [offset for offset, of in zip(window.offsets, window.sequence_ids, strict=True) if of == 1]
        for window in windows
    ]
    assert spans[0][0][0] == 0 and spans[-1][-1][1] >= len(LONG.rstrip())
    assert all(after[0][0] < before[-1][0] for before, after in pairwise(spans))
    asked = [window.sequence_ids.count(0) for window in windows]
    assert len(set(asked)) == 1 and asked[0] > 0


@pytest.mark.model
def test_a_long_question_and_a_long_section_path_leave_room_for_the_text(exported: Path) -> None:
    found = read(exported, SALARY, question="What does it cost? " * 200, path=("A heading. " * 60,))
    assert found.spans
    assert all(0 <= start < end <= len(SALARY) for start, end in found.spans)


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_says_of_a_passage_without_words_that_it_does_not_answer(exported: Path, text: str) -> None:
    found = read(exported, text)
    assert (found.lines, found.spans, found.answerable) == ((), (), NOTHING)


@pytest.mark.model
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_spans_stand_inside_the_text_whatever_its_characters(
    reader: ExtractiveReader, question: str, text: str
) -> None:
    whole = page(text, before="# Pay\n\n\n\n\n\n")
    SHOWN[whole.id] = Outline(whole)
    found = reader.read(question, passage(whole, start=11))
    assert all(11 <= start < end <= 11 + len(text) for start, end in found.spans)
    assert all(np.isfinite(score) for score in (found.answerable, *(line.score for line in found.lines)))


@pytest.mark.model
def test_lone_surrogates_are_read(exported: Path) -> None:
    assert read(exported, "\udfff The pay is 12.", question="pay \ud800?").spans


@pytest.mark.model
def test_an_export_is_used_again(name: str, exported: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in exported.iterdir()}
    assert prepare_reader(name, exported.parent) == exported
    assert {path: path.stat().st_mtime_ns for path in exported.iterdir()} == before


@pytest.mark.model
@pytest.mark.parametrize("file", [*FILES, "reader.json"])
@pytest.mark.parametrize("how", ["flipped", "truncated", "missing"])
def test_refuses_a_damaged_export_by_the_name_of_the_file(copy: Path, file: str, how: str) -> None:
    path = copy / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(content if how == "flipped" else content[:-2])
    assert not is_intact(copy)
    with pytest.raises(ReaderDamaged, match=file.replace(".", r"\.")):
        opened(copy)


@pytest.mark.model
def test_an_export_that_differs_leaves_nothing_behind(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.models import reader_export

    monkeypatch.setattr(reader_export, "LARGEST_DIFFERENCE", 0.0)
    (tmp_path / ".new-killed").mkdir()
    with pytest.raises(ExportMismatch, match="differs from transformers"):
        reader_export.export(find_reader(str(models / "distilbert")), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]


@pytest.mark.model
def test_weights_that_lack_the_answers_head_are_refused(models: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(models / "bert", tmp_path / "model"))
    shutil.copyfile(models / "other" / "model.safetensors", other / "model.safetensors")
    config = json.loads((models / "other" / "config.json").read_bytes())
    (other / "config.json").write_text(json.dumps({**config, "architectures": ["BertForQuestionAnswering"]}))
    with pytest.raises(ReaderNotFound, match=r"its weights lack qa_outputs\.bias, qa_outputs\.weight"):
        prepare_reader(str(other), tmp_path / "readers")


@pytest.mark.model
@pytest.mark.parametrize(
    ("change", "told"),
    [({"post_processor": None}, "cannot say that a passage has no answer"), ({}, "cannot be loaded")],
)
def test_a_model_that_cannot_serve_is_refused(models: Path, tmp_path: Path, change: dict[str, None], told: str) -> None:
    other = Path(shutil.copytree(models / "roberta", tmp_path / "model"))
    tokenizer = json.loads((other / "tokenizer.json").read_bytes())
    (other / "tokenizer.json").write_text(json.dumps({**tokenizer, **change}))
    if not change:
        (other / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(ReaderError, match=told):
        prepare_reader(str(other), tmp_path / "readers")
    assert [path.name for path in (tmp_path / "readers").iterdir()] == [".lock"]


@pytest.mark.model
def test_a_model_of_ones_own_answers_once_it_is_calibrated(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).parents[2]
    index, questions = ["--index", str(tmp_path / "index")], str(root / "tests" / "data" / "questions.jsonl")
    ask = ["ask", "What is the median salary of a Head of AI?", *index]
    assert main(["index", "--corpus", str(root / "corpus"), *index]) == 0
    monkeypatch.setenv("ASSISTANT_READER", str(models / "bert"))
    assert main(ask) == 4
    assert "assistant index" in capsys.readouterr().err
    assert main(["index", "--corpus", str(root / "corpus"), *index]) == 0
    assert main(ask) == 6
    assert "assistant calibrate" in capsys.readouterr().err
    assert main(["calibrate", questions, *index, "--output", str(tmp_path / "mine.json")]) == 0
    monkeypatch.setenv("ASSISTANT_CALIBRATION", str(tmp_path / "mine.json"))
    monkeypatch.setenv("ASSISTANT_MAX_FALSE_ANSWER_RATE", "1")
    capsys.readouterr()
    assert main(ask) == 0
    assert "Sources:" in capsys.readouterr().out
