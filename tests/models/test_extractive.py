"""Question-answering models of transformers as readers: tiny ones, made here, against what transformers gives."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.cli import main
from assistant.errors import ExportMismatch, ReaderDamaged, ReaderError, ReaderNotFound
from assistant.models.extractive import FILES, ExtractiveReader, is_intact
from assistant.models.reader_names import find_reader
from assistant.models.reader_prepare import prepare_reader
from assistant.types import Passage

TITLES = {"a.txt": "Head of AI", "b.txt": "Café manager"}
QUESTION = "What is the pay of a head of AI?"
SALARY = "The pay is $336,500 a year.\n- It rises with age 😀\n- naïve café\n"
LONG = "She leads a team of 12. The pay of her team is lower, and what it costs is told below. " * 12
MAKE = """
import sys
from pathlib import Path
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModelForQuestionAnswering, BertConfig, BertForMaskedLM, DistilBertConfig, PreTrainedTokenizerFast, RobertaConfig
)
import torch

folder = Path(sys.argv[1])
words = ["The pay of a head of AI is $336,500 a year. She leads a team of 12; what does it cost?", "naïve café"] * 4
special = {"cls_token": "[CLS]", "sep_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
pieces = Tokenizer(models.WordPiece(unk_token="[UNK]"))
pieces.normalizer = normalizers.BertNormalizer()
pieces.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
pieces.train_from_iterator(words, trainers.WordPieceTrainer(
    vocab_size=180, special_tokens=["[CLS]", "[PAD]", "[SEP]", "[UNK]"], show_progress=False))
pieces.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 0))
pairs = Tokenizer(models.BPE())
pairs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
pairs.train_from_iterator(words, trainers.BpeTrainer(
    vocab_size=340, special_tokens=["[CLS]", "[PAD]", "[SEP]", "[UNK]"], show_progress=False,
    initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
pairs.post_processor = processors.RobertaProcessing(("[SEP]", 2), ("[CLS]", 0), trim_offsets=False)
pieces.enable_truncation(20)
pieces.enable_padding(length=50)

size = {"vocab_size": 400, "pad_token_id": 1, "initializer_range": 0.3}
wide = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
for name, config, tokenizer in (
    ("bert", BertConfig(**size, **wide, max_position_embeddings=64), pieces),
    ("roberta", RobertaConfig(**size, **wide, max_position_embeddings=66, type_vocab_size=1), pairs),
    ("distilbert", DistilBertConfig(**size, dim=32, n_layers=2, n_heads=2, hidden_dim=32, max_position_embeddings=64),
     pieces),
):
    torch.manual_seed(1)
    AutoModelForQuestionAnswering.from_config(config).save_pretrained(folder / name)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **special).save_pretrained(folder / name)
BertForMaskedLM(BertConfig(**size, **wide)).save_pretrained(folder / "other")
"""


def passage(text: str, *, document: str = "a.txt", start: int = 0, path: tuple[str, ...] = ("Pay",)) -> Passage:
    return Passage(document, "v", start, start + len(text), text, path)


def opened(folder: Path) -> ExtractiveReader:
    return ExtractiveReader(folder, titles=TITLES.__getitem__, threads=1)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    subprocess.run([sys.executable, "-W", "ignore", "-c", MAKE, str(folder)], check=True, capture_output=True)
    return folder


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
    return opened(exported)


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
def test_gives_the_spans_of_transformers_own_logits(name: str, reader: ExtractiveReader) -> None:
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
    best = reader.read(QUESTION, [passage(SALARY[:40], start=100)])[0]
    assert best.score == pytest.approx(float(score - starts[0] - ends[0]), abs=1e-3)
    text = (context + SALARY)[max(offsets[start][0], len(context)) : offsets[end][1]]
    assert SALARY[best.start - 100 : best.end - 100] == text.strip()


@pytest.mark.model
def test_takes_what_the_model_takes_and_no_more(name: str, reader: ExtractiveReader) -> None:
    assert (reader.name, reader.fingerprint, reader.max_tokens) == (name, find_reader(name).fingerprint, 64)


@pytest.mark.model
def test_spans_do_not_overlap_and_come_best_first(reader: ExtractiveReader) -> None:
    readings = reader.read(QUESTION, [passage(LONG, start=7)])
    assert 1 < len(readings) <= 8
    assert [r.score for r in readings] == sorted((r.score for r in readings), reverse=True)
    assert {r.answerable for r in readings} == {readings[0].score}
    spans = sorted((r.start, r.end) for r in readings)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(LONG[start - 7 : end - 7] == LONG[start - 7 : end - 7].strip() for start, end in spans)


@pytest.mark.model
def test_what_it_says_of_a_passage_does_not_depend_on_the_others(exported: Path) -> None:
    passages = [passage(SALARY), passage(LONG, document="b.txt", start=3), passage("Twelve."), passage(SALARY[9:])]
    together = opened(exported).read(QUESTION, passages)
    alone = [reading for p in reversed(passages) for reading in opened(exported).read(QUESTION, [p])]
    assert sorted(together, key=repr) == sorted(alone, key=repr)
    assert [r.score + r.answerable for r in together] == sorted((r.score + r.answerable for r in alone), reverse=True)


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
def test_a_long_question_and_a_long_section_path_leave_room_for_the_text(reader: ExtractiveReader) -> None:
    readings = reader.read("What does it cost? " * 200, [passage(SALARY, path=("A heading. " * 60,))])
    assert readings
    assert all(0 <= r.start < r.end <= len(SALARY) for r in readings)


@pytest.mark.model
@pytest.mark.parametrize("text", ["", " \n\t "])
def test_says_nothing_of_a_passage_without_words(reader: ExtractiveReader, text: str) -> None:
    assert reader.read(QUESTION, [passage(text)]) == []


@pytest.mark.model
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_spans_stand_inside_the_text_whatever_its_characters(
    reader: ExtractiveReader, question: str, text: str
) -> None:
    for reading in reader.read(question, [passage(text, start=11)]):
        assert 11 <= reading.start < reading.end <= 11 + len(text)
        assert np.isfinite(reading.score)


@pytest.mark.model
def test_lone_surrogates_are_read(reader: ExtractiveReader) -> None:
    assert reader.read("pay \ud800?", [passage("\udfff The pay is 12.")])


@pytest.mark.model
def test_threads_may_share_it(reader: ExtractiveReader) -> None:
    questions = [f"What is {n} a year?" for n in range(24)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: reader.read(question, [passage(SALARY)]), questions))
    assert found == [reader.read(question, [passage(SALARY)]) for question in questions]


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
