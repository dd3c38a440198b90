"""The files of a build hold all that was built, and one that is not as it was written is refused by its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builds import damage, documents, in_force, make, passages

from assistant.errors import IndexDamaged, IndexMismatch
from assistant.index.publishing import current_build, open_index
from assistant.question.acronyms import Known
from assistant.testing import HashEncoder


def test_opens_what_was_built(tmp_path: Path) -> None:
    report = make(tmp_path)
    index = open_index(tmp_path)
    found = sorted(documents(), key=lambda d: d.id)
    assert (report.id, report.changed, report.documents, report.passages) == (index.id, True, 3, len(passages(found)))
    assert list(index.documents.values()) == found
    assert list(index.passages) == passages(found)
    assert index.line_vectors.shape == (sum(len(d.lines) for d in found), 64)
    assert index.vocabulary == {"median": 2, "salary": 1}
    assert index.acronyms == Known({"ML": "machine learning"})
    assert (index.encoder_name, index.encoder_fingerprint) == ("hash", "hash-64")
    assert index.settings == {"chunk_tokens": 256}
    assert current_build(tmp_path) == index.id


def test_row_n_of_every_part_is_the_same_passage(tmp_path: Path) -> None:
    make(tmp_path)
    index = open_index(tmp_path)
    row = next(row for row, passage in enumerate(index.passages) if passage.text == "Hire people")
    assert index.vectors.search(HashEncoder().encode_queries(["a/a.txt Hire people"])[0], 1)[0][0] == row
    assert index.lexicon.search("hire", 1)[0][0] == row


def test_keeps_a_receipt_outside_what_is_checked(tmp_path: Path) -> None:
    make(tmp_path)
    receipt = json.loads((in_force(tmp_path) / "receipt.json").read_text())
    assert receipt["smallest_cosine"] == 0.9999
    assert set(receipt) >= {"built", "seconds"}
    assert "receipt.json" not in json.loads((in_force(tmp_path) / "manifest.json").read_text())["files"]


def test_refuses_an_index_of_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    monkeypatch.setattr("assistant.index.files.SCHEMA", 3)
    with pytest.raises(IndexMismatch, match="format 2"):
        open_index(tmp_path)
    assert make(tmp_path).changed


@pytest.mark.parametrize("how", ["truncated", "emptied", "lengthened", "flipped", "missing"])
def test_refuses_every_damaged_file_by_its_name(tmp_path: Path, how: str) -> None:
    make(tmp_path)
    built = in_force(tmp_path)
    files = [path for path in built.rglob("*") if path.is_file() and path.name != "receipt.json"]
    assert {path.relative_to(built).as_posix() for path in files} >= {"manifest.json", "vectors.faiss", "lines.npy"}
    for path in files:
        whole = path.read_bytes()
        damage(path, how)
        if path.name == "manifest.json" and how == "truncated":  # it ends with a brace
            assert not path.read_bytes().endswith(b"}")
        with pytest.raises(IndexDamaged, match=path.name):
            open_index(tmp_path)
        path.write_bytes(whole)
    assert open_index(tmp_path)


def test_keeps_any_text(tmp_path: Path) -> None:
    text = "no lone surrogate \x00\x0b\u0085\u2028 \r\n\U0001f600 עברית\n"
    make(tmp_path, {"odd.txt": text})
    assert open_index(tmp_path).documents["odd.txt"].text == text
