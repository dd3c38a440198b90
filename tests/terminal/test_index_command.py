"""What `assistant index` does beside building."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.cli import main


@pytest.mark.parametrize("arguments", [["verify"], ["backup", "x.tar"], ["restore", "x.tar"]])
def test_an_index_in_a_database_is_left_to_the_tools_of_that(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main(["index", *arguments, "--index", "postgresql://u:s3cret@h/d"]) == 2
    said = capsys.readouterr().err
    assert "pg_dump --schema=assistant" in said and "s3cret" not in said


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["backup"], 2, "say which file: assistant index backup FILE"),
        (["restore"], 2, "say which file: assistant index restore FILE"),
        (["verify", "x"], 2, "takes no file"),
        (["verify"], 4, "run `assistant index`"),
        (["backup", "x.tar"], 4, "run `assistant index`"),
        (["restore", "x.tar"], 2, "no backup x.tar"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, said: str
) -> None:
    assert main(["index", *arguments, "--index", str(tmp_path)]) == status
    assert said in capsys.readouterr().err
