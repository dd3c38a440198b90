"""Which documents a question names: by the words that tell their names from the others'."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log

from assistant.question.parse import FUNCTION_WORDS
from assistant.question.spelling import english, is_common
from assistant.question.stems import words

MOST = 4  # documents that a question may name: what more of them have in their names tells none of them
WHOLE = 0.9  # how much of what tells a name must be said for the name to be said
SPREAD = 0.1  # the share of the documents from which on a word in their texts names none of them by itself
FEW = 3  # documents that may have it however few there are

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_YEAR = re.compile(r"(?:19|20|21)\d\d")


@dataclass(frozen=True, slots=True)
class Naming:
    """A document that a question names."""

    document_id: str
    words: frozenset[str]  # the stems of its name that the question has
    whole: bool  # whether the question has all of the name that matters


@dataclass(frozen=True, slots=True)
class _Name:
    document_id: str
    sequence: tuple[str, ...]  # stems, with those of small words
    stems: frozenset[str]  # without


class Subjects:
    """Knows the names of the documents. Never changes, so threads may share it."""

    def __init__(self, names: Mapping[str, Sequence[str]], *, spread: Callable[[str], int] = lambda stem: 0) -> None:
        """`names` are those of each document by its id; `spread` tells how many documents have a stem in their text."""
        self._spread = spread
        self._size = len(names)
        self._having: dict[str, list[_Name]] = defaultdict(list)
        held: dict[str, set[str]] = defaultdict(set)
        for id, given in names.items():
            for text in given:
                name = _Name(id, tuple(_sequence(text)), frozenset(words(text)))
                for stem in sorted(name.stems):
                    held[stem].add(id)
                    self._having[stem].append(name)
        self._names = tuple(dict.fromkeys(name for having in self._having.values() for name in having))
        self._held = {stem: len(ids) for stem, ids in held.items()}

    def named(self, question: str) -> tuple[Naming, ...]:
        """The documents that a question names, the surest first; none where its words fit too many of them.

        Of two names the one that shares more of its words with the question wins, and a name that is said as a whole
        over a longer one: "Model 5" over "Model 5 S".
        """
        if self._size < 2:
            return ()
        sequence = _sequence(question)
        asked = frozenset(words(question))
        telling = {stem for stem in asked if stem in self._held and self._tells(stem)}
        sure = telling & _names(question)
        best: dict[str, _Found] = {}
        for name in dict.fromkeys(name for stem in sequence for name in self._having.get(stem, ())):
            found = self._find(name, sequence, asked)
            if not found.said and not found.shared & (telling if found.whole or len(found.shared) > 1 else sure):
                continue
            known = best.get(name.document_id)
            if known is None or (found.weight, found.share) > (known.weight, known.share):
                best[name.document_id] = found
        kept = _undominated(list(best.values()))
        if len(kept) > MOST:
            kept = [one for one in kept if one.whole]
        if len(kept) > MOST:
            return ()
        kept.sort(key=lambda one: (-one.weight, -one.share))
        return tuple(Naming(one.document_id, one.shared, one.whole) for one in kept)

    def beyond(self, question: str) -> str | None:
        """A name of the question that goes on where all of the documents' end: "Model 5 T" where there is "Model 5".

        None without one. What goes on is a number or a letter that tells other names apart.
        """
        found = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(question)]
        stems = [words(word, leave_out=()) for word, _, _ in found]
        sequence = [stem for some in stems for stem in some]
        if self._size < 2 or len(sequence) != len(found):
            return None
        for name in dict.fromkeys(name for stem in sequence for name in self._having.get(stem, ())):
            said = _end(name.sequence, sequence)
            for at in _places(sequence, said) if said else []:
                end = at + len(said)
                if end == len(sequence) or question[found[end - 1][2] : found[end][1]].strip():
                    continue
                more, longer = found[end][0], (*said, sequence[end])
                short = more.isdigit() or (len(more) < FEW and more.isupper() and more != "I")
                known = any(sequence[end] in other.sequence for other in self._names if other != name)
                if short and known and not any(_places(other.sequence, longer) for other in self._names):
                    return question[found[at][1] : found[end][2]]
        return None

    def _find(self, name: _Name, sequence: Sequence[str], asked: frozenset[str]) -> _Found:
        """What of a name stands in a question."""
        end = len(name.sequence) - len(_end(name.sequence, sequence))
        shared = name.stems & asked
        said = end == 0 and (len(name.sequence) > 1 or self._tells(name.sequence[0]))
        weight, total = self._weight(shared), self._weight(name.stems)
        share = weight / total if total else 0.0
        if end < len(name.sequence) > 1:  # a small word counts where it ends a name: "Technician I"
            shared |= frozenset(name.sequence[end:])
        return _Found(name.document_id, shared, weight, share, said, end < len(name.sequence), said or share >= WHOLE)

    def _weight(self, stems: frozenset[str]) -> float:
        return sum(log((self._size + 1) / self._held[stem]) for stem in sorted(stems))

    def _tells(self, stem: str) -> bool:
        """Whether a stem can name a document by itself: no everyday word, no year, and rare in names and texts."""
        if stem in FUNCTION_WORDS or _YEAR.fullmatch(stem) or self._held.get(stem, 0) > max(FEW, SPREAD * self._size):
            return False
        if self._spread(stem) > max(FEW + self._held.get(stem, 0), SPREAD * self._size):
            return False
        return stem[0].isdigit() or not is_common(stem)


@dataclass(frozen=True, slots=True)
class _Found:
    document_id: str
    shared: frozenset[str]
    weight: float  # how much the shared stems tell
    share: float  # of what all of the name would
    said: bool  # word for word
    ended: bool  # its last words are
    whole: bool


def _undominated(found: Sequence[_Found]) -> list[_Found]:
    """Those of which no other has all that they have and more, or the same in a name that is said as a whole."""
    return [
        one
        for one in found
        if not any(
            one.shared < other.shared
            or (
                one.shared == other.shared and (other.said, other.ended, other.whole) > (one.said, one.ended, one.whole)
            )
            for other in found
        )
    ]


def _names(question: str) -> frozenset[str]:
    """The stems of the words of a question that are names: with a capital inside it, no words of English, numbers."""
    found = set()
    for match in _WORD.finditer(question):
        word = match.group().removesuffix("'s").removesuffix("’s")
        inside = match.start() > 0 and word[0].isupper()
        if inside or not word.isalpha() or word.casefold() not in english():
            found.update(words(word))
    return frozenset(found)


def _sequence(text: str) -> list[str]:
    return words(text, leave_out=())


def _contains(sequence: Sequence[str], part: Sequence[str]) -> bool:
    return bool(_places(sequence, part))


def _end(name: Sequence[str], sequence: Sequence[str]) -> tuple[str, ...]:
    """As many of the last words of a name as a question has next to each other: two at least, or a name of one."""
    return next((tuple(name[n:]) for n in range(max(len(name) - 1, 1)) if _contains(sequence, name[n:])), ())


def _places(sequence: Sequence[str], part: Sequence[str]) -> list[int]:
    """Where a part stands within a sequence, its words next to each other."""
    return [n for n in range(len(sequence) - len(part) + 1) if tuple(sequence[n : n + len(part)]) == tuple(part)]
