from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.files import decode, load_corpus, load_document, title_from_name
from assistant.documents.metadata import split
from assistant.errors import CorpusNotFound, UnreadableDocument
from assistant.types import Document


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, name: str, content: str | bytes) -> Document:
    return load_document(write(folder, name, content), folder)


def skipped(folder: Path) -> dict[str, str]:
    """What is left out of a folder that has at least one document."""
    write(folder, "zz.txt", "A document.")
    return {entry.id: entry.why for entry in load_corpus(folder).skipped}


def test_a_document_carries_its_id_version_source_and_text(tmp_path: Path) -> None:
    document = read(tmp_path, "roles/head of ai #1 100%.txt", "Pay\n- $5\n")
    assert (document.id, document.source) == ("roles/head of ai #1 100%.txt", "roles/head of ai #1 100%.txt")
    assert document.version == hashlib.sha256(b"Pay\n- $5\n").hexdigest()[:16]
    assert (document.media_type, document.text) == ("text/plain", "Pay\n- $5\n")


def test_documents_come_in_the_order_of_their_ids_and_progress_is_told(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.txt", "c.TEXT", "a.markdown"):
        write(tmp_path, name, "Some text.")
    told: list[tuple[int, int]] = []
    corpus = load_corpus(tmp_path, progress=lambda done, total: told.append((done, total)))
    assert [document.id for document in corpus.documents] == ["a.markdown", "a/z.txt", "b.md", "c.TEXT"]
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert corpus.skipped == ()


def test_other_kinds_of_files_are_skipped_and_said(tmp_path: Path) -> None:
    write(tmp_path, "scan.djvu", b"AT&T")
    write(tmp_path, "README", "x")
    found = skipped(tmp_path)
    assert found["scan.djvu"].startswith(".djvu is not a kind that can be read: .txt, .text, .md, .markdown, .html, ")
    assert found["README"].startswith("a name without a suffix")


def test_hidden_files_sidecars_and_backups_are_no_documents(tmp_path: Path) -> None:
    for name in (".hidden.txt", ".git/config.txt", "a.txt~", "#a.txt#", "a.txt.bak", ".a.txt.swp"):
        write(tmp_path, name, "x")
    write(tmp_path, "zz.txt.meta.json", "{}")
    write(tmp_path, "zz.meta.json", "{}")
    assert skipped(tmp_path) == {}


def test_a_sidecar_without_its_document_is_said(tmp_path: Path) -> None:
    write(tmp_path, "gone.txt.meta.json", "{}")
    assert skipped(tmp_path) == {"gone.txt.meta.json": "has no document of its name beside it"}


def test_links_that_lead_out_are_skipped_and_links_within_are_read(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    write(tmp_path, "outside/secret.txt", "Secret.")
    write(corpus, "in/a.txt", "Text.")
    (corpus / "file.txt").symlink_to(tmp_path / "outside/secret.txt")
    (corpus / "folder").symlink_to(tmp_path / "outside")
    (corpus / "dots.txt").symlink_to("../outside/secret.txt")
    (corpus / "broken.txt").symlink_to("nowhere.txt")
    (corpus / "self.txt").symlink_to("self.txt")
    (corpus / "in/circle").symlink_to(corpus)
    (corpus / "same").symlink_to(corpus / "in")
    (corpus / "same.txt").symlink_to("in/a.txt")
    loaded = load_corpus(corpus)
    assert [document.id for document in loaded.documents] == ["in/a.txt", "same.txt", "same/a.txt"]
    assert {entry.id for entry in loaded.skipped} == {
        "broken.txt", "dots.txt", "file.txt", "folder", "in/circle", "same/circle", "self.txt",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["../outside.txt", "in/../../outside.txt", "link.txt", "none.txt"])
def test_one_document_must_lie_below_the_folder(tmp_path: Path, path: str) -> None:
    write(tmp_path, "outside.txt", "Secret.")
    write(tmp_path, "corpus/in/a.txt", "Text.")
    (tmp_path / "corpus/link.txt").symlink_to(tmp_path / "outside.txt")
    with pytest.raises(UnreadableDocument, match="leads out of the corpus folder"):
        load_document(tmp_path / "corpus" / path, tmp_path / "corpus")


def test_a_sidecar_that_leads_out_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "outside.json", '{"title": "Secret"}')
    path = write(tmp_path, "corpus/a.txt", "Text.")
    (tmp_path / "corpus/a.txt.meta.json").symlink_to(tmp_path / "outside.json")
    with pytest.raises(UnreadableDocument, match=r"a\.txt: a\.txt\.meta\.json leads out"):
        load_document(path, tmp_path / "corpus")


def test_a_pipe_is_skipped_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert skipped(tmp_path) == {"pipe.txt": "is no file"}


def test_a_corpus_that_is_itself_a_link_is_read(tmp_path: Path) -> None:
    write(tmp_path, "real/a.txt", "Text.")
    write(tmp_path, "real/b.pdf", "Text.")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    corpus = load_corpus(tmp_path / "link")
    assert [document.id for document in corpus.documents] == ["a.txt"]
    assert [entry.id for entry in corpus.skipped] == ["b.pdf"]


def test_a_missing_or_empty_corpus_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFound, match="no corpus folder"):
        load_corpus(tmp_path / "none")
    write(tmp_path, "scan.djvu", "x")
    with pytest.raises(CorpusNotFound, match=r"scan\.djvu: \.djvu is not a kind that can be read"):
        load_corpus(tmp_path)


