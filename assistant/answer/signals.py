"""The signals that the probability of an answer is made of, and what a refusal can say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log, log1p

from assistant.answer.overlap import TermOverlap
from assistant.answer.select import Selection, Unit
from assistant.documents.citations import trail
from assistant.documents.outline import Outline
from assistant.languages.catalogue import listed, say
from assistant.languages.messages import Message
from assistant.question import answer_type
from assistant.question.parse import ParsedQuestion
from assistant.question.spelling import is_common
from assistant.types import Hit, RankedLine, ReadPassage, ScoredLine

SAID = 3  # the words that a refusal names at most
BOUND = 8.0  # what log-odds count at most, and their opposite at least

Signals = Mapping[str, float]


def gather_signals(
    parsed: ParsedQuestion,
    *,
    ranked: Sequence[RankedLine],
    read: Sequence[ReadPassage],
    searched: int,
    selection: Selection,
    outlines: Mapping[str, Outline],
    overlap: TermOverlap,
) -> dict[str, float]:
    """The signals for what was selected, by name; empty where nothing was.

    `ranked` are the lines by similarity, `read` what a reader said; `searched` is among how many passages was searched:
    among more of them, the best one is better by chance. All mean the same in every kind of document.
    """
    if not selection.units:
        return {}
    first = selection.first
    outline = outlines[first.document_id]
    said = {(unit.document_id, n) for unit in selection.units for n in unit.lines}
    likeness = {(line.document_id, line.line): line for line in ranked}
    scores: dict[tuple[str, int], float] = {}
    for line in (line for one in read for line in one.lines):
        key = (line.document_id, line.line)
        scores[key] = max(line.score, scores.get(key, line.score))
    holding = [one for one in read if any(line.line == first.line for line in _own(one, first.document_id))]
    rivals = [line.score for line in selection.ranked if (line.document_id, line.line) not in said]
    elsewhere = [line.score for line in selection.ranked if line.document_id != first.document_id]
    own = [outline.text(n) for unit in selection.units for n in unit.lines]
    above = outline.above(first.line)
    near = "\n".join((outline.document.title, above, *own))
    whole = f"{outline.document.title}\n{outline.document.text}"
    like = likeness[first.document_id, first.line]
    return {
        "line": _bounded(scores[first.document_id, first.line]),
        "best_line": _bounded(max(scores.values())),
        "passage": _bounded(max((one.answerable for one in holding), default=-BOUND)),
        "best_passage": _bounded(max((one.answerable for one in read), default=-BOUND)),
        "others": _bounded(_log_sum([score for key, score in scores.items() if key not in said])),
        "ahead": min(first.score - max(rivals, default=-BOUND), BOUND),
        "weighed": first.score,
        "elsewhere": min(first.score - max(elsewhere, default=-BOUND), BOUND),
        "meaning": like.meaning,
        "words": like.words,
        "most_similar": ranked[0].score,
        "several": log1p(len(said) - 1),
        "searched": log1p(searched),
        "names_nowhere": float(any(not overlap.holds(whole, name) for name in parsed.names)),
        "names_elsewhere": float(any(not overlap.holds(near, name) for name in parsed.names)),
        "type_missing": float(_type_is_missing(parsed.text, (*own, above), selection)),
    }


def _type_is_missing(question: str, texts: Sequence[str], selection: Selection) -> bool:
    """Whether nothing of the type that is asked for is said; a list says how many there are."""
    missing = answer_type.missing(question, texts)
    is_list = any(unit.head is not None for unit in selection.units)
    return missing is not None and not (missing == "number" and is_list)


def _own(read: ReadPassage, document_id: str) -> Sequence[ScoredLine]:
    return read.lines if read.passage.document_id == document_id else ()


def _bounded(log_odds: float) -> float:
    return min(max(log_odds, -BOUND), BOUND)


def _log_sum(scores: Sequence[float]) -> float:
    """The log-odds that some of the lines answer, if just one of them can."""
    highest = max(scores, default=-BOUND)
    return highest + log(sum(exp(score - highest) for score in scores)) if scores else -BOUND


def passage_text(unit: Unit, hits: Sequence[Hit], outline: Outline) -> str:
    """The title, the section path and the text of the passages that a unit stands in."""
    document = outline.document
    start = outline.starts[unit.lines[0]]
    within = [
        hit.passage
        for hit in hits
        if hit.passage.document_id == unit.document_id and hit.passage.start <= start < hit.passage.end
    ]
    path = document.lines[unit.lines[0]].section_path
    texts = [passage.text for passage in within] or [outline.text(n) for n in unit.lines]
    return "\n".join([document.title, *path, *texts])


def explain_gap(
    parsed: ParsedQuestion,
    hits: Sequence[Hit],
    selection: Selection,
    outlines: Mapping[str, Outline],
    overlap: TermOverlap,
) -> Message:
    """A sentence that says what the closest passage is about, and what of the question it does not have.

    That is a name, or something of the type that is asked for, or words that are not everyday ones.
    """
    unit = selection.units[0]
    outline = outlines[unit.document_id]
    text = passage_text(unit, hits, outline)
    path = outline.document.lines[unit.lines[0]].section_path
    where = trail(path) or outline.document.title
    names = [name for name in parsed.names if not overlap.holds(text, name)]
    type_ = answer_type.expected(parsed.text)
    if names and type_:
        return say("answers.gives_none_for", where=where, what=say(f"answers.{type_}"), names=_either(names))
    if not names and (missing := answer_type.missing(parsed.text, text.split("\n"))):
        return say("answers.gives_none", where=where, what=say(f"answers.{missing}"))
    lacking = names or [word for word in overlap.lacking(parsed.text, text) if not is_common(word)]
    if not lacking:
        return say("answers.does_not_answer", where=where)
    return say("answers.lacks_words", where=where, words=_either(lacking))


def _either(words: Sequence[str]) -> Message:
    """At most three words as a sentence has them."""
    return listed("lists.or", (say("answers.word", word=word) for word in words[:SAID]))
