"""A cited line taken apart, and how its tokens are found in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.generate.cues import SCOPES, Cue, cues, same
from assistant.generate.tokens import Token, tokens

_ROOT = 5  # letters that two words of one root share, at least
_ALIKE = 0.7  # and the share of the longer one


@dataclass(frozen=True, slots=True)
class CitedLine:
    """A line as a sentence may rest on it, and what stands above it: title, headings, lead-in, names of columns."""

    text: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A line taken apart."""

    own: tuple[Token, ...]
    above: tuple[Token, ...]
    lead: tuple[Token, ...]  # the last line of what stands above
    cues: tuple[Cue, ...]
    kinds: frozenset[str]  # of cues, of the line and, but for those of scope, above it
    plain: frozenset[str]  # the same without what is too common
    stems: frozenset[str]
    own_stems: frozenset[str]

    @classmethod
    def of(cls, line: CitedLine) -> Side:
        own, above = tokens(line.text), tokens(line.above)
        found = tuple(cues(token.text for token in own))
        counted = [*found, *(cue for cue in cues(token.text for token in above) if cue.kind not in SCOPES)]
        mine = frozenset(token.stem for token in own)
        return cls(
            own,
            above,
            tokens(line.above.rpartition("\n")[2]),
            found,
            frozenset(cue.kind for cue in counted),
            frozenset(cue.kind for cue in counted if cue.plain),
            mine | frozenset(token.stem for token in above),
            mine,
        )


def stands(token: Token, among: Sequence[Token], stems: Collection[str]) -> bool:
    """Whether a token stands among these, as itself or as what says the same."""
    if token.kind == "figure":
        return any(
            token.forms & other.forms and (not token.unit or not other.unit or token.unit == other.unit)
            for other in among
            if other.kind == "figure"
        )
    if token.stem in stems:
        return True
    if token.kind == "name":
        return False
    return bool(same().get(token.stem, frozenset()) & frozenset(stems)) or any(_akin(token.stem, x) for x in stems)


def _akin(one: str, other: str) -> bool:
    """Whether two stems are of one root, as "eligible" and "eligibility"."""
    shared = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return shared >= max(_ROOT, _ALIKE * max(len(one), len(other)))


def means(token: Token, other: Token) -> bool:
    return stands(token, (other,), frozenset({other.stem}))


def meet(ours: Sequence[Token], theirs: Sequence[Token]) -> bool:
    return any(means(one, other) for one in ours for other in theirs)


def has_all(wanted: Sequence[Token], said: Sequence[Token]) -> bool:
    stems = frozenset(token.stem for token in said)
    return all(stands(token, said, stems) for token in wanted)


def has_any(wanted: Sequence[Token], said: Sequence[Token]) -> bool:
    return any(has_all([token], said) for token in wanted)


def shared(soft: Sequence[Token], group: Sequence[Token]) -> int:
    return sum(has_all([token], group) for token in soft)


def parts(said: Sequence[Token]) -> Iterator[list[Token]]:
    for _, group in groupby(said, key=lambda token: token.clause):
        yield list(group)
