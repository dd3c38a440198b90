"""Hyphens at the ends of lines: those of the word itself, and those that only part it."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def is_compound(word: str) -> bool:
    """Whether two English words are written with this hyphen: both are words, and together they are none."""
    first, _, second = word.lower().partition("-")
    known = _words()
    return first in known and second in known and first + second not in known


@cache
def _words() -> frozenset[str]:
    """English words, of the list that corrects typing errors."""
    source = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt")
    return frozenset(line.partition(" ")[0] for line in source.read_text(encoding="utf-8-sig").splitlines())