@pytest.mark.parametrize("mark_and_encoding", [
    (b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"),
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"),
])  # fmt: skip
def test_byte_order_marks_decide_the_encoding(mark_and_encoding: tuple[bytes, str]) -> None:
    mark, encoding = mark_and_encoding
    assert decode(mark + "Zoë 😀\r\n".encode(encoding), "a.txt") == "Zoë 😀\r\n"


def test_bytes_that_are_not_utf_8_are_windows_1252_or_latin_1() -> None:
    assert decode("“Zoë” €5".encode("cp1252"), "a.txt") == "“Zoë” €5"
    assert decode(b"Zo\xeb " * 50 + b"\x81", "a.txt") == "Zoë " * 50 + "\x81"


@pytest.mark.parametrize(
    "data", [b"text\0text", bytes(range(1, 256)), b"\xff\xfea", b"\xff\xfe\x00\xd8", b"\xef\xbb\xbf\xff"]
)
def test_what_is_not_text_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"^a\.txt: .*save it as UTF-8"):
        read(tmp_path, "a.txt", data)


@given(st.binary(max_size=60))
def test_decoded_text_can_be_encoded_and_has_no_nul(data: bytes) -> None:
    try:
        text = decode(data, "a.txt")
    except UnreadableDocument:
        return
    assert "\0" not in text
    assert text.encode().decode() == text


def test_files_that_give_no_document_are_skipped_with_the_reason(tmp_path: Path) -> None:
    write(tmp_path, "binary.txt", b"\x89PNG\0")
    write(tmp_path, "empty.md", b"")
    write(tmp_path, "white.txt", "\ufeff \r\n\t")
    write(tmp_path, "front.md", "---\ntitle: Only this\n---\n")
    write(tmp_path, "url.txt", "Text.")
    write(tmp_path, "url.txt.meta.json", '{"url": "javascript:alert(1)"}')
    assert skipped(tmp_path) == {
        "binary.txt": "is not text: save it as UTF-8",
        "empty.md": "is empty",
        "front.md": "is empty",
        "url.txt": 'its url must be an http or https address, not "javascript:alert(1)"',
        "white.txt": "is empty",
    }


