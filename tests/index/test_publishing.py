"""One build is in force, one builds at a time, and the build before stays."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import pytest
from builds import TEXTS, make

from assistant.errors import IndexDamaged, IndexFault, IndexNotFound
from assistant.index.publishing import encoder_folder, locked, open_index
from assistant.types import Json


def test_refuses_a_folder_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound, match="assistant index"):
        open_index(tmp_path)


def test_refuses_to_build_while_another_build_writes(tmp_path: Path) -> None:
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexFault, match="another build is running"):
            make(tmp_path)
    assert make(tmp_path).changed


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


def test_keeps_the_build_before_and_removes_older_ones(tmp_path: Path) -> None:
    ids = [make(tmp_path, {"a.txt": f"Number {n}\n"}).id for n in range(3)]
    (tmp_path / "builds" / ".new-killed").mkdir()
    ids.append(make(tmp_path, {"a.txt": "Number 3\n"}).id)
    assert {path.name for path in (tmp_path / "builds").iterdir()} == set(ids[-2:])
    assert open_index(tmp_path).id == ids[-1]


def test_goes_back_to_the_build_before(tmp_path: Path) -> None:
    first = make(tmp_path)
    make(tmp_path, {"a.txt": "Other\n"})
    assert make(tmp_path).changed
    assert open_index(tmp_path).id == first.id


def test_a_build_that_never_came_into_force_is_not_kept_for_the_one_before(tmp_path: Path) -> None:
    first = make(tmp_path)
    orphan = make(tmp_path, {"a.txt": "Never in force\n"})
    (tmp_path / "current").write_text(f"{first.id}\n")  # as a kill just before the last step leaves it
    last = make(tmp_path, {"a.txt": "The last\n"})
    assert {path.name for path in (tmp_path / "builds").iterdir()} == {first.id, last.id}
    assert orphan.id not in (first.id, last.id)


def test_names_that_killed_builds_left_are_cleaned_up(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / ".current.killed").write_text("half a na")
    make(tmp_path, {"a.txt": "Other\n"})
    assert {path.name for path in tmp_path.iterdir()} == {".lock", "builds", "current"}


def test_encoders_lie_beside_the_builds_by_their_fingerprints() -> None:
    assert encoder_folder(Path("index"), "abc") == Path("index/encoders/abc")


def test_what_killed_builds_left_is_cleaned_up_where_nothing_changed(tmp_path: Path) -> None:
    said: dict[str, Json] = {"corpus": "corpus", "files": [], "marks": {}}
    before, now = (make(tmp_path, texts, receipt=said).id for texts in ({"a.txt": "First\n"}, TEXTS))
    (tmp_path / "builds" / ".killed").mkdir()  # while it was written
    (tmp_path / "builds" / "0123456789abcdef").mkdir()  # just before it came into force
    (tmp_path / ".current.killed").write_text("half a na")
    for _ in range(2):
        assert not make(tmp_path, receipt=said).changed
        assert {path.name for path in (tmp_path / "builds").iterdir()} == {before, now}
        assert {path.name for path in tmp_path.iterdir()} == {".lock", "builds", "current"}


def test_one_build_waits_for_another_where_it_is_told_to(tmp_path: Path) -> None:
    order = []

    def second() -> None:
        with locked(tmp_path, wait=True):
            order.append("second")

    thread = threading.Thread(target=second)
    with locked(tmp_path):
        thread.start()
        thread.join(0.2)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
