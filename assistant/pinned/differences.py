"""What makes two like questions two: another figure, name, day, direction, or the opposite of a word."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from assistant.generate.cues import NEGATION, cues, opposite, same
from assistant.generate.sides import stands
from assistant.generate.tokens import Token, tokens
from assistant.question.spelling import english

SHOUTED = 0.8  # the share of words with a capital from which on capitals tell no names
_COMMON = 1_000_000  # occurrences of a word in print from which on "un-" before it denies it
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday")
_DAYS: Mapping[str, frozenset[str]] = {
    **{day: frozenset([day]) for day in (*_WEEK, "saturday", "sunday")},
    "weekday": frozenset(_WEEK),
    "week": frozenset(_WEEK),
    "weekend": frozenset(["saturday", "sunday"]),
}
_ANY = ("weekday", "weekend", "week")  # which give way to the days that are named beside them
# Of the kinds of words that turn a sentence round, each with the one that turns it the other way.
_TURNS = (("rise", "fall"), ("~more", "~less"), ("at least", "at most"))
# Prepositions that say something else before the same word.
_BEFORE = (
    {"before", "after", "during", "until"},
    {"from", "to"},
    {"with", "without"},
    {"over", "under", "above", "below"},
    {"inside", "outside"},
    {"for", "against"},
)
# What people ask for and its contrary, beside what turns the sentence of an answer round.
_CONTRARY = """
next last | next previous | book cancel | order cancel | order return | subscribe unsubscribe | join leave
| activate deactivate | register deregister | lost found | borrow return | borrow lend | earliest latest
| discount surcharge | discount fine | bonus penalty | carry advance | upgrade downgrade | hire dismiss
| pick drop | collect deliver | extend shorten | apply withdraw | accept decline | love hate | help harm
"""
_IRREGULAR = {
    "won": "win", "lost": "lose", "bought": "buy", "sold": "sell", "lent": "lend", "sent": "send", "left": "leave",
    "came": "come", "went": "go", "gave": "give", "got": "get", "paid": "pay", "began": "begin", "begun": "begin",
    "kept": "keep", "found": "find", "rose": "rise", "risen": "rise", "fell": "fall", "fallen": "fall",
    "taught": "teach", "xmas": "christma",
}  # fmt: skip
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WAITS = re.compile(r"\b(?:until|till|wait|before|again)\b", re.IGNORECASE)  # what is "not yet"
_EXCESS = re.compile(r"\btoo\s+(?:much|many|little|few|often|long|late|early|high|low)\b", re.IGNORECASE)
# What ends something: a question that has it is another one than that which has not.
_ENDS = re.compile(
    r"\b(?:cancel|delet|remov|quit|terminat|unsubscrib|deactivat|revok|resign|giv(?:e|ing)\s+up|get(?:ting)?\s+rid)",
    re.IGNORECASE,
)
_ASKS: Mapping[str, re.Pattern[str]] = {
    "when": re.compile(
        r"\b(?:when(?= (?:is|are|was|were|do|does|did|can|will|may|should|must|has|have)\b)|"
        r"(?:what|which) (?:time|date|day|days|hour|month|year)|(?:from|since|until|by) when)\b"
    ),
    "where": re.compile(r"\bwhere\b|\b(?:what|which) (?:place|address|city|country|room)\b"),
    "who": re.compile(r"\bwho(?:m|se)?\b|\b(?:what|which) (?:person|people)\b"),
    "how far": re.compile(r"\bhow (?:far|many (?:km|kilometers|kilometres|miles|meters|metres))\b|\bdistance\b"),
    "how long": re.compile(r"\bhow (?:long|many (?:minutes|hours|days|weeks|months|years)|much (?:time|notice))\b"),
    "how often": re.compile(r"\bhow (?:often|frequently|many times)\b"),
    "how much": re.compile(
        r"\bhow (?:much|many|high)\b(?! (?:time|times|notice|minutes|hours|days|weeks|months|years))"
    ),
    "how": re.compile(r"\bhow (?:do|does|did|can|could|should|would|will|must|may|is|are|to)\b"),
}
_ASKED_ALIKE = (
    {"when", "how long"},
    {"when", "how often"},
    {"how", "where"},
    {"how", "who"},
    {"who", "where"},
)
_PARTICLE = re.compile(r"\b([a-z]+)[ -](in|out|up|down|on|off)\b")
_TURNED = ({"in", "out"}, {"up", "down"}, {"on", "off"})
_BEGINNINGS = (
    ("up", "down"),
    ("in", "out"),
    ("over", "under"),
    ("in", "ex"),
    ("im", "ex"),
    ("pre", "post"),
    ("on", "off"),
)
_JOINED = re.compile(r"\b([A-Z]\w{0,3})-([A-Z]\w{0,3})\b")  # "Wi-Fi", which is written "wifi", too
_PERSON = re.compile(r"i(?:'|$)|ok$")  # written with a capital, and no name


@dataclass(frozen=True, slots=True)
class Asked:
    """A question taken apart, to be held against another."""

    own: tuple[Token, ...]
    stems: frozenset[str]
    names: tuple[Token, ...]
    days: frozenset[str]
    turns: frozenset[str]
    denied: int  # how often something is denied, by a word of its own
    undone: int  # and by the beginning of a word, as in "unpaid"
    waits: bool  # whether it says "not yet", as "until" does
    initials: frozenset[str]  # of runs of its words, which an acronym may stand for
    asks: frozenset[str]
    text: str

    @classmethod
    def of(cls, text: str, *, known: Collection[str] = ()) -> Asked:
        """`known` are names, in lower case, that count also where they open the question."""
        return _asked(text, frozenset(known))


@lru_cache(maxsize=4096)
def _asked(text: str, known: frozenset[str]) -> Asked:
    written = text.split()
    shouted = len(written) > 2 and sum(word[:1].isupper() for word in written) > SHOUTED * len(written)
    own = tuple(map(_regular, tokens(_JOINED.sub(r"\1\2", text.casefold() if shouted else text))))
    found = cues(token.text for token in own)
    asking = " ".join(part for part in _SENTENCE.split(text) if part.endswith("?")) or text
    letters = [token.text[0] for token in own if token.text[0].isalpha()]
    runs = {"".join(letters[n : n + size]) for size in range(2, 6) for n in range(len(letters) - size + 1)}
    return Asked(
        own,
        frozenset(token.stem for token in own),
        tuple(token for token in own if _is_name(token, known)),
        _days(own),
        frozenset(cue.kind for cue in found),
        sum(
            cue.kind == NEGATION for cue in (found if asking == text else cues(token.text for token in tokens(asking)))
        ),
        sum(_is_denied(token) for token in own),
        _WAITS.search(text) is not None,
        frozenset(runs),
        _asks(text),
        text,
    )


def difference(asked: Asked, other: Asked) -> str | None:
    """The kind of what makes the two questions two; None where nothing of these kinds does."""
    for one, two in ((asked, other), (other, asked)):
        if any(token.kind == "figure" and not stands(token, two.own, two.stems) for token in one.own):
            return "figure"
        if any(not _has_name(name, two) for name in one.names):
            return "name"
        for turn in _TURNS:
            if any(
                kind in one.turns and kind not in two.turns and back in two.turns for kind, back in (turn, turn[::-1])
            ):
                return "direction"
    if not asked.days <= other.days or (other.days and not asked.days):
        return "day"
    if _says(asked, "why") != _says(other, "why"):
        return "why"
    lacking = other.denied > asked.denied + asked.undone + asked.waits
    if lacking or asked.denied + asked.undone > other.denied + other.undone:
        return "negation"
    if any(said.search(asked.text) and not said.search(other.text) for said in (_ENDS, _EXCESS)):
        return "ending"
    if asked.asks and other.asks and not any(_may_ask(one, two) for one in asked.asks for two in other.asks):
        return "asks"
    if _turned(asked, other):
        return "particle"
    if any(_contraries().get(token.stem, frozenset()) & other.stems - asked.stems for token in _content(asked, other)):
        return "opposite"
    return "preposition" if _placed_otherwise(asked, other) else None


def _says(asked: Asked, word: str) -> bool:
    return any(token.text == word for token in asked.own)


def _asks(text: str) -> frozenset[str]:
    """What is asked for: a time, a place, a person; empty where the words do not tell."""
    plain = text.casefold()
    return frozenset(kind for kind, said in _ASKS.items() if said.search(plain))


def _may_ask(one: str, other: str) -> bool:
    return one == other or {one, other} in _ASKED_ALIKE


def _turned(asked: Asked, other: Asked) -> bool:
    """Whether a word has another particle, as "check out" has, or the contrary beginning, as "downtime" has."""
    theirs = dict(_PARTICLE.findall(other.text.casefold()))
    for word, particle in _PARTICLE.findall(asked.text.casefold()):
        if word in theirs and {theirs[word], particle} in _TURNED:
            return True
    for token in asked.own:
        if token.kind != "function" and token.stem not in other.stems:
            for one, two in _BEGINNINGS:
                for ours, back in ((one, two), (two, one)):
                    rest = token.stem.removeprefix(ours)
                    if rest != token.stem and len(rest) > 2 and back + rest in other.stems:
                        return True
    return False


def _content(asked: Asked, other: Asked) -> Iterator[Token]:
    """The words of a question that the other one lacks."""
    return (token for token in asked.own if token.kind != "function" and token.stem not in other.stems)


def _regular(token: Token) -> Token:
    if token.text not in _IRREGULAR:
        return token
    stem = _IRREGULAR[token.text]
    return Token(token.text, stem, token.kind, token.clause, token.unit, token.forms)


def _is_name(token: Token, known: Collection[str]) -> bool:
    if token.stem in _DAYS or _PERSON.match(token.text):
        return False
    return token.kind == "name" or (token.kind == "word" and token.text in known)


def _has_name(name: Token, other: Asked) -> bool:
    """Whether the other question has this name, or says what it is the initials of."""
    return name.stem in other.stems or name.text in other.initials


def _days(own: Sequence[Token]) -> frozenset[str]:
    named = [token.stem for token in own if token.stem in _DAYS and (token.stem != "week" or "dure" in _stems(own))]
    exact = [stem for stem in named if stem not in _ANY]
    return frozenset(day for stem in exact or named for day in _DAYS[stem])


def _stems(own: Sequence[Token]) -> frozenset[str]:
    return frozenset(token.stem for token in own)


def _is_denied(token: Token) -> bool:
    """Whether a word denies another, as "unpaid" does."""
    rest = token.text.removeprefix("un")
    return token.kind == "word" and rest != token.text and len(rest) > 3 and english().get(rest, 0) >= _COMMON


def _placed_otherwise(asked: Asked, other: Asked) -> bool:
    """Whether another preposition stands before the same word: "before a filling" and "after a filling"."""
    theirs = dict(_prepositions(other.own))
    for stem, word in _prepositions(asked.own):
        said = theirs.get(stem)
        if said is not None and said != word and any({said, word} <= row for row in _BEFORE):
            return True
    return False


def _prepositions(own: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """The words of content that a preposition stands before, each with that."""
    last = ""
    for token in own:
        if any(token.text in row for row in _BEFORE):
            last = token.text
        elif token.kind != "function":
            if last:
                yield token.stem, last
            last = ""


@cache
def _contraries() -> Mapping[str, frozenset[str]]:
    """For each stem those that say the opposite, or what may stand for that."""
    made = {stem: set(others) for stem, others in opposite().items()}
    for pair in " ".join(_CONTRARY.split()).split("|"):
        one, two = (_regular(tokens(word)[0]).stem for word in pair.split())
        made.setdefault(one, set()).add(two)
        made.setdefault(two, set()).add(one)
    return {
        stem: frozenset(others | {like for other in others for like in same().get(other, ())})
        - same().get(stem, frozenset())
        for stem, others in made.items()
    }
