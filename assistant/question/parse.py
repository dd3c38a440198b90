"""A question taken apart: its names, what it asks of an order, and the words that an answer must deal with."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.question.parts import parts
from assistant.question.relations import Relation, relation

MAX_QUESTION = 2_000  # characters of a question, white space around it not counted

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_NAME_WORD = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
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
    """A question, and what is named in it."""

    text: str
    names: tuple[str, ...]  # the numbers and the proper names in it, as written
    relation: Relation | None = None  # what it asks of things in an order


def parse(question: str) -> ParsedQuestion:
    """The question with its names."""
    one = relation(question) if not parts(question) else None
    return ParsedQuestion(text=question, names=tuple(_names(question)), relation=one)


def content_words(question: str) -> list[str]:
    """The words of the question that say what it is about, in lower case, in order, each once."""
    words = (match.group().casefold().replace("’", "'").removesuffix("'s") for match in _WORD.finditer(question))
    return list(dict.fromkeys(word for word in words if word not in FUNCTION_WORDS))


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
