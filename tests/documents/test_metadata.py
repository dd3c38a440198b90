"""Front matter and sidecars: what is understood, what is left out, and that no text is lost for it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.files import Parsed, fetch, load_document, parse
from assistant.documents.metadata import split
from assistant.types import Document


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


def read(folder: Path, name: str, content: str) -> Document:
    return load_document(write(folder, name, content), folder)


def load(folder: Path) -> Parsed:
    """The document of `a.md`, with its warnings."""
    return parse(fetch(folder / "a.md", folder))


@pytest.mark.parametrize("matter", [
    "a: [1", "a: *x", "a: &x [1]\nb: *x", "a: !!python/object/apply:os.system [ls]", "a: .inf",
    "a: !!binary aGk=", 'a: "\\ud800"', "title: [1]", 'title: ""', "a: " + "[" * 20_000,
    "a: " + "9" * 30, "a:\n " + "- " * 20_000,
    "? [1]\n: 2\na: 1", "a: !!set {x}", "author: @ines", "title: {{ page.name }}", "url: /docs/bikes",
    "url: javascript:alert(1)", "b: {c: [*x]}",
])  # fmt: skip
def test_front_matter_that_cannot_be_used_is_left_out_and_said_and_the_text_stays(tmp_path: Path, matter: str) -> None:
    write(tmp_path, "a.md", f"---\nx: 1\n{matter}\n---\nText.")
    parsed = load(tmp_path)
    document = parsed.document
    assert (document.text, document.metadata["x"], document.title, document.url) == ("Text.", 1, "A", None)
    assert not {"title", "url", "author"} & set(document.metadata)
    assert "front matter" in parsed.warnings[0]


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
    parsed = load(tmp_path)
    assert (parsed.document.text, parsed.document.metadata) == ("Text.", found)
    assert len(parsed.warnings) == 1


@pytest.mark.parametrize("matter", ["a = ", "a = inf", "a = " + "[" * 30_000, "a = 1\na = 2"])
def test_broken_toml_is_left_out_and_said(tmp_path: Path, matter: str) -> None:
    write(tmp_path, "a.md", f"+++\n{matter}\n+++\nText.")
    parsed = load(tmp_path)
    assert (parsed.document.text, parsed.document.metadata) == ("Text.", {})
    assert len(parsed.warnings) == 1


def test_front_matter_that_never_ends_is_text_and_said(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "---\ntitle: never closed\n\nText.")
    parsed = load(tmp_path)
    assert parsed.document.text == "---\ntitle: never closed\n\nText."
    assert list(parsed.warnings) == ["its front matter never ends with ---: it is read as text"]


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


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_in_toml_is_read(tmp_path: Path, end: str) -> None:
    toml = '+++\ntitle = "Ovens"\nmade = 2024-05-01\n[place]\nroom = 4\n+++\nText.'.replace("\n", end)
    document = read(tmp_path, "a.md", toml)
    assert (document.title, document.text) == ("Ovens", "Text.")
    assert document.metadata == {"title": "Ovens", "made": "2024-05-01", "place": {"room": 4}}


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
