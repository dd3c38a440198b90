from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assistant.documents.corpus import Entry, load_corpus
from assistant.documents.files import File, Parsed, parse
from assistant.errors import CorpusNotFound, UnreadableDocument


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def reasons(folder: Path, status: str) -> dict[str, str | None]:
    """Why files of a folder that has at least one document have this status."""
    write(folder, "zz.txt", "A document.")
    return {entry.source: entry.reason for entry in load_corpus(folder).entries if entry.status == status}


def test_documents_come_in_the_order_of_their_ids_and_progress_is_told(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.txt", "c.TEXT", "a.markdown", "d.xyz"):
        write(tmp_path, name, f"Some text of {name}.")
    told: list[tuple[int, int]] = []
    corpus = load_corpus(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert [document.id for document in corpus.documents] == ["a.markdown", "a/z.txt", "b.md", "c.TEXT"]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [(entry.source, entry.status) for entry in corpus.entries] == [
        ("a.markdown", "read"), ("a/z.txt", "read"), ("b.md", "read"), ("c.TEXT", "read"), ("d.xyz", "skipped"),
    ]  # fmt: skip


def test_a_file_that_cannot_be_read_costs_itself_only_and_says_why(tmp_path: Path) -> None:
    write(tmp_path, "binary.txt", b"\x89PNG\0")
    write(tmp_path, "url.txt", "Text.")
    write(tmp_path, "url.txt.meta.json", '{"url": "javascript:alert(1)"}')
    os.mkfifo(tmp_path / "pipe.txt")
    assert reasons(tmp_path, "failed") == {
        "binary.txt": "is not text: save it as UTF-8",
        "pipe.txt": "is no file",
        "url.txt": 'its url must be an http or https address, not "javascript:alert(1)"',
    }
    assert reasons(tmp_path, "read") == {"zz.txt": None}


def test_files_without_text_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "empty.md", b"")
    write(tmp_path, "white.txt", "\ufeff \r\n\t")
    write(tmp_path, "front.md", "---\ntitle: Only this\n---\n")
    assert reasons(tmp_path, "skipped") == dict.fromkeys(["empty.md", "front.md", "white.txt"], "is empty")


def test_warnings_stand_with_their_file(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "---\nurl: /docs\n---\nText.")
    [entry] = load_corpus(tmp_path).entries
    assert entry == Entry(
        "a.md", "read", "a.md", None, ("the url in its front matter is no http or https address: it is left out",)
    )


def test_of_files_that_say_the_same_one_is_a_document(tmp_path: Path) -> None:
    write(tmp_path, "canteen (copy).md", "Open from 11:30.")
    write(tmp_path, "canteen.md", "Open from 11:30.")
    write(tmp_path, "old/canteen.md", "\ufeffOpen from 11:30.")
    write(tmp_path, "canteen.txt", "Open from 11:30.")  # it is read otherwise
    (tmp_path / "link.md").symlink_to("canteen.md")
    corpus = load_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == ["canteen.txt", "link.md"]
    assert [(entry.source, entry.status, entry.document_id, entry.reason) for entry in corpus.entries] == [
        ("canteen (copy).md", "duplicate", "link.md", "says the same as link.md"),
        ("canteen.md", "duplicate", "link.md", "says the same as link.md"),
        ("canteen.txt", "read", "canteen.txt", None),
        ("link.md", "read", "link.md", None),
        ("old/canteen.md", "duplicate", "link.md", "says the same as link.md"),
    ]


def test_files_of_the_same_text_and_other_metadata_are_two_documents(tmp_path: Path) -> None:
    for name, team in (("a.md", "care"), ("b.md", "data")):
        write(tmp_path, name, "Text.")
        write(tmp_path, f"{name}.meta.json", json.dumps({"team": team}))
    assert [document.id for document in load_corpus(tmp_path).documents] == ["a.md", "b.md"]


def test_a_parser_may_be_given_and_what_it_refuses_has_failed(tmp_path: Path) -> None:
    for name in ("a.md", "b.md", "c.md"):
        write(tmp_path, name, f"Text of {name}.")

    def parser(file: File) -> Parsed:
        if file.id == "b.md":
            raise UnreadableDocument("b.md: its parser crashed")
        return parse(file)

    corpus = load_corpus(tmp_path, parser=parser)
    assert [document.id for document in corpus.documents] == ["a.md", "c.md"]
    assert corpus.entries[1] == Entry("b.md", "failed", reason="its parser crashed")


def test_a_file_over_the_limit_has_failed(tmp_path: Path) -> None:
    write(tmp_path, "large.txt", "word " * 100)
    write(tmp_path, "small.txt", "word")
    entry = load_corpus(tmp_path, max_bytes=499).entries[0]
    assert (entry.source, entry.status, entry.reason) == ("large.txt", "failed", "is larger than 499 bytes: split it")
    assert len(load_corpus(tmp_path, max_bytes=500).documents) == 2


def test_a_corpus_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    write(tmp_path, "real/a.txt", "Text.")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert [document.id for document in load_corpus(tmp_path / "link").documents] == ["a.txt"]


def test_a_single_file_is_a_corpus_and_its_sidecar_counts(tmp_path: Path) -> None:
    write(tmp_path, "other.md", "Other.")
    write(tmp_path, "handbook.md.meta.json", '{"title": "The handbook"}')
    corpus = load_corpus(write(tmp_path, "handbook.md", "Text."))
    assert [(document.id, document.source, document.title) for document in corpus.documents] == [
        ("handbook.md", "handbook.md", "The handbook")
    ]


def test_a_single_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFound, match=r"no document to read: a\.md: is not text: save it as UTF-8"):
        load_corpus(write(tmp_path, "a.md", b"\0"))


def test_a_corpus_without_a_document_says_what_there_is_instead(tmp_path: Path) -> None:
    write(tmp_path, "scan.xyz", "x")
    with pytest.raises(CorpusNotFound, match=r"--allow-empty .*scan\.xyz: \.xyz is not a kind that can be read"):
        load_corpus(tmp_path)
    corpus = load_corpus(tmp_path, allow_empty=True)
    assert (corpus.documents, [entry.status for entry in corpus.entries]) == ((), ["skipped"])


def test_a_folder_that_is_not_there_is_an_error_even_where_it_may_be_empty(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFound, match="no corpus folder"):
        load_corpus(tmp_path / "none", allow_empty=True)


def test_ids_are_composed_unicode_and_two_of_one_name_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "Zoe\u0308.txt", "Decomposed.")
    corpus = load_corpus(tmp_path)
    assert [(document.id, document.source) for document in corpus.documents] == [("Zo\u00eb.txt", "Zoe\u0308.txt")]
    write(tmp_path, "Zo\u00eb.txt", "Composed.")
    corpus = load_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == ["Zo\u00eb.txt"]
    assert [entry.reason for entry in corpus.entries] == [
        None, "another file has the same name in Unicode: rename one",
    ]  # fmt: skip


def test_names_that_are_not_text_have_failed(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("Text.")
    write(tmp_path, "new\nline.txt", "Text.")
    assert reasons(tmp_path, "failed") == {
        "bad\\udcff.txt": "its name is not readable text: rename it",
        "new\nline.txt": "its name is not readable text: rename it",
    }
