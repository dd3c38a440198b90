"""Passages are spans of the document that together cover its text, within the budget."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.chunking import Budget, embedded_text, line_in_context, passages_of
from assistant.documents.plain import structure
from assistant.types import Document

WORDS = Budget(40, lambda text: len(text.split()))
CHARACTERS = Budget(300, len)


def plain(text: str, title: str = "Guide") -> Document:
    read = structure(text)
    return Document("a.txt", "v", title, "a.txt", "text/plain", text, read.sections, read.lines)


@given(st.text(st.sampled_from("ab .:\n-1)😀é\r\t\u00a0AB"), max_size=400))
def test_passages_cover_the_text_and_keep_to_the_budget(text: str) -> None:
    document = plain(text)
    passages = passages_of(document, budgets=[WORDS, CHARACTERS])
    assert "".join(passage.text for passage in passages) == text
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        embedded = embedded_text(document.title, passage.section_path, passage.text)
        prefix = embedded_text(document.title, passage.section_path, "")
        if len(prefix) < 200:
            assert CHARACTERS.count(embedded) <= CHARACTERS.tokens


def test_a_passage_stays_in_its_section_but_empty_headings_go_with_what_follows() -> None:
    text = "Tools\nHand Tools\n- spade\n- rake\nMachines\n- mower\n- saw\n"
    passages = passages_of(plain(text), budgets=[WORDS])
    assert [(p.section_path, p.text) for p in passages] == [
        (("Tools", "Hand Tools"), "Tools\nHand Tools\n- spade\n- rake\n"),
        (("Tools", "Machines"), "Machines\n- mower\n- saw\n"),
    ]


def test_a_lead_in_stays_with_its_list() -> None:
    text = "Sentence of six words stands here. " * 5 + "\nWe need all of these five things right here:\n- one\n- two\n"
    passages = passages_of(plain(text), budgets=[WORDS])
    assert passages[-1].text.startswith("We need all")


def test_one_long_line_is_cut_at_white_space() -> None:
    passages = passages_of(plain("word " * 500), budgets=[WORDS])
    assert len(passages) >= 500 / 40
    assert all(passage.text.endswith(" ") for passage in passages)


def test_a_word_without_end_is_cut_anyway() -> None:
    passages = passages_of(plain("x" * 5000), budgets=[CHARACTERS])
    assert "".join(passage.text for passage in passages) == "x" * 5000


def test_a_line_in_its_context_has_all_that_stands_above_it() -> None:
    document = plain("Tools\nHand Tools\nYou need:\n- spade\n- rake\nMachines\n- mower\n- saw\n")
    spade = next(line for line in document.lines if document.text[line.start : line.end] == "spade")
    assert line_in_context(document, spade) == "Guide: Tools: Hand Tools: You need:: spade"
