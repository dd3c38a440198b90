from __future__ import annotations

import pytest

from assistant.pinned.differences import Asked, difference

APART = [
    ("figure", "Do children under 12 pay?", "Do children under 6 pay?"),
    ("figure", "What was the pay rise in 2023?", "What was the pay rise in 2024?"),
    ("figure", "Can I stay three nights?", "Can I stay for a night?"),
    ("name", "Is the York office open?", "Is the Leeds office open?"),
    ("name", "is the york office open?", "Is the Leeds office open?"),
    ("name", "What does the lunch in Selby cost?", "What does the lunch cost?"),
    ("day", "Are you open on Sundays?", "Are you open on Saturdays?"),
    ("day", "When does it open on weekends?", "When does it open on weekdays?"),
    ("negation", "Which costs can I not claim?", "Which costs can I claim?"),
    ("negation", "How many unpaid days do I get?", "How many days do I get?"),
    ("opposite", "When does the pool close?", "When does the pool open?"),
    ("opposite", "Who lost the cup?", "Who won the cup?"),
    ("ending", "How do I cancel an appointment?", "How do I make an appointment?"),
    ("ending", "Is the chain oiled too often?", "Is the chain oiled?"),
    ("preposition", "What can I eat before the operation?", "What can I eat after the operation?"),
    ("preposition", "Do you ship from Norway?", "Do you ship to Norway?"),
    ("particle", "When is the check-out?", "When is the check-in?"),
    ("particle", "What was the downtime?", "What was the uptime?"),
    ("why", "Why are dogs allowed?", "Are dogs allowed?"),
    ("asks", "How long is my data stored?", "Where is my data stored?"),
]
ALIKE = [
    ("What was the rise in 2024?", "By how much did pay rise in 2024?"),
    ("Is there treatment on Saturdays and Sundays?", "Do you treat on weekends?"),
    ("What time does it open Monday to Friday?", "When does it open on weekdays?"),
    ("Do I get a bonus at xmas?", "Do we get a Christmas bonus?"),
    ("Who is our DPO?", "Who is the data protection officer?"),
    ("I can't remember my password. How do I get a new one?", "How do I reset my password?"),
    ("WHERE CAN I PARK MY BIKE?", "Where can I park my bicycle?"),
    ("What's the wifi password?", "What is the Wi-Fi password?"),
    ("How many days is the trial?", "How long is the trial?"),
]


@pytest.mark.parametrize(("kind", "asked", "pinned"), APART)
def test_tells_questions_apart_that_differ_in_what_matters(kind: str, asked: str, pinned: str) -> None:
    assert difference(Asked.of(asked), Asked.of(pinned)) == kind


@pytest.mark.parametrize(("asked", "pinned"), ALIKE)
def test_finds_no_difference_in_other_words_for_the_same(asked: str, pinned: str) -> None:
    assert difference(Asked.of(asked), Asked.of(pinned)) is None


def test_takes_a_word_for_a_name_that_is_one_elsewhere() -> None:
    asked, pinned = "York opening hours?", "Leeds opening hours?"
    assert difference(Asked.of(asked), Asked.of(pinned)) is None
    assert difference(Asked.of(asked, known=("leeds",)), Asked.of(pinned, known=("leeds",))) == "name"
