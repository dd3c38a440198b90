"""The signals that the probability of an answer is made of, and what a refusal can say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant import answer_types
from assistant.asking import Ask
from assistant.outline import Outline
from assistant.reading import Judged, shares, sigmoid
from assistant.selecting import Selection, Unit
from assistant.types import Hit, Reading
from assistant.wording import Wording

STRUCTURED = 0.25  # the share of headings, items and rows from which on a document counts as structured throughout
LEAST = -6.0  # what a log-odds counts at least, and its opposite at most

Evidence = Mapping[str, float]


def gather(
    ask: Ask,
    *,
    hits: Sequence[Hit],
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
    evidence = {
        "line": max((scores[n] for n in own if n in scores), default=0.0),
        "second_line": _second(unit, selection),
        "cosine": max((hit.dense or 0.0) for hit in hits),
        **_worded(ask, unit, own, hits, outline, wording),
        **_typed(ask, unit, own, outline),
        "structured": min(1.0, outline.structure / STRUCTURED),
    }
    return evidence if judged is None else evidence | _read(unit, own, judged, outline)


def _typed(ask: Ask, unit: Unit, own: Sequence[int], outline: Outline) -> dict[str, float]:
    """Whether there is what the question asks for: something of the type that it expects, a list where it wants one."""
    expected = answer_types.expected(ask.text)
    found = expected is not None and any(answer_types.has(outline.text(n), expected, ask.text) for n in own)
    return {
        "type_found": float(found),
        "type_missing": float(expected is not None and not found),
        "listed": float(unit.head is not None),
        "list_missing": float(ask.grain == "list" and unit.head is None),
    }


def _worded(
    ask: Ask, unit: Unit, own: Sequence[int], hits: Sequence[Hit], outline: Outline, wording: Wording
) -> dict[str, float]:
    """How much of the question's words the lines, their passage and their document deal with, and what they lack."""
    asked = wording.weigh(ask.text)
    covered: dict[str, float] = {}
    for n in own:
        for word, share in wording.covered(asked, outline, n).items():
            covered[word] = max(share, covered.get(word, 0.0))
    around = passage_text(unit, hits, outline)
    whole = f"{outline.document.title}\n{outline.document.text}"
    near = wording.found(asked, around)
    missing = {word: weight for word, weight in asked.items() if word not in near}
    return {
        "covered": sum(asked[word] * covered[word] for word in asked if word in covered),
        "covered_near": sum(asked[word] for word in near),
        "covered_anywhere": sum(asked[word] for word in wording.found(asked, whole)),
        "rarest_missing": max(missing.values(), default=0.0),
        "words_missing": min(len(missing), 4) / 4,
        "names_missing": float(any(not wording.holds(around, name) for name in ask.names)),
        "names_nowhere": float(any(not wording.holds(whole, name) for name in ask.names)),
    }


def _read(unit: Unit, own: Sequence[int], judged: Sequence[Judged], outline: Outline) -> dict[str, float]:
    """What the reader says of the passages that the unit stands in, and of the others."""
    starts = [outline.starts[n] for n in own]
    holding = [one for one in judged if any(one.holds(unit.document_id, start) for start in starts)]
    others = [one for one in judged if one not in holding]
    spans = {(outline.starts[n], outline.document.lines[n].end) for n in own}
    inside, best = 0.0, LEAST
    for one in holding:
        for reading, share in zip(one.readings, shares(one.readings), strict=True):
            if any(start <= reading.start < end or reading.start <= start < reading.end for start, end in spans):
                inside = max(inside, share)
                best = max(best, reading.score)
    margin = max((one.readings[0].score for one in holding if one.readings), default=LEAST)
    answers = max((one.answerable for one in holding), default=LEAST)
    other = max((one.answerable for one in others), default=LEAST)
    return {
        "answers": _bounded(answers),
        "answers_share": sigmoid(answers),
        "answers_elsewhere": _bounded(other),
        "span": _bounded(best),
        "span_share": inside,
        "span_best": _bounded(margin),
        "unread": float(not holding),
    }


def _bounded(log_odds: float) -> float:
    return min(max(log_odds, LEAST), -LEAST)


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

    That is a name, or something of the type that is asked for, or other words.
    """
    unit = selection.units[0]
    outline = outlines[unit.document_id]
    text = passage_text(unit, hits, outline)
    path = outline.document.lines[unit.lines[0]].section_path
    where = " › ".join(path) or outline.document.title
    names = [name for name in ask.names if not wording.holds(text, name)]
    expected = answer_types.expected(ask.text)
    if not names and expected and not any(answer_types.has(line, expected, ask.text) for line in text.split("\n")):
        return f"The closest passage, “{where}”, gives no {answer_types.NAMES[expected]}."
    lacking = names or wording.lacking(ask.text, text)
    if not lacking:
        return f"The closest passage, “{where}”, is about this, but does not seem to answer it."
    said = ", ".join(f"“{word}”" for word in lacking[:-1][:3])
    said = f"{said} or “{lacking[-1]}”" if said else f"“{lacking[-1]}”"
    return f"The closest passage, “{where}”, does not mention {said}."
