"""Hostile files of each format are read as far as they are sound, or refused; they cost themselves only, and little."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hostile import SECRET, Hostile

from assistant.documents.corpus import load_corpus
from assistant.documents.files import File, parse
from assistant.documents.sandbox import Limits, Sandbox
from assistant.errors import UnreadableDocument
from assistant.lint import marks

FORMATS = ("html", "pdf", "docx", "pptx", "xlsx", "csv", "epub", "odt")
NOWHERE = "http://127.0.0.1:9"
LIMITS = Limits(seconds=20, megabytes=1_000)  # half of the memory that a file may have
REASON = re.compile(r"a\.\w+: .+: (?:save|split|use|write|run) .+")
OF_THE_SANDBOX = ("cannot be parsed (", "takes more than", "needs more than", "its parser", "nested too deeply")
FILES = {kind: import_module(f"hostile_{kind}").files(NOWHERE) for kind in FORMATS}
OF_ALL_KINDS = ("none", "web", "out", "itself", "circle", "macros", "be", "note", "above", "letters", "years", "file")
NAMES = [(kind, name) for kind, files in FILES.items() for name in files]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=LIMITS) as made:
        yield made


def file(kind: str, data: bytes) -> File:
    return File(f"a.{kind}", f"a.{kind}", data)


def test_there_are_a_dozen_of_each_format() -> None:
    assert {kind: len(files) for kind, files in FILES.items() if len(files) < 12} == {}


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_is_read_as_far_as_it_is_sound_or_refused_with_what_to_do(sandbox: Sandbox, kind: str, name: str) -> None:
    hostile: Hostile = FILES[kind][name]
    try:
        document = sandbox.parse(file(kind, hostile.make())).document
    except UnreadableDocument as error:
        said = str(error)
        assert REASON.fullmatch(said), said
        assert not any(words in said for words in OF_THE_SANDBOX), said
        assert (hostile.end != "read", hostile.says in said) == (True, True), said
        return
    assert hostile.end != "failed"
    assert hostile.says in document.text
    assert not any(words in document.text for words in (SECRET, "evil()", "root:"))


def test_nothing_is_asked_of_the_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        asked = 0
        for kind in FORMATS:
            for name, hostile in import_module(f"hostile_{kind}").files(address).items():
                if "web" not in name and "outside" not in name:
                    continue
                asked += 1
                try:
                    parse(file(kind, hostile.make()))  # where no sandbox would hinder it
                except UnreadableDocument:
                    continue
        assert asked > 20
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("kind", ["html", "docx", "pptx", "xlsx"])
def test_lint_looks_at_those_that_are_read_too(kind: str) -> None:
    some = [each for name, each in FILES[kind].items() if each.end == "read" and name.endswith(OF_ALL_KINDS)]
    assert len(some) >= 5
    with Sandbox(limits=LIMITS, parser=marks.PARSER) as sandbox:
        for hostile in some:
            assert hostile.says in sandbox.parse(file(kind, hostile.make())).document.text


def test_a_folder_of_them_is_read_past_each(sandbox: Sandbox, tmp_path: Path) -> None:
    for kind, files in FILES.items():
        (tmp_path / f"good.{kind}.md").write_text(f"The good one beside {kind}.")
        for name in ("noise", "empty"):
            (tmp_path / f"{name}.{kind}").write_bytes(files[name].make())
    for name, kind in (("encrypted", "docx"), ("cut-in-the-middle", "epub"), ("blocks-nested", "html")):
        (tmp_path / f"{name}.{kind}").write_bytes(FILES[kind][name].make())
    corpus = load_corpus(tmp_path, parser=sandbox.parse)
    assert [document.id for document in corpus.documents] == sorted(f"good.{kind}.md" for kind in FORMATS)
    assert sum(entry.status == "failed" for entry in corpus.entries) == 2 * len(FORMATS) + 3
