"""The default encoder ships, and indexing and serving load nothing that it was made by."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from assistant.disk import checksum, sha256
from assistant.errors import IndexDamaged, IndexMismatch
from assistant.models import encoder
from assistant.models.encoder import FILES, OnnxEncoder, is_intact
from assistant.models.encoder_names import DEFAULT, OFFICIAL, SHIPPED, find_model, shipped
from assistant.models.encoder_prepare import open_encoder, prepare_encoder
from assistant.types import Encoder, Json

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
ALL_OF_IT = """
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from assistant.cli import main
from assistant.compose import open_answerer
from assistant.server import create_app
from assistant.settings import Settings

corpus, index = map(Path, sys.argv[1:])
assert main(["index", "--corpus", str(corpus), "--index", str(index)]) == 0
assistant = open_answerer(Settings(corpus=corpus, index=index))
client = TestClient(create_app(lambda: assistant), base_url="http://localhost")
[hit] = client.post("/v1/search", json={"question": "When does the gate close?", "k": 1}).json()["hits"]
assert hit["cited_text"].strip() == "The gate closes at ten.", hit
assert client.post("/v1/ask", json={"question": "When does the gate close?"}).status_code == 200
print(sorted({"torch", "transformers", "sentence_transformers", "huggingface_hub", "onnx"} & sys.modules.keys()))
print(sorted(path.name for path in index.iterdir()))
"""


def config_of(folder: Path) -> dict[str, Json]:
    known: dict[str, Json] = json.loads((folder / "encoder.json").read_text("utf-8"))
    return known


def rewritten(folder: Path, **changes: Json) -> None:
    """Has encoder.json say something else, with the checksum that belongs to it."""
    config = {key: value for key, value in config_of(folder).items() if key != "checksum"} | changes
    (folder / "encoder.json").write_text(json.dumps({**config, "checksum": checksum(config)}), "utf-8")


@pytest.fixture
def another(tmp_path: Path) -> Path:
    """An export of the same model that is not the one that ships, beside an index."""
    folder = tmp_path / "encoders" / ("0" * 32)
    shutil.copytree(SHIPPED, folder)
    rewritten(folder, fingerprint="0" * 32)
    return folder


def test_indexing_and_serving_with_the_default_encoder_load_no_library_that_made_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The gate closes at ten.\n", "utf-8")
    command = [sys.executable, "-c", ALL_OF_IT, str(tmp_path / "a.txt"), str(tmp_path / "index")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["[]", "['.lock', 'builds', 'current']"]
    assert "prepare the encoder" not in done.stderr


def test_the_default_encoder_ships_under_each_of_its_names_and_no_other_does(tmp_path: Path) -> None:
    assert shipped("all-MiniLM-L6-v2") == shipped(DEFAULT) == SHIPPED
    assert shipped("sentence-transformers/all-mpnet-base-v2") is shipped(str(tmp_path)) is None
    assert is_intact(SHIPPED)


def test_what_ships_says_which_weights_it_was_made_from() -> None:
    config = config_of(SHIPPED)
    source = config["source"]
    assert config["name"] == DEFAULT
    assert isinstance(source, dict)
    assert source["model.safetensors"] == OFFICIAL[DEFAULT]
    folder = find_model(DEFAULT).folder
    assert source == {name: sha256(folder / name) for name in source}


def folder_of(encoder: Encoder) -> Path:
    assert isinstance(encoder, OnnxEncoder)
    return encoder.folder


def test_nothing_is_written_where_the_default_encoder_is_prepared(tmp_path: Path) -> None:
    told: list[str] = []
    made = prepare_encoder(
        DEFAULT, tmp_path / "encoders", sample=lambda _: [], threads=1, note=lambda: told.append("an export")
    )
    assert (folder_of(made), made.fingerprint) == (SHIPPED, config_of(SHIPPED)["fingerprint"])
    assert [*told, *tmp_path.iterdir()] == []


def test_an_index_of_what_ships_is_opened_with_it_and_nothing_is_brought() -> None:
    brought: list[Path] = []

    def beside() -> Path:
        brought.append(SHIPPED)
        return SHIPPED

    fingerprint = str(config_of(SHIPPED)["fingerprint"])
    assert (folder_of(open_encoder(DEFAULT, fingerprint, beside, threads=1)), brought) == (SHIPPED, [])


def test_an_index_of_another_export_goes_on_with_the_one_beside_it(
    another: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert folder_of(open_encoder(DEFAULT, another.name, lambda: another, threads=1)) == another
    assert "built with another export of sentence-transformers/all-MiniLM-L6-v2" in caplog.text
    assert "assistant index" in caplog.text


def test_an_index_of_another_export_that_is_gone_is_refused(another: Path) -> None:
    shutil.rmtree(another)
    with pytest.raises(IndexMismatch, match=r"another export of .* is missing: run `assistant index`"):
        open_encoder(DEFAULT, another.name, lambda: another)


def test_an_export_that_lies_under_the_fingerprint_of_another_is_refused(another: Path) -> None:
    rewritten(another, fingerprint="1" * 32)
    with pytest.raises(IndexMismatch, match=rf"\({'0' * 32}\), but the encoder beside it .* \({'1' * 32}\)"):
        open_encoder(DEFAULT, another.name, lambda: another)


@pytest.mark.parametrize("name", [*FILES, "encoder.json"])
def test_damage_to_what_ships_is_told_with_the_way_out(
    another: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoder, "SHIPPED", another)
    content = bytearray((another / name).read_bytes())
    content[len(content) // 2] ^= 1
    (another / name).write_bytes(content)
    with pytest.raises(IndexDamaged, match=rf"{name} is damaged: install the package again"):
        OnnxEncoder(another)


@pytest.mark.model
def test_the_weights_that_ship_are_the_official_ones_in_half_precision() -> None:
    from safetensors.numpy import load_file

    official = {
        hash(tensor.astype(np.float16).tobytes())
        for weights in load_file(find_model(DEFAULT).folder / "model.safetensors").values()
        for tensor in (weights, weights.T)  # those of a matrix product are stored the other way round
    }
    network = onnx.load(str(SHIPPED / "model.onnx")).graph
    halves = [t for t in network.initializer if t.name.endswith(".half")]
    assert len(halves) == 44  # two tables, and six matrices with one long bias in each of six layers
    assert [t.name for t in halves if hash(numpy_helper.to_array(t).tobytes()) not in official] == []


@pytest.mark.model
def test_it_gives_what_sentence_transformers_gives_and_finds_the_same() -> None:
    from assistant.documents.corpus import load_corpus
    from assistant.models.encoder_export import load

    ours, theirs = OnnxEncoder(SHIPPED), load(find_model(DEFAULT))
    documents = load_corpus(CORPUS).documents
    texts = [document.text[line.start : line.end] for document in documents for line in document.lines]
    texts += ["naïve café 😀 東京 e\u0301", "", "A passage of many words. " * 200]
    rows = (ROOT / "tests/data/questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(row)["question"] for row in rows]
    passages = ours.encode_passages(texts), theirs.encode_document(texts, normalize_embeddings=True)
    queries = ours.encode_queries(questions), theirs.encode_query(questions, normalize_embeddings=True)
    for mine, other in (passages, queries):
        assert (mine * other).sum(axis=1).min() >= 0.99999
    scores, wanted = (queries[side] @ passages[side].T for side in (0, 1))
    assert np.abs(scores - wanted).max() < 0.001
    for mine, other in zip(scores, wanted, strict=True):
        tenth = np.sort(other)[-10]
        assert set(np.flatnonzero(other > tenth + 0.001)) <= set(np.argsort(-mine)[:10])
        assert np.argmax(mine) == np.argmax(other)
