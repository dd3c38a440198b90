"""What a question asks of an order is told from what only sounds like it."""

from __future__ import annotations

import pytest

from assistant.question.relations import Adjacent, Most, Nth, Relation, relation


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What is step 3 of changing the filter?", Nth(3)),
        ("step two of the cleaning", Nth(2)),
        ("What is the last step of changing the filter?", Nth(-1)),
        ("what's the very first thing on day 3?", Nth(1)),
        ("third step in the workshop", Nth(3)),
        ("What is the 12th item?", Nth(12)),
        ("What do I do after lifting the old cartridge out?", Adjacent(1, "lifting the old cartridge out")),
        ("What comes before inserting the new cartridge?", Adjacent(-1, "inserting the new cartridge")),
        ("What should be done once the gauge shows zero?", Adjacent(1, "the gauge shows zero")),
        ("Which step comes right after breaking the glass?", Adjacent(1, "breaking the glass")),
        ("Which plan is the cheapest?", Most(False, ("money",))),
        ("Which river is the longest?", Most(True, ("length", "time"))),
        ("Which store opened last?", Most(True, ("year",))),
    ],
)
def test_an_order_is_asked_for(question: str, wanted: Relation) -> None:
    assert relation(question) == wanted


@pytest.mark.parametrize(
    "question",
    [
        "How long does it take to go from step 8 to 9?",
        "Who pays the first month?",
        "What papers should I have ready before applying?",
        "What happens about my state return once the federal one is done?",
        "What is the longest trailer that fits at 30 feet?",
        "How do I get the cheapest ticket?",
        "Which is the cheapest and the fastest plan?",
        "What is the median salary?",
        "",
    ],
)
def test_other_questions_ask_for_none(question: str) -> None:
    assert relation(question) is None
