"""A sentence against the lines that it cites: figures, names, polarity, scope, direction, and the words themselves.

A sentence is taken apart into clauses, and each must be carried by one line alone, with what stands above that line:
two lines joined wrongly share all their words with what they were joined into.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.generate.cues import opposite
from assistant.generate.order import bound, misordered, swapped, turned, turned_about
from assistant.generate.polarity import cue_fault
from assistant.generate.sides import CitedLine, Side, parts, stands
from assistant.generate.tokens import Token, content, tokens

FREE = 0.2  # the share of a clause's content words that may be the model's own, where nothing speaks against them
_LABEL = re.compile(r":(?=\s)")  # what stands before it belongs to what stands after it
_OPENERS = frozenset(
    """if unless when whenever once after before because since as despite although though while for in with without at
    on during to from by under over until within""".split()  # noqa: SIM905, read as words
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a sentence is not carried, or None where it is, and by which of its lines."""

    fault: str | None
    carrying: tuple[int, ...] = ()  # positions in the lines that were given
    free: int = 0  # content words that stand in no line


def judge(sentence: str, lines: Sequence[CitedLine], question: str = "") -> Verdict:
    """Whether the lines carry the sentence. A condition that the question has already need not be said again."""
    if not lines:
        return Verdict("no citation")
    sides = [Side.of(line) for line in lines]
    asked = frozenset(token.stem for token in tokens(question) if token.kind == "word")
    whole = tokens(sentence)
    if not content(whole):
        return Verdict("nothing said")
    first: str | None = None
    for n in range(len(sides)):
        fault, free = _alone(whole, n, sides, asked)
        if fault is None:
            return Verdict(None, (n,), free)
        first = first or fault
    if len(sides) == 1:
        return Verdict(first)
    carrying: list[int] = []
    spare = 0
    for clause in _clauses(tokens(_LABEL.sub(" ", sentence))):
        tried = [(_alone(clause, n, sides, asked), n) for n in range(len(sides))]
        good = [(free, n) for (fault, free), n in tried if fault is None]
        if not good:
            return Verdict(tried[0][0][0])
        spare += min(good)[0]
        carrying.append(min(good)[1])
    return Verdict(None, tuple(sorted(set(carrying))), spare)


def _alone(clause: tuple[Token, ...], n: int, sides: Sequence[Side], asked: Collection[str]) -> tuple[str | None, int]:
    """What speaks against line `n` carrying a clause, of which no word may come from another of the lines."""
    side = sides[n]
    for token in content(clause):
        others = [other for m, other in enumerate(sides) if m != n]
        if not stands(token, side.own, side.own_stems) and any(stands(token, o.own, o.own_stems) for o in others):
            return "join", 0
    return _against(clause, side, asked)


def _against(said: tuple[Token, ...], side: Side, asked: Collection[str]) -> tuple[str | None, int]:
    """What speaks against one line carrying this, and how many words are free."""
    if not any(token.kind != "function" and stands(token, side.own, side.own_stems) for token in said):
        return "words", 0
    free = []
    for token in content(said):
        if stands(token, (*side.own, *side.above), side.stems):
            continue
        if token.kind in ("figure", "name"):
            return token.kind, 0
        if opposite().get(token.stem, frozenset()) & side.own_stems:
            return "opposite", 0
        free.append(token)
    if len(free) > FREE * len(content(said)):
        return "words", len(free)
    fault = cue_fault(said, side, asked) or turned(said, side) or bound(said, side) or turned_about(said, side)
    return fault or misordered(said, side) or swapped(said, side), len(free)


def _clauses(said: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    """The clauses, those of fewer than two content words with the one before them, or after."""
    made: list[tuple[Token, ...]] = []
    opens = False  # whether the last one only opens what follows, as "If it rains," does
    for part in parts(said):
        short = len(content(tuple(part))) < 2
        if made and (short or opens or len(content(made[-1])) < 2):
            made[-1] = (*made[-1], *part)
            opens = False
        else:
            made.append(tuple(part))
            opens = len(made) == 1 and part[0].kind == "function" and part[0].text in _OPENERS
    return made
