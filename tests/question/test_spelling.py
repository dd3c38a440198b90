"""Typing errors are mended, words are left alone."""

from __future__ import annotations

import pytest

from assistant.question.spelling import Speller

SPELLER = Speller({"salary": 5, "celery": 1, "challenges": 3, "pay": 9}, is_word={"form", "what"}.__contains__)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("what salery?", "what salary?"),
        ("the chalenegs", "the challenges"),
        ("Salery", "Salary"),
        ("form", "form"),
        ("pai", "pai"),
        ("kubernetes 2015 $5", "kubernetes 2015 $5"),
        ("", ""),
    ],
)
def test_mends_what_no_one_knows(asked: str, read: str) -> None:
    assert SPELLER.correct(asked) == read
