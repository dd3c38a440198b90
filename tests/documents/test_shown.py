from __future__ import annotations

import html
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.files import load_document
from assistant.documents.markdown import structure
from assistant.documents.shown import CELLS, shown, shown_line
from assistant.testing import document
from assistant.types import LineKind

KINDS: tuple[LineKind, ...] = ("heading", "lead", "item", "sentence", "row")
PIECES = st.sampled_from([
    "**", "*", "__", "_", "`", "``", "[", "](x)", "[text](url)", "![alt](x)", "[a][b]", "[^1]", "<b>", "</b>", "<br>",
    '<span id="a">', "</span>", "<host>", "<script>", "</script>", "<!-- c -->", "&amp;", "&#39;", "&nbsp;", "&bogus;",
    "# ", " #", "|",
    "\\|", "\\*", "> ", "- ", "\n", "\n> ", " ", " ", "word", "two words", "don't", "3 * 4", "a_b_c",
    "😀",
    "</td><td>", "{#id}", "http://x.org", "<http://x.org>", "$5",
])  # fmt: skip


@pytest.mark.parametrize(("text", "words"), [
    ("**bold** and *it* and ***both*** and __b__ _i_", "bold and it and both and b i"),
    ("`code` and ``a`b``", "code and a`b"),
    ("`<br>` and `**`", "<br> and **"),
    ("[text](http://x.org \"t\") and [text][ref] and [text][]", "text and text and text"),
    ("![a picture](x.png) of it[^1]", "a picture of it"),
    ('<span id="x"></span>Its <b>name</b><br>is', "Its name is"),
    ("Fish &amp; chips &lt;3 &eacute;", "Fish & chips <3 é"),
    ("## Heading ##", "Heading"),
    ("Heading {#its-id}", "Heading"),
    ("**Cut. Here", "Cut. Here"),
    ("Here** it is.**", "Here it is."),
    ("> Quoted\n> on", "Quoted on"),
    ("3 * 4 and 2 ** 3 and a_b_c and f(*x)", "3 * 4 and 2 ** 3 and a_b_c and f(*x)"),
    ("C# and #4 and 1 < 2 | 3", "C# and #4 and 1 < 2 | 3"),
    ("\\*not\\* marked", "*not* marked"),
    ("Open <host>:<port>", "Open <host>:<port>"),
    ("See <https://x.org/a_b_c>", "See https://x.org/a_b_c"),
    ("a <span hidden>no</span> b<!-- no -->", "a b"),
    ("\ue000 **b** \\*", "\ue000 b *"),
    ("", ""),
])  # fmt: skip
def test_marks_are_not_shown(text: str, words: str) -> None:
    assert shown(text) == words


@pytest.mark.parametrize(("text", "cells"), [
    ("**North** | 10 m | `a`", ["North", "10 m", "a"]),
    ("Head \\| Chief | $5", ["Head | Chief", "$5"]),
    ("a |  | b", ["a", "b"]),
    ("North quay</td><td>10 m</td>\n<td>18&nbsp;<b>euros</b>", ["North quay", "10 m", "18 euros"]),
    ("one", ["one"]),
    ("# | Name", ["#", "Name"]),
])  # fmt: skip
def test_a_row_shows_its_cells(text: str, cells: list[str]) -> None:
    assert shown(text, "row") == CELLS.join(cells)


def test_code_is_shown_as_it_is() -> None:
    assert shown("a = **b**\n  | c", "code") == "a = **b**\n  | c"


def test_the_lines_of_a_plain_text_keep_what_would_be_marks_in_markdown(tmp_path: Path) -> None:
    plain = document("The rate is **5** | 6 here.", id="a.txt")
    assert [shown_line(plain, line) for line in plain.lines] == ["The rate is **5** | 6 here."]
    path = tmp_path / "a.md"
    path.write_text("# A *b*\n\nIt is **5**.\n")
    made = load_document(path, tmp_path)
    assert [shown_line(made, line) for line in made.lines] == ["A b", "It is 5."]


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.sampled_from(KINDS))
def test_what_is_shown_stands_in_the_text_in_this_order(text: str, kind: LineKind) -> None:
    said = shown(text, kind)
    assert said == " ".join(said.split())
    rest = iter(html.unescape(html.unescape(text)))
    assert all(c in rest for c in html.unescape(html.unescape(said.replace(CELLS, ""))).replace(" ", ""))


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80), st.sampled_from(KINDS))
def test_any_text_can_be_shown(text: str, kind: LineKind) -> None:
    said = shown(text, kind)
    assert said == " ".join(said.split())


@given(st.lists(st.from_regex(r"[A-Za-z0-9é]{1,8}[.,;:!?]?", fullmatch=True), max_size=12))
def test_a_text_without_marks_is_shown_as_it_is(words: list[str]) -> None:
    assert shown(" ".join(words)) == " ".join(words)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.from_regex(r"[A-Za-z]{2,8}", fullmatch=True), min_size=1, max_size=8), st.data())
def test_marks_around_words_change_no_word(words: list[str], data: st.DataObject) -> None:
    marks = ["{}", "**{}**", "*{}*", "`{}`", "[{}](http://x.org)", "<b>{}</b>", "<span class='a b'>{}</span>", "_{}_"]
    text = " ".join(data.draw(st.sampled_from(marks)).format(word) for word in words)
    assert shown(text) == " ".join(words)
    read = structure(f"# {text}\n")
    assert read.sections[0].title == shown(text)


@pytest.mark.parametrize("piece", ["[", "*a ", "`", "<b>", "&amp;", "[a](", "|", "_", "![", "</td><td>x", "<a '"])
def test_hostile_lines_are_shown_in_seconds(piece: str) -> None:
    started = time.process_time()
    for kind in ("sentence", "row"):
        shown(piece * (20_000 // len(piece)), kind)
    assert time.process_time() - started < 10
