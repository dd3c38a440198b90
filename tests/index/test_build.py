"""An update encodes only what changed, and a build that is killed changes nothing."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from builds import TEXTS, damage, in_force, make

from assistant.errors import AssistantError, IndexNotFound, IndexNotWritten
from assistant.index.publishing import current_build, open_index
from assistant.testing import HashEncoder


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


def test_a_build_that_changes_nothing_renews_what_its_receipt_says_of_the_files(tmp_path: Path) -> None:
    first = make(tmp_path)
    second = make(tmp_path, receipt={"files": [{"source": "broken.md", "status": "failed"}]})
    assert (second.id, second.changed) == (first.id, False)
    receipt = json.loads((in_force(tmp_path) / "receipt.json").read_text())
    assert receipt["files"] == [{"source": "broken.md", "status": "failed"}]
    assert receipt["smallest_cosine"] == 0.9999
    assert open_index(tmp_path).id == first.id


def test_the_same_documents_give_the_same_id_anywhere(tmp_path: Path) -> None:
    one = make(tmp_path / "one")
    assert make(tmp_path / "other", dict(reversed(TEXTS.items()))).id == one.id
    assert make(tmp_path / "third", {**TEXTS, "c.txt": "Other words\n"}).id != one.id
    assert make(tmp_path / "fourth", encoder=HashEncoder(dim=32)).id != one.id


def test_settings_decide_the_id_in_whatever_order_they_come(tmp_path: Path) -> None:
    one, same, other = (
        make(tmp_path / name, settings=settings).id
        for name, settings in (("one", {"a": 1, "b": 2}), ("same", {"b": 2, "a": 1}), ("other", {"a": 1, "b": 3}))
    )
    assert one == same != other


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
    assert encoder.encoded == ["c.txt: Twenty per cent", "Twenty per cent"]
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


def test_what_was_deleted_is_gone_from_the_disk_two_builds_later(tmp_path: Path) -> None:
    make(tmp_path, {**TEXTS, "secret.txt": "The zanzibar clause\n"})
    for n in range(2):
        make(tmp_path, {**TEXTS, "c.txt": f"Number {n}\n"})
        assert open_index(tmp_path).lexicon.search("zanzibar", 3) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"zanzibar" in path.read_bytes()]


@pytest.mark.parametrize("name", ["manifest.json", "documents.jsonl", "vectors.faiss", "terms/words.json"])
def test_a_new_build_replaces_a_damaged_one(tmp_path: Path, name: str) -> None:
    make(tmp_path)
    damage(in_force(tmp_path) / name, "flipped")
    assert make(tmp_path).changed
    assert open_index(tmp_path).lexicon.search("hire", 1)


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


def test_an_update_gives_the_same_bytes_as_a_whole_build(tmp_path: Path) -> None:
    make(tmp_path / "updated", {"a.txt": "One line\nAnother line\n"})
    make(tmp_path / "updated", {"a.txt": "One line\nAnother line\nA third\n"})
    make(tmp_path / "whole", {"a.txt": "One line\nAnother line\nA third\n"})
    updated, whole = (in_force(tmp_path / name) for name in ("updated", "whole"))
    for file in ("vectors.faiss", "lines.npy", "keys.json", "passages.jsonl"):
        assert (updated / file).read_bytes() == (whole / file).read_bytes()


@pytest.mark.parametrize("kilobytes", [16, 32, 48, 64, 80, 96])
def test_a_full_disk_is_said_and_leaves_the_index_that_was_there(
    tmp_path: Path, disk: Callable[[int], Path], kilobytes: int
) -> None:
    folder = disk(1024)
    first = make(folder, {"a.txt": "Number one\n"})
    room = shutil.disk_usage(folder).free
    (folder / "ballast").write_bytes(b"x" * (room - kilobytes * 1024))
    with pytest.raises(IndexNotWritten, match=r"cannot be written \(No space left on device.*\): make room"):
        make(folder, version(1))
    assert open_index(folder).id == first.id
    (folder / "ballast").unlink()
    assert make(folder, version(1)).changed
    assert {path.name for path in (folder / "builds").iterdir()} == {first.id, current_build(folder)}


def test_a_disk_that_is_read_only_is_said_and_its_index_is_served(disk: Callable[[int], Path]) -> None:
    folder = disk(1024)
    first = make(folder)
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    with pytest.raises(IndexNotWritten, match="Read-only file system"):
        make(folder, {"a.txt": "Other\n"})
    assert open_index(folder).id == first.id


@pytest.mark.parametrize("name", ["index", "index/builds", "index/.lock"])
def test_something_in_the_way_of_the_index_is_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    if name.endswith(".lock"):
        path.mkdir()
    else:
        path.write_text("in the way")
    with pytest.raises(IndexNotWritten, match=r"the index in .* cannot be written"):
        make(tmp_path / "index")
