"""An answer to a question that asks several things: what the whole brings, and what each part brings beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.answer.explanation import Working
from assistant.answer.select import LIST_WORDS, Unit

SURE = 0.3
"""How probable it must be that a part is answered rightly; chosen on the written questions of the training's split."""


def completed(whole: Working, parts: Sequence[Working], *, threshold: float, words: Callable[[Unit], int]) -> Working:
    """The working of the whole question, with what its parts bring beside it where nothing speaks against them.

    What a part brings of another document than the whole's is left out: it is likelier about another thing of the same
    name; so is what would make the answer too long by its `words`. Where the whole is refused for want of confidence
    and each part reaches the threshold, they are the answer.
    """
    if not whole.selection.units:
        return replace(whole, parts=tuple(parts))
    least = min(part.confidence for part in parts)
    kept = [part for part in parts if part.reason is None]
    if whole.reason == "unsupported" and len(kept) == len(parts) and least >= threshold:
        whole = replace(whole, selection=parts[0].selection, confidence=least, reason=None, message=None)
    units = list(whole.selection.units)
    for unit in (unit for part in kept for unit in part.selection.units):
        fits = sum(map(words, (*units, unit))) <= LIST_WORDS
        if unit.document_id == units[0].document_id and _is_new(unit, units) and fits:
            units.append(unit)
    return replace(whole, selection=replace(whole.selection, units=tuple(units)), parts=tuple(parts))


def _is_new(unit: Unit, said: Sequence[Unit]) -> bool:
    known = {(one.document_id, n) for one in said for n in one.lines}
    return not any((unit.document_id, n) in known for n in unit.lines)
