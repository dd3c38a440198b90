"""Hyphens at the ends of lines."""

from __future__ import annotations

from assistant.documents.formats.hyphens import is_compound


def test_a_word_of_two_words_keeps_its_hyphen_and_one_word_loses_it() -> None:
    assert [is_compound(word) for word in ("single-focus", "agree-ment", "Long-term", "under-stand", "qzx-vbn")] == [
        True, False, True, False, False,
    ]  # fmt: skip
