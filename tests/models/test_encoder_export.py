"""The export of a real model, and the encoder that serves from it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ExportMismatch, IndexDamaged
from assistant.models.encoder import FILES, OnnxEncoder, is_intact
from assistant.models.encoder_names import DEFAULT, find_model

pytestmark = pytest.mark.model
NAME = str(find_model(DEFAULT).folder)  # a folder is exported, whatever lies in it
TEXTS = [
    "The median salary is $336,500.",
    "  white space\n\naround  ",
    "Short",
    "",
    "A passage of many words. " * 200,
    "naïve café 😀 東京 e\u0301",
    "lone \ud800 surrogate",
]
EXPORT = """
import sys
from pathlib import Path
from assistant.models.encoder_prepare import prepare_encoder
texts = ["The first passage.", "Another one. " * 300, "A third, on pay."]
prepare_encoder(sys.argv[1], Path(sys.argv[2]), sample=lambda encoder: texts)
print("torch" in sys.modules)
"""


def run(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "default", "-c", EXPORT, NAME, str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("encoders")
    done = run(folder)
    assert (done.stdout, done.stderr) == ("True\n", "")
    yield folder / find_model(NAME).fingerprint


@pytest.fixture(scope="module")
def encoder(exported: Path) -> OnnxEncoder:
    return OnnxEncoder(exported)


@pytest.fixture
def copy(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / exported.name))


def test_an_export_is_used_again_without_torch(exported: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in exported.iterdir()}
    assert run(exported.parent).stdout == "False\n"
    assert {path: path.stat().st_mtime_ns for path in exported.iterdir()} == before
    assert {path.name for path in exported.parent.iterdir()} == {exported.name, ".lock"}


def test_knows_what_was_measured(encoder: OnnxEncoder) -> None:
    assert (encoder.dim, encoder.max_tokens) == (384, 256)
    assert isinstance(encoder.smallest_cosine, float) and encoder.smallest_cosine >= 0.9995


def test_gives_what_sentence_transformers_gives(encoder: OnnxEncoder) -> None:
    from assistant.models.encoder_export import load

    texts = TEXTS[:-1]
    theirs = load(find_model(NAME)).encode(texts, normalize_embeddings=True)
    assert (encoder.encode_passages(texts) * theirs).sum(axis=1).min() >= 0.9995
    assert (encoder.encode_queries(texts) * theirs).sum(axis=1).min() >= 0.9995


def test_gives_unit_rows_of_float32_in_the_order_of_the_texts(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode_passages(TEXTS)
    assert vectors.dtype == np.dtype(np.float32)
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors, [encoder.encode_passages([text])[0] for text in TEXTS], atol=1e-6)
    assert encoder.encode_passages([]).shape == encoder.encode_queries([]).shape == (0, 384)


def test_a_query_gives_the_same_bits_whatever_it_is_asked_with(encoder: OnnxEncoder) -> None:
    together = encoder.encode_queries(TEXTS)
    assert all(
        np.array_equal(encoder.encode_queries([text])[0], row) for text, row in zip(TEXTS, together, strict=True)
    )


def test_queries_of_equal_length_are_encoded_together_with_hardly_a_difference(encoder: OnnxEncoder) -> None:
    texts = [*TEXTS, *(f"question {n} about pay" for n in range(9))]
    assert np.allclose(encoder.encode_alike(texts), encoder.encode_queries(texts), atol=1e-6)
    assert np.array_equal(encoder.encode_alike(texts), encoder.encode_alike(texts))
    assert encoder.encode_alike([]).shape == (0, 384)


def test_tells_how_many_passages_are_done(encoder: OnnxEncoder) -> None:
    told: list[int] = []
    encoder.encode_passages(TEXTS * 3, progress=told.append)
    assert sum(told) == len(TEXTS) * 3


def test_says_where_each_token_stands(encoder: OnnxEncoder) -> None:
    text = "naïve 😀 salary: $336,500"
    [(vectors, offsets), (nothing, nowhere)] = encoder.encode_tokens([text, ""])
    assert vectors.shape == (len(offsets), 384)
    assert [text[start:end] for start, end in offsets if text[start:end].isalpha()] == ["naïve", "salary"]
    assert "".join(text[start:end] for start, end in offsets if text[start] != "😀") == "naïvesalary:$336,500"
    assert (len(nothing), nowhere) == (0, [])


def test_the_mean_of_all_tokens_points_where_the_passage_does(encoder: OnnxEncoder) -> None:
    [(vectors, _)] = encoder.encode_tokens([TEXTS[0]])
    mean = vectors.mean(axis=0)
    assert float(mean @ encoder.encode_passages([TEXTS[0]])[0]) / float(np.linalg.norm(mean)) > 0.95


def test_counts_tokens_before_anything_is_cut_off(encoder: OnnxEncoder) -> None:
    assert encoder.count_tokens("hello there") == 4
    assert encoder.count_tokens("hello " * 1000) == 1002


def test_threads_may_share_it(encoder: OnnxEncoder) -> None:
    texts = [f"question {n} about pay" for n in range(64)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: (encoder.count_tokens(text), encoder.encode_queries([text])[0]), texts))
    for text, (count, vector) in zip(texts, found, strict=True):
        assert count == encoder.count_tokens(text)
        assert np.allclose(vector, encoder.encode_queries([text])[0], atol=1e-6)


@pytest.mark.parametrize("name", [*FILES, "encoder.json"])
@pytest.mark.parametrize("how", ["flipped", "truncated", "missing"])
def test_refuses_a_damaged_export_by_the_name_of_the_file(copy: Path, name: str, how: str) -> None:
    path = copy / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(content if how == "flipped" else content[:-2])
    assert not is_intact(copy)
    with pytest.raises(IndexDamaged, match=name.replace(".", r"\.")):
        OnnxEncoder(copy)


def test_an_export_that_differs_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.models import encoder_export

    monkeypatch.setattr(encoder_export, "SMALLEST_COSINE", 1.1)
    (tmp_path / ".new-killed").mkdir()
    with pytest.raises(ExportMismatch, match=r"smallest cosine over 1 passages is 1\.0"):
        encoder_export.export(find_model(NAME), tmp_path, sample=lambda _: ["A passage."])
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
