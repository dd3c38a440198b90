"""Vectors of questions are encoded once for as long as they are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from assistant.models.cache import KEPT, Remembered
from assistant.testing import HashEncoder
from assistant.types import Vectors

ENCODER = HashEncoder()


class Asked:
    """Encodes, and keeps what it was asked for."""

    def __init__(self) -> None:
        self.one: list[str] = []
        self.several: list[list[str]] = []
        self.remembered = Remembered(self._encode_one, self._encode_several)

    def _encode_one(self, text: str) -> Vectors:
        self.one.append(text)
        vector: Vectors = ENCODER.encode_queries([text])[0]
        return vector

    def _encode_several(self, texts: Sequence[str]) -> Vectors:
        self.several.append([*texts])
        return ENCODER.encode_queries(texts)


def test_a_question_is_encoded_once_and_its_vector_cannot_be_changed() -> None:
    asked = Asked()
    first, second = asked.remembered("median pay"), asked.remembered("median pay")
    assert asked.one == ["median pay"] and np.array_equal(first, second)
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1


def test_what_was_prepared_is_not_encoded_again() -> None:
    asked = Asked()
    asked.remembered.prepare(["a", "b", "a"])
    assert np.array_equal(asked.remembered("b"), ENCODER.encode_queries(["b"])[0])
    assert (asked.one, asked.several) == ([], [["a", "b"]])


def test_only_the_latest_are_kept() -> None:
    asked = Asked()
    asked.remembered.prepare([f"question {n}" for n in range(KEPT + 9)])
    assert len(asked.several[0]) == KEPT
    asked.remembered("another")
    asked.remembered("question 1")
    asked.remembered("question 0")
    assert asked.one == ["another", "question 0"]
