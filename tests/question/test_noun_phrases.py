"""Noun phrases are told from the verbs and the small words around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question.noun_phrases import joined, phrases, singular


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What is the median salary of a Head of AI?", ["the median salary of a Head of AI"]),
        ("What challenges does the role face?", ["challenges", "the role"]),
        ("How do companies hire people?", ["companies", "people"]),
        ("How does the environmental impact compare?", ["the environmental impact"]),
        ("Does the Head of AI measure the ROI of projects?", ["the Head of AI", "the ROI of projects"]),
        ("Is a Ph.D. preferred?", ["a Ph.D."]),
        ("How should performance be tracked?", ["performance"]),
        ("What causes throat cancer?", ["throat cancer"]),
        ("What IT skills are needed in the US?", ["IT skills", "the US"]),
        ("How large will the world market be in 2034?", ["the world market", "2034"]),
        ("How much can the top 10% of Heads of AI earn?", ["the top 10% of Heads of AI"]),
        ("What is seafloor spreading?", ["seafloor spreading"]),
        ("How has Netflix impacted society?", ["Netflix", "society"]),
        ("Why doesn't it spoil?", []),
        ("", []),
    ],
)
def test_finds_the_noun_phrases(question: str, found: list[str]) -> None:
    assert [one.text for one in joined(question)] == found


def test_links_by_of_can_be_taken_apart() -> None:
    assert [one.text for one in phrases("What is the pay of a Head of AI?")] == ["the pay", "a Head of AI"]


def test_tells_what_a_phrase_is() -> None:
    (pay,) = joined("What is the median pay of nurses?")
    (skills, nurse) = joined("Which skills does a nurse need?")
    assert (pay.head, pay.determiner, pay.plural, pay.asked) == ("pay", "the", False, False)
    assert (skills.asked, skills.plural, skills.person) == (True, True, False)
    assert (nurse.person, nurse.plural, nurse.named, nurse.before) == (True, False, False, "does")


@given(st.text(max_size=200))
def test_a_phrase_can_be_sliced_out(question: str) -> None:
    for one in (*phrases(question), *joined(question)):
        assert question[one.start : one.end] == one.text


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("Heads", "head"),
        ("salaries", "salary"),
        ("boxes", "box"),
        ("bonuses", "bonus"),
        ("houses", "house"),
        ("AI", "ai"),
    ],
)
def test_singular(word: str, one: str) -> None:
    assert singular(word) == one
