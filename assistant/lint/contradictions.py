"""Documents in force that give different values for the same thing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from assistant.answer.conflicts import contradict
from assistant.documents.editions import trust
from assistant.lint.findings import Finding
from assistant.lint.material import Material
from assistant.question.parse import content_words
from assistant.question.stems import words
from assistant.types import ScoredLine

ALIKE = 0.5  # the share of their words, figures aside, from which on two lines are compared
SAID = 0.75  # how much of what one says the other must deal with, itself or by what stands above it
ALONE = 4  # words of a line that tells by itself what it speaks of
_VALUE = re.compile(r"\d|['’]s\s")
_SAYING = ("item", "sentence", "row")


@dataclass(frozen=True, slots=True)
class _Said:
    """A line that gives a value, with its words, figures aside, the rarest first."""

    document_id: str
    line: int
    words: tuple[str, ...]


def find(material: Material) -> Iterator[Finding]:
    """Lines of two documents of one subject that differ in their values, all that contradict one line together."""
    said = _lines(material)
    against: dict[int, list[int]] = defaultdict(list)
    for one, other in _alike(said):
        if _contradict(said[one], said[other], material):
            against[one].append(other)
    told: set[int] = set()
    for one, others in sorted(against.items()):
        fresh = [other for other in others if (one not in told or other not in told)]
        if not fresh:
            continue
        told |= {one, *fresh}
        place = material.line(said[one].document_id, said[one].line)
        places = tuple(material.line(said[n].document_id, said[n].line) for n in fresh)
        files = ", ".join(dict.fromkeys(other.file for other in places))
        yield Finding("contradiction", place, f"says something else than {files}", places)


def _lines(material: Material) -> list[_Said]:
    """The lines in force that may give a value."""
    aside, copies = material.passed_over(), material.copies()
    found = []
    for id, document in material.documents.items():
        if id in copies:
            continue
        hidden = [(material.passages[row].start, material.passages[row].end) for row in aside.get(id, ())]
        for n, line in enumerate(document.lines):
            text = document.text[line.start : line.end]
            if line.kind in _SAYING and _VALUE.search(text) and not any(a <= line.start < b for a, b in hidden):
                found.append(_Said(id, n, tuple(dict.fromkeys(w for w in words(text) if not w[0].isdigit()))))
    counts = Counter(word for one in found for word in one.words)
    rarest = [sorted(one.words, key=lambda word: (counts[word], word)) for one in found]
    return [_Said(one.document_id, one.line, tuple(some)) for one, some in zip(found, rarest, strict=True)]


def _alike(said: list[_Said]) -> Iterator[tuple[int, int]]:
    """Pairs of lines of different documents with enough words in common: they share one of their rarest."""
    having: dict[str, list[int]] = defaultdict(list)
    for n, one in enumerate(said):
        first = one.words[: len(one.words) - ceil(ALIKE * len(one.words)) + 1]
        own = set(one.words)
        for m in dict.fromkeys(m for word in first for m in having[word]):
            other = said[m]
            if other.document_id == one.document_id:
                continue
            shared = len(own.intersection(other.words))
            if shared >= ALIKE * (len(own) + len(other.words) - shared):
                yield m, n
        for word in first:
            having[word].append(n)


def _contradict(one: _Said, other: _Said, material: Material) -> bool:
    documents, library = material.documents, material.library
    pair = one.document_id, other.document_id
    same = library.versions.same(*pair) or library.nearly_copies(*pair)
    if not same and library.outlined_alike(*pair):
        return False
    if trust(documents[one.document_id]) != trust(documents[other.document_id]):
        return False
    if not (_deals_with(one, other, material) and _deals_with(other, one, material)):
        return False
    if min(len(one.words), len(other.words)) < ALONE and not _below_alike(one, other, material):
        return False
    lines = [ScoredLine(line.document_id, line.line, 0.0) for line in (one, other)]
    return contradict(lines[0], lines[1], library, material.outlines, material.overlap)


def _deals_with(one: _Said, other: _Said, material: Material) -> bool:
    """Whether a line deals with what another says, by its own words or by what stands above it."""
    asked = _weighed(one, material)
    covered = material.overlap.covered(asked, material.outlines[other.document_id], other.line)
    return sum(asked[word] for word in covered) >= SAID


def _weighed(said: _Said, material: Material) -> Mapping[str, float]:
    text = material.outlines[said.document_id].text(said.line)
    return material.overlap.weigh(re.sub(r"\S*\d\S*", " ", text))


def _below_alike(one: _Said, other: _Said, material: Material) -> bool:
    """Whether two short lines stand under headings that say the same."""
    paths = [material.documents[said.document_id].lines[said.line].section_path for said in (one, other)]
    heads = [set(content_words(path[-1])) if path else set() for path in paths]
    return heads[0] == heads[1]
