"""Texts found by the words that they share with a query: BM25, built by bm25s and searched with numpy."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, pairwise
from math import log
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexDamaged
from assistant.question.stems import terms

K1, B = 1.2, 0.75
_PARTS, _TEXTS = ("starts", "rows", "scores"), ("texts", "ends")


class Bm25Lexicon:
    """BM25 over stems. A search changes nothing, so threads may share it."""

    def __init__(
        self,
        texts: Sequence[str],
        *,
        more: Callable[[Sequence[str]], Sequence[str]] = lambda stems: stems,
        known: Callable[[int], Sequence[str] | None] = lambda row: None,
        k1: float = K1,
        b: float = B,
    ) -> None:
        """Holds one row a text. `more` gives the stems of a text together with those by which it is found, too.

        `known` gives what that comes to for a row, where it is known already.
        """
        import bm25s  # here, because it brings scipy, which serving can do without

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it turns its own debugging on

        stems = [more(terms(text)) if (held := known(row)) is None else held for row, text in enumerate(texts)]
        self._words = sorted({stem for row in stems for stem in row})
        self._columns = {word: column for column, word in enumerate(self._words)}
        self._size = len(texts)
        self._starts = np.zeros(1, np.int64)
        self._rows, self._scores = np.empty(0, np.int32), np.empty(0, np.float32)
        ids = [[self._columns[stem] for stem in row] for row in stems]
        self._texts: tuple[NDArray[np.int32], NDArray[np.int64]] | None = (  # the columns of all texts, and their ends
            np.fromiter(chain.from_iterable(ids), np.int32),
            np.cumsum([len(row) for row in ids], dtype=np.int64),
        )
        if self._words:
            built = bm25s.BM25(method="lucene", k1=k1, b=b)
            built.index((ids, dict(self._columns)), create_empty_token=False, show_progress=False)
            self._starts = built.scores["indptr"].astype(np.int64)
            self._rows = built.scores["indices"].astype(np.int32)
            self._scores = built.scores["data"].astype(np.float32)

    @classmethod
    def load(cls, path: Path) -> Bm25Lexicon:
        """The lexicon that was saved there."""
        lexicon = cls.__new__(cls)
        lexicon._texts = None  # which only building asks for
        try:
            saved = json.loads((path / "words.json").read_bytes())
            lexicon._words, lexicon._size = saved["words"], saved["texts"]
            lexicon._starts, lexicon._rows, lexicon._scores = (
                np.load(path / f"{part}.npy", allow_pickle=False) for part in _PARTS
            )
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"{path} cannot be read: run `assistant index` to build it again") from error
        lexicon._columns = {word: column for column, word in enumerate(lexicon._words)}
        return lexicon

    def save(self, path: Path) -> None:
        """Writes the folder `path`."""
        path.mkdir()
        saved = json.dumps({"texts": self._size, "words": self._words}, ensure_ascii=False)
        (path / "words.json").write_bytes(saved.encode("utf-8", "surrogatepass"))
        parts: list[NDArray[Any]] = [self._starts, self._rows, self._scores, *(self._texts or ())]
        for part, values in zip((*_PARTS, *_TEXTS), parts, strict=False):
            np.save(path / f"{part}.npy", values, allow_pickle=False)

    def stems(self, path: Path) -> list[list[str]]:
        """The stems of each text, from the folder that this was loaded from."""
        try:
            columns, ends = (np.load(path / f"{part}.npy", allow_pickle=False) for part in _TEXTS)
        except (OSError, EOFError, ValueError) as error:
            raise IndexDamaged(f"{path} cannot be read: run `assistant index` to build it again") from error
        found = [self._words[column] for column in columns.tolist()]
        return [found[start:end] for start, end in pairwise([0, *ends.tolist()])]

    def __len__(self) -> int:
        return self._size

    @property
    def vocabulary(self) -> Mapping[str, int]:
        """Each stem and how many of the texts hold it."""
        return dict(zip(self._words, np.diff(self._starts).tolist(), strict=True))

    def idf(self, word: str) -> float:
        """How rare a stem is: 0 for one that stands in every text, the more the rarer; unknown ones are rarest."""
        column = self._columns.get(word)
        held = 0 if column is None else int(self._starts[column + 1] - self._starts[column])
        return log(1 + (self._size - held + 0.5) / (held + 0.5))

    def rows(self, word: str) -> list[int]:
        """The rows of the texts that hold a stem."""
        column = self._columns.get(word)
        return [] if column is None else self._rows[self._starts[column] : self._starts[column + 1]].tolist()

    def search(self, query: str, k: int, *, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The best `k` rows with a score above 0, as (row, score), best first; of equal scores the lower row first."""
        scores = np.zeros(self._size, np.float32)
        for word in terms(query):
            column = self._columns.get(word)
            if column is not None:
                span = slice(self._starts[column], self._starts[column + 1])
                scores[self._rows[span]] += self._scores[span]
        if rows is not None:
            scores = _only(scores, rows)
        best = np.argsort(-scores, kind="stable")[: max(0, k)]
        return [(int(row), float(scores[row])) for row in best if scores[row] > 0]


def _only(scores: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
    kept = np.zeros_like(scores)
    chosen = np.asarray(rows, np.int64)
    kept[chosen] = scores[chosen]
    return kept
