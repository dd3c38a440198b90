"""Files are what was written, or are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import disk
from assistant.errors import UsageError


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    disk.write(path, b"first")
    disk.write(path, b"second")
    assert path.read_bytes() == b"second"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
    with pytest.raises(UsageError, match="cannot write"):
        disk.write(tmp_path / "no" / "out.csv", b"")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        disk.write(tmp_path / "folder", b"")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["folder", "out.csv"]


def test_a_file_that_is_not_written_to_its_end_leaves_the_one_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    disk.write(path, b"first")
    with pytest.raises(KeyError), disk.replacing(path, ".part") as file:
        file.write(b"half")
        raise KeyError
    assert path.read_bytes() == b"first"
    with disk.replacing(path, ".part") as file:
        file.write(b"all")
        assert path.read_bytes() == b"first"
    assert path.read_bytes() == b"all"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.csv"]
