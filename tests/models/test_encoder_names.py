"""Which model a name means."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import EncoderNotFound, WrongWeights
from assistant.models import encoder_names
from assistant.models.encoder_names import find_model, full_name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a model; nothing here looks into its weights."""
    made = tmp_path / "model"
    (made / "1_Pooling").mkdir(parents=True)
    (made / "modules.json").write_text(json.dumps([{"path": ""}, {"path": "1_Pooling"}]))
    (made / "1_Pooling" / "config.json").write_text('{"pooling_mode_mean_tokens": true}')
    (made / "tokenizer.json").write_text("{}")
    (made / "model.safetensors").write_bytes(b"weights")
    (made / "README.md").write_text("words about it")
    return made


def test_a_bare_name_is_one_of_sentence_transformers_own() -> None:
    assert full_name("all-MiniLM-L6-v2") == "sentence-transformers/all-MiniLM-L6-v2"
    assert full_name("other/model") == "other/model"


def test_finds_the_packaged_model_with_its_official_weights() -> None:
    model = find_model("all-MiniLM-L6-v2")
    assert model.name == "sentence-transformers/all-MiniLM-L6-v2"
    assert (model.folder / "model.safetensors").is_file()
    assert model == find_model("sentence-transformers/all-MiniLM-L6-v2")


def test_refuses_weights_that_are_not_the_official_ones(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(encoder_names.OFFICIAL, str(folder), "0" * 64)
    with pytest.raises(WrongWeights, match="are not those of"):
        find_model(str(folder))


def test_an_unknown_name_is_not_looked_for_in_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    for name in ("nobody/no-such-model", "../etc", "a b c", str(tmp_path / "missing")):
        with pytest.raises(EncoderNotFound, match="no model"):
            find_model(name)


@pytest.mark.parametrize("missing", ["modules.json", "model.safetensors"])
def test_refuses_a_folder_that_holds_no_model(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(EncoderNotFound, match="holds no"):
        find_model(str(folder))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json", "modules.json"])
def test_the_fingerprint_changes_with_what_decides_the_vectors(folder: Path, name: str) -> None:
    before = find_model(str(folder)).fingerprint
    (folder / name).write_text((folder / name).read_text() + " ")
    assert find_model(str(folder)).fingerprint != before


def test_the_fingerprint_does_not_change_with_words_about_the_model(folder: Path) -> None:
    before = find_model(str(folder)).fingerprint
    (folder / "README.md").write_text("other words")
    shutil.rmtree(folder / "onnx", ignore_errors=True)
    assert find_model(str(folder)).fingerprint == before


def test_finds_a_model_without_loading_one() -> None:
    code = (
        "import sys; from assistant.models.encoder_names import find_model; find_model('all-MiniLM-L6-v2');"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'onnxruntime'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
