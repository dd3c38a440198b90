"""The seam to an operator's own answers, which come before those from the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.documents.outline import Outline
from assistant.types import Answer, Document, Filters, Passage


class Board(Protocol):
    """Answers of an operator's own, with the document that they stand in."""

    @property
    def documents(self) -> Mapping[str, Document]: ...

    @property
    def outlines(self) -> Mapping[str, Outline]: ...

    @property
    def passages(self) -> Sequence[Passage]: ...

    @property
    def fingerprint(self) -> str: ...

    def state(self) -> str: ...

    def answer(self, questions: Sequence[str], index_id: str, filters: Filters = Filters()) -> Answer | None: ...
