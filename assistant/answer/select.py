"""Which lines make the answer: the grain that was asked for, both of two things, and what contradicts it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.answer.overlap import ABOVE, TermOverlap
from assistant.documents.outline import Listing, Outline, label_end
from assistant.question.parse import Grain, ParsedQuestion
from assistant.types import Reading

# What a list gains where what introduces it deals with all of the question, and loses where with nothing of it.
LIST_GAINS: Mapping[Grain, tuple[float, float]] = {
    "list": (0.20, 0.05),
    "topic": (0.15, 0.05),
    "open": (0.05, 0.10),
    "line": (0.00, 0.15),
    "figure": (0.00, 0.15),
}
FIGURE_GAIN = 0.10  # of a line that holds a figure, where one was asked for
ITEM_LOSS = 0.05  # what a list scores less than its best item, where a list was asked for
CLOSING_LOSS = 0.15  # of a sentence that sums up the list before it
ALONE_LOSS = 0.15  # of a lead-in without its list; before subsections, only where a list was asked for
LONG_LOSS = 0.10  # of a line that is longer than an answer may be
NEAR = 0.75  # a second answer scores at least this share of the first
PARALLEL = 0.3  # what a second answer gains where it is worded like the first
FAR = 0.5  # and so does one that contradicts it
SHARED_WORDS = 2  # that two lines have in common where they speak of the same thing
LINE_WORDS, LIST_WORDS = 40, 110  # how long an answer of one line and one of several may be

_CLAUSE_END = re.compile(r"[,;:](?=\s)\s*|\s[–—-]\s|\)\s+|(?=\()")
_NUMBER = re.compile(r"(?P<before>[$€£¥]?)\s?(?P<digits>\d+(?:[.,]\d+)*)\s?(?P<after>%|percent\b)?")


@dataclass(frozen=True, slots=True)
class Unit:
    """Lines of one document that are said together: one line, or a list with its lead-in."""

    document_id: str
    lines: tuple[int, ...]
    score: float
    head: int | None = None  # the heading, lead-in or item that makes them a list
    spans: tuple[tuple[int, int], ...] = ()  # what is said of each line, where it is less than the whole


@dataclass(frozen=True, slots=True)
class Selection:
    """What is said, best first, and the groups of units that give different values."""

    units: tuple[Unit, ...]
    conflicts: tuple[tuple[int, ...], ...] = ()  # indices into `units`, one group a value
    considered: tuple[Unit, ...] = field(default=(), repr=False)  # all that could have been said, best first


def select(
    ask: ParsedQuestion,
    readings: Sequence[Reading],
    outlines: Mapping[str, Outline],
    wording: TermOverlap,
    focus: Mapping[tuple[str, int], tuple[int, int]] = {},
) -> Selection:
    """The lines that answer, out of those that were ranked.

    `focus` says where in a line, by document and position, the answer stands: a line that is too long is cut around it.
    """
    asked = wording.weigh(ask.text)
    units = _units(ask, asked, readings, outlines, wording)
    if not units:
        return Selection(())
    first = units[0]
    chosen = [first]
    conflicts: tuple[tuple[int, ...], ...] = ()
    others = _contradictions(first, units, asked, outlines, wording)
    if others:
        chosen += others
        conflicts = tuple((n,) for n in range(len(chosen)))
    elif ask.joins:
        chosen += _complements(first, units, asked, outlines, wording)
    limit = LINE_WORDS if len(chosen) == 1 and first.head is None else LIST_WORDS // len(chosen)
    said = tuple(_shortened(unit, outlines, limit, focus.get((unit.document_id, unit.lines[0]))) for unit in chosen)
    return Selection(said, conflicts, tuple(units))


def _units(
    ask: ParsedQuestion,
    asked: Mapping[str, float],
    readings: Sequence[Reading],
    outlines: Mapping[str, Outline],
    wording: TermOverlap,
) -> list[Unit]:
    """Every line that was read, and every list that one of them introduces or belongs to, best first."""
    scores: dict[tuple[str, int], float] = {}
    for reading in readings:
        scores.setdefault((reading.document_id, outlines[reading.document_id].position(reading.start)), reading.score)
    units: list[Unit] = []
    heads: dict[tuple[str, int], Listing] = {}
    for (document_id, n), score in scores.items():
        outline = outlines[document_id]
        for listing in (outline.listing(n), outline.around(n)):
            if listing is not None:
                heads.setdefault((document_id, listing.head), listing)
        if outline.document.lines[n].kind != "heading":
            text = outline.text(n)
            gain = FIGURE_GAIN if ask.grain == "figure" and _figures(text) else 0.0
            loss = LONG_LOSS if len(text.split()) > LINE_WORDS else 0.0
            if ask.grain in ("list", "topic", "open") and outline.closes(n):
                loss += CLOSING_LOSS
            if outline.children.get(n) or (ask.grain in ("list", "topic") and outline.listing(n) is not None):
                loss += ALONE_LOSS
            units.append(Unit(document_id, (n,), score + gain - loss))
    gain, loss = LIST_GAINS[ask.grain]
    for (document_id, _), listing in heads.items():
        outline = outlines[document_id]
        # Where the entries are headings, the text before them speaks of all that is below, unless it ends in a colon.
        holds_sections = outline.is_heading(listing.entries[0])
        leads = [n for n in listing.leads if not holds_sections or outline.text(n).rstrip().endswith(":")]
        introducing = (listing.head, *leads)
        introduces = [scores.get((document_id, n), 0.0) for n in introducing]
        entries = [scores[document_id, n] for n in listing.entries if (document_id, n) in scores]
        score = max(*introduces, sum(entries) / len(entries) if entries else 0.0)
        if ask.grain == "list" and not ask.joins and entries and not holds_sections:
            score = max(score, max(entries) - ITEM_LOSS)  # an item is like the question: its list is what is asked for
        dealt = wording.coverage(asked, outline, listing.head)
        gained = 0.0 if holds_sections and ask.grain == "topic" else gain
        score += gained * dealt - loss * (1 - dealt)
        units.append(Unit(document_id, (*listing.leads, *listing.entries), score, listing.head))
    return sorted(units, key=lambda unit: -unit.score)


def _complements(
    first: Unit,
    units: Sequence[Unit],
    asked: Mapping[str, float],
    outlines: Mapping[str, Outline],
    wording: TermOverlap,
) -> list[Unit]:
    """The best unit that deals with words of the question that the first leaves out; at most one."""
    named = _named(first, asked, outlines, wording)
    left = {word: weight for word, weight in asked.items() if word not in named}
    best: tuple[float, Unit] | None = None
    for unit in units:
        overlaps = unit.document_id == first.document_id and bool(set(unit.lines) & set(first.lines))
        if overlaps or unit.score < NEAR * first.score:
            continue
        gained = sum(left.get(word, 0.0) for word in _named(unit, asked, outlines, wording))
        score = unit.score + gained + PARALLEL * _likeness(first, unit, outlines, wording)
        if gained > 0 and (unit.head is None) == (first.head is None) and (best is None or score > best[0]):
            best = (score, unit)
    return [best[1]] if best else []


def _likeness(one: Unit, other: Unit, outlines: Mapping[str, Outline], wording: TermOverlap) -> float:
    """How much two units are worded alike, from 0 to 1."""
    texts = ["\n".join(outlines[unit.document_id].text(n) for n in unit.lines) for unit in (one, other)]
    return wording.likeness(*texts)


def _contradictions(
    first: Unit,
    units: Sequence[Unit],
    asked: Mapping[str, float],
    outlines: Mapping[str, Outline],
    wording: TermOverlap,
) -> list[Unit]:
    """The best line of another section that speaks of the same thing as the first, and gives another value."""
    if first.head is not None:
        return []
    outline = outlines[first.document_id]
    path = outline.document.lines[first.lines[0]].section_path
    named = _named(first, asked, outlines, wording)
    for unit in units:
        if unit.head is not None or unit.score < FAR * first.score or unit.document_id != first.document_id:
            continue
        if outline.document.lines[unit.lines[0]].section_path == path:
            continue
        if named <= _named(unit, asked, outlines, wording) and _differ(
            outline.text(first.lines[0]), outline.text(unit.lines[0]), wording
        ):
            return [unit]
    return []


def _differ(one: str, other: str, wording: TermOverlap) -> bool:
    """Whether two lines about the same thing give different values: other figures, or another word before a noun."""
    shared = wording.shared(one, other)
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


def _named(unit: Unit, asked: Mapping[str, float], outlines: Mapping[str, Outline], wording: TermOverlap) -> set[str]:
    """The words of the question that a unit deals with in its own lines or above them, not only by its title."""
    outline = outlines[unit.document_id]
    lines = unit.lines if unit.head is None else (unit.head, *unit.lines)
    return {word for n in lines for word, share in wording.covered(asked, outline, n).items() if share >= ABOVE}


def _shortened(unit: Unit, outlines: Mapping[str, Outline], limit: int, at: tuple[int, int] | None) -> Unit:
    """The unit, with what is too long cut: a list to its labels or first entries, a line to the clauses around `at`."""
    outline = outlines[unit.document_id]
    document = outline.document
    lines = [document.lines[n] for n in unit.lines]
    spans = [(line.start, line.end) for line in lines]
    if _count(document.text, spans) <= limit:
        return unit
    if unit.head is None:
        return unit if at is None else replace(unit, spans=(_clause(document.text, *spans[0], at, limit),))
    labels = [label_end(document.text, line.start, line.end) if line.kind == "item" else line.end for line in lines]
    if all(labels):
        spans = [(line.start, end) for line, end in zip(lines, labels, strict=True) if end is not None]
    while len(spans) > 1 and _count(document.text, spans) > limit:
        spans.pop()
    return replace(unit, lines=unit.lines[: len(spans)], spans=tuple(spans))


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