def test_a_file_over_the_limit_is_skipped(tmp_path: Path) -> None:
    write(tmp_path, "large.txt", "word " * 100)
    write(tmp_path, "small.txt", "word")
    corpus = load_corpus(tmp_path, max_bytes=499)
    assert [(entry.id, entry.why) for entry in corpus.skipped] == [("large.txt", "is larger than 499 bytes: split it")]
    assert len(load_corpus(tmp_path, max_bytes=500).documents) == 2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.md", "a.txt"])
@pytest.mark.parametrize("closing", ["---", "..."])
def test_front_matter_becomes_metadata_and_leaves_the_text(tmp_path: Path, end: str, name: str, closing: str) -> None:
    matter = ["---", "title: A Guide", "team: data", "made: 2024-05-01", "at: 2024-05-01 10:00:00", "n: [1, 2.5, no]"]
    document = read(tmp_path, name, "\ufeff" + end.join([*matter, closing, "Text here.", ""]))
    assert document.text == f"Text here.{end}"
    assert document.title == "A Guide"
    assert document.metadata == {
        "title": "A Guide", "team": "data", "made": "2024-05-01", "at": "2024-05-01T10:00:00", "n": [1, 2.5, False],
    }  # fmt: skip
    assert document.version == hashlib.sha256(document.text.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    "text",
    [
        "---\nJust prose.\n---\nMore.",
        "---\n\nNote: a rule stands above.\n\n---\n",
        "---\ntitle: never closed\n",
        "--- title\nx\n---\n",
        "text\n---\na: b\n---\n",
    ],
)
def test_rules_across_the_page_are_not_front_matter(tmp_path: Path, text: str) -> None:
    document = read(tmp_path, "a.md", text)
    assert (document.text, document.metadata) == (text, {})


@pytest.mark.parametrize("matter", [
    "a: [1", "a: *x", "a: &x [1]\nb: *x", "a: !!python/object/apply:os.system [ls]", "a: .inf",
    "a: !!binary aGk=", 'a: "\\ud800"', "title: [1]", 'title: ""', "a: " + "[" * 20_000,
    "a: " + "9" * 30, "a:\n " + "- " * 20_000,
    "? [1]\n: 2\na: 1", "a: !!set {x}", "author: @ines", "title: {{ page.name }}", "url: /docs/bikes",
    "url: javascript:alert(1)", "b: {c: [*x]}",
])  # fmt: skip
def test_front_matter_that_cannot_be_used_is_left_out_and_said_and_the_text_stays(tmp_path: Path, matter: str) -> None:
    write(tmp_path, "a.md", f"---\nx: 1\n{matter}\n---\nText.")
    started = time.process_time()
    corpus = load_corpus(tmp_path)
    assert time.process_time() - started < 5
    (document,) = corpus.documents
    assert (document.text, document.metadata["x"], document.title, document.url) == ("Text.", 1, "A", None)
    assert not {"title", "url", "author"} & set(document.metadata)
    assert [warned.id for warned in corpus.warnings] == ["a.md"] and "front matter" in corpus.warnings[0].what
    assert corpus.skipped == ()


@pytest.mark.parametrize(("matter", "found"), [
    ("title: a: b", {"title": "a: b"}),
    ("date: 2024-02-30\nteam: care", {"date": "2024-02-30", "team": "care"}),
    ("title: Keys\n\tteam: care", {"title": "Keys", "team": "care"}),
    ("tags:\n\t- a\n\t- b", {"tags": ["a", "b"]}),
    ("a: 1\na: 2", {"a": 2}),
    ("list:\n- a\n- b\ntitle: a: b", {"list": ["a", "b"], "title": "a: b"}),
])  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_that_is_slightly_odd_is_read_and_said(
    tmp_path: Path, matter: str, found: dict[str, object], end: str
) -> None:
    write(tmp_path, "a.md", f"---\n{matter}\n---\nText.".replace("\n", end))
    corpus = load_corpus(tmp_path)
    assert [(document.text, document.metadata) for document in corpus.documents] == [("Text.", found)]
    assert len(corpus.warnings) == 1


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_in_toml_is_read(tmp_path: Path, end: str) -> None:
    toml = '+++\ntitle = "Ovens"\nmade = 2024-05-01\n[place]\nroom = 4\n+++\nText.'.replace("\n", end)
    document = read(tmp_path, "a.md", toml)
    assert (document.title, document.text) == ("Ovens", "Text.")
    assert document.metadata == {"title": "Ovens", "made": "2024-05-01", "place": {"room": 4}}


