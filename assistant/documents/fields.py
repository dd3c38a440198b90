"""Rows that stand for themselves: fields such as "Telephone: 01632 960811", and rows of addresses and price lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

ROWS, SHARE = 3, 0.75  # short rows that make a paragraph a list of them, and the share of them in it
LONGEST = 60  # characters of a short row

_FIELD = re.compile(r"(?P<name>[^\W_][^:;.!?\r\n]{0,48}):[ \t]+\S")
_ASKS = re.compile(r"Q(?:uestion)?\s?\d{0,3}\s?[:.)]\s+\S", re.IGNORECASE)
_ANSWERS = re.compile(r"A(?:nswer)?\s?\d{0,3}\s?[:.)]\s+\S", re.IGNORECASE)
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_NAME_WORDS = 6


def is_field(row: str) -> bool:
    """Whether a row is a name and its value, with a colon between them."""
    match = _FIELD.match(row)
    return match is not None and len(match["name"].split()) <= _NAME_WORDS


def is_question(row: str) -> bool:
    """Whether a row is the question of a pair, such as "Q: When do you open?"."""
    return _ASKS.match(row) is not None and row.rstrip().endswith(("?", "\uff1f"))


def is_answer(row: str) -> bool:
    """Whether a row begins the answer of a pair, such as "A: At ten."."""
    return _ANSWERS.match(row) is not None


def own_rows(rows: Sequence[str]) -> list[int]:
    """The rows of a paragraph that begin something of their own; the others go on with the row above them.

    A field after a field does, and so does a short row after another, where most rows of the paragraph are short, begin
    with a capital or a figure, and end without a full stop.
    """
    short = [_is_short(row) for row in rows]
    listed = len(rows) >= ROWS and sum(short) >= SHARE * len(rows)
    fields = [is_field(row) for row in rows]
    return [
        n for n in range(len(rows)) if n == 0 or (fields[n] and fields[n - 1]) or (listed and short[n] and short[n - 1])
    ]


def _is_short(row: str) -> bool:
    first = next((character for character in row if character.isalnum()), "")
    return len(row) <= LONGEST and not first.islower() and not _ENDED.search(row)
