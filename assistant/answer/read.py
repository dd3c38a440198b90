"""Which passages a reader is given to read, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from assistant.types import Hit, Passage, RankedLine, Reader, ReadPassage, ScoredLine


def read(
    reader: Reader,
    question: str,
    passages: Sequence[Passage],
    *,
    k: int,
    check: Callable[[], None] = lambda: None,
) -> list[ReadPassage]:
    """What the reader says of the first `k` passages. `check` is called before each, and may raise."""
    found = []
    for passage in passages[:k]:
        check()
        found.append(reader.read(question, passage))
    return found


def by_lines(
    hits: Sequence[Hit],
    ranked: Sequence[RankedLine],
    holding: Callable[[Passage], range],
    *,
    named: Container[str] = frozenset(),
    ahead: float = 0.0,
) -> list[Passage]:
    """The passages of a search in the order of their best lines; those that have none last.

    `holding` gives the lines of a passage. Lines of the documents `named` come `ahead` by so much.
    """
    lines = [(hit.passage, holding(hit.passage)) for hit in hits]
    best: dict[int, float] = {}
    for line in ranked:
        for n, (passage, inside) in enumerate(lines):
            if passage.document_id == line.document_id and line.line in inside:
                best.setdefault(n, line.score + (ahead if line.document_id in named else 0.0))
    order = sorted(range(len(hits)), key=lambda n: (-best.get(n, float("-inf")), n))
    return [hits[n].passage for n in order]


def unread(passage: Passage, lines: range) -> ReadPassage:
    """A passage that no reader reads: nothing speaks for or against any of its lines."""
    return ReadPassage(passage, tuple(ScoredLine(passage.document_id, n, 0.0) for n in lines), 0.0)
