"""Where a sentence stands glued to a list item that has none of its own."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

# Where a sentence may begin without a full stop before it: at a capital within running text.
_CAPITAL = re.compile(r"(?<=[^\s.!?:;,(])\s+(?=(?P<word>[A-Z][\w'’]*),?\s+\S)")
# Words that open sentences and are not written with a capital within one.
_OPENERS = frozenset(
    """a additionally all also although an and as at because both but by each every finally for from he here here's how
    however if in it it's its note on our overall she since such that the their there these they this those though
    through to together we what when where while with without you your""".split()  # noqa: SIM905, read as words
)
_WORD = re.compile(r"\w[\w'’]*")
_LETTERS = re.compile(r"\w+")
_SPACELESS = re.compile(r"\S+")
_TAIL_WORDS = 6


class Words:
    """A text that can tell whether it has a word as it stands, apart from a capital; it is gone through once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: set[str] | None = None

    def __contains__(self, word: str) -> bool:
        if self._known is None:
            self._known = {part for found in _WORD.finditer(self.text) for part in _parts(found[0])}
        return word in self._known


def _parts(word: str) -> Iterator[str]:
    """The word, and where it has apostrophes what stands around them."""
    yield word
    if not word.isalnum():
        yield from _LETTERS.findall(word)


def glue(content: str, words: Words) -> int | None:
    """Where a sentence begins in an item that has none of its own: at a common word that has a capital all the same."""
    last = deque((match.start() for match in _SPACELESS.finditer(content)), maxlen=_TAIL_WORDS)
    found = [match for match in _CAPITAL.finditer(content) if len(last) == _TAIL_WORDS and match.end() <= last[0]]
    openers = (match.end() for match in found if match["word"].casefold() in _OPENERS)
    common = (match.end() for match in found if _is_common(match["word"], words))
    opener = next(openers, None)
    return next(common, None) if opener is None else opener


def _is_common(word: str, words: Words) -> bool:
    """Whether a word with a capital is no name: a verb or an adverb by its ending, or elsewhere without one."""
    return word.endswith(("ing", "ly")) or word.casefold() in words
