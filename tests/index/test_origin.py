from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from assistant.documents.corpus import load_corpus
from assistant.errors import CorpusNotFound, IndexMismatch
from assistant.index.origin import check_origin
from assistant.index.publishing import build_in_force
from assistant.index.receipt import NAME, as_json, open_receipt


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of two documents."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a.md", "b.md"):
        (folder / name).write_text(f"Text of {name}.")
    return folder


@pytest.fixture
def index(tmp_path: Path, corpus: Path) -> Path:
    """The folder of an index of it, as far as its origin goes."""
    folder, name = tmp_path / "index", "0123456789abcdef"
    (folder / "builds" / name).mkdir(parents=True)
    (folder / "current").write_text(name)
    (folder / "builds" / name / NAME).write_text(json.dumps(as_json(corpus, load_corpus(corpus), ())))
    return folder


def notes(index: Path, corpus: Path, *, asked: bool) -> tuple[str, ...]:
    return check_origin(open_receipt(build_in_force(index)), corpus, index=str(index), asked=asked)


def test_says_nothing_of_an_index_of_the_corpus_as_it_is(index: Path, corpus: Path) -> None:
    assert notes(index, corpus, asked=True) == ()
    assert notes(index, corpus, asked=False) == ()


def test_says_which_documents_have_changed(index: Path, corpus: Path) -> None:
    (corpus / "b.md").write_text("Other text of b.md.")
    (corpus / "c.md").write_text("New.")
    note = "the documents have changed since the index was built: 1 new (c.md); 1 changed (b.md); run `assistant index`"
    assert notes(index, corpus, asked=True) == (note,)
    assert notes(index, corpus, asked=False) == (note,)


def test_an_index_of_another_folder_is_refused_where_the_folder_was_asked_for(
    index: Path, corpus: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("Another text.")
    with pytest.raises(IndexMismatch, match=rf"was built from {corpus}, not from {other}: run `assistant index"):
        notes(index, other, asked=True)
    assert notes(index, other, asked=False) == (f"serving the documents of {corpus}",)


def test_the_same_files_in_another_place_are_the_same_corpus(index: Path, corpus: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved"
    shutil.copytree(corpus, moved)
    os.utime(moved / "a.md", ns=(0, 0))
    assert notes(index, moved, asked=True) == ()
    shutil.rmtree(corpus)
    assert notes(index, moved, asked=False) == ()


def test_a_folder_that_is_not_there_is_an_error_only_where_it_was_asked_for(index: Path, corpus: Path) -> None:
    shutil.rmtree(corpus)
    with pytest.raises(CorpusNotFound, match="no corpus folder"):
        notes(index, corpus, asked=True)
    assert notes(index, corpus, asked=False) == (
        f"serving the documents of {corpus} as they were indexed: they are not there any more",
    )


def test_a_default_folder_that_is_not_there_leaves_the_one_that_was_indexed(index: Path, corpus: Path) -> None:
    assert notes(index, corpus.parent / "none", asked=False) == (f"serving the documents of {corpus}",)


def test_an_ignore_file_that_is_broken_does_not_stop_a_server_that_was_not_asked_for_it(
    index: Path, corpus: Path
) -> None:
    (corpus / ".assistantignore").write_text("!\n")
    [note] = notes(index, corpus, asked=False)
    assert note.startswith(f"serving the documents of {corpus} as they were indexed: .assistantignore, line 1")


def test_an_index_that_does_not_say_where_it_comes_from_is_built_again(index: Path, corpus: Path) -> None:
    (index / "builds" / "0123456789abcdef" / NAME).unlink()
    assert notes(index, corpus, asked=False) == ()
    with pytest.raises(IndexMismatch, match="does not say what it was built from"):
        notes(index, corpus, asked=True)
