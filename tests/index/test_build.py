"""The index folder: whole or not at all, checked, updated, cleaned up."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import AssistantError, IndexDamaged, IndexFault, IndexMismatch, IndexNotFound
from assistant.index.build import Note, Report, build
from assistant.index.publishing import current_build, open_index
from assistant.question.acronyms import Known
from assistant.testing import HashEncoder, document
from assistant.types import Document, Passage

TEXTS = {
    "b.txt": "# Pay\nMedian salary: $336,500\r\n\tTop salary: 😀 e\u0301 500\n## Bonus\nTen per cent\u2028each year\n",
    "a/a.txt": "# Duties\nLead the team\nHire people\n",
    "c.txt": "No heading here\nTen per cent\n",
}


def documents(texts: Mapping[str, str] = TEXTS) -> list[Document]:
    return [document(text, id=id, title=id, metadata={"team": "data", "n": [1, None]}) for id, text in texts.items()]


def passages(documents: Sequence[Document]) -> list[Passage]:
    return [
        Passage(d.id, d.version, line.start, line.end, d.text[line.start : line.end], line.section_path, page=2)
        for d in documents
        for line in d.lines
    ]


def ignore(stage: str, done: int, total: int) -> None: ...


def make(
    folder: Path, texts: Mapping[str, str] = TEXTS, encoder: HashEncoder | None = None, note: Note = ignore
) -> Report:
    found = sorted(documents(texts), key=lambda d: d.id)
    cut = passages(found)
    return build(
        folder,
        documents=found,
        passages=cut,
        embedded=[f"{passage.document_id} {passage.text}" for passage in cut],
        lines=[d.text[line.start : line.end] for d in found for line in d.lines],
        vocabulary=Counter(["median", "salary", "median"]),
        encoder=encoder or HashEncoder(),
        settings={"chunk_tokens": 256},
        receipt={"smallest_cosine": 0.9999},
        acronyms=Known({"ML": "machine learning"}),
        note=note,
    )


def in_force(folder: Path) -> Path:
    return folder / "builds" / (folder / "current").read_text().strip()


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


def test_tells_how_far_it_is_and_in_words_what_it_did(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    texts = {"a.txt": "Number 1\nNumber 2\n", "b.txt": "Number 1\n"}
    report = make(tmp_path, texts, note=lambda *step: told.append(step))
    assert told == [
        ("encode passages", 0, 3),
        ("encode passages", 3, 3),
        ("encode lines", 0, 2),  # two of the lines are the same
        ("encode lines", 2, 2),
        ("write", 0, 0),
    ]
    assert report.encoded == 5 and set(report.seconds) == {"encode passages", "encode lines", "write"}
    took = f"{sum(report.seconds.values()):.1f}"
    assert report.summary() == f"index {report.id}: 2 documents in 3 passages, 5 texts encoded in {took} s"
    assert make(tmp_path, texts).summary() == f"index {report.id} is up to date: 2 documents in 3 passages"


def test_many_texts_are_encoded_a_part_at_a_time(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    encoder = HashEncoder(dim=4)
    make(tmp_path, {"a.txt": "".join(f"n{n}\n" for n in range(2100))}, encoder, note=lambda *step: told.append(step))
    assert [done for stage, done, _ in told if stage == "encode passages"] == [0, 2048, 2100]
    assert len(encoder.encoded) == 2 * 2100
    assert open_index(tmp_path).vectors.vectors()[2099].tolist() == encoder.encode_queries(["a.txt n2099"])[0].tolist()


def test_a_build_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    before = make(tmp_path).id

    encoder = HashEncoder()
    encoder.name = {"not JSON"}  # type: ignore[assignment]  # so that the manifest cannot be written
    with pytest.raises(TypeError):
        make(tmp_path, {"a.txt": "Other\n"}, encoder)
    assert [path.name for path in (tmp_path / "builds").iterdir()] == [before]
    assert open_index(tmp_path).id == before


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


def test_the_same_documents_give_the_same_id_anywhere(tmp_path: Path) -> None:
    one = make(tmp_path / "one")
    assert make(tmp_path / "other", dict(reversed(TEXTS.items()))).id == one.id
    assert make(tmp_path / "third", {**TEXTS, "c.txt": "Other words\n"}).id != one.id
    assert make(tmp_path / "fourth", encoder=HashEncoder(dim=32)).id != one.id


def test_says_that_nothing_changed_and_publishes_nothing(tmp_path: Path) -> None:
    first, encoder = make(tmp_path), HashEncoder()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "builds").rglob("*")}
    second = make(tmp_path, encoder=encoder)
    assert (second.id, second.changed, second.encoded, encoder.encoded) == (first.id, False, 0, [])
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "builds").rglob("*")} == before


def test_an_update_encodes_only_what_changed(tmp_path: Path) -> None:
    changed = {**TEXTS, "c.txt": "No heading here\nTwenty per cent\n"}
    make(tmp_path / "updated")
    encoder = HashEncoder()
    report = make(tmp_path / "updated", changed, encoder)
    make(tmp_path / "whole", changed)
    updated, whole = open_index(tmp_path / "updated"), open_index(tmp_path / "whole")
    assert encoder.encoded == ["c.txt Twenty per cent", "Twenty per cent"]
    assert report.encoded == 2
    assert updated.id == whole.id
    assert np.array_equal(updated.vectors.vectors(), whole.vectors.vectors())
    assert np.array_equal(updated.line_vectors, whole.line_vectors)


def test_another_encoder_reuses_nothing(tmp_path: Path) -> None:
    make(tmp_path)
    encoder = HashEncoder(dim=32)
    assert make(tmp_path, encoder=encoder).changed
    assert len(encoder.encoded) > 6
    assert open_index(tmp_path).vectors.vectors().shape[1] == 32


def test_keeps_the_build_before_and_removes_older_ones(tmp_path: Path) -> None:
    ids = [make(tmp_path, {"a.txt": f"Number {n}\n"}).id for n in range(3)]
    (tmp_path / "builds" / ".new-killed").mkdir()
    ids.append(make(tmp_path, {"a.txt": "Number 3\n"}).id)
    assert {path.name for path in (tmp_path / "builds").iterdir()} == set(ids[-2:])
    assert open_index(tmp_path).id == ids[-1]


def test_what_was_deleted_is_gone_from_the_disk_two_builds_later(tmp_path: Path) -> None:
    make(tmp_path, {**TEXTS, "secret.txt": "The zanzibar clause\n"})
    for n in range(2):
        make(tmp_path, {**TEXTS, "c.txt": f"Number {n}\n"})
        assert open_index(tmp_path).lexicon.search("zanzibar", 3) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"zanzibar" in path.read_bytes()]


def test_goes_back_to_the_build_before(tmp_path: Path) -> None:
    first = make(tmp_path)
    make(tmp_path, {"a.txt": "Other\n"})
    assert make(tmp_path).changed
    assert open_index(tmp_path).id == first.id


def test_refuses_a_folder_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound, match="assistant index"):
        open_index(tmp_path)


def test_refuses_to_build_while_another_build_writes(tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexFault, match="another build is running"):
            make(tmp_path)
    assert make(tmp_path).changed


def test_refuses_an_index_of_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path)
    monkeypatch.setattr("assistant.index.files.SCHEMA", 3)
    with pytest.raises(IndexMismatch, match="format 2"):
        open_index(tmp_path)
    assert make(tmp_path).changed


def damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "truncated":
        path.write_bytes(content[:-1])
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "lengthened":
        path.write_bytes(content + b"x")
    elif how == "flipped":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    else:
        path.unlink()


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


@pytest.mark.parametrize("content", [b"", b"\n", b"../../etc\n", b"\xff\xfe", b"0123456789abcdef\n", b"x" * 10_000])
def test_refuses_garbage_in_the_file_that_names_the_build(tmp_path: Path, content: bytes) -> None:
    make(tmp_path)
    (tmp_path / "current").write_bytes(content)
    with pytest.raises(IndexDamaged, match=r"current|0123456789abcdef"):
        open_index(tmp_path)


@pytest.mark.parametrize("content", [b"", b"../../etc\n", b"\xff\xfe"])
def test_a_new_build_replaces_garbage_in_the_file_that_names_the_build(tmp_path: Path, content: bytes) -> None:
    make(tmp_path)
    (tmp_path / "current").write_bytes(content)
    assert make(tmp_path).changed
    assert open_index(tmp_path).lexicon.search("hire", 1)


@pytest.mark.parametrize("name", ["manifest.json", "documents.jsonl", "vectors.faiss", "terms/words.json"])
def test_a_new_build_replaces_a_damaged_one(tmp_path: Path, name: str) -> None:
    make(tmp_path)
    damage(in_force(tmp_path) / name, "flipped")
    assert make(tmp_path).changed
    assert open_index(tmp_path).lexicon.search("hire", 1)


def test_keeps_any_text(tmp_path: Path) -> None:
    text = "no lone surrogate \x00\x0b\u0085\u2028 \r\n\U0001f600 עברית\n"
    make(tmp_path, {"odd.txt": text})
    assert open_index(tmp_path).documents["odd.txt"].text == text


def version(n: int) -> dict[str, str]:
    """A corpus of a few hundred passages, one of them telling its number."""
    body = "".join(f"Line {line} of this document says {line * 7}\n" for line in range(60))
    return {f"{d}.txt": f"# Document {d}\nversion{n}\n{body}" for d in range(5)}


def test_a_build_that_is_killed_at_any_moment_leaves_the_index_that_was_there(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bm25s", "assistant.index.build", "assistant.testing"])
    chance = random.Random(4)

    def started(n: int) -> multiprocessing.process.BaseProcess:
        process = context.Process(target=make, args=(tmp_path, version(n)))
        process.start()
        return process

    whole = started(0)
    whole.join()
    began = time.perf_counter()
    started(1).join()
    usual = time.perf_counter() - began
    before, kept, replaced = 1, 0, 0
    for n in range(2, 34):
        process = started(n)
        time.sleep(chance.uniform(0, usual))
        process.kill()
        process.join()
        index = open_index(tmp_path)
        held = {m for m in (before, n) if len(index.lexicon.search(f"version{m}", 10)) == 5}
        assert len(held) == 1
        assert all(index.documents[p.document_id].text[p.start : p.end] == p.text for p in index.passages)
        now = held.pop()
        kept, replaced, before = kept + (now == before), replaced + (now == n), now
    assert kept + replaced == 32
    assert kept >= 5
    assert make(tmp_path, version(99)).changed
    assert len(list((tmp_path / "builds").iterdir())) == 2


def test_a_first_build_that_is_killed_leaves_no_index(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    chance = random.Random(5)
    for n in range(5):
        process = context.Process(target=make, args=(tmp_path / str(n), version(n)))
        process.start()
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.join()
        try:
            assert len(open_index(tmp_path / str(n)).documents) == 5
        except AssistantError as error:
            assert isinstance(error, IndexNotFound)


def test_a_build_that_never_came_into_force_is_not_kept_for_the_one_before(tmp_path: Path) -> None:
    first = make(tmp_path)
    orphan = make(tmp_path, {"a.txt": "Never in force\n"})
    (tmp_path / "current").write_text(f"{first.id}\n")  # as a kill just before the last step leaves it
    last = make(tmp_path, {"a.txt": "The last\n"})
    assert {path.name for path in (tmp_path / "builds").iterdir()} == {first.id, last.id}
    assert orphan.id not in (first.id, last.id)


def test_an_update_gives_the_same_bytes_as_a_whole_build(tmp_path: Path) -> None:
    make(tmp_path / "updated", {"a.txt": "One line\nAnother line\n"})
    make(tmp_path / "updated", {"a.txt": "One line\nAnother line\nA third\n"})
    make(tmp_path / "whole", {"a.txt": "One line\nAnother line\nA third\n"})
    updated, whole = (in_force(tmp_path / name) for name in ("updated", "whole"))
    for file in ("vectors.faiss", "lines.npy", "keys.json", "passages.jsonl"):
        assert (updated / file).read_bytes() == (whole / file).read_bytes()
