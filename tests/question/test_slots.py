"""A part of a question is filled anew by what is of its kind, and by nothing else."""

from __future__ import annotations

import pytest

from assistant.question.slots import anything, fill

PAY = "What is the median pay of a nurse in Utah in 2023?"


@pytest.mark.parametrize(
    ("new", "made"),
    [
        ("a dentist", "What is the median pay of a dentist in Utah in 2023?"),
        ("in Ohio", "What is the median pay of a nurse in Ohio in 2023?"),
        ("2024", "What is the median pay of a nurse in Utah in 2024?"),
        ("the lowest", "What is the lowest pay of a nurse in Utah in 2023?"),
        ("the fee", "What is the fee of a nurse in Utah in 2023?"),
        ("the pay of a judge", "What is the pay of a judge in Utah in 2023?"),
    ],
)
def test_like_takes_the_place_of_like(new: str, made: str) -> None:
    assert fill(PAY, new) == made


def test_the_verb_follows_the_number() -> None:
    assert fill("What are the strategic challenges?", "the salary") == "What is the salary?"
    assert fill("What is the salary?", "the challenges") == "What are the challenges?"


def test_what_has_no_place_is_asked_of_the_same_subject() -> None:
    assert fill("Which skills does a nurse need?", "the salary") == "What is the salary of a nurse?"
    assert fill("Which skills does the role need?", "the salary") == "What is the salary?"
    assert fill("Which skills does a nurse need?", "on Sundays") == "Which skills does a nurse need on Sundays?"


def test_a_long_statement_has_no_place() -> None:
    assert fill("I have been waiting here for a very long time and nobody came", "the median") is None


def test_anything_needs_someone() -> None:
    assert anything("Which skills does a nurse need?", "vaccines") == "Is there anything about vaccines for a nurse?"
    assert anything("Which skills are needed?", "vaccines") is None
