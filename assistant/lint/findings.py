"""What a look through a corpus finds, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "contradiction", "near-copy", "superseded", "unreachable", "no-title", "no-text", "link", "hidden"
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. A line counts from 1 in the file; it is None where the format has none."""

    file: str  # its path below the corpus folder
    line: int | None = None
    page: int | None = None
    section: tuple[str, ...] = ()
    text: str = ""  # what stands there


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is amiss."""

    kind: Kind
    place: Place
    message: str  # in words, without the place
    others: tuple[Place, ...] = ()  # the places that it is amiss together with
    likeness: float | None = None  # of near-copies, from 0 to 1


def ordered(findings: Sequence[Finding]) -> list[Finding]:
    """The findings by kind, then by file and line."""
    return sorted(
        findings,
        key=lambda one: (KINDS.index(one.kind), one.place.file, one.place.line or 0, one.message),
    )
