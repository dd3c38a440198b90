"""An index goes into one file and comes back, whole or not at all."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from builds import damage, in_force, make

from assistant.errors import IndexDamaged, IndexNotFound, UsageError
from assistant.index.archive import backup, restore, verify
from assistant.index.publishing import open_index
from assistant.testing import HashEncoder

FINGERPRINT = HashEncoder().fingerprint


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    make(folder)
    (folder / "encoders" / FINGERPRINT).mkdir(parents=True)
    (folder / "encoders" / FINGERPRINT / "model.onnx").write_text("weights")
    (folder / "encoders" / "another").mkdir()
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def test_comes_back_as_it_was_in_another_place(index: Path, tmp_path: Path) -> None:
    held = backup(index, tmp_path / "backup.tar")
    other = tmp_path / "other" / "index"
    assert restore(other, tmp_path / "backup.tar", check=verify).id == held.id == open_index(other).id
    assert files(other) == files(index)
    assert not (other / "encoders" / "another").exists()


def test_takes_the_place_of_the_index_that_is_there(index: Path, tmp_path: Path) -> None:
    first = backup(index, tmp_path / "backup.tar").id
    second = make(index, {"a.txt": "Other\n"}).id
    (index / "encoders" / FINGERPRINT / "model.onnx").write_text("broken")
    (index / ".restore.killed").mkdir()
    restore(index, tmp_path / "backup.tar", check=verify)
    assert open_index(index).id == first
    assert {path.name for path in (index / "builds").iterdir()} == {first, second}
    assert (index / "encoders" / FINGERPRINT / "model.onnx").read_text() == "weights"
    assert not list(index.glob(".restore.*"))


def test_takes_the_place_of_a_damaged_one_of_the_same_id(index: Path, tmp_path: Path) -> None:
    first = backup(index, tmp_path / "backup.tar").id
    damage(in_force(index) / "documents.jsonl", "flipped")
    restore(index, tmp_path / "backup.tar", check=verify)
    assert open_index(index).id == first
    assert [path.name for path in (index / "builds").iterdir()] == [first]


def test_what_is_in_force_and_whole_stays_where_it_is_at_every_instant(index: Path, tmp_path: Path) -> None:
    first = backup(index, tmp_path / "backup.tar").id
    kept = (in_force(index), index / "encoders" / FINGERPRINT)
    before = [path.stat().st_ino for path in kept]
    (in_force(index) / "receipt.json").write_text("{}")
    restore(index, tmp_path / "backup.tar", check=verify)
    assert open_index(index).id == first
    assert [path.stat().st_ino for path in kept] == before
    assert (in_force(index) / "receipt.json").read_text() != "{}"


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_backup_that_is_cut_off_changes_nothing(index: Path, tmp_path: Path, share: float) -> None:
    backup(index, tmp_path / "backup.tar")
    whole = (tmp_path / "backup.tar").read_bytes()
    (tmp_path / "backup.tar").write_bytes(whole[: int(len(whole.rstrip(b"\0")) * share)])
    make(index, {"a.txt": "Other\n"})
    before = files(index)
    with pytest.raises((IndexDamaged, IndexNotFound)):
        restore(index, tmp_path / "backup.tar", check=verify)
    assert files(index) == before


@pytest.mark.parametrize("name", ["../outside", "/outside", "other/outside", "builds/../../outside"])
def test_a_file_that_is_no_backup_writes_nothing(index: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        member = tarfile.TarInfo(name)
        member.size = 1
        tar.addfile(member, io.BytesIO(b"x"))
    before = files(tmp_path)
    with pytest.raises(IndexDamaged, match=r"bad\.tar is no backup of an index"):
        restore(index, tmp_path / "bad.tar", check=verify)
    assert files(tmp_path) == before


def test_a_link_in_a_backup_is_not_followed(index: Path, tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bad.tar", "w") as tar:
        member = tarfile.TarInfo("builds/link")
        member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path)
        tar.addfile(member)
    with pytest.raises(IndexDamaged, match="it holds builds/link"):
        restore(index, tmp_path / "bad.tar", check=verify)


def test_says_where_there_is_nothing_to_back_up_or_to_restore(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFound, match="assistant index"):
        backup(tmp_path / "index", tmp_path / "backup.tar")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UsageError, match="assistant index backup FILE"):
        restore(tmp_path / "index", tmp_path / "backup.tar", check=verify)


def test_a_damaged_index_is_not_backed_up(index: Path, tmp_path: Path) -> None:
    damage(in_force(index) / "vectors.faiss", "truncated")
    with pytest.raises(IndexDamaged, match=r"vectors\.faiss is damaged"):
        backup(index, tmp_path / "backup.tar")
    assert not (tmp_path / "backup.tar").exists()


def test_verifying_names_the_file_that_is_damaged(index: Path) -> None:
    assert verify(index).id == open_index(index).id
    damage(in_force(index) / "lines.npy", "flipped")
    with pytest.raises(IndexDamaged, match=r"lines\.npy is damaged"):
        verify(index)
