"""A message is kept as JSON, and is the same message again."""

from __future__ import annotations

import json

import pytest

from assistant.languages.catalogue import listed, say, shipped
from assistant.languages.kept import as_json, from_json
from assistant.languages.messages import Message
from assistant.types import Json


def test_a_message_and_those_within_it_can_be_said_in_another_language_afterwards() -> None:
    rows = say("batch.count_rows", count=3)
    message = say("batch.too_long", most=2000, rows=rows, which=listed("lists.commas", (1, 2)))
    again = from_json(json.loads(json.dumps(as_json(message))))
    assert isinstance(again, Message) and again == message
    [german] = (language for language in shipped() if language.tag == "de")
    assert german.tell(again) == "zu lang, um gestellt zu werden, über 2000 Zeichen: 3 Zeilen (1, 2)"


def test_other_text_is_itself() -> None:
    assert as_json("{key}") == "{key}" == from_json("{key}")


@pytest.mark.parametrize(
    "said",
    [
        3,
        None,
        ["a"],
        {},
        {"key": "batch.of_another_version"},
        {"key": "batch.count_rows", "values": {}},
        {"key": "batch.count_rows", "values": {"count": "3"}},
        {"key": "lists.and", "values": {"items": 3}},
        {"key": "batch.count_rows", "values": 3},
    ],
)
def test_what_no_message_can_be_made_of_is_refused(said: Json) -> None:
    with pytest.raises(ValueError, match="message"):
        from_json(said)
