from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.documents.corpus import load_corpus
from assistant.documents.files import File, Sidecar, parse
from assistant.documents.sandbox import Limits, Sandbox
from assistant.errors import CorpusError, EmptyDocument, UnreadableDocument

LIMITS = Limits(seconds=1, patience=3, megabytes=300)


def file(text: str) -> File:
    return File("a.md", "a.md", text.encode())


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox whose parser does what the file says."""
    with Sandbox(limits=LIMITS, parser="hostile_parsers:parse") as made:
        yield made


def refused(sandbox: Sandbox, text: str) -> str:
    """Why a file of this text gives no document."""
    with pytest.raises(UnreadableDocument) as error:
        sandbox.parse(file(text))
    return str(error.value)


def test_gives_the_same_document_as_parsing_here() -> None:
    made = File(
        "b/a.md",
        "b/a.md",
        "---\nurl: /x\n---\n# Pay\r\n- $5 😀\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(),
        sidecars=(Sidecar("b/a.md.meta.json", b'{"title": "The pay", "n": [1, null]}'),),
    )
    with Sandbox() as sandbox:
        assert sandbox.parse(made) == parse(made)
        with pytest.raises(EmptyDocument, match=r"^a\.md: is empty"):
            sandbox.parse(file("   "))


@pytest.mark.parametrize(("text", "why"), [
    ("sleep", "a.md: takes more than 1 seconds to read"),
    ("spin", "a.md: takes more than 1 seconds to read"),
    ("abort", "a.md: its parser crashed (SIGABRT)"),
    ("segfault", "a.md: its parser crashed (SIGSEGV)"),
    ("exit", "a.md: its parser crashed (exit status 3)"),
    ("panic", "a.md: cannot be parsed (Panic: it panicked)"),
])  # fmt: skip
def test_a_file_that_hangs_or_kills_its_parser_costs_itself_only(sandbox: Sandbox, text: str, why: str) -> None:
    assert sandbox.parse(file("The first.")).document.text == "The first."
    assert refused(sandbox, text).startswith(why)
    assert sandbox.parse(file("The next.")).document.text == "The next."


def test_a_file_that_eats_memory_costs_itself_only() -> None:
    with Sandbox(limits=replace(LIMITS, seconds=60), parser="hostile_parsers:parse") as sandbox:
        assert refused(sandbox, "eat").startswith("a.md: needs more than 300 MB of memory to be read: split it")
        assert sandbox.parse(file("The next.")).document.text == "The next."


def test_errors_and_noise_of_a_parser_do_not_end_its_process(sandbox: Sandbox) -> None:
    assert refused(sandbox, "raise").startswith("a.md: cannot be parsed (KeyError: 'a key'): save it again")
    process = sandbox.process_id
    assert refused(sandbox, "recurse") == "a.md: is nested too deeply: save it in a simpler form"
    assert sandbox.parse(file("print x")).document.text == "print x"
    assert sandbox.parse(file("import x")).document.text == "import x"
    assert sandbox.process_id == process


def test_a_parser_opens_writes_starts_and_connects_to_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        assert "may not use socket." in refused(sandbox, f"connect {server.getsockname()[1]}")
        with pytest.raises(TimeoutError):
            server.accept()
    assert "may not open files" in refused(sandbox, f"open {secret}")
    assert "may not open files" in refused(sandbox, f"open {Path.cwd() / 'pyproject.toml'}")
    assert "may not open files" in refused(sandbox, f"write {tmp_path / 'made.txt'}")
    assert "may not use subprocess.Popen" in refused(sandbox, "start true")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret.txt"]


def test_a_process_that_cannot_be_started_is_an_error_of_the_corpus() -> None:
    with Sandbox(parser="no_such_module:parse") as sandbox, pytest.raises(CorpusError, match="cannot be started"):
        sandbox.parse(file("Text."))


def test_no_process_is_left_behind(sandbox: Sandbox) -> None:
    sandbox.parse(file("Text."))
    process = sandbox.process_id
    assert process is not None
    sandbox.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_a_larger_file_may_take_longer() -> None:
    limits = Limits(seconds=20, seconds_a_megabyte=5)
    assert (limits.processor_seconds(0), limits.processor_seconds(20_000_000)) == (20, 120)


def test_a_folder_is_read_past_what_its_parser_dies_of(sandbox: Sandbox, tmp_path: Path) -> None:
    for name, text in (("a.md", "First."), ("b.md", "abort"), ("c.md", "eat"), ("d.txt", "Last.")):
        (tmp_path / name).write_text(text)
    corpus = load_corpus(tmp_path, parser=sandbox.parse)
    assert [document.id for document in corpus.documents] == ["a.md", "d.txt"]
    assert [(entry.source, entry.status) for entry in corpus.entries] == [
        ("a.md", "read"), ("b.md", "failed"), ("c.md", "failed"), ("d.txt", "read"),
    ]  # fmt: skip
