"""Files are put into the corpus folder and taken out of it, and nothing else is ever written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.documents.corpus import load_corpus
from assistant.documents.files import parse
from assistant.documents.shelf import Shelf
from assistant.errors import AssistantError, CorpusNotWritten, DocumentNotFound, EmptyDocument, InvalidRequest


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text("# A\n\nOne.\n")
    return folder


@pytest.fixture
def shelf(corpus: Path) -> Shelf:
    return Shelf(corpus, parse)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("id", ["b.md", "handbook/leave & pay (2024).md", "Ämter/ß.txt", "1-a_b.csv", "a.b.md"])
def test_what_is_put_there_is_a_document_of_its_id(shelf: Shelf, corpus: Path, id: str) -> None:
    shelf.put(id, b"Two,Three\nFour,Five\n")
    assert sorted(document.id for document in load_corpus(corpus).documents) == sorted(["a.md", id])
    assert (corpus / id).read_bytes() == b"Two,Three\nFour,Five\n"


def test_takes_the_place_of_the_one_of_its_id(shelf: Shelf, corpus: Path) -> None:
    shelf.put("a.md", b"Other.")
    assert (names(corpus), (corpus / "a.md").read_bytes()) == (["a.md"], b"Other.")


@pytest.mark.parametrize(
    "id",
    [
        "", "/", "../b.md", "x/../b.md", "/etc/b.md", "x//b.md", "./b.md", ".hidden.md", "x/.git/b.md", "b.md/",
        "b\\c.md", "b\0.md", "b\n.md", "~b.md", "b .md ", "b.md.", "con.md", "NUL.txt", "b.exe", "b", "b.md.bak",
        "b:c.md", "b*.md", "e\u0301.md", "x" * 201 + ".md", "/".join("abcdefghijk") + ".md", "b.meta.json",
        ".assistantignore", "a\u202eb.md",
    ],
)  # fmt: skip
def test_a_name_that_is_not_safe_writes_nothing(shelf: Shelf, corpus: Path, id: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^id: "):
        shelf.put(id, b"Two.")
    assert names(corpus.parent) == ["corpus", "corpus/a.md"]


def test_what_would_be_ignored_is_refused_and_leaves_nothing(shelf: Shelf, corpus: Path) -> None:
    (corpus / ".assistantignore").write_text("drafts/\nold.md\n")
    (corpus / "old.md").write_text("kept")
    for id in ("drafts/more/b.md", "node_modules/b.md", "old.md"):
        with pytest.raises(InvalidRequest, match="ignored here"):
            shelf.put(id, b"Two.")
    assert names(corpus) == [".assistantignore", "a.md", "old.md"] and (corpus / "old.md").read_text() == "kept"


def test_what_is_no_document_is_not_taken(shelf: Shelf, corpus: Path) -> None:
    with pytest.raises(EmptyDocument):
        shelf.put("b.md", b"  \n")
    with pytest.raises(AssistantError, match="is not text"):
        shelf.put("a.md", b"\0")
    assert (corpus / "a.md").read_text() == "# A\n\nOne.\n" and names(corpus) == ["a.md"]


def test_a_link_out_of_the_folder_is_not_gone_through(shelf: Shelf, corpus: Path) -> None:
    outside = corpus.parent / "outside"
    outside.mkdir()
    (outside / "b.md").write_text("secret")
    (corpus / "link").symlink_to(outside)
    with pytest.raises(InvalidRequest, match="leads out"):
        shelf.put("link/b.md", b"Two.")
    with pytest.raises(DocumentNotFound):
        shelf.take("link/b.md")
    assert (outside / "b.md").read_text() == "secret" and names(outside) == ["b.md"]


def test_a_file_is_taken_with_the_metadata_that_is_its_alone(shelf: Shelf, corpus: Path) -> None:
    for name in ("a.md.meta.json", "a.meta.json", "a.txt"):
        (corpus / name).write_text("{}" if name.endswith("json") else "Text.")
    shelf.take("a.md")
    assert names(corpus) == ["a.meta.json", "a.txt"]
    shelf.take("a.txt")
    assert names(corpus) == []


@pytest.mark.parametrize("id", ["b.md", "../corpus/a.md", "/a.md", "a.md/", "", ".", "A.MD", "x.exe"])
def test_what_is_not_there_is_not_taken(shelf: Shelf, corpus: Path, id: str) -> None:
    (corpus / "x.exe").write_text("no document")
    with pytest.raises(DocumentNotFound):
        shelf.take(id)
    assert names(corpus) == ["a.md", "x.exe"]


def test_a_name_that_the_disk_spells_in_another_way_is_the_same_file(shelf: Shelf, corpus: Path) -> None:
    (corpus / "e\u0301.md").write_text("Old.")
    shelf.put("\u00e9.md", b"New.")
    assert (corpus / "e\u0301.md").read_text() == "New." and len(names(corpus)) == 2
    shelf.take("\u00e9.md")
    assert names(corpus) == ["a.md"]


def test_a_folder_that_is_full_is_said_and_keeps_what_it_had(disk: Callable[[int], Path]) -> None:
    folder = disk(256)
    (folder / "a.md").write_text("One.")
    with pytest.raises(CorpusNotWritten, match="No space left on device"):
        Shelf(folder, parse).put("a.md", b"Two. " * 200_000)
    assert (folder / "a.md").read_text() == "One."
    assert [path.name for path in folder.iterdir() if path.name != "lost+found"] == ["a.md"]
