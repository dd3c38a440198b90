"""The folder is followed: each change of the documents brings the index up to date, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest
from serving import until

from assistant.documents.corpus import load_corpus
from assistant.errors import IndexFault
from assistant.index.folder import FolderStore
from assistant.index.receipt import NAME, as_json
from assistant.terminal import follow as module
from assistant.terminal.follow import follow

BUILD = "0123456789abcdef"


class Builds:
    """Writes no more of an index than what it was built from, into a folder within that of the documents."""

    def __init__(self, corpus: Path) -> None:
        self.corpus, self.index = corpus, corpus / ".index"
        self.names: list[list[str]] = []
        self.told: list[str] = []
        self.error: IndexFault | None = None

    def __call__(self) -> None:
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        found = load_corpus(self.corpus, allow_empty=True)
        folder = self.index / "builds" / BUILD
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_text(json.dumps(as_json(self.corpus, found, ())))
        (self.index / "current").write_text(f"{BUILD}\n")
        self.names.append([document.id for document in found.documents])


@contextmanager
def following(builds: Builds, again: int = 50) -> Iterator[None]:
    stop = Event()
    wanted: tuple[object, ...] = (builds.corpus, FolderStore(builds.index), builds, builds.told.append)
    thread = Thread(target=follow, args=wanted, kwargs={"stop": stop, "again": again})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builds:
    monkeypatch.setattr(module, "QUIET", 20)
    (tmp_path / "a.md").write_text("One.")
    made = Builds(tmp_path)
    made()
    return made


def test_files_that_come_change_are_renamed_and_go_are_followed(builds: Builds) -> None:
    folder = builds.corpus
    steps: list[tuple[Callable[[], object], list[str]]] = [
        (lambda: (folder / "b.md").write_text("Two."), ["a.md", "b.md"]),
        (lambda: (folder / "b.md").rename(folder / "c.md"), ["a.md", "c.md"]),
        (lambda: (folder / "a.md").unlink(), ["c.md"]),
        (lambda: (folder / ".assistantignore").write_text("c.md\n"), []),
    ]
    with following(builds):
        for step, names in steps:
            step()
            until(lambda names=names: builds.names[-1] == names, 20)
    assert len(builds.names) <= 2 * len(steps) + 1 and builds.told == []


def test_what_is_no_document_builds_nothing(builds: Builds) -> None:
    with following(builds):
        (builds.corpus / "a.md~").write_text("a backup")
        (builds.index / "note").write_text("within the folder of the index")
        (builds.corpus / "a.md").touch()
        (builds.corpus / "d.md").write_text("Four.")
        until(lambda: builds.names[-1] == ["a.md", "d.md"], 20)
    assert len(builds.names) == 2


def test_what_goes_wrong_is_told_and_tried_again_with_the_next_look(builds: Builds) -> None:
    builds.error = IndexFault("another build is running")
    with following(builds):
        (builds.corpus / "b.md").write_text("Two.")
        until(lambda: builds.names[-1] == ["a.md", "b.md"], 20)
    assert builds.told == ["another build is running"]
