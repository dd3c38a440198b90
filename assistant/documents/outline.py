"""What the structure of a document tells about an answer: which lines are a list, and what introduces it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from assistant.types import Document, Section


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines that belong together as one answer, by their positions in `document.lines`."""

    head: int  # the heading, lead-in or item that introduces them
    leads: tuple[int, ...]  # the lead-in that is said with them, if there is one
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A document's lines and sections, ready to be asked what belongs to what."""

    document: Document
    starts: tuple[int, ...] = field(init=False)
    children: dict[int, tuple[int, ...]] = field(init=False)  # of leads and items
    headings: dict[int, Section] = field(init=False)  # by the position of their line
    heading_lines: tuple[int, ...] = field(init=False)  # those positions, in order

    def __post_init__(self) -> None:
        lines = self.document.lines
        children: dict[int, list[int]] = {}
        for n, line in enumerate(lines):
            if line.parent is not None:
                children.setdefault(line.parent, []).append(n)
        by_path_and_start = sorted(self.document.sections, key=lambda section: section.start)
        headings = {}
        positions = [n for n, line in enumerate(lines) if line.kind == "heading"]
        for n, section in zip(positions, by_path_and_start, strict=False):
            headings[n] = section
        object.__setattr__(self, "starts", tuple(line.start for line in lines))
        object.__setattr__(self, "children", {n: tuple(below) for n, below in children.items()})
        object.__setattr__(self, "headings", headings)
        object.__setattr__(self, "heading_lines", tuple(headings))

    def position(self, offset: int) -> int:
        """The line that stands at the offset, or before it."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def between(self, start: int, end: int) -> range:
        """The lines that start within a span."""
        return range(bisect_right(self.starts, start - 1), bisect_right(self.starts, end - 1))

    def overlapping(self, start: int, end: int) -> range:
        """The lines that have a part within a span."""
        first = self.position(start)
        if not self.starts or self.document.lines[first].end <= start:
            first = bisect_right(self.starts, start - 1)
        return range(first, bisect_right(self.starts, end - 1))

    def text(self, n: int) -> str:
        """Line `n` as it stands in the document."""
        line = self.document.lines[n]
        return self.document.text[line.start : line.end]

    def above(self, n: int) -> str:
        """What stands above line `n` and tells what it is about: its headings and its lead-in, one a row."""
        line = self.document.lines[n]
        path = line.section_path[:-1] if line.kind == "heading" else line.section_path
        leads = [] if line.parent is None else [self.text(line.parent)]
        return "\n".join([*path, *leads])

    def listing(self, n: int) -> Listing | None:
        """The list that line `n` introduces, or None."""
        if n in self.headings:
            return self._of_section(n)
        if below := self.children.get(n):
            return Listing(head=n, leads=(n,), entries=self._with_nested(below))
        if self.document.lines[n].kind == "lead":
            heading = self.heading_of(n)
            return self._of_section(heading) if heading is not None else None
        return None

    def around(self, n: int) -> Listing | None:
        """The list that line `n` is an entry of, or None."""
        line = self.document.lines[n]
        if line.parent is not None:
            return self.listing(line.parent)
        heading = self.heading_of(n)
        if heading is None or line.kind not in ("item", "row"):
            return None
        return self._of_section(heading)

    def nearest(self, n: int) -> Listing | None:
        """The list that line `n` is an entry of, or else the one that it introduces."""
        return self.around(n) or self.listing(n)

    def is_header(self, n: int) -> bool:
        """Whether line `n` is the row that names the columns of others."""
        lines = self.document.lines
        return lines[n].kind == "row" and any(lines[m].kind == "row" for m in self.children.get(n, ()))

    def is_heading(self, n: int) -> bool:
        """Whether line `n` is the heading of a section."""
        return n in self.headings

    def heading_of(self, n: int) -> int | None:
        """The heading of the section that line `n` stands in."""
        at = bisect_right(self.heading_lines, n)
        return self.heading_lines[at - 1] if at else None

    def heading(self, n: int, path: Sequence[str]) -> int | None:
        """The heading of the section with this path that line `n` stands in."""
        start = self.starts[n]
        found = [m for m, section in self.headings.items() if section.path == tuple(path) and m <= n]
        inside = [m for m in found if self.headings[m].start <= start < self.headings[m].end]
        return inside[-1] if inside else None

    def _of_section(self, n: int) -> Listing | None:
        """A section's own items, with their lead-in; or, where it has none, the headings of its subsections."""
        section, lines = self.headings[n], self.document.lines
        inside = [m for m in self.between(section.start, section.end) if m != n]
        own = [m for m in inside if lines[m].section_path == section.path and lines[m].kind != "heading"]
        items = [m for m in own if lines[m].kind in ("item", "row")]
        tops = [m for m in items if lines[m].parent not in items]
        below = [m for m in inside if m in self.headings and self.headings[m].path[:-1] == section.path]
        if tops:
            leads = tuple(dict.fromkeys(p for m in tops if (p := lines[m].parent) is not None and p in own))
            return Listing(head=n, leads=leads[:1], entries=self._with_nested(tops))
        if below:
            leads = tuple(m for m in own if lines[m].kind == "lead")
            return Listing(head=n, leads=leads[-1:], entries=tuple(below))
        return None

    def _with_nested(self, entries: Sequence[int]) -> tuple[int, ...]:
        """The entries, each followed by those that are nested in it."""
        lines = self.document.lines
        nested = {n: self.children.get(n, ()) for n in entries}
        for n in entries:  # the footnotes of a row are no rows
            if lines[n].kind == "row":
                nested[n] = tuple(m for m in nested[n] if lines[m].kind == "row")
        return tuple(m for n in entries for m in (n, *self._with_nested(nested[n])))


def parted(text: str, start: int, end: int, mark: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """The stretches of a span between what matches the mark."""
    for match in mark.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def label_end(text: str, start: int, end: int, *, words: int = 7) -> int | None:
    """Where the label of a line such as "Innovation: Stay informed" ends, before its colon; None if it has none."""
    colon = text.find(":", start, end)
    if colon < 0 or colon + 1 >= end or not text[colon + 1].isspace():
        return None
    return colon if 0 < len(text[start:colon].split()) <= words else None
