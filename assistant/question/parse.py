"""What a question asks for: its grain, its parts, and the words that an answer must deal with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MAX_QUESTION = 2_000  # characters of a question, white space around it not counted

Grain = Literal["figure", "list", "line", "open", "topic"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NAME_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
_FIGURE = re.compile(
    r"\bhow (?:much|many|large|big|fast|long|high|old|tall|far|often|soon|quickly)\b"
    r"|\b(?:what|which) (?:\w+ ){0,3}?"
    r"(?:percent(?:age)?|share|rate|number|amount|figure|year|date|size|ratio|proportion)\b"
    r"|^\W*when\b"
)
_LIST = re.compile(
    r"^\W*(?:please )?(?:list|name|enumerate)\b"
    r"|^\W*(?:please )?(?:show|give|tell)\b.*\ball\b"
    r"|\bwhat (?:kinds?|types?|sorts?) of\b"
    r"|\bwhat (?:all |else )?(?:do|does|did|must|should|can|will|would) .*"
    r"\b(?:involve|include|cover|comprise|consist|contain|know|do|learn|have|need|mean|get|bring|pack|receive|offer|expect|"
    r"avoid|prepare|check)\b"
    r"|\bwhat(?:'s| is| are)? (?:\w+ )?(?:involved|included|needed|required|expected|part)\b"
    r"|\b(?:falls?|belongs?|comes?) (?:under|within|into)\b"
    r"|^\W*how (?:can|should|do|does|must|to|is|are|would)\b"
)
_PLURAL_ASKED = re.compile(r"\b(?:what|which|wat|whats)(?: are| were|'re)?(?P<phrase>(?: [\w&/-]+){1,7})")
_PHRASE_END = re.compile(
    r" (?:is|are|was|were|be|do|does|did|has|have|had|can|could|should|must|may|might|will|would|there|of|for|in|on|at|"
    r"to|with|by|from|that|when|if|as|i|you|we|they|he|she|it)\b.*"
)
# "which symptoms mean", "what habits make for"; not "what causes the", "what happens if".
_PLURAL_SUBJECT = re.compile(
    r"\b(?:which|what) (?:(?:[\w-]+ ){0,2}?)(?P<noun>[\w-]{3,}s) "
    r"(?!(?:the|an?|this|that|these|those|it|them|him|her|you|us|me|my|your|our|their|its|his|more|most|less|if|when|where|"
    r"after|before|during|to|with|at|on|in|by|for|from|of|about)\b)\w+"
)
_NOT_PLURAL = re.compile(r"(?:ss|us|is|'s|ics)$|^(?:happens|matters|counts|helps|follows|goes|comes|makes|keeps)$")
_CLAUSE = re.compile(
    r"(?:\?|;)\s+(?=\w)|,?\s+(?:and|plus)\s+(?=(?:what|which|who|whose|when|where|why|how|is|are|does|do|can|should)\b)",
    re.IGNORECASE,
)
_COORDINATES = re.compile(
    r"\b(?:and|or|versus|vs|both|compared?|comparison|differ|difference|differs|as well as|than)\b|[;&+]|\?.*\?", re.I
)
# Words that carry no content of their own in a question.
FUNCTION_WORDS = frozenset(
    """a about after again all also am an and any anybody anyone anything are as asks at be because been before being
    between both but by call called can come could did do does doing done during each either else etc every exactly
    few for from get gets give given gives go goes got had has have having he her here hers him his how i if in into
    is it its just kind let like made make makes many may me mean means might more most much must my near need needed
    needs no nor not of off often on one ones only or other our ours out over part please quite really said say says
    shall she should so some something sort such take tell than that the their them then there these they thing things
    this those to too type under until up upon us use used very want was way we were what whats when where whether
    which while who whom whose why will with within without would you your yours yes versus vs compare compared
    comparison difference differ ask asked asks stand stands mention mentioned involve involves include includes
    included describe describes described explain explains list name guide document documents text section""".split()  # noqa: SIM905, read as words
)


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question, taken apart.

    Its grain is `figure` (how much, when), `list` (which challenges are there), `line` (who, where, why, yes or no),
    `open` (what else begins with "what"), or `topic`: it only names something, as "salary of head of ai" does.
    """

    text: str
    grain: Grain
    joins: bool  # it names two things or more ("and", "or", "compared to")
    names: tuple[str, ...]  # the numbers and the proper names in it, as written


def take_apart(question: str) -> list[ParsedQuestion]:
    """The questions within a question: usually one; "what is X and how is Y?" gives two."""
    clauses = [clause.strip() for clause in _CLAUSE.split(question)]
    whole = [clause for clause in clauses if content_words(clause)]
    if len(whole) < 2 or any(len(content_words(clause)) < 1 for clause in whole):
        whole = [question]
    return [_ask(clause) for clause in whole]


def content_words(question: str) -> list[str]:
    """The words of the question that say what it is about, in lower case, in order, each once."""
    words = (match.group().casefold().replace("’", "'").removesuffix("'s") for match in _WORD.finditer(question))
    return list(dict.fromkeys(word for word in words if word not in FUNCTION_WORDS))


def _ask(question: str) -> ParsedQuestion:
    return ParsedQuestion(
        text=question,
        grain=_grain(question),
        joins=_COORDINATES.search(question) is not None,
        names=tuple(_names(question)),
    )


def _grain(question: str) -> Grain:
    plain = re.sub(r"\s+", " ", question.casefold().replace("’", "'")).strip()
    if _FIGURE.search(plain):
        return "figure"
    if _LIST.search(plain) or _asks_plural(plain):
        return "list"
    words = plain.split()
    asks = re.match(
        r"\W*(?:what|whats|wat|which|who|whose|whom|when|where|why|how|is|are|was|were|do|does|did|can|could|should|must|"
        r"may|might|will|would|has|have|had)\b",
        plain,
    )
    if not asks and len(words) <= 8:
        return "topic"
    return "open" if re.match(r"\W*(?:what|whats|wat|which)\b", plain) else "line"


def _asks_plural(plain: str) -> bool:
    subject = _PLURAL_SUBJECT.search(plain)
    if subject and subject["noun"] not in FUNCTION_WORDS and not _NOT_PLURAL.search(subject["noun"]):
        return True
    match = _PLURAL_ASKED.search(plain)
    if not match:
        return False
    asked = _PHRASE_END.sub("", match.group("phrase") + " ").split()
    return bool(asked) and asked[-1].endswith("s") and not _NOT_PLURAL.search(asked[-1])


def _names(question: str) -> list[str]:
    """Numbers, and runs of words with a capital that do not open the question; no runs where all words have one."""
    words = [match.group() for match in _NAME_WORD.finditer(question)]
    shouted = sum(word[0].isupper() for word in words[1:]) > 0.8 * max(len(words) - 1, 1) and len(words) > 2
    names: list[str] = []
    before = ""
    for word in words[1:] if words and not words[0][0].isdigit() else words:
        is_name = word[0].isupper() and word.casefold() not in FUNCTION_WORDS and not shouted
        if is_name and before and f"{before} {word}" in question:
            names[-1] = f"{names[-1]} {word}"
        elif is_name or word[0].isdigit():
            names.append(word)
        before = word if is_name else ""
    return list(dict.fromkeys(names))
