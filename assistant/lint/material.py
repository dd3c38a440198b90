"""All that is looked through: the documents of a corpus, side by side as answers see them, and what its files hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath

from assistant.answer.library import Library
from assistant.answer.overlap import TermOverlap
from assistant.documents.citations import page, section_path
from assistant.documents.corpus import Entry
from assistant.documents.outline import Outline
from assistant.lint.findings import Place
from assistant.lint.marked import Marks
from assistant.types import Document, Passage

_SHOWN = 160  # characters of a text that a place shows
_LINED = (".txt", ".text", ".md", ".markdown")  # files whose lines are those of their document


@dataclass(frozen=True, slots=True)
class Material:
    """Documents, passages and files, and what answers know of them."""

    documents: Mapping[str, Document]
    passages: Sequence[Passage]
    library: Library
    outlines: Mapping[str, Outline]
    overlap: TermOverlap
    today: date
    entries: Sequence[Entry] = ()  # what became of the files
    files: frozenset[str] = frozenset()  # all that lies in the folder, by path; empty where that is not known
    marks: Mapping[str, Marks] = field(default_factory=dict)  # of the files that were read, by document
    search_passages: int = 12  # how many passages a question finds

    def place(self, document_id: str, start: int, end: int) -> Place:
        """Where a span of a document stands in its file."""
        document = self.documents[document_id]
        text = " ".join(document.text[start:end].split())
        line = None
        if PurePosixPath(document.source).suffix.lower() in _LINED:
            before = self.marks[document_id].before if document_id in self.marks else 0
            line = before + document.text.count("\n", 0, start) + 1
        return Place(
            document_id,
            line,
            page(document, start),
            section_path(document, start, max(start + 1, end)),
            text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…",
        )

    def line(self, document_id: str, n: int) -> Place:
        """Where line `n` of a document stands."""
        line = self.documents[document_id].lines[n]
        return self.place(document_id, line.start, line.end)

    def copies(self) -> frozenset[str]:
        """The documents for which another stands."""
        return frozenset(id for others in self.library.copies.values() for id in others)

    def passed_over(self) -> Mapping[str, frozenset[int]]:
        """The rows of passages of versions not in force, which are searched only where it is asked for."""
        versions = self.library.versions
        found: dict[str, frozenset[int]] = {}
        for family in versions.families():
            found |= versions.passed_over(family, self.today)[1]
        return found

    def own_rows(self, document_id: str) -> Iterable[int]:
        """The rows of a document's passages."""
        return (row for row, passage in enumerate(self.passages) if passage.document_id == document_id)
