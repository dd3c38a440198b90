"""From a folder of files to an index that is served, as a person goes about it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from crew import children, command_line
from serving import until

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


KEY = {"Authorization": "Bearer a-key-of-sixteen-or-more", "Content-Type": "application/octet-stream"}
BRIDGE = b"# Bridge\n\nThe bridge opens at seven.\n"


class Two:
    """Two processes that serve on one socket, and take documents over HTTP."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self._log = process, log
        until(lambda: "listening on" in log.read_text() or process.poll() is not None, 120)
        found = re.search(r"http://(\S+)", log.read_text())
        assert found, log.read_text()
        self._host = found[1]

    def workers(self) -> list[int]:
        return [pid for pid in children(self.process.pid) if b"spawn_main" in command_line(pid)]

    def call(self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = KEY) -> Any:
        with closing(HTTPConnection(self._host, timeout=60)) as connection:
            connection.request(method, path, body, dict(headers))
            reply = connection.getresponse()
            return json.loads(reply.read())

    def say(self, question: str) -> list[str]:
        """What each process answers, asked while the other is held."""
        said = []
        asked = json.dumps({"question": question}).encode()
        for held in self.workers():
            os.kill(held, signal.SIGSTOP)
            try:
                said.append(self.call("POST", "/v1/ask", asked, {"Content-Type": "application/json"})["answer"])
            finally:
                os.kill(held, signal.SIGCONT)
        return said


@pytest.fixture
def two(corpus: Path, index: Path, tmp_path: Path) -> Iterator[Two]:
    build(corpus, index)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_")}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "ASSISTANT_ADMIN_KEY": KEY["Authorization"].split()[1]}
    environment |= {"ASSISTANT_UPLOADS": "true"}
    command = [sys.executable, "-m", "assistant", "serve", "--port", "0", "--workers", "2"]
    command += ["--corpus", str(corpus), "--index", str(index)]
    log = tmp_path / "log"
    with log.open("wb") as written, subprocess.Popen(command, stderr=written, env=environment) as process:
        try:
            yield Two(process, log)
        finally:
            process.terminate()


def test_every_process_answers_from_a_document_that_one_of_them_took(two: Two, corpus: Path) -> None:
    question = "When does the bridge open?"
    assert two.say(question) == ["", ""]
    assert two.call("POST", "/v1/documents?id=bridge.md", BRIDGE)["status"] == "added"
    until(lambda: two.say(question) == ["The bridge opens at seven."] * 2, 60)
    assert two.call("DELETE", "/v1/documents/bridge.md")["status"] == "deleted"
    until(lambda: two.say(question) == ["", ""], 60)
    assert sorted(path.name for path in corpus.iterdir()) == ["gate.md", "tents.md"]


def test_a_document_is_there_in_the_end_though_the_processes_that_took_it_are_killed(two: Two) -> None:
    before = two.workers()
    assert two.call("POST", "/v1/documents?id=bridge.md", BRIDGE)["status"] == "added"
    until(lambda: any(children(worker) for worker in before), 30)  # the build has begun
    for pid in [child for worker in before for child in children(worker)] + before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(two.workers()) == 2 and not set(two.workers()) & set(before), 60)
    until(lambda: two.say("When does the bridge open?") == ["The bridge opens at seven."] * 2, 60)


@pytest.mark.parametrize("kilobytes", [4, 16])
def test_a_full_disk_ends_with_4_and_what_to_do(
    corpus: Path, disk: Callable[[int], Path], kilobytes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build(corpus, disk(kilobytes) / "index") == 4
    assert "cannot be written (No space left on device" in capsys.readouterr().err
