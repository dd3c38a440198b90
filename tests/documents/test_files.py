from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.decoding import decode
from assistant.documents.files import load_document, title_from_name
from assistant.errors import UnreadableDocument
from assistant.types import Document


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, name: str, content: str | bytes) -> Document:
    return load_document(write(folder, name, content), folder)


def test_a_document_carries_its_id_version_source_and_text(tmp_path: Path) -> None:
    document = read(tmp_path, "roles/head of ai #1 100%.txt", "Pay\n- $5\n")
    assert (document.id, document.source) == ("roles/head of ai #1 100%.txt", "roles/head of ai #1 100%.txt")
    assert document.version == hashlib.sha256(b"Pay\n- $5\n").hexdigest()[:16]
    assert (document.media_type, document.text) == ("text/plain", "Pay\n- $5\n")


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
