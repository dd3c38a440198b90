"""The seam between an index and all that works with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.question.acronyms import Known
from assistant.types import Document, Filters, Json, Passage, Vectors

Ranking = Sequence[tuple[int, float]]
"""Rows with their scores, best first; of equal scores the lower row first."""


class Collection(Protocol):
    """An opened index: all that is asked of one. It says the same for as long as it is open, and threads may share it.

    A row is the position of a passage among `passages`.
    """

    @property
    def id(self) -> str:
        """A hash of all that decides what it holds."""
        ...

    @property
    def documents(self) -> Mapping[str, Document]:
        """By id, in the order of their ids."""
        ...

    @property
    def passages(self) -> Sequence[Passage]:
        """In the order of their documents, and of their text."""
        ...

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """The words and codes of the texts as written, with how often each occurs."""
        ...

    @property
    def acronyms(self) -> Known: ...

    @property
    def encoder_name(self) -> str: ...

    @property
    def encoder_fingerprint(self) -> str: ...

    @property
    def settings(self) -> Mapping[str, Json]:
        """Those that what it holds depends on."""
        ...

    def matching(self, filters: Filters) -> list[int]:
        """The rows that every filter lets through, in order."""
        ...

    def dense(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> Ranking:
        """The best `k` rows for a vector of shape (dim,), by inner product; only of `rows` if given."""
        ...

    def lexical(self, query: str, k: int, *, rows: Sequence[int] | None = None) -> Ranking:
        """The best `k` rows with a score above 0, by the words of a query (BM25); only of `rows` if given."""
        ...

    def rarity(self, stem: str) -> float:
        """How rare a stem is in the passages: near 0 for one that stands in all of them, unknown ones are rarest."""
        ...

    def holding(self, stem: str) -> Sequence[int]:
        """The rows of the passages that hold a stem, in order."""
        ...

    def lines(self, places: Sequence[tuple[str, int]]) -> Vectors:
        """The vectors of lines, each by its document and its position there; unit rows of shape (places, dim)."""
        ...

    def part(self, ids: frozenset[str]) -> Collection:
        """These documents alone: no weight, word or acronym of it comes from another document."""
        ...
