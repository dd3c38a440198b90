from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from assistant.documents.corpus import load_corpus
from assistant.index.receipt import NAME, Receipt, Row, as_json, open_receipt, renew, rows
from assistant.types import Passage


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with a file of each status."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text in (
        ("a.md", "# Pay\n\nThe pay is $5.\n"),
        ("copy of a.md", "# Pay\n\nThe pay is $5.\n"),
        ("b.md", "---\nurl: /b\n---\nText."),
        ("broken.md", "\0"),
        ("picture.xyz", "x"),
    ):
        (folder / name).write_text(text)
    return folder


def passages(folder: Path) -> list[Passage]:
    """Two passages of the first document, one of the second."""
    first, second = load_corpus(folder).documents
    return [Passage(d.id, d.version, 0, 1, d.text[:1]) for d in (first, first, second)]


def test_has_a_row_for_every_file(corpus: Path) -> None:
    warning = "the url in its front matter is no http or https address: it is left out"
    assert rows(load_corpus(corpus), passages(corpus)) == (
        Row("a.md", "read", "a.md", None, 22, 1, 2),
        Row("b.md", "read", "b.md", None, 5, 0, 1, warnings=(warning,)),
        Row("broken.md", "failed", reason="is not text: save it as UTF-8"),
        Row("copy of a.md", "duplicate", "a.md", reason="says the same as a.md"),
        Row("picture.xyz", "skipped", reason=rows(load_corpus(corpus), ())[-1].reason),
    )


def test_is_written_with_the_same_keys_for_every_file_and_read_again(corpus: Path, tmp_path: Path) -> None:
    loaded = load_corpus(corpus)
    said = as_json(corpus, loaded, passages(corpus))
    (tmp_path / NAME).write_text(json.dumps(said))
    for row in json.loads((tmp_path / NAME).read_text())["files"]:
        assert list(row) == [
            "source", "status", "document_id", "pages", "characters", "sections", "passages", "reason", "warnings",
        ]  # fmt: skip
    opened = open_receipt(tmp_path)
    assert opened == Receipt(corpus.resolve(), rows(loaded, passages(corpus)), loaded.marks)
    assert opened.counts() == Counter(read=2, failed=1, duplicate=1, skipped=1)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"corpus": 5}', '{"corpus": "x", "files": [{}], "marks": {}}'])
def test_one_that_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    assert open_receipt(tmp_path) == Receipt()
    (tmp_path / NAME).write_text(text)
    assert open_receipt(tmp_path) == Receipt()


def test_is_renewed_where_it_says_something_else_only(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"built": "then", "files": []}')
    renew(tmp_path, {"files": []})
    assert (tmp_path / NAME).read_text() == '{"built": "then", "files": []}'
    renew(tmp_path, {"files": [{"source": "a.md"}]})
    assert json.loads((tmp_path / NAME).read_text()) == {"built": "then", "files": [{"source": "a.md"}]}
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
