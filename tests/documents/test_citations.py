from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.citations import address, cite, verify
from assistant.documents.rolling_hash import mark
from assistant.errors import UnverifiedCitation
from assistant.testing import document
from assistant.types import Document, Section

MIXED = st.sampled_from(["\r\n", "\t", "\u00a0", "e\u0301", "👩\u200d🚀", "שלום", "\ufeff", "\0", "\u2028", "a", "# "])
TEXTS = st.lists(MIXED | st.characters(exclude_categories=["Cs"]), min_size=1).map("".join)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Document, int, int]:
    text = draw(TEXTS)
    start = draw(st.integers(0, len(text) - 1))
    return document(text), start, draw(st.integers(start + 1, len(text)))


@given(spans())
def test_what_is_cited_can_be_sliced_out_of_its_document(span: tuple[Document, int, int]) -> None:
    source, start, end = span
    citation = cite(source, start, end)
    verify(citation, source)
    assert source.text[citation.start : citation.end] == citation.cited_text


@given(spans(), TEXTS)
def test_a_citation_with_other_words_is_not_verified(span: tuple[Document, int, int], words: str) -> None:
    source, start, end = span
    citation = replace(cite(source, start, end), cited_text=words)
    if words != source.text[start:end]:
        with pytest.raises(UnverifiedCitation, match="says something else"):
            verify(citation, source)


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (0, 0), (2, 1), (0, 6), (5, 6)])
def test_a_span_outside_the_text_is_neither_cited_nor_verified(start: int, end: int) -> None:
    source = document("hello")
    with pytest.raises(UnverifiedCitation):
        cite(source, start, end)
    with pytest.raises(UnverifiedCitation):
        verify(replace(cite(source, 0, 5), start=start, end=end, cited_text=source.text[start:end]), source)


def test_a_citation_of_another_version_is_not_verified() -> None:
    citation = cite(document("the pay is 5"), 0, 3)
    with pytest.raises(UnverifiedCitation, match="version"):
        verify(citation, document("the pay is 6"))


def test_a_citation_of_another_document_is_not_verified() -> None:
    with pytest.raises(UnverifiedCitation):
        verify(cite(document("same", id="a.txt"), 0, 4), document("same", id="b.txt"))


def test_a_citation_names_the_deepest_section_that_holds_all_of_it() -> None:
    source = document("before\n# Pay\nall\n## Head\n$5\n## Lead\n$4\n")
    assert cite(source, 0, 6).section_path == ()
    assert cite(source, source.text.index("all"), source.text.index("all") + 3).section_path == ("Pay",)
    assert cite(source, source.text.index("$5"), source.text.index("$5") + 2).section_path == ("Pay", "Head")
    assert cite(source, source.text.index("$5"), source.text.index("$4") + 2).section_path == ("Pay",)


def test_a_citation_names_its_page_from_one() -> None:
    source = replace(document("one\ntwo\nthree"), page_starts=(0, 4, 8))
    assert [cite(source, start, start + 1).page for start in (0, 3, 4, 8, 12)] == [1, 1, 2, 3, 3]
    assert cite(document("one"), 0, 3).page is None


def test_a_citation_links_to_the_page_that_marks_it() -> None:
    source = document("hello", id="a folder/é?#%.txt")
    place = f"start=1&end=3&version={source.version}&quote={mark('el')}"
    assert cite(source, 1, 3).url == f"/documents/a%20folder/%C3%A9%3F%23%25.txt?{place}#cited"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_the_address_of_a_document_gives_its_id_back(id: str) -> None:
    path = address(document("hello", id=id))
    assert path.isascii() and not set(path) & set('?#<>" ')
    assert unquote(path.removeprefix("/documents/")) == id


def test_sections_that_do_not_hold_the_span_are_not_named() -> None:
    source = replace(document("hello world"), sections=(Section("A", ("A",), 0, 5),))
    assert cite(source, 4, 7).section_path == ()
