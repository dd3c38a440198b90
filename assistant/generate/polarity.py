"""What a sentence adds to its line, drops of it or puts elsewhere of the words that turn a sentence round."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set

from assistant.generate.cues import CONDITION, EXCLUSIVE, KEPT, NEAR_FIGURES, NEGATION, STRICT, Cue, cues
from assistant.generate.sides import Side, has_all, meet, shared
from assistant.generate.tokens import Token

_NEAR = 3  # tokens between a cue and the figure that it is about, at most
_SCOPE = 2  # content words after a cue that it is about
_MODALS = ("may", "must", "should")
_PLAIN_NEGATIONS = frozenset({"not", "no", "never", "nor"})


def cue_fault(said: tuple[Token, ...], side: Side, asked: Collection[str]) -> str | None:
    """The kind of a cue that the sentence adds, drops or puts elsewhere."""
    ours = cues(token.text for token in said)
    kinds = {cue.kind for cue in ours}
    for cue in ours:
        if cue.kind in NEAR_FIGURES and cue.end - cue.start < 2 and not _near_figure(cue, said):
            continue
        if cue.plain and cue.kind in STRICT and cue.kind not in side.kinds:
            return cue.kind
    for cue in side.cues:
        about = _scope(cue, side.own)
        if cue.kind in NEAR_FIGURES and not _near_figure(cue, side.own):
            continue
        if cue.plain and cue.kind in KEPT and cue.kind not in kinds and about and has_all(about, said):
            return cue.kind
    if fault := _modal_fault({cue.kind for cue in ours if cue.plain}, said, side):
        return fault
    if fault := _governed_fault(ours, said, side):
        return fault
    return _negation_fault(ours, said, side) or _condition_fault(kinds, said, side, asked)


def _modal_fault(kinds: Set[str], said: tuple[Token, ...], side: Side) -> str | None:
    """The modal that is another one's: what may be done said as what must be, or the other way round."""
    theirs, plain = [{m for m in _MODALS if m in found} for found in (side.kinds, side.plain)]
    if theirs and (other := sorted({m for m in _MODALS if m in kinds} - (plain or theirs))):
        return other[0]
    for cue in side.cues:
        about = _scope(cue, side.own)
        if not kinds & set(_MODALS) and cue.plain and cue.kind in ("may", "should") and about and has_all(about, said):
            return cue.kind
    return None


def _governed_fault(ours: Sequence[Cue], said: tuple[Token, ...], side: Side) -> str | None:
    """The modal or the quantity that stands in another one's place, where the line has both."""
    for cue in ours:
        group = next((group for group in EXCLUSIVE if cue.kind in group), None)
        head = _scope(cue, said, n=1)
        if group is None or not cue.plain or not head:
            continue
        theirs = {other.kind for other in side.cues if other.kind in group and meet(head, _scope(other, side.own, n=1))}
        if theirs and cue.kind not in theirs:
            return cue.kind
    return None


def _negation_fault(ours: Sequence[Cue], said: tuple[Token, ...], side: Side) -> str | None:
    """Whether something is denied that the line does not deny, or the other way round."""
    denied = [_denied(cue, said) for cue in ours if cue.kind == NEGATION]
    theirs = [_denied(cue, side.own) for cue in side.cues if cue.kind == NEGATION]
    above = sum(cue.kind == NEGATION for cue in cues(token.text for token in side.lead))
    if len(denied) > len(theirs) + above:
        return NEGATION
    for about in denied:
        if (theirs or not above) and about and not any(not of or meet(about, of) for of in theirs):
            return NEGATION
    needed = 0
    for cue, of in zip((cue for cue in side.cues if cue.kind == NEGATION), theirs, strict=True):
        head = _scope(cue, side.own)
        if head and has_all(head, said):
            needed += 1
            if not any(not about or meet(about, of) for about in denied):
                return NEGATION
    return NEGATION if len(denied) < needed else None


def _denied(cue: Cue, among: Sequence[Token]) -> list[Token]:
    """The content words that a negation is about: one or two after it, and, of the plain ones, the one before it."""
    clause = among[cue.start].clause
    inside = [(m, t) for m, t in enumerate(among) if t.clause == clause and t.kind != "function"]
    after, before = [t for m, t in inside if m >= cue.end], [t for m, t in inside if m < cue.start]
    if among[cue.start].text in _PLAIN_NEGATIONS:
        return [*before[-1:], *after[:2]]
    return after[:1] or before[-1:]


def _condition_fault(kinds: Collection[str], said: tuple[Token, ...], side: Side, asked: Collection[str]) -> str | None:
    """The condition or the exception of a line that was dropped, though what it holds for is said."""
    for cue in side.cues:
        if cue.kind not in (CONDITION, "except") or not cue.plain or {CONDITION, "except"} & set(kinds):
            continue
        clause = side.own[cue.start].clause
        about = [t for t in side.own[cue.end :] if t.kind != "function" and t.clause == clause][:6]
        before = [t for t in side.own[: cue.start] if t.kind != "function"][-4:]
        held = before or [t for t in side.own if t.kind != "function" and t.clause > clause][:4]
        if not about or not held or 2 * shared(held, said) < len(held):
            continue
        if 2 * sum(has_all([t], said) or t.stem in asked for t in about) < len(about):
            return CONDITION
    return None


def _scope(cue: Cue, among: Sequence[Token], n: int = _SCOPE) -> list[Token]:
    """The content words that a cue is about: those that follow it in its clause, or that it ends."""
    clause = among[cue.start].clause
    inside = [(m, t) for m, t in enumerate(among) if t.clause == clause and t.kind != "function"]
    after = [token for m, token in inside if m >= cue.end]
    return after[:n] if after else [token for m, token in inside if m < cue.start][-n:]


def _near_figure(cue: Cue, among: Sequence[Token]) -> bool:
    around = among[max(0, cue.start - _NEAR) : cue.end + _NEAR]
    return any(token.kind == "figure" and token.clause == among[cue.start].clause for token in around)
