"""Question and passage become one sequence, and each token knows its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from assistant.models.pairs import IN_BOTH, PASSAGE, QUESTION, QUESTION_ONLY, PairEncoder

LETTERS = [chr(n) for n in range(97, 123)] + [str(n) for n in range(10)]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *LETTERS, *(f"##{c}" for c in LETTERS), "?", ".", "$", ","]


@pytest.fixture(scope="module")
def encoder() -> PairEncoder:
    tokenizer = Tokenizer(WordPiece({word: n for n, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    return PairEncoder(tokenizer.to_str())


def test_the_parts_follow_each_other(encoder: PairEncoder) -> None:
    [[pair]] = encoder.pairs("a b?", [("c: ", "d e")], max_tokens=60)
    assert [WORDS[n] for n in pair.ids] == ["[CLS]", "a", "b", "?", "[SEP]", "c", "[UNK]", "d", "e", "[SEP]"]
    assert pair.first == 7
    assert pair.offsets == [(0, 1), (2, 3)]
    assert len(pair.types) == len(pair.ids)


def test_types_tell_which_words_stand_in_both(encoder: PairEncoder) -> None:
    [[pair]] = encoder.pairs("who leads zebras", [("guide: ", "she led. The leading one leads")], max_tokens=60)
    at = dict(zip(["who", "leads", "zebras"], (pair.types[1], pair.types[4], pair.types[9]), strict=True))
    assert at == {"who": QUESTION, "leads": QUESTION, "zebras": QUESTION_ONLY}
    text = [pair.types[pair.first + n] for n, (start, _) in enumerate(pair.offsets) if start in (0, 13, 25)]
    assert text == [PASSAGE, IN_BOTH, IN_BOTH]


def test_long_passages_are_read_in_overlapping_windows(encoder: PairEncoder) -> None:
    text = "a b c d e f g h " * 20
    [windows] = encoder.pairs("x", [("", text)], max_tokens=44)
    assert len(windows) > 3
    assert all(len(pair.ids) <= 44 for pair in windows)
    covered = {offset for pair in windows for offset in pair.offsets}
    assert len(covered) == 160
    assert windows[0].offsets[20:] == windows[1].offsets[:20]


@given(question=st.text(max_size=40), context=st.text(max_size=20), text=st.text(max_size=80))
def test_offsets_lie_within_the_text_in_order(encoder: PairEncoder, question: str, context: str, text: str) -> None:
    [windows] = encoder.pairs(question, [(context, text)], max_tokens=150)
    for pair in windows:
        starts = [start for start, _ in pair.offsets]
        assert starts == sorted(starts)
        assert all(0 <= start <= end <= len(text) for start, end in pair.offsets)
        assert len(pair.ids) == len(pair.types) == pair.first + len(pair.offsets) + 1


def test_takes_lone_surrogates(encoder: PairEncoder) -> None:
    assert encoder.pairs("\ud800", [("\udfff", "a \ud800 b")], max_tokens=40)[0][0].offsets[-1] == (4, 5)


def test_wants_a_tokenizer_of_the_bert_kind() -> None:
    with pytest.raises(ValueError, match=r"\[CLS\]"):
        PairEncoder(Tokenizer(WordPiece({"a": 0, "[UNK]": 1}, unk_token="[UNK]")).to_str())
