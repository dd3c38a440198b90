"""The signals that the probability of an answer is made of, and what a refusal can say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answer.overlap import TermOverlap
from assistant.answer.read import ReadPassage, shares
from assistant.answer.select import Selection, Unit
from assistant.documents.citations import trail
from assistant.documents.outline import Outline
from assistant.question import answer_type
from assistant.question.parse import ParsedQuestion
from assistant.types import Hit, Reading

BOUND = 6.0  # what log-odds count at most, and their opposite at least; that where nothing was read

Signals = Mapping[str, float]


def gather_signals(
    ask: ParsedQuestion,
    *,
    lines: Sequence[Reading],
    judged: Sequence[ReadPassage] | None,
    selection: Selection,
    outlines: Mapping[str, Outline],
    wording: TermOverlap,
) -> dict[str, float]:
    """The signals for what was selected, by name; empty where nothing was.

    Those of similarity and of words come first; those of the reader follow, unless there is none (`judged` is None).
    """
    if not selection.units:
        return {}
    unit = selection.units[0]
    outline = outlines[unit.document_id]
    own = [unit.head, *unit.lines] if unit.head is not None else list(unit.lines)
    scores = {outline.position(line.start): line.score for line in lines if line.document_id == unit.document_id}
    whole = f"{outline.document.title}\n{outline.document.text}"
    evidence = {
        "structured": float(outline.kind == "structured"),
        "line": max((scores[n] for n in own if n in scores), default=0.0),
        "second_line": _second(unit, selection),
        "listed": float(unit.head is not None),
        "names_nowhere": float(any(not wording.holds(whole, name) for name in ask.names)),
        "type_missing": float(answer_type.missing(ask.text, map(outline.text, own)) is not None),
    }
    return evidence if judged is None else evidence | _read(unit, own, judged, outline)


def _read(unit: Unit, own: Sequence[int], judged: Sequence[ReadPassage], outline: Outline) -> dict[str, float]:
    """What the reader says of the passages that the unit stands in: that they answer, and that the unit does."""
    starts = [outline.starts[n] for n in own]
    holding = [one for one in judged if any(one.holds(unit.document_id, start) for start in starts)]
    spans = {(outline.starts[n], outline.document.lines[n].end) for n in own}
    inside = 0.0
    for one in holding:
        for reading, share in zip(one.readings, shares(one.readings), strict=True):
            if any(start <= reading.start < end or reading.start <= start < reading.end for start, end in spans):
                inside = max(inside, share)
    answers = max((one.answerable for one in holding), default=-BOUND)
    return {"answers": min(max(answers, -BOUND), BOUND), "span_share": inside}


def _second(unit: Unit, selection: Selection) -> float:
    """How far the best other unit is behind: 0 where it is level, 1 where there is none."""
    others = [
        one.score
        for one in selection.considered
        if one.document_id != unit.document_id or not set(one.lines) & set(unit.lines)
    ]
    return min(1.0, max(0.0, unit.score - max(others))) if others else 1.0


def passage_text(unit: Unit, hits: Sequence[Hit], outline: Outline) -> str:
    """The title, the section path and the text of the passages that a unit stands in."""
    document = outline.document
    start = outline.starts[unit.head if unit.head is not None else unit.lines[0]]
    within = [
        hit.passage
        for hit in hits
        if hit.passage.document_id == unit.document_id and hit.passage.start <= start < hit.passage.end
    ]
    path = document.lines[unit.lines[0]].section_path
    texts = [passage.text for passage in within] or [outline.text(n) for n in unit.lines]
    return "\n".join([document.title, *path, *texts])


def explain_gap(
    ask: ParsedQuestion,
    hits: Sequence[Hit],
    selection: Selection,
    outlines: Mapping[str, Outline],
    wording: TermOverlap,
) -> str:
    """A sentence that says what the closest passage is about, and what of the question it does not have.

    That is a name, or something of the type that is asked for, or other words.
    """
    unit = selection.units[0]
    outline = outlines[unit.document_id]
    text = passage_text(unit, hits, outline)
    path = outline.document.lines[unit.lines[0]].section_path
    where = trail(path) or outline.document.title
    names = [name for name in ask.names if not wording.holds(text, name)]
    if not names and (missing := answer_type.missing(ask.text, text.split("\n"))):
        return f"The closest passage, “{where}”, gives no {answer_type.NAMES[missing]}."
    lacking = names or wording.lacking(ask.text, text)
    if not lacking:
        return f"The closest passage, “{where}”, is about this, but does not seem to answer it."
    said = ", ".join(f"“{word}”" for word in lacking[:-1][:3])
    said = f"{said} or “{lacking[-1]}”" if said else f"“{lacking[-1]}”"
    return f"The closest passage, “{where}”, does not mention {said}."
