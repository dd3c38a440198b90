"""All lines that were read in one ranking: what the reader says of each, and what else speaks for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log1p

from assistant.answer.overlap import TermOverlap
from assistant.documents.outline import Outline
from assistant.types import RankedLine, ReadPassage, ScoredLine

FEATURES = (
    "reader",  # log-odds that the line belongs to the answer
    "meaning",  # the cosine of its vector with the question's
    "words",  # how much of the question it deals with, from 0 to 1
    "order",  # how early its passage was read, which is how well the search ranked it
    "title",  # how much of the question the document's title has
    "above",  # and what stands above the line
    "heading",  # whether it is one
    "lead",  # whether it is a lead-in
)

Weights = Mapping[str, float]
"""What each feature counts, by name; fitted so that the highest sum is the line that answers (see evaluation/fit)."""

PLAIN: Weights = {"reader": 0.5, "meaning": 5.0, "words": 2.0, "order": 0.8, "heading": -2.0, "lead": -2.0}
"""What stands in before weights are fitted."""


def weigh(
    question: str,
    ranked: Sequence[RankedLine],
    read: Sequence[ReadPassage],
    outlines: Mapping[str, Outline],
    overlap: TermOverlap,
    weights: Weights,
) -> list[ScoredLine]:
    """The lines of all that was read with their sums, best first."""
    found = [
        ScoredLine(line.document_id, line.line, sum(weights.get(name, 0.0) * value for name, value in values.items()))
        for line, values in features(question, ranked, read, outlines, overlap)
    ]
    return sorted(found, key=lambda line: -line.score)


def features(
    question: str,
    ranked: Sequence[RankedLine],
    read: Sequence[ReadPassage],
    outlines: Mapping[str, Outline],
    overlap: TermOverlap,
) -> list[tuple[ScoredLine, dict[str, float]]]:
    """Every line that was read, with its features; one that was read twice counts where the reader likes it more."""
    asked = overlap.weigh(question)
    likeness = {(line.document_id, line.line): line for line in ranked}
    best: dict[tuple[str, int], tuple[ScoredLine, int]] = {}
    for position, passage in enumerate(read):
        for line in passage.lines:
            key = (line.document_id, line.line)
            if key in likeness and (key not in best or line.score > best[key][0].score):
                best[key] = (line, position)
    found = []
    for key, (line, position) in best.items():
        outline = outlines[line.document_id]
        like, kind = likeness[key], outline.document.lines[line.line].kind
        values = {
            "reader": line.score,
            "meaning": like.meaning,
            "words": like.words,
            "order": -log1p(position),
            "title": overlap.share(asked, outline.document.title),
            "above": overlap.share(asked, outline.above(line.line)),
            "heading": float(kind == "heading"),
            "lead": float(kind == "lead"),
        }
        found.append((line, values))
    return found
