"""Which lines of a PDF's table are one row of it, however its cells stand in that row: at its top, middle or bottom."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from assistant.documents.formats.pdf_layout import Row
from assistant.documents.formats.pdf_text import Piece

_BESIDE = 0.8  # type sizes between the base lines of cells side by side, at most; lines of one cell are further apart
_CLOSE = 1.45  # type sizes between the lines of one cell, at most
_APART = 1.12  # of the distance of its lines: what is further apart are two rows
_GAP = 3.0  # points between columns, at least
_LETTER = 0.45  # of the type size: the width of a letter
_VALUE = re.compile(r"\W*\d[\d.,\s]*\W*")

Line: TypeAlias = "dict[int, tuple[str, bool]]"
"""What stands in each column of one line of a table: its text, and whether it is bold."""
Column: TypeAlias = tuple[float, float]


def banded(rows: Sequence[Row]) -> list[Row]:
    """The rows, those put together whose pieces stand beside each other, only a little higher or lower.

    So the first line of a cell is beside that of the next cell, which has more lines.
    """
    found: list[Row] = []
    for row in rows:
        above = found[-1] if found else None
        if above is not None and _is_beside(above, row):
            base = above.base
            pieces = sorted(
                (replace(piece, base=base) for piece in (*above.pieces, *row.pieces)), key=lambda each: each.left
            )
            found[-1] = Row(pieces, row.page, row.rules, [*(above.parts or [above]), row])
        else:
            found.append(row)
    return found


def _is_beside(above: Row, row: Row) -> bool:
    if above.page != row.page or not 0 < row.base - above.base < _BESIDE * min(above.size, row.size):
        return False
    return all(a.right + _GAP <= b.left or b.right + _GAP <= a.left for a in above.pieces for b in row.pieces)


def begins(rows: Sequence[Row], lines: Sequence[Line], columns: Sequence[Column]) -> list[bool]:
    """Of each line, whether a row of the table begins with it: by lines that are drawn, by gaps, by its cells."""
    ruled = [is_ruled(above, below) for above, below in pairwise(rows)]
    whole = _Whole(rows, lines, columns)
    drawn = [*_blocks(ruled)]
    if sum(ruled) >= 2 and (sum(ruled) * 3 >= len(ruled) or all(map(whole.is_row, drawn))):
        stacked = {n for start, end in drawn if whole.holds_values(start, end) for n in range(start + 1, end)}
        return [True, *(rule or n in stacked for n, rule in enumerate(ruled, start=1))]
    leading = min(
        (gap for gap, a, b in zip(whole.gaps, lines, lines[1:], strict=False) if a.keys() & b.keys()), default=0.0
    )
    apart = [gap > _APART * leading or rule for gap, rule in zip(whole.gaps, ruled, strict=True)]
    found = [True, *(not whole.goes_on(n) for n in range(1, len(lines)))]
    if any(apart):
        for start, end in _blocks(apart):
            if whole.is_row((start, end)):
                found[start:end] = [True, *[False] * (end - start - 1)]
    return found


def _blocks(parted: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The stretches of lines that are parted from each other, each as its start and end."""
    starts = [0, *(n for n, each in enumerate(parted, start=1) if each)]
    return pairwise([*starts, len(parted) + 1])


class _Whole:
    """Tells whether lines of a table are one row, by their words."""

    def __init__(self, rows: Sequence[Row], lines: Sequence[Line], columns: Sequence[Column]) -> None:
        self.rows, self.lines, self.columns = rows, lines, columns
        self.gaps = [below.base - above.base for above, below in pairwise(rows)]
        self.low, self.high = min(self.gaps), max(self.gaps)

    def is_row(self, block: tuple[int, int]) -> bool:
        """Whether each line goes on with the one above: there was no room for its first word, and cells are lacking."""
        start, end = block
        if end - start < 2:
            return True
        if any(b.base - a.base > _CLOSE * b.size for a, b in pairwise(self.rows[start:end])):
            return False
        counts, later = [], list[str]()
        for at, column in enumerate(self.columns):
            held = [(self.rows[n], self.lines[n][at][0]) for n in range(start, end) if at in self.lines[n]]
            if not all(_wraps(a, b, column) for a, b in pairwise(held)):
                return False
            counts.append(len(held))
            later += (text for _, text in held[1:])
        counts = [count for count in counts if count]
        return any(map(_continues, later)) or (min(counts) < max(counts) and sum(count > 1 for count in counts) == 1)

    def goes_on(self, n: int) -> bool:
        """Whether one line goes on with the row above: it is near, lacks cells, and has no other values or names."""
        line, above, gap = self.lines[n], self.lines[n - 1], self.gaps[n - 1]
        if gap > 1.15 * self.low or len(line) > len(above) or not all(at in above for at in line):
            return False
        spread = self.high > 1.3 * self.low
        rest = len(line) < len(above) and (spread or 0 not in line)
        if not rest and not (spread and gap < _CLOSE * self.rows[0].size and 0 not in line):
            return False
        pairs = ((self.rows[n - 1], above[at][0], self.rows[n], line[at][0], self.columns[at]) for at in line)
        if not all(_wraps((a, said), (b, text), column) for a, said, b, text, column in pairs):
            return False
        return len(line) == 1 or any(_continues(text) for text, _ in line.values())

    def holds_values(self, start: int, end: int) -> bool:
        """Whether values stand under each other in a column of these lines, which so are rows of their own."""
        return any(
            sum(_VALUE.fullmatch(self.lines[n].get(at, ("", False))[0]) is not None for n in range(start, end)) > 1
            for at in range(len(self.columns))
        )


def leads(rows: Sequence[Row], n: int, column: Column) -> bool:
    """Whether a row of one piece is the first line of a cell of the row below, which has more cells."""
    if n + 1 >= len(rows):
        return False
    row, below = rows[n], rows[n + 1]
    if not 0 < below.base - row.base < _CLOSE * row.size:
        return False
    inside = [piece for piece in below.pieces if piece.left < column[1] + _GAP and piece.right > column[0] - _GAP]
    return not inside or _wraps((row, row.text), (row, inside[0].text), column)


def _wraps(above: tuple[Row, str], below: tuple[Row, str], column: Column) -> bool:
    """Whether the first word below had no room on the line above, in a column of this width; values are no words."""
    (row, said), (other, text) = above, below
    if _VALUE.fullmatch(said) and _VALUE.fullmatch(text):
        return False
    piece = _piece(row, column)
    word = text.split()[0] if text.split() else ""
    room = max((len(word) + 1) * _LETTER * row.size, _width(other, text))
    return piece is None or piece.right + room > column[1]


def _width(row: Row, text: str) -> float:
    """How wide the first word of a text of this row is with the space after it; 0 where that is not known."""
    first = next((piece for piece in row.pieces if piece.text == text and piece.words), None)
    return first.words[0][1] - first.left if first else 0.0


def _continues(text: str) -> bool:
    """Whether a text looks like the rest of one: it begins with no capital letter, and is no value."""
    return not text[:1].isupper() and _VALUE.fullmatch(text) is None


def _piece(row: Row, column: Column) -> Piece | None:
    """The last piece of a row that stands in a column."""
    inside = [piece for piece in row.pieces if piece.left < column[1] + _GAP and piece.right > column[0] - _GAP]
    return inside[-1] if inside else None


def is_ruled(above: Row, below: Row) -> bool:
    """Whether a line is drawn between two rows."""
    at = bisect_left(above.rules, above.base)
    return at < len(above.rules) and above.rules[at] < below.base - 0.3 * below.size
