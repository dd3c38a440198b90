"""Question and passage as one sequence for a cross-encoder: its tokens, with their types, lines and places."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, get_args

from tokenizers import Encoding, Tokenizer

from assistant.question.stems import words
from assistant.types import LineKind

QUESTION, PASSAGE, QUESTION_ONLY, IN_BOTH = 0, 1, 2, 3
"""The types of a token: of the question, of the passage outside its lines; of a word of the question that the passage
does not have; of a word outside its lines that the question has. Exact matches as an input are DrQA's (Chen et al.
2017)."""

KINDS: tuple[LineKind, ...] = get_args(LineKind)
LINES, OPENS, BOTH = 4, 2, 1
"""A token of a line has the type LINES + 4 times the position of the line's kind + OPENS, where it is the line's first,
+ BOTH, where the question has its word. So the network sees headings, items, rows and where each of them begins."""

TYPES = LINES + 4 * len(KINDS)
NO_LINE = -1
MAX_QUESTION, MAX_CONTEXT = 80, 64  # tokens; what is longer is cut off

LineSpan: TypeAlias = tuple[int, int, LineKind]  # a line: (start, end, kind), in the text of its passage

_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class EncodedPair:
    """One sequence. `offsets` holds, for each token from `first` to before the last, its span in the passage's text."""

    ids: list[int]
    types: list[int]
    first: int  # the first token of the text itself, behind the question and the context
    offsets: list[tuple[int, int]]
    lines: list[int] = field(default_factory=list)  # for each of these tokens, the position of its line, or NO_LINE


class PairEncoder:
    """Makes pairs with one tokenizer. Never changes, so threads may share it."""

    def __init__(self, tokenizer: str, *, ignored: Collection[str]) -> None:
        """`tokenizer` is the text of a tokenizer.json of the BERT kind; `ignored` are words that carry no content.

        A trained network knows the words that it was trained with, so they lie beside it.
        """
        self._ignored = frozenset(ignored)
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        cls, sep = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        if cls is None or sep is None:
            raise ValueError("the tokenizer has no [CLS] and [SEP]")
        self._cls, self._sep = cls, sep

    def pairs(
        self, question: str, passages: Sequence[tuple[str, str, Sequence[LineSpan]]], *, max_tokens: int
    ) -> list[list[EncodedPair]]:
        """For each passage, given as (context, text, lines), its pairs: one, or overlapping windows if it is too long.

        The context is what tells what the text is about: its title, its section path, and what introduces its first
        line. Lines are in the order of the text and do not overlap.
        """
        asked = self._encode(question, MAX_QUESTION)
        return [
            self._windows(asked, self._encode(context, MAX_CONTEXT), self._encode(text, lines=lines), lines, max_tokens)
            for context, text, lines in passages
        ]

    def _windows(
        self, asked: _Tokens, context: _Tokens, text: _Tokens, lines: Sequence[LineSpan], max_tokens: int
    ) -> list[EncodedPair]:
        room = max_tokens - 3 - len(asked.ids) - len(context.ids)
        pairs = [self._pair(asked, context, text.cut(0, room), lines)]
        start = 0
        while start + room < len(text.ids):
            start += room // 2
            pairs.append(self._pair(asked, context, text.cut(start, start + room), lines))
        return pairs

    def _pair(self, asked: _Tokens, context: _Tokens, text: _Tokens, lines: Sequence[LineSpan]) -> EncodedPair:
        theirs = frozenset(context.stems) | frozenset(text.stems)
        ours = frozenset(asked.stems) - {""}
        ids = [self._cls, *asked.ids, self._sep, *context.ids, *text.ids, self._sep]
        asked_types = [QUESTION_ONLY if stem and stem not in theirs else QUESTION for stem in asked.stems]
        around = [IN_BOTH if stem in ours else PASSAGE for stem in context.stems]
        inside = []
        before = NO_LINE
        for stem, line in zip(text.stems, text.lines, strict=True):
            both = stem in ours
            if line == NO_LINE:
                inside.append(IN_BOTH if both else PASSAGE)
            else:
                kind = KINDS.index(lines[line][2])
                inside.append(LINES + 4 * kind + OPENS * (line != before) + BOTH * both)
            before = line
        first = 2 + len(asked.ids) + len(context.ids)
        types = [QUESTION, *asked_types, QUESTION, *around, *inside, PASSAGE]
        return EncodedPair(ids, types, first, text.offsets, text.lines)

    def _encode(self, text: str, limit: int | None = None, *, lines: Sequence[LineSpan] = ()) -> _Tokens:
        encoding = self._tokenizer.encode(_SURROGATES.sub("\ufffd", text), add_special_tokens=False)
        at = _lines_of(encoding.offsets, lines)
        return _Tokens(encoding.ids, encoding.offsets, self._stems(text, encoding), at).cut(0, limit)

    def _stems(self, text: str, encoding: Encoding) -> list[str]:
        spans: dict[int, tuple[int, int]] = {}
        for word, (start, end) in zip(encoding.word_ids, encoding.offsets, strict=True):
            if word is not None:
                spans[word] = (spans.get(word, (start, end))[0], end)
        stems = {word: self._stem(text[start:end]) for word, (start, end) in spans.items()}
        return ["" if word is None else stems[word] for word in encoding.word_ids]

    def _stem(self, word: str) -> str:
        return "" if word.casefold() in self._ignored else "".join(words(word, leave_out=self._ignored))


@dataclass(frozen=True, slots=True)
class _Tokens:
    ids: list[int]
    offsets: list[tuple[int, int]]
    stems: list[str]  # of the word that each token belongs to; "" where it carries no content
    lines: list[int]

    def cut(self, start: int, end: int | None) -> _Tokens:
        return _Tokens(self.ids[start:end], self.offsets[start:end], self.stems[start:end], self.lines[start:end])


def _lines_of(offsets: Sequence[tuple[int, int]], lines: Sequence[LineSpan]) -> list[int]:
    """For each token the line that it begins in, or NO_LINE."""
    starts = [start for start, _, _ in lines]
    found = []
    for start, _ in offsets:
        n = bisect_right(starts, start) - 1
        found.append(n if n >= 0 and start < lines[n][1] else NO_LINE)
    return found
