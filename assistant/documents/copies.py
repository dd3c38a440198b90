"""Documents that say the same, of which one stands for all of them, and those that nearly do."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from assistant.types import Document

BEGINNING, FIRST = 1000, 6  # characters of a document, and words of them, in which copies are alike
RUN = 3  # words next to each other by which documents are compared
ALIKE = 0.7  # the share of these that two documents have in common from which on they are near-copies

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
        ids = sorted((document.id for document in group), key=_plainness)
        if len(ids) > 1:
            found[ids[0]] = tuple(ids[1:])
    return found


def runs_of(document: Document, *, figures: bool = True) -> NDArray[np.uint32]:
    """The runs of three words in a document, each once, as numbers in order; without `figures`, all of them alike."""
    words = tuple(word if figures or not word[0].isdigit() else "0" for word in _words(document.text))
    runs = {" ".join(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1))} if words else set()
    return np.array(sorted({crc32(run.encode("utf-8", "replace")) for run in runs}), np.uint32)


def likeness(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> float:
    """The share of their runs that two documents have in common, from 0 to 1 (Jaccard)."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def near_copies(documents: Sequence[Document], *, least: float = ALIKE) -> list[tuple[str, str, float]]:
    """Pairs of documents that are alike in a share of at least `least`: the copy, what it is like, and how much.

    The most alike come first.
    """
    from scipy.sparse import csr_array  # here, because serving can do without

    runs = [runs_of(document) for document in documents]
    sizes = np.array([len(some) for some in runs], np.int64)
    known, columns = np.unique(np.concatenate([np.empty(0, np.uint32), *runs]), return_inverse=True)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    matrix = csr_array((np.ones(len(columns), np.int32), columns, ends), shape=(len(runs), max(1, len(known))))
    found = []
    for n in range(len(runs)):
        shared = (matrix[[n]] @ matrix[:n].T).toarray()[0] if n else np.empty(0, np.int32)
        for m in np.flatnonzero(shared):
            alike = float(shared[m] / (sizes[n] + sizes[m] - shared[m]))
            if alike >= least:
                first, copy = sorted((documents[n].id, documents[int(m)].id), key=_plainness)
                found.append((copy, first, alike))
    return sorted(found, key=lambda pair: (-pair[2], pair[:2]))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _plainness(id: str) -> tuple[bool, int, int, str]:
    """What puts paths in order, the one that looks least like a copy's first."""
    return _is_aside(id), id.count("/"), len(id), id


def _is_aside(id: str) -> bool:
    return _KEPT_ASIDE.search(id) is not None
