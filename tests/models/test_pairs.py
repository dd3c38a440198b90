"""Question and passage become one sequence, and each token knows its place."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from assistant.models.pairs import (
    BOTH,
    IN_BOTH,
    KINDS,
    LINES,
    NO_LINE,
    OPENS,
    PASSAGE,
    QUESTION,
    QUESTION_ONLY,
    TYPES,
    EncodedPair,
    LineSpan,
    PairEncoder,
)
from assistant.question.stems import STOPWORDS
from assistant.types import LineKind

LETTERS = [chr(n) for n in range(97, 123)] + [str(n) for n in range(10)]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{c}" for c in LETTERS), "?", ".", "$", ","]


def encoder_without(ignored: Collection[str]) -> PairEncoder:
    """An encoder that knows letters, and no content in these words."""
    tokenizer = Tokenizer(WordPiece({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return PairEncoder(tokenizer.to_str(), ignored=ignored)


@pytest.fixture(scope="module")
def encoder() -> PairEncoder:
    return encoder_without(STOPWORDS)


def test_the_parts_follow_each_other(encoder: PairEncoder) -> None:
    [[pair]] = encoder.pairs("a b?", [("c: ", "d e", [])], max_tokens=60)
    assert [WORDS[n] for n in pair.ids] == ["[CLS]", "a", "b", "?", "[SEP]", "c", "[UNK]", "d", "e", "[SEP]"]
    assert pair.first == 7
    assert pair.offsets == [(0, 1), (2, 3)]
    assert len(pair.types) == len(pair.ids)


def test_types_tell_which_words_stand_in_both(encoder: PairEncoder) -> None:
    [[pair]] = encoder.pairs("who leads zebras", [("guide: ", "she led. The leading one leads", [])], max_tokens=60)
    at = dict(zip(["who", "leads", "zebras"], (pair.types[1], pair.types[4], pair.types[9]), strict=True))
    assert at == {"who": QUESTION, "leads": QUESTION, "zebras": QUESTION_ONLY}
    text = [pair.types[pair.first + n] for n, (start, _) in enumerate(pair.offsets) if start in (0, 13, 25)]
    assert text == [PASSAGE, IN_BOTH, IN_BOTH]


def test_a_word_carries_content_unless_it_is_among_the_ignored_ones() -> None:
    types = {}
    for ignored in ((), ("y",), ("X", "the")):
        [[pair]] = encoder_without(ignored).pairs("X y z", [("", "x y", [])], max_tokens=60)
        types[ignored] = pair.types[1:4] + pair.types[pair.first : -1]
    both, alone, neither = IN_BOTH, QUESTION_ONLY, PASSAGE
    assert types[()] == [QUESTION, QUESTION, alone, both, both]
    assert types["y",] == [QUESTION, QUESTION, alone, both, neither]
    assert types["X", "the"] == types[()]  # the list is of words in small letters


def test_long_passages_are_read_in_overlapping_windows(encoder: PairEncoder) -> None:
    text = "a b c d e f g h " * 20
    [windows] = encoder.pairs("x", [("", text, [])], max_tokens=44)
    assert len(windows) > 3
    assert all(len(pair.ids) <= 44 for pair in windows)
    covered = {offset for pair in windows for offset in pair.offsets}
    assert len(covered) == 160
    assert windows[0].offsets[20:] == windows[1].offsets[:20]


def kind(name: LineKind) -> int:
    """The type of a token of such a line that neither opens it nor is of a word of the question."""
    return LINES + 4 * KINDS.index(name)


def of_text(pair: EncodedPair) -> list[tuple[str, int, int]]:
    """The tokens of the text itself, each with its type and its line."""
    types = pair.types[pair.first : -1]
    tokens = [WORDS[n] for n in pair.ids[pair.first : -1]]
    return list(zip(tokens, types, pair.lines, strict=True))


def test_each_kind_of_line_has_types_of_its_own() -> None:
    assert KINDS == ("heading", "lead", "item", "sentence", "row", "code")
    assert [kind(name) for name in KINDS] == [4, 8, 12, 16, 20, 24]
    assert TYPES == 28


def test_types_tell_the_kind_of_a_line_where_it_opens_and_what_the_question_has(encoder: PairEncoder) -> None:
    lines: list[LineSpan] = [(0, 3, "heading"), (6, 11, "item")]
    [[pair]] = encoder.pairs("z y", [("c", "x y - z x z .", lines)], max_tokens=60)
    heading, item = kind("heading"), kind("item")
    assert of_text(pair) == [
        ("x", heading + OPENS, 0),
        ("y", heading + BOTH, 0),
        ("[UNK]", PASSAGE, NO_LINE),  # the dash before the item
        ("z", item + OPENS + BOTH, 1),
        ("x", item, 1),
        ("z", item + BOTH, 1),
        (".", PASSAGE, NO_LINE),
    ]
    assert pair.types[pair.first - 1] == PASSAGE  # the context has no lines


def test_a_word_outside_the_lines_that_the_question_has_is_told(encoder: PairEncoder) -> None:
    [[pair]] = encoder.pairs("z", [("", "z x", [(2, 3, "sentence")])], max_tokens=60)
    assert of_text(pair) == [("z", IN_BOTH, NO_LINE), ("x", kind("sentence") + OPENS, 0)]


def test_a_line_that_follows_another_without_a_gap_opens_anew(encoder: PairEncoder) -> None:
    [[pair]] = encoder.pairs("z", [("", "x.y.", [(0, 2, "row"), (2, 4, "row")])], max_tokens=60)
    assert [type for _, type, _ in of_text(pair)] == [kind("row") + OPENS, kind("row")] * 2
    assert pair.lines == [0, 0, 1, 1]


def test_a_line_without_a_token_is_passed_over(encoder: PairEncoder) -> None:
    [[pair]] = encoder.pairs("z", [("", "x   y", [(0, 1, "item"), (2, 3, "item"), (4, 5, "item")])], max_tokens=60)
    assert pair.lines == [0, 2]


def test_windows_keep_the_numbers_of_the_lines_and_open_where_they_begin(encoder: PairEncoder) -> None:
    text = "a b c d e f g h " * 20
    lines: list[LineSpan] = [(start, start + 15, "sentence") for start in range(0, len(text), 16)]
    [windows] = encoder.pairs("x", [("", text, lines)], max_tokens=44)
    assert len(windows) == 7  # of 40 tokens each, 20 further every time: 160 - 40 = 6 * 20
    assert windows[0].lines == [n for n in range(5) for _ in range(8)]
    assert (
        windows[1].lines[:4] == [2] * 4
        and windows[1].lines[4:] == [n for n in (3, 4, 5, 6) for _ in range(8)] + [7] * 4
    )
    sentence = kind("sentence")
    assert [type for _, type, _ in of_text(windows[0])] == ([sentence + OPENS] + [sentence] * 7) * 5
    # The first token of a window stands for the line that goes on there.
    assert [type for _, type, _ in of_text(windows[1])][:5] == [sentence + OPENS, *[sentence] * 3, sentence + OPENS]
    assert {line for pair in windows for line in pair.lines} == set(range(20))


@given(question=st.text(max_size=40), context=st.text(max_size=20), text=st.text(max_size=80))
def test_offsets_lie_within_the_text_in_order(encoder: PairEncoder, question: str, context: str, text: str) -> None:
    cut = len(text) // 2
    lines: list[LineSpan] = [(0, cut, "sentence"), (cut, len(text), "item")] if cut else []
    [windows] = encoder.pairs(question, [(context, text, lines)], max_tokens=150)
    for pair in windows:
        assert all(type < TYPES for type in pair.types)
        assert len(pair.lines) == len(pair.offsets)
        assert all(
            n != NO_LINE and lines[n][0] <= start < lines[n][1]
            for n, (start, _) in zip(pair.lines, pair.offsets, strict=True)
            if cut
        )
        starts = [start for start, _ in pair.offsets]
        assert starts == sorted(starts)
        assert all(0 <= start <= end <= len(text) for start, end in pair.offsets)
        assert len(pair.ids) == len(pair.types) == pair.first + len(pair.offsets) + 1


def test_takes_lone_surrogates(encoder: PairEncoder) -> None:
    assert encoder.pairs("\ud800", [("\udfff", "a \ud800 b", [])], max_tokens=40)[0][0].offsets[-1] == (4, 5)


def test_wants_a_tokenizer_of_the_bert_kind() -> None:
    with pytest.raises(ValueError, match=r"\[CLS\]"):
        PairEncoder(Tokenizer(WordPiece({"a": 0, "[UNK]": 1}, unk_token="[UNK]")).to_str(), ignored=())
