"""The rows of a PDF as blocks: headings by their type, paragraphs, list items, tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from assistant.documents.formats.blocks import LINE, PAGE, Block, Break, Heading, Item, Paragraph
from assistant.documents.formats.grids import plain_table
from assistant.documents.formats.hyphens import is_compound
from assistant.documents.formats.pdf_forms import fields
from assistant.documents.formats.pdf_layout import Row
from assistant.documents.formats.pdf_rows import banded
from assistant.documents.formats.pdf_tables import Grid, grid_at, with_header
from assistant.documents.formats.runs import joined

_MARKER = re.compile(
    r"(?P<mark>[\u2022\u25e6\u25aa\u2023\u25cf\u25cb\u25a0\u25a1\u2043\u2219\u00b7\u27a2\u2756\u2713\uf000-\uf0ff*\u2013-]"
    r"|o|\(?(?P<number>\d{1,3})[.)]|\(?(?P<letter>[A-Za-z]|[ivxIVX]{2,5})[.)])(?:(?=\s|\Z)|(?<=\d[.)])(?=[A-Z][a-z]))\s*"
)
_ENDED = re.compile(r"[.!?:;\u2026][\"'\u201d\u2019)\]]*\s*\Z")
_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]+)-\s*\Z")
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+")
_WIDE = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_LARGER = 1.08  # than the body, and it is a heading
_HEADING_CHARACTERS = 200
_BOLD_CHARACTERS = 100
_LETTER_WIDTH = 0.5  # of the type size


@dataclass(slots=True)
class Part:
    """Rows that are one paragraph, heading or item."""

    rows: list[Row]
    mark: str = ""  # of a list item, as it is printed
    indent: float = 0.0  # where its text begins
    forced: list[bool] = field(default_factory=list)  # of each row but the first, whether the line before ends by force
    level: int = 0  # of a heading

    def text_ends(self, endings: tuple[str, ...]) -> bool:
        return self.rows[-1].text.rstrip().endswith(endings)


class Composer:
    """Makes blocks of the rows of a whole document."""

    def __init__(self, regions: Sequence[list[Row]]) -> None:
        self.regions = [rows for rows in regions if rows]
        sizes: Counter[float] = Counter()
        words: set[str] = set()
        for rows in self.regions:
            for row in rows:
                sizes[row.size] += len(row.text)
                words.update(word.lower() for word in _COMPOUND.findall(row.text))
        self.body = max(sizes, key=lambda size: (sizes[size], -size), default=10.0)
        self.compounds = words
        self.leading = self._leading()

    def blocks(self, pages: int) -> list[Block]:
        """The blocks, with a break where each page but the first begins."""
        parts = list(self._joined(self._parts()))
        self._set_levels(parts)
        found: list[Block] = []
        page, stack = 0, list[float]()
        item: Part | None = None
        for part in parts:
            first = part.rows[0].page if isinstance(part, Part) else part.page
            while page < first:
                found.append(Break())
                page += 1
            page = max(page, part.rows[-1].page if isinstance(part, Part) else part.last_page)
            if isinstance(part, Grid):
                cells = part.cells()
                found += fields(cells, headed=part.headed) or plain_table(cells)
                item = None
            elif part.level:
                found.append(Heading(part.level, self._text(part)[0].replace(LINE, " ")))
                item, stack = None, []
            elif part.mark:
                left = part.rows[0].left
                while stack and stack[-1] > left + 3:
                    stack.pop()
                if not stack or left > stack[-1] + 3:
                    stack.append(left)
                text, bold = self._text(part)
                found.append(Item(text, _number(part.mark), bold, depth=len(stack) - 1))
                item = part
            else:
                text, bold = self._text(part)
                inside = item is not None and part.rows[0].left >= item.indent - 3 and item.indent > item.rows[0].left
                found.append(Paragraph(text, bold, depth=len(stack) if inside else 0))
                if not inside:
                    item, stack = None, []
        found += [Break()] * (pages - 1 - page)
        return found

    def _leading(self) -> float:
        """How far the lines of a paragraph are apart, as a multiple of the type size."""
        gaps: Counter[float] = Counter()
        for rows in self.regions:
            for above, below in pairwise(rows):
                gap = (below.base - above.base) / max(above.size, 1)
                if above.size == below.size and 0.9 < gap < 2.2:
                    gaps[round(gap * 20) / 20] += 1
        return gaps.most_common(1)[0][0] if gaps else 1.3

    def _parts(self) -> Iterator[Part | Grid]:
        for rows in self.regions:
            lines, n = banded(rows), 0
            right = max((row.right for row in rows if len(row.pieces) == 1), default=0.0)
            held: Part | None = None
            while n < len(lines):
                grid = grid_at(lines, n)
                if grid is not None:
                    below = lines[n]
                    while held is not None and held.rows and self._heads(held.rows[-1], below):
                        if not with_header(grid, held.rows[-1], below):
                            break
                        below = held.rows.pop()
                        held.forced = held.forced[: max(len(held.rows) - 1, 0)]
                    if held is not None and held.rows:
                        yield held
                    held = None
                    yield grid
                    n += grid.taken
                    continue
                for row in lines[n].parts or [lines[n]]:
                    if held is not None and self._goes_on(held, row):
                        forced = self._is_forced(held.rows[-1], row, right)
                        if forced and not held.mark and self._ends(held.rows[-1]):
                            yield held
                            held = self._part(row)
                        else:
                            held.forced.append(forced)
                            held.rows.append(row)
                    else:
                        if held is not None:
                            yield held
                        held = self._part(row)
                n += 1
            if held is not None:
                yield held

    def _heads(self, above: Row, row: Row) -> bool:
        return 0 < row.base - above.base < 3 * row.size

    def _part(self, row: Row) -> Part:
        mark = _MARKER.match(row.text)
        if mark is None or not row.text[mark.end() :].strip():
            return Part([row])
        indent = row.pieces[1].left if len(row.pieces) > 1 and row.pieces[0].text.strip() == mark["mark"] else 0.0
        return Part([row], mark["mark"], indent or row.left + mark.end() * _LETTER_WIDTH * row.size)

    def _goes_on(self, part: Part, row: Row) -> bool:
        """Whether a row is the next line of a paragraph or an item."""
        last = part.rows[-1]
        farthest = max(self.leading * 1.2, 1.7 if self._is_large(row) else 0.0) * last.size
        if abs(last.size - row.size) > 0.6 or row.base - last.base > farthest:
            return False
        if row.base <= last.base or self._part(row).mark or row.pieces[0].tag.level != last.pieces[0].tag.level:
            return False
        if part.mark:
            return row.left >= part.indent - max(4, 0.6 * row.size) and row.left < part.indent + 4 * row.size
        if last.bold != row.bold and not (last.right - last.left > 20 * last.size and not self._is_large(row)):
            return False
        begins = row.left - part.rows[-1].left
        return not (begins > 0.8 * row.size and len(part.rows) > 1 and self._ends(last)) and begins < 8 * row.size

    def _is_forced(self, row: Row, below: Row, right: float) -> bool:
        """Whether a line ends though the next word had room on it."""
        if _HYPHEN.search(row.text):
            return False
        word = below.text.split()[0] if below.text.split() else ""
        return row.right + (len(word) + 2) * _LETTER_WIDTH * row.size * 1.15 < right

    def _ends(self, row: Row) -> bool:
        return _ENDED.search(row.text) is not None

    def _is_large(self, row: Row) -> bool:
        return row.size > self.body * _LARGER

    def _joined(self, parts: Iterator[Part | Grid]) -> Iterator[Part | Grid]:
        """The parts, those joined that a column or a page parts."""
        held: Part | Grid | None = None
        for part, after in pairwise([*parts, None]):
            assert part is not None
            if isinstance(held, Grid) and isinstance(part, Grid) and held.continues(part):
                continue
            match held, part, after:
                case Grid(), Part(), Grid() if held.goes_on_in(part.rows, after):
                    continue
                case Grid(), Part(), _ if not part.mark and held.ends_in(part.rows):
                    continue
            if isinstance(held, Part) and isinstance(part, Part) and self._is_parted(held, part):
                held.forced += [False, *part.forced]
                held.rows += part.rows
                continue
            if held is not None:
                yield held
            held = part
        if held is not None:
            yield held

    def _is_parted(self, above: Part, below: Part) -> bool:
        last, row = above.rows[-1], below.rows[0]
        moves = row.page > last.page or row.base < last.base
        if not moves or below.mark or abs(last.size - row.size) > 0.6 or self._is_large(row):
            return False
        first = next((character for character in row.text if character.isalpha()), "")
        return not self._ends(last) and first.islower()

    def _set_levels(self, parts: Sequence[Part | Grid]) -> None:
        """Say which parts are headings, and of which level: as the file says, else the larger the type, the higher."""
        tagged = [part for part in parts if isinstance(part, Part) and part.rows[0].pieces[0].tag.level]
        for headed in tagged:
            headed.level, headed.mark = headed.rows[0].pieces[0].tag.level, ""
        if tagged:
            return
        found: list[tuple[Part, float]] = []
        for n, part in enumerate(parts):
            if not isinstance(part, Part) or (n + 1 == len(parts) and n):
                continue
            row, length = part.rows[0], sum(len(row.text) for row in part.rows)
            after = parts[n + 1] if n + 1 < len(parts) else None
            before = parts[n - 1] if n else None
            listed = part.mark and (not part.mark[:1].isdigit() or _is_listed(part, before) or _is_listed(part, after))
            if self._is_large(row) and length <= _HEADING_CHARACTERS and not listed:
                found.append((part, round(row.size * 2) / 2))
            elif (
                all(row.bold for row in part.rows)
                and length <= _BOLD_CHARACTERS
                and row.size >= self.body * 0.95
                and len(part.rows) <= 2
                and not part.text_ends(("?", ".", ":", ",", ";"))
                and not listed
                and after is not None
                and not (isinstance(after, Part) and after.rows[0].bold and after.rows[0].size <= row.size)
                and any(map(str.isalpha, row.text))
            ):
                found.append((part, 0.0))
        sizes = sorted({size for _, size in found}, reverse=True)
        if len(sizes) > 1 and sizes[-1] == 0:  # bold lines are left to Markdown's rules, as in other formats
            found = [(part, size) for part, size in found if size]
        for part, size in found:
            part.level = min(sizes.index(size) + 1, 6)
            if part.mark:
                part.mark = ""

    def _text(self, part: Part) -> tuple[str, int]:
        """The text of a part and how much of it is bold at its start, with the marks of the pages that begin in it."""
        runs: list[tuple[str, bool]] = []
        for n, row in enumerate(part.rows):
            if n:
                self._glue(runs, part.rows[n - 1], row, forced=part.forced[n - 1])
            skip = 0
            if not n and part.mark:
                skip = len(row.text) - len(row.text[_marker_end(row.text) :])
            for k, piece in enumerate(row.pieces):
                if k:
                    runs.append((" ", piece.bold))
                    skip = max(skip - 1, 0)
                lead, rest = piece.text[: piece.lead], piece.text[piece.lead :]
                runs += [(lead[skip:], True), (rest[max(skip - len(lead), 0) :], False)]
                skip = max(skip - len(piece.text), 0)
        return joined([run for run in runs if run[0]])

    def _glue(self, runs: list[tuple[str, bool]], above: Row, row: Row, *, forced: bool) -> None:
        """What stands between two lines."""
        mark = PAGE * (row.page - above.page)
        if forced:
            runs.append((mark + LINE, row.bold))
            return
        first = row.text.lstrip()[:1]
        hyphen = _HYPHEN.search(above.text)
        if hyphen and (first.islower() or first.isupper()):
            word = re.match(r"[^\W\d_]+", row.text.lstrip())
            compound = f"{hyphen[1]}-{word[0] if word else ''}".lower()
            if first.islower() and compound not in self.compounds and not is_compound(compound):
                text, bold = next((run for run in reversed(runs) if run[0].strip()), ("", False))
                while runs and runs[-1][0] != text:
                    runs.pop()
                runs[-1] = (text.rstrip().removesuffix("-"), bold)
            runs.append((mark, row.bold))
            return
        both_wide = _WIDE.match(first) and _WIDE.match(above.text.rstrip()[-1:])
        runs.append((mark if both_wide else mark + " ", row.bold))


def _is_listed(part: Part, other: Part | Grid | None) -> bool:
    """Whether the part beside it is an item of the same list."""
    return isinstance(other, Part) and bool(other.mark) and abs(other.rows[0].size - part.rows[0].size) < 0.6


def _marker_end(text: str) -> int:
    match = _MARKER.match(text)
    return match.end() if match else 0


def _number(mark: str) -> str:
    """The number of an item for the mark that is printed."""
    match = _MARKER.match(mark)
    if match is None or not (match["number"] or match["letter"]):
        return ""
    return match["number"] or f"{match['letter']})"
