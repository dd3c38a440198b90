"""Files are what was written, or are not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.disk import replacing, saying_if_full, write
from assistant.errors import UsageError


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write(path, b"first")
    write(path, b"second")
    assert path.read_bytes() == b"second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path / "no" / "out.csv", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path / "folder", b"")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "out.csv"]


def test_a_file_that_is_not_written_to_its_end_leaves_the_one_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write(path, b"first")
    with pytest.raises(KeyError), replacing(path, ".part") as file:
        file.write(b"half")
        raise KeyError
    assert path.read_bytes() == b"first"
    with replacing(path, ".part") as file:
        file.write(b"all")
        assert path.read_bytes() == b"first"
    assert path.read_bytes() == b"all"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]


def test_a_library_that_hides_that_the_disk_is_full_is_seen_through(disk: Callable[[int], Path]) -> None:
    folder = disk(512)
    with pytest.raises(RuntimeError, match="serialization"), saying_if_full(folder):
        raise RuntimeError("serialization failed")
    (folder / "ballast").write_bytes(b"x" * shutil.disk_usage(folder).free)
    with pytest.raises(OSError, match="No space left on device"), saying_if_full(folder):
        raise RuntimeError("serialization failed")
