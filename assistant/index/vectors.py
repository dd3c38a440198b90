"""Vectors found by inner product, in FAISS."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np

from assistant.errors import IndexDamaged, IndexMismatch
from assistant.types import Vectors


class FaissStore:
    """Exact search over unit vectors. A search changes nothing, so threads may share it."""

    def __init__(self, vectors: Vectors) -> None:
        """Holds the rows of `vectors`, float32 of shape (n, dim)."""
        self._index: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    @classmethod
    def load(cls, path: Path) -> FaissStore:
        """The store that was saved there."""
        try:
            index = faiss.read_index(str(path))
        except RuntimeError as error:
            raise IndexDamaged(f"{path} cannot be read: run `assistant index` to build it again") from error
        store = cls.__new__(cls)
        store._index = index
        return store

    def save(self, path: Path) -> None:
        path.write_bytes(faiss.serialize_index(self._index).data)  # FAISS's own writing hides why it fails

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def vectors(self) -> Vectors:
        """All rows, of shape (n, dim)."""
        found: Vectors = self._index.reconstruct_n(0, len(self))
        return found

    def search(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The best `k` rows, as (row, score), best first; of equal scores the lower row first."""
        if query.shape != (self._index.d,):  # FAISS would only assert
            raise IndexMismatch(
                f"the vector of a question has shape {query.shape}, those of the index have dimension {self._index.d}: "
                f"build the index again with this encoder"
            )
        among = len(self) if rows is None else len(set(rows))
        if k < 1 or not among:
            return []
        params = None
        if rows is not None:
            selector = faiss.IDSelectorBatch(np.asarray(rows, np.int64))
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # faiss types the C++ class only
        wanted = min(k, among)
        while True:
            fetched = min(wanted + 1, among)
            scores, found = self._index.search(query[None].astype(np.float32), fetched, params=params)
            hits = [(int(r), float(s)) for r, s in zip(found[0], scores[0], strict=True) if r >= 0]  # -1 is padding
            # FAISS keeps any of the rows that tie at the end, so go on until the tie is whole.
            if fetched == among or len(hits) < fetched or hits[-1][1] < hits[min(k, len(hits)) - 1][1]:
                return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[:k]
            wanted = min(wanted * 2, among)
