from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.documents.changes import Changes, changes_since
from assistant.documents.corpus import load_corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of three documents, one with a sidecar."""
    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(f"Text of {name}.")
    (tmp_path / "a.md.meta.json").write_text('{"team": "care"}')
    return tmp_path


def test_nothing_has_changed_where_nothing_was_written(corpus: Path) -> None:
    assert not changes_since(load_corpus(corpus).marks, corpus)


def test_new_changed_and_gone_files_are_told_apart(corpus: Path) -> None:
    marks = load_corpus(corpus).marks
    (corpus / "b.md").write_text("Text of b.md, and more.")
    (corpus / "c.md").unlink()
    (corpus / "d.md").write_text("New.")
    (corpus / "e.xyz").write_text("No document.")
    changes = changes_since(marks, corpus)
    assert changes == Changes(new=("d.md",), changed=("b.md",), gone=("c.md",))
    assert str(changes) == "1 new (d.md); 1 changed (b.md); 1 gone (c.md)"


def test_a_sidecar_that_says_something_else_is_a_change(corpus: Path) -> None:
    marks = load_corpus(corpus).marks
    (corpus / "a.md.meta.json").write_text('{"team": "data"}')
    os.utime(corpus / "a.md.meta.json", ns=(0, 0))
    assert changes_since(marks, corpus) == Changes(changed=("a.md.meta.json",))


def test_a_file_written_again_with_the_same_words_has_not_changed(corpus: Path) -> None:
    marks = load_corpus(corpus).marks
    os.utime(corpus / "b.md", ns=(0, 0))
    assert not changes_since(marks, corpus)
    (corpus / "b.md").write_text("Text of B.md.")
    os.utime(corpus / "b.md", ns=(0, 0))
    assert changes_since(marks, corpus) == Changes(changed=("b.md",))


def test_a_file_that_could_not_be_read_is_new_no_more_and_changed_once_it_is_mended(corpus: Path) -> None:
    (corpus / "large.md").write_text("word " * 20)
    marks = load_corpus(corpus, max_bytes=99).marks
    assert not changes_since(marks, corpus)
    (corpus / "large.md").write_text("word")
    assert changes_since(marks, corpus) == Changes(changed=("large.md",))


def test_a_rule_that_now_ignores_a_file_makes_it_gone(corpus: Path) -> None:
    marks = load_corpus(corpus).marks
    (corpus / ".assistantignore").write_text("c.md\n")
    assert changes_since(marks, corpus) == Changes(gone=("c.md",))


def test_many_changes_are_counted_and_three_named(corpus: Path) -> None:
    marks = load_corpus(corpus).marks
    for n in range(5):
        (corpus / f"n{n}.md").write_text("New.")
    assert str(changes_since(marks, corpus)) == "5 new (n0.md, n1.md, n2.md and 2 more)"
