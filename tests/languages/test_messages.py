"""A message is English text that any language can say."""

from __future__ import annotations

import copy
import pickle

from babel import Locale

from assistant.languages.catalogue import listed, say
from assistant.languages.messages import Forms, Language, Message

WORDS: dict[str, Forms] = {
    "pages.count_documents": {"one": "{count:,} Dokument", "other": "{count:,} Dokumente"},
    "lists.or": {"between": ", ", "last": " oder "},
    "answers.word": "„{word}“",
    "answers.ambiguous": "Welches: {choices}?",
}
GERMAN = Language("de", Locale("de"), WORDS)


def test_a_message_is_its_english_text() -> None:
    message = say("pages.count_documents", count=1234)
    assert message == "1,234 documents" and isinstance(message, str)
    assert say("pages.count_documents", count=1) == "1 document"


def test_a_language_says_what_a_message_says() -> None:
    assert GERMAN.tell(say("pages.count_documents", count=1234)) == "1.234 Dokumente"
    assert GERMAN.tell(say("pages.count_documents", count=1)) == "1 Dokument"


def test_messages_within_a_message_are_said_in_the_same_language() -> None:
    words = [say("answers.word", word=word) for word in ("a", "b", "c")]
    message = say("answers.ambiguous", choices=listed("lists.or", words))
    assert message == "Several documents answer this. Which one do you mean: “a”, “b” or “c”?"
    assert GERMAN.tell(message) == "Welches: „a“, „b“ oder „c“?"


def test_lists_of_one_and_of_none_have_nothing_between() -> None:
    assert (listed("lists.or", ["a"]), listed("lists.or", [])) == ("a", "")


def test_what_is_no_message_is_left_as_it_is() -> None:
    assert GERMAN.tell("The documents do not say.") == "The documents do not say."


def test_braces_in_a_value_are_no_place_for_another() -> None:
    assert say("answers.word", word="{word}") == "“{word}”"


def test_a_message_stays_one_when_it_is_copied_or_sent_to_another_process() -> None:
    message = say("pages.count_documents", count=2)
    for same in (copy.deepcopy(message), pickle.loads(pickle.dumps(message))):
        assert isinstance(same, Message) and same == "2 documents"
        assert GERMAN.tell(same) == "2 Dokumente"


def test_a_language_knows_the_way_that_it_is_written() -> None:
    assert GERMAN.direction == "ltr"
    assert Language("ar", Locale("ar"), {}).direction == "rtl"
