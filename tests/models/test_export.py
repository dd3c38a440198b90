"""What every export shares: published whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.models.export import publish


def is_whole(folder: Path) -> bool:
    return (folder / "whole").is_file()


def write(made: Path) -> None:
    (made / "whole").write_text("all of it")


def test_writes_what_is_missing_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / ".new-killed").mkdir()
    assert publish(tmp_path / "model", is_intact=is_whole, write=write) == tmp_path / "model"
    assert (tmp_path / "model" / "whole").read_text() == "all of it"
    assert {path.name for path in tmp_path.iterdir()} == {"model", ".lock"}


def test_does_not_write_again_what_is_intact(tmp_path: Path) -> None:
    def refuse(_: Path) -> None:
        raise AssertionError("it was written again")

    publish(tmp_path / "model", is_intact=is_whole, write=write)
    assert publish(tmp_path / "model", is_intact=is_whole, write=refuse) == tmp_path / "model"


def test_replaces_what_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "part").write_text("half of it")
    publish(tmp_path / "model", is_intact=is_whole, write=write)
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["whole"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    def fail(made: Path) -> None:
        (made / "part").write_text("half of it")
        raise OSError("no room")

    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "part").write_text("what was there")
    with pytest.raises(OSError, match="no room"):
        publish(tmp_path / "model", is_intact=is_whole, write=fail)
    assert (tmp_path / "model" / "part").read_text() == "what was there"
    assert {path.name for path in tmp_path.iterdir()} == {"model", ".lock"}
