"""Sentences are found in what a model writes, with the lines that they cite, as soon as they are whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.generate.sentences import Sentence, sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is open [1]. It is free [2][3].", [("It is open.", (1,)), ("It is free.", (2, 3))]),
        ("It is open. [1] It is free. [2, 3]", [("It is open.", (1,)), ("It is free.", (2, 3))]),
        ("It is open [1-3].", [("It is open.", (1, 2, 3))]),
        ("It is open [2][2].", [("It is open.", (2,))]),
        ("- **It** is open [1]\n- It is free [2]\n", [("It is open", (1,)), ("It is free", (2,))]),
        ("1. It is open [1]\n2. It is free", [("It is open", (1,)), ("It is free", ())]),
        ("Well. It is open [1].", [("Well.", ()), ("It is open.", (1,))]),
        ("It costs $3.50 at 9.30 a.m. [1]. Call 555.", [("It costs $3.50 at 9.30 a.m.", (1,)), ("Call 555.", ())]),
        ("It is open", [("It is open", ())]),
        ("[1] [2]", []),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_a_text_is_cut_into_sentences_with_their_citations(text: str, found: list[tuple[str, tuple[int, ...]]]) -> None:
    assert list(sentences([text])) == [Sentence(said, cites) for said, cites in found]


def test_a_sentence_comes_as_soon_as_the_next_begins() -> None:
    came: list[str] = []

    def pieces() -> Iterator[str]:
        for piece in ("It is op", "en [1]", ".", " It", " is free [2]."):
            came.append(piece)
            yield piece

    first = next(sentences(pieces()))
    assert (first, len(came)) == (Sentence("It is open.", (1,)), 4)


@given(st.integers(1, 9))
def test_how_a_text_comes_in_pieces_changes_nothing(size: int) -> None:
    text = "It is open [1]. It costs $3.50 [2, 3].\n- Call 555 [4]\nand so on. [5][6] The end"
    assert list(sentences(text[at : at + size] for at in range(0, len(text), size))) == list(sentences([text]))


def test_endless_text_is_cut_all_the_same() -> None:
    assert all(len(sentence.text) <= 2100 for sentence in sentences("and so on " for _ in range(2000)))
