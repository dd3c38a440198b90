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
