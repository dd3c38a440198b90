"""Looks through a corpus for everything that is amiss."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from assistant.lint import contradictions, dead_links, hidden_text, nameless, near_copies, superseded, unreachable
from assistant.lint.findings import KINDS, Finding, Kind, ordered
from assistant.lint.material import Material

FINDERS: Mapping[Kind, Callable[[Material], Iterator[Finding]]] = {
    "contradiction": contradictions.find,
    "near-copy": near_copies.find,
    "superseded": superseded.find,
    "unreachable": unreachable.find,
    "no-title": nameless.without_title,
    "no-text": nameless.without_text,
    "link": dead_links.find,
    "hidden": hidden_text.find,
}


def lint(
    material: Material,
    *,
    kinds: Collection[Kind] = KINDS,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> list[Finding]:
    """What is amiss, of these kinds, in order. `progress` is told the stage, how much of it is done, of how much."""
    wanted = [kind for kind in KINDS if kind in kinds]
    found: list[Finding] = []
    for n, kind in enumerate(wanted):
        progress("look for what is amiss", n, len(wanted))
        found += FINDERS[kind](material)
    progress("look for what is amiss", len(wanted), len(wanted))
    return ordered(found)
