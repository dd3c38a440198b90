"""Greetings are told from questions: the whole of a text must be one."""

from __future__ import annotations

import pytest

from assistant.question.greeting import courtesy, reply


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("hello", "greeting"),
        ("Hi there!", "greeting"),
        ("Good morning, how are you?", "greeting"),
        ("Guten Tag zusammen", "greeting"),
        ("¡Hola! ¿Qué tal?", "greeting"),
        ("こんにちは", "greeting"),
        ("مرحبا", "greeting"),
        ("नमस्ते", "greeting"),
        ("Thank you so much 🙂", "thanks"),
        ("ok, thanks!", "thanks"),
        ("Hello, and thanks for your help", "thanks"),
        ("What’s your name?", "identity"),
        ("Hi, who are you?", "identity"),
        ("What can I ask?", "identity"),
        ("Bye bye", "farewell"),
    ],
)
def test_everyday_courtesies_are_known_in_several_languages(text: str, kind: str) -> None:
    assert courtesy(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "hello world program",
        "Hi, what is the median salary?",
        "thank you letter template",
        "Who are you required to report to?",
        "good morning routine",
        "What can I ask in an interview?",
        "can you help me with my tax return",
        "ok",
        "you",
        "🙂",
        "?",
        "",
        "hellos",
        "bonjourno",
    ],
)
def test_what_asks_something_is_no_greeting(text: str) -> None:
    assert courtesy(text) is None


def test_the_reply_names_what_can_be_asked_about() -> None:
    assert reply("greeting", []) == "Hello! Ask me about the documents."
    assert reply("greeting", ["Pay"]) == "Hello! Ask me about Pay."
    assert reply("greeting", ["Pay", "Leave", "Hours"]) == "Hello! Ask me about Pay, Leave and Hours."
    many = reply("identity", ["Pay", "Leave", "Hours", "Tools"])
    assert many.startswith("I look up answers in the 4 documents here, such as Pay and Leave, and show")
