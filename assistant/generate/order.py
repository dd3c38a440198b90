"""What has changed places: figures, names, the two sides of a word, a word and its opposite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, pairwise

from assistant.generate.cues import opposite
from assistant.generate.sides import Side, has_all, has_any, meet, parts, shared
from assistant.generate.tokens import CALENDAR, Token

_BESIDE = 2  # content words on each side of one that may change places
_MANY = 3  # words that show whether a sentence keeps the order of its line
_SAME_ORDER = 0.9  # the share of their pairs that then stand in it


def turned(said: tuple[Token, ...], side: Side) -> str | None:
    """Whether a word was put in place of its opposite: "under 16" for "over 16"."""
    for n, token in enumerate(said):
        others = opposite().get(token.stem)
        if not others:
            continue
        ours = _beside(said, n)
        places = [(m, other) for m, other in enumerate(side.own) if other.stem in others or other.stem == token.stem]
        near = {other.stem for m, other in places if meet(ours, _beside(side.own, m))}
        if near & others and token.stem not in near:
            return "opposite"
    return None


def _beside(among: Sequence[Token], n: int) -> list[Token]:
    """The content word after one, and that before it where it is the last of its clause."""
    after = [t for t in among[n + 1 : n + 4] if t.kind != "function" and t.clause == among[n].clause][:1]
    return after or [t for t in among[max(0, n - 3) : n] if t.kind != "function"][-1:]


def misordered(said: tuple[Token, ...], side: Side) -> str | None:
    """Whether the words of a name stand in another order."""
    for one, other in pairwise(said):
        if "name" not in (one.kind, other.kind) or "figure" in (one.kind, other.kind) or one.stem == other.stem:
            continue
        if one.text in CALENDAR or other.text in CALENDAR or "function" in (one.kind, other.kind):
            continue
        pairs = [
            (a.stem, b.stem) for n, a in enumerate(side.own) for b in side.own[n + 1 : n + 4] if a.clause == b.clause
        ]
        if one.clause == other.clause and (other.stem, one.stem) in pairs and (one.stem, other.stem) not in pairs:
            return "order"
    return None


def swapped(said: tuple[Token, ...], side: Side) -> str | None:
    """Whether two figures or two names have changed places in a sentence that otherwise keeps the line's order."""
    places = {token.stem: n for n, token in enumerate(side.own)}
    once = Counter(token.stem for token in side.own)
    known = [token for token in said if token.kind != "function" and once[token.stem] == 1]
    soft = [places[token.stem] for token in known if token.kind == "word"]
    pairs = list(combinations(soft, 2))
    if len(soft) < _MANY or sum(a < b for a, b in pairs) < _SAME_ORDER * len(pairs):
        return None
    for kind in ("figure", "name"):
        hard = [places[token.stem] for token in known if token.kind == kind and token.text not in CALENDAR]
        if any(a > b for a, b in combinations(hard, 2)):
            return f"swapped {kind}s"
    return None


def bound(said: tuple[Token, ...], side: Side) -> str | None:
    """Whether a figure or a name stands with other words than in the line, where that has several."""
    theirs = [list(group) for _, group in groupby(side.own, key=lambda token: token.clause)]
    for kind in ("figure", "name"):
        holding = [group for group in theirs if any(token.kind == kind for token in group)]
        if len(holding) < 2:
            continue
        for clause in parts(said):
            hard = [token for token in clause if token.kind == kind]
            soft = [token for token in clause if token.kind not in (kind, "function")]
            for token in hard:
                own = [shared(soft, group) for group in holding if has_all([token], group)]
                others = [shared(soft, group) for group in holding if not has_any(hard, group)]
                if own and others and max(others) > max(own):
                    return f"join of {kind}s"
    return None


def turned_about(said: tuple[Token, ...], side: Side) -> str | None:
    """Whether what stands on both sides of a word has changed places: "A reports to B" and "B reports to A"."""
    theirs = list(_between(side.own))
    for before, pivot, after in _between(said):
        places = [(b, a) for b, p, a in theirs if p == pivot]
        if any(meet(before, b) or meet(after, a) for b, a in places):
            continue
        if any(meet(before, a) and meet(after, b) for b, a in places):
            return "direction"
    return None


def _between(among: Sequence[Token]) -> Iterator[tuple[list[Token], str, list[Token]]]:
    """Each word with the content words of its clause just before and just after it."""
    for n, token in enumerate(among):
        inside = [(m, t) for m, t in enumerate(among) if t.kind != "function" and t.clause == token.clause]
        before = [t for m, t in inside if m < n][-_BESIDE:]
        after = [t for m, t in inside if m > n][:_BESIDE]
        if before and after and token.kind in ("word", "function"):
            yield before, token.stem, after
