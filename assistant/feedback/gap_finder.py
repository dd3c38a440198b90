"""Finds the gaps of the index in force, again and again, without encoding a question twice."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from assistant.feedback.gaps import Gaps, find_gaps

if TYPE_CHECKING:
    from assistant.answer.pipeline import Assistant
    from assistant.feedback.records import Records
    from assistant.types import Vectors


class GapFinder:
    """Finds what was refused or voted down, grouped by the meaning that the index's own encoder gives it.

    A question that was there the time before is not encoded again.
    """

    def __init__(self, records: Records, current: Callable[[], Assistant]) -> None:
        self._records, self._current = records, current
        self._lock = Lock()
        self._index_id = ""
        self._vectors: dict[str, Vectors] = {}

    def __call__(self) -> Gaps:
        with self._lock:
            assistant = self._current()
            known = self._vectors if assistant.index_id == self._index_id else {}
            self._index_id, self._vectors = assistant.index_id, {}

            def encode(question: str) -> Vectors:
                vector = known[question] if question in known else assistant.encode(question)
                self._vectors[question] = vector
                return vector

            return find_gaps(self._records.unanswered(), documents=assistant.documents, encode=encode)
