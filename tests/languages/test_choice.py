"""Who asks is told things in the language asked for, else in the first of theirs that there is."""

from __future__ import annotations

import pytest
from babel import Locale

from assistant.languages.choice import Languages, preferred
from assistant.languages.messages import Language


def language(tag: str) -> Language:
    return Language(tag, Locale.parse(tag, sep="-"), {})


LANGUAGES = Languages(tuple(map(language, ("en", "de", "fr", "pt-BR"))), language("fr"))


@pytest.mark.parametrize(
    ("tag", "found"),
    [("de", "de"), ("DE", "de"), ("de-AT", "de"), ("de_CH", "de"), ("pt", "pt-BR"), ("zh-Hant-TW", None), ("", None)],
)
def test_a_tag_names_its_language_or_the_nearest(tag: str, found: str | None) -> None:
    named = LANGUAGES.named(tag)
    assert (named and named.tag) == found


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("de", "en", "de"),
        ("ja", "en", "en"),
        (None, "ja, en;q=0.4, de;q=0.8", "de"),
        (None, "de-CH,de;q=0.9,en;q=0.8", "de"),
        (None, "en;q=0, *", "fr"),
        (None, "", "fr"),
        (None, "de;q=much, en", "en"),
        (None, ";;,,=;q=;", "fr"),
    ],
)
def test_the_one_asked_for_comes_before_those_accepted_and_the_default_last(
    asked: str | None, accepted: str, chosen: str
) -> None:
    assert LANGUAGES.choose(asked, accepted).tag == chosen


def test_of_equal_weights_the_first_comes_first_and_a_long_header_is_cut() -> None:
    assert preferred("fr, de, en;q=0.9") == ["fr", "de", "en"]
    assert len(preferred(",".join(["de"] * 10_000))) == 20
