"""Lines that are one sentence but for their figures: they say the same thing, or give another value for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from assistant.answer.overlap import TermOverlap
from assistant.answer.select import Selection
from assistant.documents.outline import Outline

SAME = 0.8  # how much two lines share where they are the same sentence, figures aside

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_FIGURE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}|\b{_MONTH}\s+\d+(?:st|nd|rd|th)?|\d+(?:[.,:]\d+)*",
    re.IGNORECASE,
)


def figures(text: str) -> list[str]:
    """The figures of a line in order, dates and times of day among them."""
    return [match.group().casefold() for match in _FIGURE.finditer(text)]


def same_sentence(one: str, other: str, overlap: TermOverlap) -> bool:
    """Whether two lines say the same, figures aside."""
    return overlap.likeness(_FIGURE.sub(" ", one), _FIGURE.sub(" ", other)) >= SAME


def other_figures(one: str, other: str, overlap: TermOverlap) -> bool:
    """Whether two lines are the same sentence with other figures."""
    known = figures(one)
    return bool(known) and known != figures(other) and same_sentence(one, other, overlap)


def without_echoes(selection: Selection, outlines: Mapping[str, Outline], overlap: TermOverlap) -> Selection:
    """The selection without the lines that repeat its first, which do not speak against it, however often they do."""
    if not selection.ranked:
        return selection
    first = selection.first
    said = {(unit.document_id, n) for unit in selection.units for n in unit.lines}
    text = outlines[first.document_id].text(first.line)
    kept = [
        line
        for line in selection.ranked
        if (line.document_id, line.line) in said
        or not same_sentence(text, outlines[line.document_id].text(line.line), overlap)
    ]
    return replace(selection, ranked=tuple(kept))
