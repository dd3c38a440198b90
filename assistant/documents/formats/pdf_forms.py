"""Which tables of a PDF are forms, with labels and what is filled in beside them, and the fields that these give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from assistant.documents.formats.blocks import PAGE, Paragraph, introducing
from assistant.documents.formats.grids import Cell
from assistant.documents.formats.pdf_text import Piece

_LABEL_CHARACTERS = 60
_LABEL_WORDS = 8
_PLAIN_WORDS = 6  # of a label that nothing marks
_COLONS = (":", "\uff1a")
_ENDED = re.compile(r"[.!?;,]\Z")
_LETTER = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_FIGURE = re.compile(r"[(+~<>≤≥±-]*\s*[$€£¥]?\s*\d")
_FIGURES = 0.25  # the share of digits
_LONGER = 2.0  # than the first value, and that is the name of a column
_BAND = 1.12  # of the distance of lines: what is further apart in both columns parts two rows
_SHORT = 3  # lines of a cell at most, in a table whose cells side by side are all of the same length
_MOST = 0.6  # the share of the lines that stand in rows


def fields(rows: Sequence[Sequence[Cell]], *, headed: bool = False) -> list[Paragraph] | None:
    """A paragraph "label: value" for each field of a form, in its order; None where the rows are a table.

    Columns are labels and values by turns: two, or two pairs of them. Labels are all bold, or all end with a colon, or
    the values are of so many kinds that no column holds them and none of them is the name of a column. `headed` says
    that a line is drawn below the first row only.
    """
    width = max(map(len, rows), default=0)
    if len(rows) < 2 or width not in (2, 4) or any(len(row) != width for row in rows):
        return None
    pairs = [(row[n], row[n + 1]) for row in rows for n in range(0, width, 2) if row[n].text or row[n + 1].text]
    labels = [_bare(label) for label, _ in pairs]
    if not all(map(_is_label, labels)) or len(set(labels)) < len(labels) or not all(cell.text for cell, _ in pairs[:1]):
        return None
    values = [value for _, value in pairs if _bare(value)]
    bold = all(label.head for label, _ in pairs) and not any(value.head for value in values)
    marked = all(label.endswith(_COLONS) for label in labels)
    if len(values) < 2 or not (bold or marked):
        if headed or len(values) < len(pairs) or any(cell.head for pair in pairs for cell in pair):
            return None
        if not _is_varied([[_bare(row[n]) for row in rows if _bare(row[n])] for n in range(1, width, 2)]):
            return None
        if any(_DIGIT.search(label) or len(label.split()) > _PLAIN_WORDS for label in labels):
            return None
        if any(_bare(value).endswith(_COLONS) for value in values):
            return None  # names of columns further down
    return [
        Paragraph(f"{introducing(label.text)} {value.text}" if _bare(value) else label.text + value.text)
        for label, value in pairs
    ]


def _bare(cell: Cell) -> str:
    return cell.text.replace(PAGE, "").strip()


def _is_label(text: str) -> bool:
    short = len(text) <= _LABEL_CHARACTERS and len(text.split()) <= _LABEL_WORDS
    return short and _LETTER.search(text) is not None and _ENDED.search(text) is None


def _is_varied(columns: Sequence[Sequence[str]]) -> bool:
    """Whether the values of a form stand in these columns: of several kinds, and none the name of those below it."""
    for first, *rest in columns:
        if not rest or (all(map(_is_figure, rest)) and not _is_figure(first)):
            return False
        if min(map(len, rest)) > _LONGER * len(first):
            return False
    if len(columns) > 1:
        return any(len({_DIGIT.search(value) is not None for value in rest}) > 1 for _, *rest in columns)
    only = columns[0]
    kinds = {_DIGIT.search(value) is not None for value in only[1:]}
    return len(kinds) > 1 or len({len(value.split()) for value in only}) > 1


def _is_figure(text: str) -> bool:
    """Whether a value is a number, with little beside it."""
    shown = sum(map(str.isalnum, text))
    return _FIGURE.match(text) is not None or sum(map(str.isdigit, text)) >= _FIGURES * shown > 0


@dataclass(frozen=True, slots=True)
class _Line:
    base: float
    side: int  # 0 is the left column
    size: float
    bold: bool


def stand_in_rows(left: Sequence[Piece], right: Sequence[Piece], across: Sequence[Piece]) -> bool:
    """Whether the lines of two columns are cells side by side: they begin together, and the shorter ones wait.

    Columns of running text go on each for itself, or are as long as each other.
    """
    sides = enumerate((left, right))
    lines = [_Line(piece.base, side, piece.size, piece.bold) for side, pieces in sides for piece in pieces]
    lines.sort(key=lambda line: (line.base, line.side))
    cuts = sorted(piece.base for piece in across)
    paired = 0
    for _, stretch in groupby(lines, key=lambda line: sum(cut < line.base for cut in cuts)):
        held = list(stretch)
        if _is_paired(held):
            paired += len(held)
    return paired > _MOST * len(lines)


def _is_paired(lines: Sequence[_Line]) -> bool:
    """Whether lines without any across them are rows of two cells."""
    steps = sorted(
        below.base - above.base
        for side in (0, 1)
        for above, below in pairwise([line for line in lines if line.side == side])
        if below.base - above.base > 0.5 * below.size
    )
    if not steps:
        return False
    bands = list(_bands(lines, steps[len(steps) // 4]))
    counts = [[sum(line.side == side for line in band) for side in (0, 1)] for band in bands]
    if len(bands) < 2 or not all(map(all, counts)):
        return False
    if any(all(line.bold for line in band) for band in bands[1:]):
        return False  # headings side by side
    uneven = any(a != b for a, b in counts[:-1])
    headed = all(line.bold for line in bands[0]) or max(map(max, counts)) <= _SHORT
    return (uneven or (len(bands) > 2 and headed)) and all(map(_is_level, bands))


def _bands(lines: Sequence[_Line], leading: float) -> Iterator[list[_Line]]:
    """The lines, parted where both columns have a gap."""
    held: list[_Line] = []
    for line in lines:
        if held and line.base - held[-1].base > _BAND * leading:
            yield held
            held = []
        held.append(line)
    if held:
        yield held


def _is_level(band: Sequence[_Line]) -> bool:
    """Whether the cells of a row have their tops, their ends or their middles side by side."""
    (a, b), (c, d) = ((min(bases), max(bases)) for bases in ([x.base for x in band if x.side == n] for n in (0, 1)))
    near = 0.25 * band[0].size
    return abs(a - c) < near or abs(b - d) < near or abs(a + b - c - d) < 2 * near
