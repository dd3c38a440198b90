"""Documents that say the same: which one stands for all of them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from assistant.types import Document

BEGINNING, FIRST = 1000, 6  # characters of a document, and words of them, in which copies are alike

_WORD = re.compile(r"\w+")
_KEPT_ASIDE = re.compile(
    r"(?<![^\W_])(?:copy|copies|kopie|old|archived?|backup|bak|draft|tmp|temp)(?![^\W_])", re.IGNORECASE
)


def copies_of(documents: Iterable[Document]) -> Mapping[str, tuple[str, ...]]:
    """The other documents that say just what one says, by the one that stands for them.

    They say the same where they have the same words in the same order, whatever their letters' case, their marks and
    white space. The one whose path does not look like a copy's stands for the others, then the shortest path.
    """
    begun: dict[tuple[str, ...], list[Document]] = defaultdict(list)  # so that few are compared as a whole
    for document in documents:
        begun[_words(document.text[:BEGINNING])[:FIRST]].append(document)
    alike: dict[tuple[str, ...], list[Document]] = defaultdict(list)
    for document in (one for group in begun.values() if len(group) > 1 for one in group):
        if words := _words(document.text):
            alike[words].append(document)
    found: dict[str, tuple[str, ...]] = {}
    for group in alike.values():
        ids = sorted((document.id for document in group), key=lambda id: (_is_aside(id), id.count("/"), len(id), id))
        if len(ids) > 1:
            found[ids[0]] = tuple(ids[1:])
    return found


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _is_aside(id: str) -> bool:
    return _KEPT_ASIDE.search(id) is not None
