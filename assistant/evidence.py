"""The signals that the probability of an answer is made of, and what a refusal can say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant import answer_types
from assistant.asking import Ask
from assistant.citations import trail
from assistant.outline import Outline
from assistant.reading import Judged, shares
from assistant.selecting import Selection, Unit
from assistant.spelling import is_common
from assistant.types import Hit, Reading
from assistant.wording import Wording

BOUND = 6.0  # what log-odds count at most, and their opposite at least; that where nothing was read
SAID = 3  # the words that a refusal names at most

Evidence = Mapping[str, float]


def gather(
    ask: Ask,
    *,
    lines: Sequence[Reading],
    judged: Sequence[Judged] | None,
    selection: Selection,
    outlines: Mapping[str, Outline],
    wording: Wording,
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
        "type_missing": float(answer_types.missing(ask.text, map(outline.text, own)) is not None),
    }
    return evidence if judged is None else evidence | _read(unit, own, judged, outline)


def _read(unit: Unit, own: Sequence[int], judged: Sequence[Judged], outline: Outline) -> dict[str, float]:
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
    ask: Ask, hits: Sequence[Hit], selection: Selection, outlines: Mapping[str, Outline], wording: Wording
) -> str:
    """A sentence that says what the closest passage is about, and what of the question it does not have.

    That is a name, or something of the type that is asked for, or words that are not everyday ones.
    """
    unit = selection.units[0]
    outline = outlines[unit.document_id]
    text = passage_text(unit, hits, outline)
    path = outline.document.lines[unit.lines[0]].section_path
    where = trail(path) or outline.document.title
    names = [name for name in ask.names if not wording.holds(text, name)]
    type_ = answer_types.expected(ask.text)
    if names and type_:
        return f"The closest passage, “{where}”, gives no {answer_types.NAMES[type_]} for {_either(names)}."
    if not names and (missing := answer_types.missing(ask.text, text.split("\n"))):
        return f"The closest passage, “{where}”, gives no {answer_types.NAMES[missing]}."
    lacking = names or [word for word in wording.lacking(ask.text, text) if not is_common(word)]
    if not lacking:
        return f"The closest passage, “{where}”, is about this, but does not seem to answer it."
    return f"The closest passage, “{where}”, does not mention {_either(lacking)}."


def _either(words: Sequence[str]) -> str:
    """At most three words as a sentence has them."""
    quoted = [f"“{word}”" for word in words[:SAID]]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
