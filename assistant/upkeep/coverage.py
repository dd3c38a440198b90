"""What a set of questions reaches: the documents and the sections that answers cite, and those that none does."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.types import Document, Section
from assistant.wire import OutcomeBody


@dataclass(frozen=True, slots=True)
class Missed:
    """A section that no answer cites, nor one below it."""

    document_id: str
    path: tuple[str, ...]
    start: int  # where it begins in the document's text
    near: bool  # whether a refusal shows it among what came closest


@dataclass(frozen=True, slots=True)
class Refused:
    """A question without an answer."""

    question: str
    status: str  # refused, or error where it could not be asked
    reason: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the answers to a set of questions cite."""

    questions: int
    cited: Mapping[str, int]  # answers that cite each document, for all documents
    sections: int  # that hold text, of all documents
    missed: tuple[Missed, ...]  # of documents that are cited; the outermost ones, in the order of the text
    refused: tuple[Refused, ...]

    @property
    def never(self) -> tuple[str, ...]:
        """The documents that no answer cites."""
        return tuple(id for id, n in self.cited.items() if not n)


def coverage(bodies: Iterable[OutcomeBody], documents: Mapping[str, Document]) -> Coverage:
    """What these answers cite of the documents."""
    cited = dict.fromkeys(documents, 0)
    places: dict[str, set[int]] = defaultdict(set)
    near: dict[str, set[int]] = defaultdict(set)
    refused: list[Refused] = []
    asked = 0
    for body in bodies:
        if body.status == "skipped":
            continue
        asked += 1
        if body.status != "answered":
            refused.append(Refused(body.question, body.status, body.reason, body.message))
        for citation in body.citations:
            places[citation.document_id].add(citation.start_char_index)
        for citation in body.closest:
            near[citation.document_id].add(citation.start_char_index)
        for id, _ in Counter({citation.document_id for citation in body.citations}).items():
            if id in cited:
                cited[id] += 1
    missed = [
        Missed(id, section.path, section.start, _holds(section, near[id]))
        for id, document in documents.items()
        if cited[id]
        for section in _outermost([one for one in _filled(document) if not _holds(one, places[id])])
    ]
    sections = sum(len(_filled(document)) for document in documents.values())
    return Coverage(asked, cited, sections, tuple(missed), tuple(refused))


def _filled(document: Document) -> list[Section]:
    """The sections that hold text, in themselves or below."""
    starts = [line.start for line in document.lines if line.kind != "heading"]
    return [section for section in document.sections if any(section.start <= at < section.end for at in starts)]


def _holds(section: Section, places: Iterable[int]) -> bool:
    return any(section.start <= at < section.end for at in places)


def _outermost(sections: Iterable[Section]) -> list[Section]:
    """Those that do not lie in another of them."""
    kept: list[Section] = []
    for section in sorted(sections, key=lambda one: (one.start, -one.end)):
        if not kept or section.start >= kept[-1].end:
            kept.append(section)
    return kept
