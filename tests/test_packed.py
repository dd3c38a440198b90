"""The written questions are unpacked once, and a damaged archive is said to be one."""

from __future__ import annotations

import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from _packed import ARCHIVE, placed, unpack

from assistant.errors import UsageError


def packed(folder: Path, name: str, text: str) -> Path:
    """An archive of one file."""
    source = folder / f"{name}.txt"
    source.write_text(text, encoding="utf-8")
    archive = folder / f"{name}.tar.xz"
    with tarfile.open(archive, "w:xz") as file:
        file.add(source, "hr/docs/page.txt")
    return archive


def test_what_is_packed_is_unpacked_into_a_folder_of_the_cache(tmp_path: Path) -> None:
    folder = unpack(packed(tmp_path, "one", "Leave is long."), tmp_path / "cache" / "deep")
    assert folder.parent == tmp_path / "cache" / "deep"
    assert (folder / "hr" / "docs" / "page.txt").read_text("utf-8") == "Leave is long."


def test_an_archive_is_unpacked_once_and_another_one_apart_from_it(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    archive = packed(tmp_path, "one", "Leave is long.")
    folder = unpack(archive, cache)
    (folder / "kept").touch()
    assert unpack(archive, cache) == folder and (folder / "kept").exists()
    other = unpack(packed(tmp_path, "other", "Leave is short."), cache)
    assert other != folder and sorted(cache.iterdir()) == sorted([folder, other])


def cut(data: bytes, share: float) -> bytes:
    return data[: int(share * len(data))]


def flipped(data: bytes, share: float) -> bytes:
    """The same with one byte changed."""
    at = int(share * len(data))
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


@pytest.mark.parametrize("damage", [cut, flipped])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9])
def test_a_damaged_archive_is_refused_and_leaves_nothing_behind(
    tmp_path: Path, damage: Callable[[bytes, float], bytes], share: float
) -> None:
    archive = packed(tmp_path, "one", random.Random(1).randbytes(100_000).hex())
    archive.write_bytes(damage(archive.read_bytes(), share))
    with pytest.raises(UsageError, match=r"cannot unpack .*one\.tar\.xz"):
        unpack(archive, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_archive_that_is_not_there_or_holds_a_path_out_of_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot unpack .*absent"):
        unpack(tmp_path / "absent.tar.xz", tmp_path / "cache")
    outside = tmp_path / "outside.tar.xz"
    with tarfile.open(outside, "w:xz") as file:
        file.add(packed(tmp_path, "one", "x"), "../out.txt")
    with pytest.raises(UsageError, match=r"cannot unpack .*outside"):
        unpack(outside, tmp_path / "cache")
    assert not (tmp_path / "out.txt").exists()


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    assert placed(tmp_path, tmp_path / "cache") == tmp_path
    assert not (tmp_path / "cache").exists()
    archive = packed(tmp_path, "one", "x")
    assert placed(archive, tmp_path / "cache") == unpack(archive, tmp_path / "cache")


def test_the_archive_that_the_repository_carries_holds_questions_sources_and_documents(tmp_path: Path) -> None:
    folder = unpack(ARCHIVE, tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert {"questions.jsonl", "SOURCES.tsv"} <= names
    domains = [path for path in folder.iterdir() if path.is_dir()]
    assert domains and all(any((domain / "docs").iterdir()) for domain in domains)