@pytest.mark.parametrize("matter", ["a = ", "a = inf", "a = " + "[" * 30_000, "a = 1\na = 2"])
def test_broken_toml_is_left_out_and_said(tmp_path: Path, matter: str) -> None:
    write(tmp_path, "a.md", f"+++\n{matter}\n+++\nText.")
    corpus = load_corpus(tmp_path)
    assert [(document.text, document.metadata) for document in corpus.documents] == [("Text.", {})]
    assert len(corpus.warnings) == 1


def test_front_matter_that_never_ends_is_text_and_said(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "---\ntitle: never closed\n\nText.")
    corpus = load_corpus(tmp_path)
    assert corpus.documents[0].text == "---\ntitle: never closed\n\nText."
    assert [warned.what for warned in corpus.warnings] == ["its front matter never ends with ---: it is read as text"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([
        "---", "+++", "...", "\n", "\n", "\r\n", "\t", "a: 1", "title: x", "url: /y", "b = 2", "- c", "{", "[", "*d",
        "&e", "'", '"', "# f", "prose goes on", ": ", "@", "<<: {a: 1}", "😀", "2024-02-30", "!!x ",
    ]), max_size=16)
)  # fmt: skip
def test_no_front_matter_loses_the_text_after_it(pieces: list[str]) -> None:
    for mark in ("---", "+++"):
        front = split(f"{mark}\n{''.join(pieces)}\n{mark}\nThe body.")
        assert front.text.endswith("The body.")
        json.dumps(front.metadata, allow_nan=False)


def test_an_alias_bomb_is_left_out_at_once(tmp_path: Path) -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 12)]
    document = read(tmp_path, "a.md", "\n".join(["---", "l0: &l0 [x]", *levels, "---", "Text."]))
    assert (document.text, document.metadata) == ("Text.", {"l0": ["x"]})


def test_a_sidecar_wins_over_front_matter_and_the_longer_name_over_the_shorter(tmp_path: Path) -> None:
    write(tmp_path, "guide.meta.json", json.dumps({"title": "Short", "team": "short", "place": "short"}))
    write(tmp_path, "guide.txt.meta.json", json.dumps({"title": "Long", "url": "https://example.org/guide"}))
    document = read(tmp_path, "guide.txt", "---\ntitle: Front\nteam: front\nyear: 2024\n---\nText.")
    assert document.metadata == {
        "title": "Long", "team": "short", "place": "short", "year": 2024, "url": "https://example.org/guide",
    }  # fmt: skip
    assert (document.title, document.url) == ("Long", "https://example.org/guide")


@pytest.mark.parametrize(
    "sidecar", ["[]", "{", '{"a": NaN}', '{"a": "\\ud800"}', '{"a": ' + "[" * 30_000, "\0", " " * 70_000]
)
def test_a_broken_sidecar_is_refused_by_name(tmp_path: Path, sidecar: str) -> None:
    write(tmp_path, "a.txt.meta.json", sidecar)
    with pytest.raises(UnreadableDocument, match=r"a\.txt\.meta\.json|metadata"):
        read(tmp_path, "a.txt", "Text.")


