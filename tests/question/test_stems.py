"""The terms of a text: its words as stems, and what several of them make up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from assistant.question.stems import COMPOUND, terms, words

PARTS = some.sampled_from(
    [*"aB1é_-/. \t\n,(", ".net", "v1.2.3", "ab-1234", "max_age", "u.s.", "\u2028", "\x1c", "\xa0"]
)


@given(some.lists(PARTS, max_size=30).map("".join))
def test_what_several_words_make_up_is_found_as_in_the_whole_text(text: str) -> None:
    whole = [match.group() for match in COMPOUND.finditer(text.casefold())]
    assert terms(text) == [*words(text), *whole]


def test_codes_versions_and_names_with_dots_are_terms() -> None:
    assert terms("Use .NET 1.2.3 on AB-1234.")[-3:] == [".net", "1.2.3", "ab-1234"]
