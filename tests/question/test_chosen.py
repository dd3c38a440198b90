"""The reply to "which one do you mean?"."""

from __future__ import annotations

import pytest

from assistant.question.chosen import chosen

TITLES = {"actuaries": "Actuaries", "500": "Hercules 500", "lawyers": "Lawyers"}


def title(text: str) -> str | None:
    return next((name for word, name in TITLES.items() if word in text.casefold()), None)


@pytest.mark.parametrize(
    ("reply", "asked"),
    [
        ("the actuaries", "What is the median pay for Actuaries?"),
        ("I mean lawyers, please", "What is the median pay for Lawyers?"),
        ("the 500 one", "What is the median pay for Hercules 500?"),
        ("the current one", "What is the median pay in the current version?"),
        ("the old one", "What is the median pay in the previous version?"),
        ("the 2021 policy", "What is the median pay in 2021?"),
        ("version 2", "What is the median pay in version 2?"),
        ("the astronauts", None),
        ("What do actuaries do?", None),
        ("", None),
    ],
)
def test_what_a_reply_names_is_put_into_the_question(reply: str, asked: str | None) -> None:
    assert chosen(reply, "What is the median pay?", title=title) == asked


def test_a_question_that_named_a_document_was_not_asked_back() -> None:
    assert chosen("the lawyers", "What is the median pay of actuaries?", title=title) is None
