"""What a question asks of things in an order: the n-th of them, the one beside another, the most or the least."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Measure: TypeAlias = Literal["money", "length", "time", "speed", "weight", "year", "size"]
"""What is compared; `size` is anything that has figures."""


@dataclass(frozen=True, slots=True)
class Nth:
    """The n-th step of something, from 1; -1 is the last."""

    n: int


@dataclass(frozen=True, slots=True)
class Adjacent:
    """The step before (-1) or after (1) the one that `words` tell of."""

    offset: int
    words: str


@dataclass(frozen=True, slots=True)
class Most:
    """The entry with the highest figure of one of these measures, or with the lowest."""

    highest: bool
    measures: tuple[Measure, ...]


Relation: TypeAlias = Nth | Adjacent | Most

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_STEP = r"(?:steps?|stages?|phases?|tasks?|things?|items?|instructions?|points?)"
_NTH = re.compile(
    r"(?:and\s+|then\s+)?(?:(?:what|which)(?:['’]s|\s+is|\s+was)?\s+)?(?:the\s+)?(?:very\s+)?"
    rf"(?P<n>{'|'.join(_ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th)|last|final)\s+{_STEP}\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:and\s+|then\s+)?(?:what(?:['’]s|\s+is|\s+happens\s+in|\s+do\s+\w+\s+do\s+in)?\s+)?"
    rf"(?:step|stage|phase|item|point)\s+(?P<n>\d{{1,2}}|{'|'.join(_NUMBERS)})\b(?!\s*(?:to|and|or|-|–)\b)",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?:and\s+|then\s+)?(?:what|which\s+step)(?:['’]s|\s+(?:comes?|goes|happens|follows|is|are|do|does|should|must|"
    r"shall|can|needs?|has|have))\b(?P<between>[^?]*?)\b(?P<side>after|before|once|when|as\s+soon\s+as)\s+(?P<words>.+)",
    re.IGNORECASE,
)
# What may stand between the verb and "after": nothing that says what is asked about in other words.
_PLAIN = re.compile(
    r"(?:\s|\b(?:i|we|you|one|people|to|be|do|done|come|happen|happens|next|right|directly|immediately|straight|just|"
    r"shortly|the|step|thing|has|have|needed|necessary|then|first)\b)*",
    re.IGNORECASE,
)
_ASKS_WHICH = re.compile(r"(?:and\s+|so\s+)?(?:which|who|what|where)\b|the\s", re.IGNORECASE)
_MOST: tuple[tuple[str, bool, tuple[Measure, ...]], ...] = (
    (r"cheapest|least\s+expensive|costs?\s+(?:the\s+)?least", False, ("money",)),
    (r"dearest|most\s+expensive|priciest|costliest|costs?\s+(?:the\s+)?most", True, ("money",)),
    (r"best[\s-]paid|pays?\s+(?:the\s+)?(?:most|best)|earns?\s+(?:the\s+)?most", True, ("money",)),
    (r"fastest|quickest", True, ("speed",)),
    (r"slowest", False, ("speed",)),
    (r"longest", True, ("length", "time")),
    (r"shortest", False, ("length", "time")),
    (r"tallest|deepest|widest|farthest|furthest", True, ("length",)),
    (r"nearest|closest|narrowest|shallowest", False, ("length",)),
    (r"heaviest", True, ("weight",)),
    (r"lightest", False, ("weight",)),
    (r"oldest|earliest", False, ("year",)),
    (r"newest|youngest|latest|most\s+recent", True, ("year",)),
    (r"highest|largest|biggest|greatest", True, ("size",)),
    (r"lowest|smallest|fewest", False, ("size",)),
    (r"(?:opened|began|started|founded|built|joined|came|published|released)\s+last", True, ("year",)),
    (r"(?:opened|began|started|founded|built|joined|came|published|released)\s+first", False, ("year",)),
)
_SUPERLATIVES = [
    (re.compile(rf"\b(?:{word})\b", re.IGNORECASE), Most(highest, measures)) for word, highest, measures in _MOST
]


def relation(question: str) -> Relation | None:
    """What the question asks of an order; None where it asks for nothing of the kind."""
    question = question.strip()
    if match := _NTH.match(question) or _NUMBERED.match(question):
        return Nth(_number(match["n"].casefold()))
    match = _BESIDE.match(question)
    if match is not None and _PLAIN.fullmatch(match["between"]):
        return Adjacent(-1 if match["side"].casefold() == "before" else 1, match["words"].rstrip("?!. "))
    if _ASKS_WHICH.match(question) and not any(character.isdigit() for character in question):
        found = [most for mark, most in _SUPERLATIVES if mark.search(question)]
        if len(found) == 1:
            return found[0]
    return None


def _number(word: str) -> int:
    if word in ("last", "final"):
        return -1
    for words in (_ORDINALS, _NUMBERS):
        if word in words:
            return words.index(word) + 1
    return int(re.sub(r"\D", "", word))
