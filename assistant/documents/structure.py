"""What every loader says of a text: its sections and its lines. Here is also what loaders share."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sentencex

from assistant.types import Line, Section

# The splitter panics on white space that is wider than a byte, and takes apostrophes for quotation marks. So it is
# shown a stand-in of the same length.
_SPACE = re.compile(r"[^\S\n]")
_APOSTROPHE = re.compile(r"(?<=\w)['\u2019]")
_WINDOW = 10_000  # characters split at once: on some texts the splitter's time grows with the square of the length


@dataclass(frozen=True, slots=True)
class Structure:
    """What a text is made of: its sections and its lines, in the order of the text."""

    sections: tuple[Section, ...]
    lines: tuple[Line, ...]


def sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The spans of the sentences within `text[start:end]`, without white space around; empty ones are left out."""
    spans: list[tuple[int, int]] = []
    while start < end:
        stop = _stop(text, start, end)
        found = _boundaries(text[start:stop])
        if stop < end and len(found) > 1:
            found.pop()  # it may go on beyond the window, so the next window begins with it
        spans += (trim(text, start + a, start + b) for a, b in found)
        start += found[-1][1]
    return [(a, b) for a, b in spans if a < b]


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The same span without the white space at its ends; an empty span when there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def nest(headings: Sequence[tuple[int, str, int]], text_length: int) -> tuple[Section, ...]:
    """Sections from headings as (level, title, start), in the order of the text.

    A section ends where the next heading of the same or a higher level (a smaller number) starts.
    """
    ends = [text_length] * len(headings)
    paths: list[tuple[str, ...]] = []
    open_: list[int] = []  # the headings that the current one stands under, outermost first
    for index, (level, title, start) in enumerate(headings):
        while open_ and headings[open_[-1]][0] >= level:
            ends[open_.pop()] = start
        paths.append((*paths[open_[-1]], title) if open_ else (title,))
        open_.append(index)
    return tuple(
        Section(title, path, start, end) for (_, title, start), path, end in zip(headings, paths, ends, strict=True)
    )


def settle(lines: Iterable[Line], sections: Sequence[Section]) -> tuple[Line, ...]:
    """The lines, each with the path of the innermost section that it starts in."""
    starts = [section.start for section in sections]
    paths = [(), *(section.path for section in sections)]
    return tuple(replace(line, section_path=paths[bisect_right(starts, line.start)]) for line in lines)


def _stop(text: str, start: int, end: int) -> int:
    """Where the window from `start` ends: after a white space if there is one."""
    stop = start + _WINDOW
    if stop >= end:
        return end
    while stop > start and not text[stop - 1].isspace():
        stop -= 1
    return stop if stop > start else start + _WINDOW


def _boundaries(piece: str) -> list[tuple[int, int]]:
    """Where sentences start and end, in order; the whole piece when the splitter's offsets cannot be trusted."""
    shown = _APOSTROPHE.sub("x", _SPACE.sub(" ", piece))
    whole = [(0, len(piece))]
    try:
        found = sentencex.get_sentence_boundaries("en", shown)
    except BaseException as error:  # a panic of the library is no Exception
        if type(error).__name__ != "PanicException":
            raise
        return whole
    spans, reached = [], 0
    for boundary in found:
        start, end = boundary["start_index"], boundary["end_index"]
        if start != reached or shown[start:end] != boundary["text"]:
            return whole
        spans.append((start, end))
        reached = end
    return spans if reached == len(piece) else whole
