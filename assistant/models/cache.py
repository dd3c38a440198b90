"""Vectors of questions, kept for as long as they are likely to be wanted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

from assistant.types import Vectors

KEPT = 64  # vectors


class Remembered:
    """A question to its unit vector of shape (dim,), which nobody may change. Threads may share it."""

    def __init__(self, one: Callable[[str], Vectors], several: Callable[[Sequence[str]], Vectors]) -> None:
        """`one` encodes a question, `several` encodes many in less time."""
        self._one = one
        self._several = several
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

    def __call__(self, question: str) -> Vectors:
        with self._lock:
            if question in self._known:
                self._known.move_to_end(question)
                return self._known[question]
        return self._keep(question, self._one(question))

    def prepare(self, questions: Sequence[str]) -> None:
        """Encodes some questions, at most `KEPT`, before they are asked."""
        wanted = list(dict.fromkeys(questions))[:KEPT]
        for question, vector in zip(wanted, self._several(wanted), strict=True):
            self._keep(question, vector.copy())

    def _keep(self, question: str, vector: Vectors) -> Vectors:
        vector.flags.writeable = False
        with self._lock:
            self._known[question] = vector
            self._known.move_to_end(question)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return vector
