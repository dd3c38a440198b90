"""From a folder of files to an index that is served, as a person goes about it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.cli import main

pytestmark = pytest.mark.model


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """The folder of an index that is still to be built."""
    return tmp_path / "index"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of two documents."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "gate.md").write_text("# Gate\n\nThe gate closes at ten.\n")
    (folder / "tents.md").write_text("---\nurl: /tents\n---\n# Tents\n\nThe big tent sleeps nine.\n")
    return folder


def build(corpus: Path, index: Path, *options: str) -> int:
    return main(["index", "--corpus", str(corpus), "--index", str(index), *options])


def receipt(index: Path) -> dict[str, str]:
    """The status of each file in the receipt of the build in force."""
    build_folder = index / "builds" / (index / "current").read_text().strip()
    return {row["source"]: row["status"] for row in json.loads((build_folder / "receipt.json").read_text())["files"]}


@contextmanager
def serving(*options: str, folder: Path) -> Iterator[list[str]]:
    """What a server says on standard error up to where it listens, or to its end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment) as server:
        said: list[str] = []
        assert server.stderr is not None
        for line in server.stderr:
            said.append(line.rstrip("\n"))
            if "listening" in line:
                break
        else:
            said.append(f"exit {server.wait()}")
        try:
            yield said
        finally:
            server.terminate()


def test_a_broken_file_ends_with_8_and_the_others_are_answered_from(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "broken.md").write_bytes(b"\0")
    (corpus / "copy of gate.md").write_bytes((corpus / "gate.md").read_bytes())
    (corpus / "picture.xyz").touch()
    assert build(corpus, index) == 8
    told = capsys.readouterr()
    assert "5 files: 2 read, 1 duplicate, 1 skipped, 1 failed; 1 warning, shown by" in told.out
    assert "1 of 5 files cannot be read, the index lacks them: broken.md (is not text: save it as UTF-8)" in told.err
    assert receipt(index) == {
        "broken.md": "failed", "copy of gate.md": "duplicate", "gate.md": "read", "picture.xyz": "skipped",
        "tents.md": "read",
    }  # fmt: skip
    assert main(["receipt", "--index", str(index), "--warnings"]) == 0
    assert capsys.readouterr().out.startswith("tents.md: the url in its front matter is no http or https address")
    assert main(["ask", "When does the gate close?", "--index", str(index)]) == 0
    assert capsys.readouterr().out.startswith("Gate\n  The gate closes at ten. [1]")
    (corpus / "broken.md").unlink()
    assert build(corpus, index) == 0
    assert "up to date" in capsys.readouterr().out
    assert "broken.md" not in receipt(index)


def test_a_single_file_is_a_corpus(corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(corpus / "gate.md", index) == 0
    assert receipt(index) == {"gate.md": "read"}
    capsys.readouterr()
    assert main(["ask", "How many does the big tent sleep?", "--index", str(index)]) == 0
    assert capsys.readouterr().out.startswith("No answer")


def test_an_emptied_folder_keeps_the_index_unless_it_may_be_empty(
    corpus: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build(corpus, index)
    before = (index / "current").read_text()
    for path in corpus.iterdir():
        path.unlink()
    assert build(corpus, index) == 3
    assert "--allow-empty" in capsys.readouterr().err
    assert (index / "current").read_text() == before
    assert build(corpus, index, "--allow-empty") == 0
    capsys.readouterr()
    assert main(["ask", "When does the gate close?", "--index", str(index)]) == 0
    assert capsys.readouterr().out.startswith("No answer (unrelated)")


def test_a_server_refuses_the_index_of_another_folder(corpus: Path, index: Path, tmp_path: Path) -> None:
    build(corpus, index)
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("Another text.")
    with serving("--corpus", str(other), "--index", str(index), folder=tmp_path) as said:
        assert said == [
            f"assistant: the index in {index} was built from {corpus}, not from {other}: run `assistant index --corpus "
            f"{other}`, or name another index with --index",
            "exit 4",
        ]
    with serving("--corpus", str(tmp_path / "none"), "--index", str(index), folder=tmp_path) as said:
        assert said[0].startswith(f"assistant: no corpus folder {tmp_path / 'none'}") and said[1] == "exit 3"


def test_a_server_with_an_index_needs_no_folder_and_says_what_has_changed(
    corpus: Path, index: Path, tmp_path: Path
) -> None:
    build(corpus, index)
    (corpus / "gate.md").write_text("# Gate\n\nThe gate closes at eleven.\n")
    with serving("--corpus", str(corpus), "--index", str(index), folder=tmp_path) as said:
        changed = "the documents have changed since the index was built: 1 changed (gate.md); run `assistant index`"
        assert any(line.endswith(changed) for line in said) and "listening" in said[-1]
    shutil.rmtree(corpus)
    with serving("--index", str(index), folder=tmp_path) as said:
        gone = f"serving the documents of {corpus} as they were indexed: they are not there any more"
        assert any(line.endswith(gone) for line in said) and "listening" in said[-1]


def test_a_server_builds_what_it_can_of_a_folder_with_a_broken_file(corpus: Path, index: Path, tmp_path: Path) -> None:
    (corpus / "broken.md").write_bytes(b"\0")
    with serving("--corpus", str(corpus), "--index", str(index), folder=tmp_path) as said:
        assert said[0] == "no index yet: building it first" and "listening" in said[-1]
    assert receipt(index)["broken.md"] == "failed"


@pytest.mark.parametrize("kilobytes", [4, 16])
def test_a_full_disk_ends_with_4_and_what_to_do(
    corpus: Path, disk: Callable[[int], Path], kilobytes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(corpus, disk(kilobytes) / "index") == 4
    assert "cannot be written (No space left on device" in capsys.readouterr().err
