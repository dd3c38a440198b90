"""What is known of the documents side by side: which of them a question names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.documents.names import names_of
from assistant.question.subject import Naming, Subjects
from assistant.types import Document, Passage

NAMED = 0.25  # how much further up a passage of a named document comes in a search, whose best has 1
NAMED_LINE = 0.1  # and its lines, when it is chosen what is read


@dataclass(frozen=True, slots=True)
class Sought:
    """Where the answer to a question is looked for."""

    named: tuple[Naming, ...]
    rows: tuple[int, ...]  # of the passages of the documents that are named

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(naming.document_id for naming in self.named)


class Library:
    """Knows the documents of an index side by side. Never changes, so threads may share it."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        passages: Sequence[Passage],
        *,
        holding: Callable[[str], Sequence[int]] = lambda stem: (),
    ) -> None:
        """`holding` gives the rows of the passages that hold a stem."""
        self._rows: dict[str, list[int]] = {id: [] for id in documents}
        for row, passage in enumerate(passages):
            self._rows[passage.document_id].append(row)

        @lru_cache(maxsize=10_000)
        def spread(stem: str) -> int:
            return len({passages[row].document_id for row in holding(stem)})

        self.subjects = Subjects({id: names_of(document) for id, document in documents.items()}, spread=spread)

    def seek(self, question: str) -> Sought:
        """Where the answer to a question is looked for."""
        named = self.subjects.named(question)
        return Sought(named, tuple(row for naming in named for row in self._rows[naming.document_id]))