@pytest.mark.parametrize("url", [
    "ftp://example.org", "javascript:alert(1)", "//example.org", "https://", "http:///x", "example.org", "https://a b",
    "https://a:99999/", "https://[::1", "java\nscript:x", 5, "", "https://a/\"onload=", "https://a\t.org",
])  # fmt: skip
def test_a_url_must_be_http_with_a_host(tmp_path: Path, url: str | int) -> None:
    write(tmp_path, "a.txt.meta.json", json.dumps({"url": url}))
    with pytest.raises(UnreadableDocument, match=r"^a\.txt: its url must be an http or https address"):
        read(tmp_path, "a.txt", "Text.")


def test_ids_are_composed_unicode_and_two_of_one_name_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "Zoe\u0308.txt", "Decomposed.")
    corpus = load_corpus(tmp_path)
    assert [(document.id, document.source) for document in corpus.documents] == [("Zo\u00eb.txt", "Zoe\u0308.txt")]
    write(tmp_path, "Zo\u00eb.txt", "Composed.")
    corpus = load_corpus(tmp_path)
    assert [document.id for document in corpus.documents] == ["Zo\u00eb.txt"]
    assert [entry.why for entry in corpus.skipped] == ["another file has the same name in Unicode: rename one"]


def test_names_that_are_not_text_are_skipped(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("Text.")
    write(tmp_path, "new\nline.txt", "Text.")
    assert skipped(tmp_path) == {
        "bad\\udcff.txt": "its name is not readable text: rename it",
        "new\nline.txt": "its name is not readable text: rename it",
    }


def test_a_name_as_long_as_names_can_be_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "a" * 251 + ".txt", "Text.").text == "Text."


@pytest.mark.parametrize(("stem", "text", "title"), [
    ("head-of-ai-and-machine-learning", "the Head of AI and Machine Learning leads", "Head of AI and Machine Learning"),
    ("head-of-ai-and-machine-learning", "the Head of AI & Machine Learning leads", "Head of AI & Machine Learning"),
    ("head_of ai", "Ahead of AI. Head\r\nof AI.", "Head of AI"),
    ("data-scientist", "A data scientist", "Data scientist"),
    ("ux-lead", "Nothing of it.", "Ux lead"),
    ("c++ (intro)", "About C++ (Intro)", "C++ (Intro)"),
    ("---", "x", "---"),
])  # fmt: skip
def test_a_title_comes_from_the_file_name_with_the_casing_of_the_text(stem: str, text: str, title: str) -> None:
    assert title_from_name(stem, text) == title


def test_the_title_of_markdown_is_its_first_heading_of_level_1(tmp_path: Path) -> None:
    assert read(tmp_path, "a.md", "## Before\n\n# **Data** [Engineer](x)\n\n# Second\n").title == "Data Engineer"
    assert read(tmp_path, "a.md", "## Before\n\nData\nEngineer\n===\n").title == "Data Engineer"
    assert read(tmp_path, "data-engineer.md", "## Before\n\nA Data Engineer.\n").title == "Data Engineer"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("content", [
    "Pay\r\n\r\nThe pay is $5.\r\nIt may rise.\r\n", "word " * 2000, "- a\n- b\n- c", "One. Two. Three.\n\nFour.",
    "😀 e\u0301\u00a0你好。 שלום",
])  # fmt: skip
def test_any_text_is_kept_as_it_is_and_its_lines_can_be_sliced(tmp_path: Path, name: str, content: str) -> None:
    document = read(tmp_path, name, content)
    assert document.text == content
    assert document.lines
    reached = 0
    for line in document.lines:
        assert reached <= line.start < line.end <= len(content)
        assert content[line.start : line.end] == content[line.start : line.end].strip()
        reached = line.end


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_five_megabytes_in_one_line_take_seconds(tmp_path: Path, name: str) -> None:
    started = time.perf_counter()
    document = read(tmp_path, name, "A sentence of words. " * 240_000)
    assert time.perf_counter() - started < 30
    assert len(document.lines) == 240_000


@settings(max_examples=30)
@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip("\ufeff \u3000"))
)
def test_a_title_is_always_found(text: str) -> None:
    assert title_from_name("some-name", text).lower() == "some name"
