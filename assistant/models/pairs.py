"""Question and passage as one sequence for a cross-encoder: its tokens, their types, their places in the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tokenizers import Encoding, Tokenizer

from assistant.index.bm25 import words
from assistant.question.parse import FUNCTION_WORDS

QUESTION, PASSAGE, QUESTION_ONLY, IN_BOTH = 0, 1, 2, 3
"""The types of a token: of the question and of the passage; of a word of the question that the passage does not have;
of a word of the passage that the question has. Exact matches as an input are DrQA's (Chen et al. 2017)."""

MAX_QUESTION, MAX_CONTEXT = 64, 48  # tokens; what is longer is cut off

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """One sequence. `offsets` holds, for each token from `first` to before the last, its span in the passage's text."""

    ids: list[int]
    types: list[int]
    first: int  # the first token of the text itself, behind the question and the context
    offsets: list[tuple[int, int]]


class PairEncoder:
    """Makes pairs with one tokenizer. Never changes, so threads may share it."""

    def __init__(self, tokenizer: str) -> None:
        """`tokenizer` is the text of a tokenizer.json of the BERT kind."""
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        cls, sep = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        if cls is None or sep is None:
            raise ValueError("the tokenizer has no [CLS] and [SEP]")
        self._cls, self._sep = cls, sep

    def pairs(self, question: str, passages: Sequence[tuple[str, str]], *, max_tokens: int) -> list[list[EncodedPair]]:
        """For each passage, given as (context, text), its pairs: one, or, where it is too long, overlapping windows.

        The context is what tells what the text is about: its title and section path.
        """
        asked = self._encode(question, MAX_QUESTION)
        return [self._windows(asked, self._encode(c, MAX_CONTEXT), self._encode(t), max_tokens) for c, t in passages]

    def _windows(self, asked: _Tokens, context: _Tokens, text: _Tokens, max_tokens: int) -> list[EncodedPair]:
        room = max_tokens - 3 - len(asked.ids) - len(context.ids)
        pairs = [self._pair(asked, context, text.cut(0, room))]
        start = 0
        while start + room < len(text.ids):
            start += room // 2
            pairs.append(self._pair(asked, context, text.cut(start, start + room)))
        return pairs

    def _pair(self, asked: _Tokens, context: _Tokens, text: _Tokens) -> EncodedPair:
        theirs = frozenset(context.stems) | frozenset(text.stems)
        ours = frozenset(asked.stems) - {""}
        ids = [self._cls, *asked.ids, self._sep, *context.ids, *text.ids, self._sep]
        asked_types = [QUESTION_ONLY if stem and stem not in theirs else QUESTION for stem in asked.stems]
        types = [IN_BOTH if stem in ours else PASSAGE for stem in (*context.stems, *text.stems)]
        first = 2 + len(asked.ids) + len(context.ids)
        return EncodedPair(ids, [QUESTION, *asked_types, QUESTION, *types, PASSAGE], first, text.offsets)

    def _encode(self, text: str, limit: int | None = None) -> _Tokens:
        encoding = self._tokenizer.encode(_SURROGATES.sub("\ufffd", text), add_special_tokens=False)
        return _Tokens(encoding.ids, encoding.offsets, _stems(text, encoding)).cut(0, limit)


@dataclass(frozen=True, slots=True)
class _Tokens:
    ids: list[int]
    offsets: list[tuple[int, int]]
    stems: list[str]  # of the word that each token belongs to; "" where it carries no content

    def cut(self, start: int, end: int | None) -> _Tokens:
        return _Tokens(self.ids[start:end], self.offsets[start:end], self.stems[start:end])


def _stems(text: str, encoding: Encoding) -> list[str]:
    spans: dict[int, tuple[int, int]] = {}
    for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
        if word is not None:
            spans[word] = (spans.get(word, (start, end))[0], end)
    stems = {word: _stem(text[start:end]) for word, (start, end) in spans.items()}
    return ["" if word is None else stems[word] for word in encoding.word_ids]


def _stem(word: str) -> str:
    return "" if word.casefold() in FUNCTION_WORDS else "".join(words(word))
