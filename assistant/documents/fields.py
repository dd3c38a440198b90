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
_LED = re.compile(
    r"(?P<name>[^\W_][^:;.!?=\r\n\u2026]{0,60}?)[ \t]*"
    r"(?:\.{4,}|(?<=[ \t])\.{3}|(?:\. ){3,}\.?|\u2026+|_{3,}|[ \t]=)[ \t]*(?=[^\s.=])"
)
_GOES_ON = re.compile(r"(?:[,;:\u2013\u2014/&-]|\b(?:and|or|of|the|a|an|in|to|for|with|by|at|from))$", re.IGNORECASE)
_VALUE_ROW = 40  # characters of a field that another row after it does not go on with
_MARKS = re.compile(r"[*_`~]+|\\(?=[^\w\s])")
_QUESTION_WORDS = 25
_TASK = re.compile(r"\[[ xX]\][ \t]+\S")


def is_field(row: str) -> bool:
    """Whether a row is a name and its value, with a colon, an equals sign or dots between them."""
    match = _FIELD.match(row) or _LED.match(row)
    return match is not None and len(match["name"].split()) <= _NAME_WORDS


def is_led(row: str) -> bool:
    """Whether a row is a name and its value with dots or an equals sign between them, such as "Power ..... 9 kW"."""
    match = _LED.match(row)
    return match is not None and len(match["name"].split()) <= _NAME_WORDS


def bare(row: str) -> str:
    """A row of Markdown without the marks of emphasis in it."""
    return _MARKS.sub("", row)


def asks(row: str) -> bool:
    """Whether a row is a question as a whole, and no more."""
    said = bare(row).strip()
    first = next((character for character in said if character.isalpha()), "")
    return (
        said.endswith(("?", "\uff1f"))
        and not first.islower()
        and 1 < len(said.split()) <= _QUESTION_WORDS
        and not re.search(r"[.!?][\"'”’)]*\s", said)
    )


def is_question(row: str) -> bool:
    """Whether a row is the question of a pair, such as "Q: When do you open?"."""
    return _ASKS.match(row) is not None and row.rstrip().endswith(("?", "\uff1f"))


def is_answer(row: str) -> bool:
    """Whether a row begins the answer of a pair, such as "A: At ten."."""
    return _ANSWERS.match(row) is not None


def own_rows(rows: Sequence[str]) -> list[int]:
    """The rows of a paragraph that begin something of their own; the others go on with the row above them.

    A task with its box does; a field after a field, and what comes after a short field, unless it begins with a small
    letter; and a short row after another, where most rows of the paragraph are short, begin with a capital or a figure,
    and end without a full stop.
    """
    short = [_is_short(row) for row in rows]
    listed = len(rows) >= ROWS and sum(short) >= SHARE * len(rows)
    fields = [is_field(row) for row in rows]
    return [
        n
        for n in range(len(rows))
        if n == 0
        or _TASK.match(rows[n])
        or (fields[n - 1] and ((fields[n] and _starts(rows, n)) or _ends_field(rows[n - 1], rows[n])))
        or (listed and short[n] and short[n - 1])
    ]


def _starts(rows: Sequence[str], n: int) -> bool:
    """Whether a row starts something: the row above it is short, or it begins with a capital or a figure."""
    return len(rows[n - 1]) <= LONGEST or not rows[n][:1].islower()


def _ends_field(field: str, after: str) -> bool:
    """Whether a field ends with its row."""
    first = next((character for character in after if not character.isspace()), "")
    return len(field) <= _VALUE_ROW and first.isalnum() and not first.islower() and not _GOES_ON.search(field)


def _is_short(row: str) -> bool:
    first = next((character for character in row if character.isalnum()), "")
    return len(row) <= LONGEST and not first.islower() and not _ENDED.search(row)
