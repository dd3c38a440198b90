"""What is said where a question asks for the n-th, the next or the most: the entry that stands there, not the one that
the question's words are like."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assistant.answer import layout
from assistant.answer.figures import Figure, figures
from assistant.answer.overlap import TermOverlap
from assistant.answer.select import Unit
from assistant.documents.outline import Listing, Outline
from assistant.question.parse import content_words
from assistant.question.relations import Adjacent, Measure, Most, Nth, Relation
from assistant.types import ScoredLine

NEAR = 3.0  # how far behind the best line one may be whose list is looked at, as a difference of weighed sums
QUOTED = 0.6  # the share of a step's description in the question that the step must have
NAMED = 4.0  # what the words of the question above a list count beside the weighed sum of its best line
COMPARABLE = 0.8  # the share of a table's rows that must have a figure of the kind

_SAYS_ITSELF = re.compile(r"\b(?:after|before|once|when|as\s+soon\s+as|next)\b", re.IGNORECASE)
_ENDS = re.compile(r"\b(?:first(?:ly)?|last(?:ly)?|final(?:ly)?|end|start|begin)\b", re.IGNORECASE)
_MARKER = re.compile(r"(?P<n>\d{1,3})[.)]\s+\Z")
_HEADERS: Mapping[Measure, re.Pattern[str]] = {
    "money": re.compile(r"\b(?:price|cost|fee|rent|rate|charge|pay|salary|wage|fare|amount)s?\b", re.IGNORECASE),
    "length": re.compile(r"\b(?:length|distance|height|depth|width|long|high|deep|wide)\b", re.IGNORECASE),
    "time": re.compile(r"\b(?:time|duration|term|period|length|notice|wait|long)\b", re.IGNORECASE),
    "speed": re.compile(r"\b(?:speed|rate|bandwidth|pace)\b", re.IGNORECASE),
    "weight": re.compile(r"\b(?:weight|mass|load)\b", re.IGNORECASE),
    "year": re.compile(r"\b(?:year|date|opened|founded|built|since|joined|released|published)\b", re.IGNORECASE),
}


def relate(
    relation: Relation,
    question: str,
    ranked: Sequence[ScoredLine],
    outlines: Mapping[str, Outline],
    overlap: TermOverlap,
) -> Unit | None:
    """The entry that the relation holds for, near the best of the lines; None where there is none.

    `ranked` are the lines that were read, best first.
    """
    near = [line for line in ranked if line.score >= ranked[0].score - NEAR] if ranked else []
    if isinstance(relation, Nth):
        return _nth(relation.n, question, near, outlines, overlap)
    if isinstance(relation, Adjacent):
        return _adjacent(relation, near, outlines, overlap)
    return _most(relation, question, near, outlines)


def _nth(
    n: int, question: str, near: Sequence[ScoredLine], outlines: Mapping[str, Outline], overlap: TermOverlap
) -> Unit | None:
    asked = overlap.weigh(question)
    if near and _ENDS.search(outlines[near[0].document_id].text(near[0].line)):
        return None  # the best line tells the order in its own words
    best: tuple[float, ScoredLine, list[int]] | None = None
    for line in near:
        outline = outlines[line.document_id]
        listing = outline.nearest(line.line)
        steps = [] if listing is None else _steps(outline, listing)
        if listing is None or len(steps) < 2:
            continue
        above = f"{outline.above(listing.head)}\n{outline.text(listing.head)}"
        score = line.score + NAMED * overlap.share(asked, above)
        if best is None or score > best[0]:
            best = score, line, steps
    if best is None:
        return None
    _, line, steps = best
    outline = outlines[line.document_id]
    step = steps[-1] if n == -1 else _numbered(outline, steps).get(n)
    return None if step is None else Unit(line.document_id, (step,), line.score)


def _adjacent(
    relation: Adjacent, near: Sequence[ScoredLine], outlines: Mapping[str, Outline], overlap: TermOverlap
) -> Unit | None:
    asked = overlap.weigh(relation.words)
    anchor: tuple[float, ScoredLine, list[int]] | None = None
    for line in near:
        outline = outlines[line.document_id]
        if _SAYS_ITSELF.search(outline.text(line.line)):
            continue  # such a line tells the order in its own words
        listing = outline.around(line.line)
        steps = [] if listing is None else _steps(outline, listing)
        share = overlap.share(asked, outline.text(line.line))
        if line.line in steps and share >= QUOTED and (anchor is None or share > anchor[0]):
            anchor = share, line, steps
    if anchor is None:
        return None
    _, line, steps = anchor
    at = steps.index(line.line) + relation.offset
    return Unit(line.document_id, (steps[at],), line.score) if 0 <= at < len(steps) else None


def _most(relation: Most, question: str, near: Sequence[ScoredLine], outlines: Mapping[str, Outline]) -> Unit | None:
    """The row or line with the highest or the lowest figure among those that are alike, the best line among them."""
    if not near:
        return None
    line, outline = near[0], outlines[near[0].document_id]
    for measure in relation.measures:
        compared = _column(outline, line.line, measure, question) or _siblings(outline, line.line, measure)
        if compared:
            wanted = (max if relation.highest else min)(compared.values())
            return Unit(line.document_id, tuple(n for n, value in compared.items() if value == wanted), line.score)
    return None


def _column(outline: Outline, n: int, measure: Measure, question: str) -> dict[int, float]:
    """The figures of one column of the table that line `n` is a row of, by row; empty where it is not clear which."""
    lines = outline.document.lines
    header = n if outline.is_header(n) else lines[n].parent
    if header is None or lines[header].kind != "row":
        return {}
    rows = {m: layout.cells(outline, m) for m in outline.children.get(header, ()) if lines[m].kind == "row"}
    by_name: dict[str, dict[int, str]] = {}
    for m, row in rows.items():
        for name, cell in row[1:]:  # the first says which row it is
            by_name.setdefault(name, {})[m] = cell
    asked = set(content_words(question))
    columns = []
    for name, cells in by_name.items():
        values = _compared(cells, measure, named=_fits(name, measure)) if len(rows) > 1 else {}
        if values:
            columns.append((len(asked & set(content_words(name))), values))
    columns.sort(key=lambda column: -column[0])
    if len(columns) > 1 and columns[0][0] == columns[1][0]:
        return {}
    return columns[0][1] if columns else {}


def _siblings(outline: Outline, n: int, measure: Measure) -> dict[int, float]:
    """The figures of the lines of one section that are made alike: each one figure, of the same unit."""
    lines = outline.document.lines
    own = lines[n]
    if own.kind not in ("item", "sentence"):
        return {}
    alike = {
        m: outline.text(m)
        for m in range(len(lines))
        if lines[m].section_path == own.section_path and lines[m].kind == own.kind and lines[m].parent == own.parent
    }
    units = {m: [(figure.kind, figure.unit) for figure in figures(text)] for m, text in alike.items()}
    same = {m: text for m, text in alike.items() if units[m] == units[n] and len(units[m]) == 1}
    shared = set(content_words(outline.text(n)))
    for text in same.values():
        shared &= set(content_words(text))
    return _compared(same, measure, named=False) if len(same) > 1 and shared else {}


def _compared(texts: Mapping[int, str], measure: Measure, *, named: bool) -> dict[int, float]:
    """The one figure of each text, where nearly all have one of the measure, in one unit."""
    found = {n: [figure for figure in figures(text) if _is(figure, measure, named=named)] for n, text in texts.items()}
    values = {n: own[0] for n, own in found.items() if len(own) == 1}
    if len(values) < max(2.0, COMPARABLE * len(texts)) or len({figure.unit for figure in values.values()}) > 1:
        return {}
    return {n: figure.value for n, figure in values.items()}


def _is(figure: Figure, measure: Measure, *, named: bool) -> bool:
    return measure == "size" or figure.kind == measure or (named and figure.kind == "")


def _fits(name: str, measure: Measure) -> bool:
    return measure in _HEADERS and _HEADERS[measure].search(name) is not None


def _steps(outline: Outline, listing: Listing) -> list[int]:
    """The entries of a list that are items, without those nested in them."""
    lines = outline.document.lines
    items = [n for n in listing.entries if lines[n].kind in ("item", "lead")]
    return [n for n in items if lines[n].parent not in items]


def _numbered(outline: Outline, steps: Sequence[int]) -> dict[int, int]:
    """The steps by their numbers: those that stand before them, or else their positions from 1."""
    text = outline.document.text
    marks = [_MARKER.search(text[max(0, outline.starts[n] - 8) : outline.starts[n]]) for n in steps]
    numbers = [int(mark["n"]) for mark in marks if mark is not None]
    if len(numbers) == len(steps) == len(set(numbers)):
        return dict(zip(numbers, steps, strict=True))
    return dict(enumerate(steps, start=1))
