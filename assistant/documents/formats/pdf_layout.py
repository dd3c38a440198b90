"""The order in which the pieces of a PDF page are read: columns, rows, and what is repeated on each page left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeAlias

from assistant.documents.formats.pdf_forms import stand_in_rows
from assistant.documents.formats.pdf_text import PageText, Piece

_STEP = 2.0  # points, for finding the gap between columns
_MANY = 5_000  # pieces of a page; more are a drawing
_COLUMN_LINES = 5  # at least, in each column
_COLUMN_CHARACTERS = 14  # that a line of a column has at least, in the middle
_CROSSING = 0.15  # the share of pieces that may reach across the gap
_SPACED = 1.7  # type sizes from one line to the next, in the middle; the rows of a table are further apart
_MOST_RULES = 4  # that are drawn across the gap
_FILLED = 0.5  # how much of its width a line of a column fills, in the middle
_HEAD_ZONE = 0.12  # of the page's height
_EDGE_ZONE = 0.065
_NUMBER = re.compile(r"(?i)\W*(?:(?:page|seite|p\.?)\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|von)\s*\d{1,4})?\W*")
_DIGITS = re.compile(r"\d+")

Rule: TypeAlias = tuple[float, float, float]
"""A horizontal line: its left and right end, and its height on the page."""


@dataclass(slots=True)
class Row:
    """Pieces side by side."""

    pieces: list[Piece]
    page: int
    rules: list[float] = field(default_factory=list)  # where lines are drawn on its page, from the top
    parts: list[Row] = field(default_factory=list)  # the rows that it was put together from, if it was

    @property
    def base(self) -> float:
        return max(self.pieces, key=lambda piece: piece.size * min(len(piece.text), 20)).base

    @property
    def left(self) -> float:
        return self.pieces[0].left

    @property
    def right(self) -> float:
        return max(piece.right for piece in self.pieces)

    @property
    def size(self) -> float:
        return max(self.pieces, key=lambda piece: len(piece.text)).size

    @property
    def bold(self) -> bool:
        return all(piece.bold for piece in self.pieces if piece.text.strip().isalnum() or len(piece.text) > 2)

    @property
    def text(self) -> str:
        return " ".join(piece.text for piece in self.pieces)


def regions(pages: Sequence[PageText]) -> Iterator[list[Row]]:
    """The rows of all pages in reading order, those of one column together."""
    bodies = _without_heads(pages)
    for number, (page, pieces) in enumerate(zip(pages, bodies, strict=True)):
        rules = sorted(height for _, _, height in page.rules)
        for region in columns(pieces, page.rules):
            rows = list(rows_of(region, number))
            for row in rows:
                row.rules = rules
            yield rows


def rows_of(pieces: Sequence[Piece], page: int = 0) -> Iterator[Row]:
    """The pieces in rows from the top down."""
    held: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: piece.base):
        if held:
            large = max(held, key=lambda other: other.size)
            if piece.base - large.base > 0.45 * max(large.size, piece.size):
                yield Row(sorted(held, key=lambda other: other.left), page)
                held = []
        held.append(piece)
    if held:
        yield Row(sorted(held, key=lambda other: other.left), page)


def columns(pieces: list[Piece], rules: Sequence[Rule] = (), depth: int = 0) -> list[list[Piece]]:
    """The pieces in groups that are read one after the other: columns, and what stands across them."""
    gap = _gutter(pieces, rules) if depth < 3 and 2 * _COLUMN_LINES <= len(pieces) < _MANY else None
    if gap is None:
        return [pieces] if pieces else []
    left = [piece for piece in pieces if piece.right <= gap]
    right = [piece for piece in pieces if piece.left >= gap]
    across = sorted(
        (piece for piece in pieces if piece.left < gap < piece.right), key=lambda piece: (piece.base, piece.left)
    )
    found: list[list[Piece]] = []
    top = float("-inf")
    for separator in [*across, None]:
        bottom = float("inf") if separator is None else separator.base - 0.3 * separator.size
        for side in (left, right):
            band = [piece for piece in side if top < piece.base <= bottom]
            found += columns(band, rules, depth + 1)
        if separator is not None:
            last = found[-1] if found else []
            if last and last[-1] in across and separator.base - last[-1].base < 3 * separator.size:
                last.append(separator)
            else:
                found.append([separator])
            top = bottom
    return found


def _gutter(pieces: Sequence[Piece], rules: Sequence[Rule]) -> float | None:
    """Where the gap between two columns of running text is."""
    low, high = min(piece.left for piece in pieces), max(piece.right for piece in pieces)
    bins = int((high - low) / _STEP) + 1
    if bins < 20:
        return None
    change = [0] * (bins + 1)
    for piece in pieces:
        change[int((piece.left - low) / _STEP)] += 1
        change[min(int((piece.right - low) / _STEP) + 1, bins)] -= 1
    counts, count = [], 0
    for step in change[:-1]:
        count += step
        counts.append(count)
    first, last = int(bins * 0.2), int(bins * 0.8)
    least = min(counts[first:last])
    if least > _CROSSING * len(pieces):
        return None
    runs: list[tuple[int, int]] = []
    for n in range(first, last):
        if counts[n] <= least:
            if runs and runs[-1][1] == n - 1:
                runs[-1] = (runs[-1][0], n)
            else:
                runs.append((n, n))
    start, stop = max(runs, key=lambda run: run[1] - run[0])
    if (stop - start + 1) * _STEP < 4:
        return None
    gap = low + (start + stop + 1) / 2 * _STEP
    sides = [piece for piece in pieces if piece.right <= gap], [piece for piece in pieces if piece.left >= gap]
    drawn = sum(left < gap - _STEP and gap + _STEP < right for left, right, _ in rules)
    is_table = drawn > _MOST_RULES or any(piece.tag.table for piece in pieces)
    if is_table or not all(_is_column(side) for side in sides):
        return None
    across = [piece for piece in pieces if piece.left < gap < piece.right]
    return None if stand_in_rows(*sides, across) else gap


def _is_column(side: Sequence[Piece]) -> bool:
    """Whether these pieces are lines of running text, and not the cells of a table."""
    rows = list(rows_of(side))
    if len(rows) < _COLUMN_LINES:
        return False
    middle = len(rows) // 2
    width = max(piece.right for piece in side) - min(piece.left for piece in side)
    letters = sorted(sum(len(piece.text) for piece in row.pieces) for row in rows)[middle]
    filled = sorted(row.right - row.left for row in rows)[middle]
    gaps = sorted((below.base - above.base) / above.size for above, below in pairwise(rows))
    return letters >= _COLUMN_CHARACTERS and filled >= _FILLED * width and gaps[len(gaps) // 2] < _SPACED


def _without_heads(pages: Sequence[PageText]) -> list[list[Piece]]:
    """The pieces of each page without running heads and page numbers."""
    edges = [[*_edges(page)] for page in pages]
    counts = Counter(key for rows in edges for key in {_key(row) for row in rows})
    often = max(2, min(3, round(len(pages) * 0.4)))
    kept = []
    for page, rows in zip(pages, edges, strict=True):
        numbers = {id(piece) for row in rows if _NUMBER.fullmatch(row.text) for piece in row.pieces}
        repeated = [row for row in rows if len(pages) > 1 and counts[_key(row)] >= often]
        dropped = numbers | {id(piece) for row in repeated for piece in row.pieces}
        rest = [piece for piece in page.pieces if id(piece) not in dropped]
        kept.append(rest or [piece for piece in page.pieces if id(piece) not in numbers])
    return kept


def _edges(page: PageText) -> Iterator[Row]:
    """The rows at the top and at the bottom of a page that stand apart from its text."""
    rows = list(rows_of(page.pieces))
    for ordered in (rows, rows[::-1]):
        held: list[Row] = []
        for row, after in zip(ordered, [*ordered[1:], None], strict=False):
            depth = row.base if ordered is rows else page.height - row.base
            if depth > _HEAD_ZONE * page.height:
                break
            held.append(row)
            apart = after is None or abs(after.base - row.base) > 2 * row.size
            if apart or depth < _EDGE_ZONE * page.height:
                yield from held
                held = []


def _key(row: Row) -> tuple[str, int]:
    return _DIGITS.sub("#", row.text.strip()), round(row.base / 8)
