"""Questions and answers are pairs in each way that they are written: the question is a lead-in, and no answer."""

from __future__ import annotations

import pytest

from assistant.documents.markdown import structure

LEAD, ITS_ANSWER = ("lead", "Is there Wi-Fi?", None), ("sentence", "In the caf\u00e9 only.", 0)


def lines(text: str) -> list[tuple[str, str, int | None]]:
    return [(line.kind, text[line.start : line.end], line.parent) for line in structure(text).lines]


@pytest.mark.parametrize("text", [
    "Q: Is there Wi-Fi?\nA: In the caf\u00e9 only.\n",
    "**Q:** Is there Wi-Fi?\n\n**A:** In the caf\u00e9 only.\n",
    "Question 1: Is there Wi-Fi?\nAnswer 1: In the caf\u00e9 only.\n",
    "<details>\n<summary>Is there Wi-Fi?</summary>\n\nIn the caf\u00e9 only.\n\n</details>\n",
    "- Is there Wi-Fi?\n\n  In the caf\u00e9 only.\n",
    "Is there Wi-Fi?\nIn the caf\u00e9 only.\n\nCan I pay by card?\nYes.\n",
    "Is there Wi-Fi?\n\nIn the caf\u00e9 only.\n\nCan I pay by card?\n\nYes.\n",
])  # fmt: skip
def test_an_answer_stands_under_its_question(text: str) -> None:
    assert lines(text)[:2] == [LEAD, ITS_ANSWER]


def test_an_answer_under_a_heading_that_asks_needs_no_label() -> None:
    assert lines("## Q: How many beds?\n\nA: 40.\n") == [
        ("heading", "Q: How many beds?", None),
        ("sentence", "40.", None),
    ]


def test_a_question_in_italics_keeps_its_marks_together() -> None:
    text = "*Is the pool heated?*\n\nFrom May on.\n\nIs it deep?\n\nNo.\n"
    assert lines(text) == [
        ("lead", "*Is the pool heated?*", None), ("sentence", "From May on.", 0),
        ("lead", "Is it deep?", None), ("sentence", "No.", 2),
    ]  # fmt: skip


def test_what_is_folded_away_after_an_answer_is_no_part_of_it() -> None:
    text = "Q: Is it free?\nA: Yes.\n\n<details>\n<summary>When is check-out?</summary>\n\nAt 11.\n\n</details>\n"
    assert lines(text)[2:] == [("lead", "When is check-out?", None), ("sentence", "At 11.", 2)]


@pytest.mark.parametrize("text", [
    "Why is this so?\nBecause of the rain.\n",  # one question alone makes no FAQ
    "What do you earn?\n\nHow do you work?\n\nWhere do you live?\n",  # none of them is answered
    "The question is short. Is it?\nNo.\n\nThis is one. Or is it?\nYes.\n",
])  # fmt: skip
def test_questions_in_prose_are_sentences(text: str) -> None:
    assert {kind for kind, _, _ in lines(text)} == {"sentence"}
