"""Documents to passages: along the structure, under a token budget, so that together they cover the whole text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.citations import page
from assistant.types import Document, Line, Passage

Count = Callable[[str], int]
"""The tokens of a text, as one of the counters that bound a passage counts them."""

_ROOM = 16  # tokens that a passage has at least, however long its title and section path are
_LONGEST_PARENT = 1_000  # characters of what stands above a line: an encoder hears no more of it
_LONGEST_TOKEN = 12  # characters a token of the budget; what is longer is cut before it is counted


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `tokens` tokens as `count` counts them. What it counts over is the embedded text, not the bare one."""

    tokens: int
    count: Count


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span that a passage takes whole: a line with the white space and marker before the next one."""

    start: int
    end: int
    path: tuple[str, ...]
    kind: str
    sizes: tuple[int, ...]  # its tokens, by each budget's counter


def passages_of(document: Document, *, budgets: Sequence[Budget]) -> list[Passage]:
    """The passages of a document, in its order. They do not overlap and leave no gap.

    A passage stays within one section, but for headings with nothing of their own below them, which go with what
    follows. Its embedded text keeps to every budget.
    """
    if not document.text:
        return []
    groups = _by_section(_pieces(document, budgets))
    spans = [span for group in groups for span in _packed(document, group, budgets)]
    return [
        Passage(
            document_id=document.id,
            document_version=document.version,
            start=start,
            end=end,
            text=document.text[start:end],
            section_path=path,
            page=page(document, start),
        )
        for start, end, path in spans
    ]


def embedded_text(title: str, path: Sequence[str], text: str) -> str:
    """What is encoded for a text of a document: the document's title and the section path tell what it is about."""
    return ": ".join([title, *path, text])


def line_in_context(document: Document, line: Line) -> str:
    """What is encoded for one line: its title, section path and lead-in come before it, but no words twice in a row."""
    path = line.section_path[:-1] if line.kind == "heading" else line.section_path
    above = [document.text[parent.start : parent.end][:_LONGEST_PARENT] for parent in _parents(document, line)]
    return embedded_text(document.title, [*path, *above], document.text[line.start : line.end])


def _parents(document: Document, line: Line) -> list[Line]:
    above: list[Line] = []
    while line.parent is not None:
        line = document.lines[line.parent]
        above.insert(0, line)
    return above


def _pieces(document: Document, budgets: Sequence[Budget]) -> list[_Piece]:
    text, lines = document.text, document.lines
    opens = [0, *(_opening(text, before.end, line) for before, line in pairwise(lines)), len(text)]
    if not lines:
        opens = [0, len(text)]
    pieces = []
    for n, (start, end) in enumerate(pairwise(opens)):
        path, kind = (lines[n].section_path, lines[n].kind) if lines else ((), "sentence")
        pieces.append(_Piece(start, end, path, kind, _sizes(text, start, end, budgets)))
    return pieces


def _sizes(text: str, start: int, end: int, budgets: Sequence[Budget]) -> tuple[int, ...]:
    """The tokens of a span; its characters where it is far over a budget, for counters are slow on long words."""
    length = end - start
    return tuple(
        budget.count(text[start:end]) if length <= _LONGEST_TOKEN * budget.tokens else length for budget in budgets
    )


def _opening(text: str, after: int, line: Line) -> int:
    """Where a line's own row starts, its marker included; the line's start where it begins within a row."""
    row = max(text.rfind("\n", after, line.start), text.rfind("\r", after, line.start)) + 1
    return row or line.start


def _by_section(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    group: list[_Piece] = []
    holds_text = False
    for piece in pieces:
        if holds_text and piece.path != group[-1].path:
            yield group
            group, holds_text = [], False
        group.append(piece)
        holds_text = holds_text or piece.kind != "heading"
    if group:
        yield group


def _packed(
    document: Document, group: Sequence[_Piece], budgets: Sequence[Budget]
) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Spans of pieces that fit the budgets together; a lead-in or a heading stays with what comes after it."""
    path = group[-1].path
    prefix = embedded_text(document.title, path, "")
    rooms = [max(budget.tokens - budget.count(prefix), _ROOM) for budget in budgets]
    held: list[_Piece] = []
    for piece in (part for whole in group for part in _cut(document.text, whole, rooms, budgets)):
        if held and not _fits([*held, piece], rooms):
            kept = len(held)
            while kept > 1 and held[kept - 1].kind in ("lead", "heading"):
                kept -= 1
            if not _fits([*held[kept:], piece], rooms):
                kept = len(held)
            yield held[0].start, held[kept - 1].end, path
            held = held[kept:]
        held.append(piece)
    yield held[0].start, held[-1].end, path


def _fits(pieces: Sequence[_Piece], rooms: Sequence[int]) -> bool:
    return all(sum(piece.sizes[n] for piece in pieces) <= room for n, room in enumerate(rooms))


def _cut(text: str, piece: _Piece, rooms: Sequence[int], budgets: Sequence[Budget]) -> Iterator[_Piece]:
    """The piece itself, or, where it alone is over a budget, parts of it that are not: at white space if possible."""
    start = piece.start
    while start < piece.end:
        sizes = piece.sizes if start == piece.start else _sizes(text, start, piece.end, budgets)
        part = _Piece(start, piece.end, piece.path, piece.kind, sizes)
        if _fits([part], rooms):
            yield part
            return
        part = _largest(text, part, rooms, budgets)
        yield part
        start = part.end


def _largest(text: str, piece: _Piece, rooms: Sequence[int], budgets: Sequence[Budget]) -> _Piece:
    """The longest start of the piece that fits, found by halving; of one character at least."""
    low, high = 1, min(piece.end - piece.start, _LONGEST_TOKEN * max(rooms))
    sizes = tuple(budget.count(text[piece.start : piece.start + low]) for budget in budgets)
    while low < high:
        middle = (low + high + 1) // 2
        counts = tuple(budget.count(text[piece.start : piece.start + middle]) for budget in budgets)
        if all(count <= room for count, room in zip(counts, rooms, strict=True)):
            low, sizes = middle, counts
        else:
            high = middle - 1
    end = piece.start + low
    space = max((n for n in range(end, piece.start + low // 2, -1) if text[n - 1].isspace()), default=end)
    if space != end:
        end, sizes = space, tuple(budget.count(text[piece.start : space]) for budget in budgets)
    return _Piece(piece.start, end, piece.path, piece.kind, sizes)
