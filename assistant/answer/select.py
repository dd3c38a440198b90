"""Which lines make the answer: those that the reader says belong to it, what belongs together, what contradicts it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer.overlap import ABOVE, TermOverlap
from assistant.documents.outline import Listing, Outline, label_end
from assistant.types import ScoredLine

# Differences of the lines' weighed sums, chosen on the written questions of the calibration's split by the share that
# is answered right.
BEHIND = 1.0  # how far a line that is said beside the first may be behind it
LISTED = 2.0  # and how far one that is an entry of the same list
CONTRADICTS = 2.0  # how far a line may be that gives another value for the same thing
MOST = 0.5  # the share of a list's entries from which on all of it is said
SHARED_WORDS = 2  # that two lines have in common where they speak of the same thing
LINE_WORDS, LIST_WORDS = 40, 120  # how long an answer of one line and one of several may be

_FOR_QUESTIONS = re.compile(r"\bquestions?\b|\bask(?:s|ed|ing)?\b", re.IGNORECASE)
_CLAUSE_END = re.compile(r"[,;:](?=\s)\s*|\s[–—-]\s|\)\s+|(?=\()")
_NUMBER = re.compile(r"(?P<before>[$€£¥]?)\s?(?P<digits>\d+(?:[.,]\d+)*)\s?(?P<after>%|percent\b)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """Lines of one document that are said together: one line, or a list with its lead-in."""

    document_id: str
    lines: tuple[int, ...]
    score: float  # the highest of its lines
    head: int | None = None  # the heading, lead-in or item that makes them a list
    spans: tuple[tuple[int, int], ...] = ()  # what is said of each line, where it is less than the whole
    left_out: int = 0  # lines of the list that are not said, for it is too long


@dataclass(frozen=True, slots=True)
class Selection:
    """What is said, and the groups of units that give different values."""

    units: tuple[Unit, ...]
    conflicts: tuple[tuple[int, ...], ...] = ()  # indices into `units`, one group a value
    ranked: tuple[ScoredLine, ...] = field(default=(), repr=False)  # all that could have been said, best first

    @property
    def first(self) -> ScoredLine:
        """The line that is likeliest to answer."""
        return self.ranked[0]

    def only(self, line: ScoredLine) -> Selection:
        """One in which this line alone is said."""
        return replace(self, units=(Unit(line.document_id, (line.line,), line.score),), conflicts=())


def select(
    question: str,
    ranked: Sequence[ScoredLine],
    outlines: Mapping[str, Outline],
    overlap: TermOverlap,
    spans: Sequence[tuple[str, int, int]] = (),
) -> Selection:
    """The lines that answer, out of those that were read, best first.

    `spans` says where in a document the answer's words may stand, the likeliest first: a line that is too long is cut
    around them.
    """
    if not _FOR_QUESTIONS.search(question):
        ranked = [line for line in ranked if not asks(outlines[line.document_id].text(line.line))]
    if not ranked:
        return Selection(())
    first = ranked[0]
    outline = outlines[first.document_id]
    other = _contradiction(overlap.weigh(question), ranked, outline, overlap)
    if other is not None:
        chosen = [Unit(first.document_id, (line.line,), line.score) for line in (first, other)]
        conflicts: tuple[tuple[int, ...], ...] = () if _fields(first.line, other.line, outline) else ((0,), (1,))
    else:
        listing = outline.nearest(first.line)
        entries = () if listing is None else listing.entries
        said = [
            line
            for line in ranked
            if line.document_id == first.document_id
            and line.score >= first.score - (LISTED if line.line in entries else BEHIND)
        ]
        once = {outline.text(line.line): line for line in reversed(said)}
        said = [line for line in said if once[outline.text(line.line)] == line or line.line in entries]
        chosen, conflicts = _within(_units(said, outline), outline), ()
    limit = LINE_WORDS if len(chosen) == 1 and chosen[0].head is None else LIST_WORDS
    focus = [(start, end) for document_id, start, end in spans if document_id == first.document_id]
    units = tuple(_shortened(unit, outline, limit // (1 if other is None else 2), focus) for unit in chosen)
    return Selection(units, conflicts, tuple(ranked))


def asks(text: str) -> bool:
    """Whether a line asks: it is no answer itself, but to who asks for questions."""
    return text.rstrip("*_ \t\"'\u201d\u2019)").endswith(("?", "\uff1f"))


def _units(said: Sequence[ScoredLine], outline: Outline) -> list[Unit]:
    """The lines as units, in the order of the document: a list of which most entries are said is said whole."""
    scores = {line.line: line.score for line in said}
    lists: dict[int, Listing] = {}
    for n in scores:
        listing = outline.listing(n) if outline.document.lines[n].kind == "lead" else outline.around(n)
        if listing is not None:
            lists.setdefault(listing.head, listing)
    units = []
    for listing in lists.values():
        there = [n for n in listing.entries if n in scores]
        introduced = any(n in scores and outline.document.lines[n].kind == "lead" for n in listing.leads)
        whole = len(there) >= MOST * len(listing.entries) and len(there) > 1
        if whole or (introduced and not there):
            lines = tuple(dict.fromkeys((*listing.leads, *listing.entries)))
            units.append(Unit(said[0].document_id, lines, max(scores[n] for n in lines if n in scores), listing.head))
    covered = {n for unit in units for n in unit.lines}
    units += [Unit(said[0].document_id, (n,), score) for n, score in scores.items() if n not in covered]
    return sorted(units, key=lambda unit: unit.lines[0])


def _within(units: Sequence[Unit], outline: Outline) -> list[Unit]:
    """The best of the units that together are not too long, in the order they stand in."""
    kept: list[Unit] = []
    words = 0
    for unit in sorted(units, key=lambda unit: -unit.score):
        words += sum(len(outline.text(n).split()) for n in unit.lines)
        if not kept or words <= LIST_WORDS:
            kept.append(unit)
    return [unit for unit in units if unit in kept]


def _contradiction(
    asked: Mapping[str, float], ranked: Sequence[ScoredLine], outline: Outline, overlap: TermOverlap
) -> ScoredLine | None:
    """The best line of another section that speaks of the same thing as the first, and gives another value."""
    first = ranked[0]
    lines = outline.document.lines
    if lines[first.line].kind in ("heading", "lead"):
        return None
    named = _named(first.line, asked, outline, overlap)
    for line in ranked[1:]:
        if line.score < first.score - CONTRADICTS:
            return None
        if line.document_id != first.document_id or lines[line.line].kind in ("heading", "lead"):
            continue
        if lines[line.line].section_path == lines[first.line].section_path:
            continue
        if named <= _named(line.line, asked, outline, overlap) and differ(
            outline.text(first.line), outline.text(line.line), overlap
        ):
            return line
    return None


def _fields(one: int, other: int, outline: Outline) -> bool:
    """Whether two lines are the same field of two things, which their sections, side by side, are named for."""
    lines = outline.document.lines
    above, beside = (lines[n].section_path for n in (one, other))
    texts = outline.text(one), outline.text(other)
    labels = [text[: label_end(text, 0, len(text)) or 0] for text in texts]
    return len(above) > 1 and above[:-1] == beside[:-1] and labels[0] == labels[1] != ""


def differ(one: str, other: str, overlap: TermOverlap) -> bool:
    """Whether two lines about the same thing give different values: other figures, or another word before a noun."""
    shared = overlap.shared(one, other)
    if len(shared) < SHARED_WORDS:
        return False
    figures, others = _figures(one), _figures(other)
    if figures and others:
        return not (figures & others) and {kind for kind, _ in figures} == {kind for kind, _ in others}
    if figures or others:
        return False
    return _contrast(one, other)


def _contrast(one: str, other: str) -> bool:
    """Whether a word that both lines have stands after a name-like word (with a capital or an 's) that differs."""
    before, others = _modifiers(one), _modifiers(other)
    return any(not before[noun] & others[noun] for noun in before.keys() & others.keys())


def _modifiers(text: str) -> dict[str, set[str]]:
    """For each word that follows one with a possessive: what stands before it, in lower case."""
    found: dict[str, set[str]] = {}
    for match in re.finditer(r"(?P<before>[^\W\d_]+['’]s)\s+(?P<noun>[^\W\d_]+)", text):
        found.setdefault(match["noun"].casefold(), set()).add(match["before"].casefold())
    return found


def _figures(text: str) -> set[tuple[str, str]]:
    """The figures in a text as (kind, digits): kinds are money, percent, and plain numbers; years are left out."""
    found = set()
    for match in _NUMBER.finditer(text):
        kind = "money" if match["before"] else "percent" if match["after"] else "number"
        digits = match["digits"]
        if not (kind == "number" and len(digits) == 4 and digits.isdigit() and digits[:2] in ("19", "20")):
            found.add((kind, digits))
    return found


def _named(n: int, asked: Mapping[str, float], outline: Outline, overlap: TermOverlap) -> set[str]:
    """The words of the question that a line deals with itself or above it, not only by its document's title."""
    return {word for word, share in overlap.covered(asked, outline, n).items() if share >= ABOVE}


def _shortened(unit: Unit, outline: Outline, limit: int, focus: Sequence[tuple[int, int]]) -> Unit:
    """The unit, with what is too long cut: a list to its labels or first entries, a line to the clauses around `at`."""
    document = outline.document
    lines = [document.lines[n] for n in unit.lines]
    spans = [(line.start, line.end) for line in lines]
    if _count(document.text, spans) <= limit:
        return unit
    if unit.head is None:
        line = lines[0]
        at = next(((a, b) for a, b in focus if line.start <= a < line.end), None)
        return unit if at is None else replace(unit, spans=(_clause(document.text, *spans[0], at, limit),))
    labels = [label_end(document.text, line.start, line.end) if line.kind == "item" else line.end for line in lines]
    if all(labels):
        spans = [(line.start, end) for line, end in zip(lines, labels, strict=True) if end is not None]
    while len(spans) > 1 and _count(document.text, spans) > limit:
        spans.pop()
    return replace(unit, lines=unit.lines[: len(spans)], spans=tuple(spans), left_out=len(lines) - len(spans))


def _clause(text: str, start: int, end: int, at: tuple[int, int], limit: int) -> tuple[int, int]:
    """As many whole clauses of the line from `start` to `end` as fit, around the span `at`; words where none fits."""
    low, high = max(at[0], start), min(at[1], end)
    marks = [start, *(m.end() for m in _CLAUSE_END.finditer(text, start, end)), end]
    first = max(mark for mark in marks if mark <= low)
    last = min(mark for mark in marks if mark >= high)
    if len(text[first:last].split()) > limit:
        return _words_around(text, first, last, (low, high), limit)
    while True:
        before = max((mark for mark in marks if mark < first), default=first)
        after = min((mark for mark in marks if mark > last), default=last)
        if before < first and len(text[before:last].split()) <= limit:
            first = before
        elif after > last and len(text[first:after].split()) <= limit:
            last = after
        else:
            return _trimmed(text, first, last)


def _words_around(text: str, start: int, end: int, at: tuple[int, int], limit: int) -> tuple[int, int]:
    """At most `limit` words of a span, around another within it."""
    words = [match.span() for match in re.finditer(r"\S+", text[start:end])]
    inside = [n for n, (a, b) in enumerate(words) if start + a < at[1] and start + b > at[0]]
    first = max(0, inside[0] - max(0, limit - len(inside)) // 2) if inside else 0
    kept = words[first : first + limit]
    return start + kept[0][0], start + kept[-1][1]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without white space around it, and without the comma or dash that it would end with."""
    span = text[start:end]
    kept = span.rstrip().rstrip(",;:–—").rstrip() or span.rstrip()
    return start + len(span) - len(span.lstrip()), start + len(kept)


def _count(text: str, spans: Sequence[tuple[int, int]]) -> int:
    return sum(len(text[start:end].split()) for start, end in spans)
