from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import markdown, plain
from assistant.documents.citations import cite
from assistant.documents.files import FORMATS
from assistant.documents.text_fragments import is_web_address
from assistant.testing import StaticAnswerer, document
from assistant.types import Document

URL = "https://example.org/guide"
TEXT = """# Pay
## Head
The median pay is $5.
It is paid in May, "well-earned" & taxed.
## Hand
The median pay is $5.
It is paid in a sack that is large enough, if one may say so, to hold all of the coins that were earned in the year.
## Pay
"""
MARKDOWN = """# Pay

| Role | Pay |
|---|---|
| **Head** | `$5` |

A [link](https://example.net "t"), *stress*, snake_case & \\*stars\\* with 2 * 3 &amp; <b>bold</b>.

> Quoted words
> go on.
"""


def published(text: str, words: str, *, last: bool = False, name: str = "a.txt", url: str = URL) -> str | None:
    """The link of these words in a document of this text."""
    media_type, _ = FORMATS[Path(name).suffix]
    read = (markdown if name.endswith(".md") else plain).structure(text)
    made: Document = document(text, metadata={"url": url})
    made = replace(made, sections=read.sections, lines=read.lines, media_type=media_type)
    start = text.rindex(words) if last else text.index(words)
    return cite(made, start, start + len(words)).published_url


def simple(words: str, *, last: bool = False) -> str:
    """The directive of these words in `TEXT`, decoded."""
    shown = document(TEXT, metadata={"url": URL})
    start = TEXT.rindex(words) if last else TEXT.index(words)
    link = cite(shown, start, start + len(words)).published_url
    assert link is not None
    return unquote(link.removeprefix(f"{URL}#:~:text="))


def test_a_short_quotation_is_named_by_its_words() -> None:
    assert simple("paid in May") == "paid in May"


def test_what_has_a_meaning_in_a_directive_is_encoded() -> None:
    link = published(TEXT, 'May, "well-earned" & taxed.')
    assert link == f"{URL}#:~:text=May%2C%20%22well%2Dearned%22%20%26%20taxed."


def test_words_that_stand_earlier_too_are_told_apart_by_those_before_them() -> None:
    assert simple("The median pay is $5.") == "The median pay is $5."
    assert simple("The median pay is $5.", last=True) == "Hand-,The median pay is $5."
    assert simple("pay is $5.", last=True) == "pay is $5.,-It is paid in a sack"  # "The median" stands before both


def test_words_whose_fore_runners_are_alike_are_told_apart_by_those_after_them() -> None:
    shown = document("Be\nmerry now.\nBe\nmerry then.\n", metadata={"url": URL})
    place = shown.text.rindex("merry")
    assert (cite(shown, place, place + 5).published_url or "").endswith("text=merry,-then.")


def test_a_heading_is_told_from_the_same_in_a_list_of_contents() -> None:
    assert simple("Head") == "Head,-The median pay is $5."
    assert simple("Pay", last=True) == "that were earned in the year.-,Pay"


def test_a_long_quotation_is_named_by_its_first_and_last_words() -> None:
    long = TEXT[TEXT.index("It is paid in a sack") : TEXT.index("\n## Pay")]
    assert simple(long) == "It is paid in a sack that,were earned in the year."


def test_a_quotation_of_several_lines_is_a_range_since_no_term_crosses_blocks() -> None:
    assert simple("median pay is $5.\nIt is paid in May") == "median pay is $5.,It is paid in May"


def test_a_range_starts_below_a_heading_that_no_text_stands_before() -> None:
    assert simple("Pay\n## Head\nThe median pay is $5.\nIt is paid") == "The median pay is $5.,It is paid"
    assert simple("Hand\nThe median pay is $5.").endswith("taxed.-,Hand,The median pay is $5.")


def test_the_end_of_a_range_is_where_the_quotation_ends() -> None:
    text = "One thing is here.\nThe end.\nOf all.\nThe end.\n"
    shown = document(text, metadata={"url": URL})
    first, last = cite(shown, 0, text.index("\nOf")), cite(shown, 0, len(text) - 1)
    assert unquote((first.published_url or "").partition("text=")[2]) == "One thing is here.,The end."
    assert unquote((last.published_url or "").partition("text=")[2]) == "One thing is here.,The end."


@pytest.mark.parametrize(
    ("words", "directive"),
    [
        ("**Head** | `$5`", "Head,$5"),
        ('A [link](https://example.net "t")', "A link"),
        ("*stress*, snake_case & \\*stars\\* with 2 * 3 &amp; <b>bold</b>.", None),
        ("Quoted words\n> go on.", "Quoted words go on."),
    ],
)
def test_markup_is_no_part_of_what_a_page_shows(words: str, directive: str | None) -> None:
    link = published(MARKDOWN, words, name="a.md")
    wanted = directive or "stress, snake_case & *stars* with 2 * 3 & bold."
    assert link is not None and unquote(link.partition("text=")[2]) == wanted


def test_parts_of_words_at_the_ends_are_left_out() -> None:
    assert simple("edian pay is $5.\nIt is pai").startswith("pay is $5.,It is")


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://example.org/a#part", "https://example.org/a#part:~:text=paid%20in%20May"),
        ("https://example.org/a#part:~:text=old", "https://example.org/a#part:~:text=paid%20in%20May"),
        ("http://example.org?q=1&r=2", "http://example.org?q=1&r=2#:~:text=paid%20in%20May"),
        ("ftp://example.org/a", None),
        ("javascript:alert(1)", None),
        ("//example.org", None),
        ("https://", None),
        ("https://example.org/a b", None),
        ("https://example.org:port/", None),
    ],
)
def test_only_addresses_of_the_web_are_linked(url: str, wanted: str | None) -> None:
    assert published(TEXT, "paid in May", url=url) == wanted
    assert is_web_address(url) == (wanted is not None)


def test_a_document_without_an_address_has_no_published_place() -> None:
    assert cite(document(TEXT), 0, 5).published_url is None
    assert StaticAnswerer(document(TEXT)).ask("median pay").citations[0].published_url is None


def test_a_pdf_is_opened_at_the_page() -> None:
    shown = replace(document(TEXT, metadata={"url": f"{URL}.pdf#x"}), media_type="application/pdf", page_starts=(0, 30))
    assert cite(shown, 2, 5).published_url == f"{URL}.pdf#page=1"
    assert cite(shown, 40, 45).published_url == f"{URL}.pdf#page=2"


@given(
    st.text(st.sampled_from("aB,-&#%:~ \n|*_`[]()<>\"'é👩職\u00a0"), min_size=1),
    st.sampled_from(["a.txt", "a.md"]),
    st.data(),
)
def test_a_directive_holds_nothing_but_encoded_terms(text: str, name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    media_type, _ = FORMATS[Path(name).suffix]
    read = (markdown if name.endswith(".md") else plain).structure(text)
    made = replace(document(text, metadata={"url": URL}), lines=read.lines, media_type=media_type)
    link = cite(made, start, end).published_url
    term = "[A-Za-z0-9._~%]+"
    assert link is not None
    assert re.fullmatch(rf"{URL}(?:#:~:text=(?:{term}-,)?{term}(?:,{term})?(?:,-{term})?)?", link), link
