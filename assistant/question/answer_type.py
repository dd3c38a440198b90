"""The type of answer that a question expects, and whether a text has one.

Types are coarse, as in question classification (Li and Roth 2002), and told by surface alone: what has none of its type
seldom answers, while what has one need not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

AnswerType = Literal["money", "percentage", "frequency", "time", "number", "phone", "address", "person"]

_ASKED: tuple[tuple[AnswerType, re.Pattern[str]], ...] = (
    (
        "phone",
        re.compile(
            r"\b(?:tele)?phone number|\bfax number|\b(?:what|which) number (?:do|can|should|must|would|to)\b"
            r".*\b(?:call|ring|phone|dial)|\b(?:hotline|helpline|contact) number"
        ),
    ),
    ("address", re.compile(r"\be-?mail address|\bweb ?(?:site|page)? address|\burl\b")),
    ("frequency", re.compile(r"\bhow (?:often|frequently|regularly)\b|\bhow many times\b")),
    (
        "percentage",
        re.compile(
            r"\b(?:what|which) (?:\w+ )?(?:percent(?:age)?|per cent|share|proportion|fraction)\b|\bhow likely\b"
        ),
    ),
    (
        "money",
        re.compile(
            r"\bhow (?:much|high)\b.*\b(?:costs?|pay|pays|paid|earns?|charged?|salary|salaries|wages?|fees?|price|"
            r"spend|spent|money|deposit|deducted|refund|fine|grant|bonus)\b"
            r"|\b(?:what|whats|what's)(?: (?:is|are|was|were|s|would|will|does|do|did))? "
            r"(?:the |a |an |my |our |its |their )?(?:[\w-]+ ){0,4}?"
            r"(?:salary|salaries|wages?|fees?|price|costs?|earnings|income|deposit)\b"
            r"|\bwhat (?:do|does|did|can|could|will|would|should) .*\b(?:earn|cost|charge|pay)\b"
        ),
    ),
    ("time", re.compile(r"^\W*(?:and )?when\b|\b(?:what|which) (?:\w+ )?(?:year|date|month|weekday|century|decade)\b")),
    (
        "number",
        re.compile(
            r"\bhow (?:much|many|large|big|fast|long|high|old|tall|far|soon|quickly|wide|deep|heavy|hot|cold)\b"
            r"|\b(?:what|which) (?:\w+ ){0,3}?(?:rate|number|amount|figure|size|ratio|level|age|temperature)\b"
        ),
    ),
    ("person", re.compile(r"\bwho(?!se|m)\b(?! (?:do|does|can|could|should|must|may|might|will|would|needs?|to)\b)")),
)

_NUMBER_WORD = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|"
    r"eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|once|twice|both|none|single|"
    r"several|first|second)"
)
_NUMBER = rf"(?:\d|\b{_NUMBER_WORD}\b)"
_HELD: dict[AnswerType, re.Pattern[str]] = {
    "money": re.compile(
        r"[$€£¥₹]\s?\d|\d\s?[kKmM]?\s?[$€£¥₹]|\b[A-Z]{2,3}\s?\d|\d\s?[A-Z]{2,3}\b|\d{1,3}(?:[,. ’']\d{3})+\b"
        r"|\b(?:dollars?|euros?|pounds?|pence|pennies|cents?|yen|francs?|crowns?|krone[rn]?|kronor|rupees?|pesos?|"
        r"shillings?|marks|roubles?|free|nothing|unpaid)\b",
    ),
    "percentage": re.compile(
        rf"%|\bper ?cent|\b(?:half|thirds?|quarters?|fifths?|tenths?|most|majority|all|none|out of)\b|{_NUMBER} in \w",
        re.I,
    ),
    "frequency": re.compile(
        r"\b(?:every|each|once|twice|times|daily|weekly|monthly|quarterly|yearly|annual(?:ly)?|hourly|nightly|per|always|"
        r"never|rarely|regularly|continuous(?:ly)?|constantly|(?:a|an) (?:hour|day|night|week|month|quarter|year))\b",
        re.I,
    ),
    "time": re.compile(
        r"\d|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|"
        r"wednesday|thursday|friday|saturday|sunday|spring|summer|autumn|winter|centur(?:y|ies)|ago|before|after|during|"
        r"until|since|once|while|when|if|every|each|daily|weekly|monthly|yearly|today|noon|midnight|morning|evening)\b",
        re.I,
    ),
    "number": re.compile(_NUMBER, re.I),
    "phone": re.compile(r"\+?\(?\d[\d\s()/.-]{5,}\d"),
    "address": re.compile(r"@|\bwww\.|https?:|\b[\w-]+\.(?:[a-z]{2,3}|info|example)\b", re.I),
}
_NAME = re.compile(r"(?<![.!?:|]\s)(?<!^)(?<![.!?:|*\-•]\s\s)\b[A-Z][\w’'-]*", re.MULTILINE)


def expected(question: str) -> AnswerType | None:
    """The type that a question asks for, or None where it is none of these."""
    plain = re.sub(r"\s+", " ", question.casefold().replace("’", "'"))
    return next((type_ for type_, pattern in _ASKED if pattern.search(plain)), None)


def missing(question: str, texts: Iterable[str]) -> AnswerType | None:
    """The type that a question asks for where none of the texts has something of it."""
    type_ = expected(question)
    return None if type_ is None or any(has(text, type_, question) for text in texts) else type_


def has(text: str, type_: AnswerType, question: str) -> bool:
    """Whether a text has something of a type; of a person, a name that the question does not have itself."""
    if type_ == "person":
        known = question.casefold()
        return any(match.group().casefold() not in known for match in _NAME.finditer(text))
    return _HELD[type_].search(text) is not None
