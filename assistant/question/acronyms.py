"""Acronyms that the documents explain, or whose words one of their headings has: "Machine Learning (ML)"."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assistant.question.parse import FUNCTION_WORDS
from assistant.question.stems import words
from assistant.types import Document

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_AFTER = re.compile(  # machine learning (ML)
    r"((?:[^\W\d_][\w'’-]{0,40}+[ \t]++){2,8})\([“\"]?([A-Z][A-Z&]{1,6})s?[”\"]?\)"
)
_BEFORE = re.compile(  # ML (machine learning)
    r"\b([A-Z][A-Z&]{1,6})s? \(([^\W\d_][\w'’-]*+(?:[ \t]++[^\W\d_][\w'’-]*+){1,7}[ \t]*+)\)"
)
_IN_BRACKETS = re.compile(r"\([“\"]?[A-Z][A-Z&]{1,6}s?[”\"]?\)")
_BEFORE_BRACKETS = re.compile(r"[A-Z&]s? \(")
_SMALL = frozenset("a an and at by for from in of on or the to with".split())  # noqa: SIM905
_SHORT_WORD = r"(?<![\w.&-])(?:{})(?![\w&-])(?!\.\w)"
_SHORT = re.compile(_SHORT_WORD.format("[^\\W\\d_]{2,7}"))
_CAPITALS = re.compile("[A-Z]{2,7}")


@dataclass(frozen=True, slots=True)
class Known:
    """Acronyms in capitals, each with what it stands for."""

    explained: Mapping[str, str] = field(default_factory=dict)  # by the documents themselves
    headed: Mapping[str, str] = field(default_factory=dict)  # that the documents lack, the first letters of a heading


def learn(documents: Iterable[Document]) -> Known:
    """The acronyms of the documents; those that stand for several things are left out."""
    explained: dict[str, list[str]] = {}
    headed: dict[str, list[str]] = {}
    documents = tuple(documents)
    capitals: set[str] = set()
    for document in documents:
        text = document.text
        capitals.update(_CAPITALS.findall(text))
        for line in text.split("\n") if "(" in text else ():  # what explains and what is explained stand in one
            if _IN_BRACKETS.search(line):
                for match in _AFTER.finditer(line):
                    _note(explained, match[2], _suffix(match[1].split(), match[2]))
        for line in text.split("\n") if "(" in text else ():
            if _BEFORE_BRACKETS.search(line):
                for match in _BEFORE.finditer(line):
                    full = match[2].split()
                    _note(explained, match[1], full if match[1] in _initials(full) else None)
        for title in (document.title, *(section.title for section in document.sections)):
            full = _WORD.findall(title)
            if 2 <= len(full) <= 5:
                for short in _initials(full):
                    _note(headed, short, full)
    written = _written(headed.keys() & capitals | {short for short in headed if not short.isascii()}, documents)
    new = {short: full for short, full in headed.items() if short not in written and short not in explained}
    return Known(_single(explained), _single(new))


class Acronyms:
    """Knows what acronyms stand for. Never changes, so threads may share it."""

    def __init__(self, known: Known, *, is_written: Callable[[str], bool] = lambda word: False) -> None:
        """`is_written` knows the words of the documents as written."""
        self._known = known
        self._stems = [
            (words(short)[0], frozenset(words(full)), short in known.explained)
            for short, full in (*known.explained.items(), *known.headed.items())
            if words(short) and words(full)
        ]
        self._is_written = is_written

    def expand(self, question: str) -> str:
        """The question with what its acronyms stand for, in brackets, where it does not say so itself."""
        for short, full in (*self._known.explained.items(), *self._known.headed.items()):
            at = self._find(short, question, small=short in self._known.explained)
            if at is not None and not re.search(_spaced(full), question, re.IGNORECASE):
                question = f"{question[:at]} ({full}){question[at:]}"
        return question

    def both(self, stems: Sequence[str]) -> list[str]:
        """The stems of a text, with those of what its acronyms stand for, and of acronyms for what it names."""
        there = frozenset(stems)
        more: list[str] = []
        for short, full, explained in self._stems:
            if short in there and explained:
                more += sorted(full - there)
            elif full <= there:
                more.append(short)
        return [*stems, *more]

    def _find(self, short: str, question: str, *, small: bool) -> int | None:
        """Where the acronym ends in the question; if `small`, in small letters too where it is no word."""
        lower = short.lower()
        small = small and lower not in FUNCTION_WORDS and not self._is_written(lower)
        for match in _SHORT.finditer(question):
            if match.group() == short or (small and match.group().lower() == lower):
                return match.end()
        return None


def _written(shorts: Collection[str], documents: Iterable[Document]) -> set[str]:
    """Those that stand in a document, as words of their own."""
    either = re.compile(_SHORT_WORD.format("|".join(map(re.escape, sorted(shorts))))) if shorts else None
    return {short for document in documents for short in either.findall(document.text)} if either else set()


def _note(found: dict[str, list[str]], short: str, full: Sequence[str] | None) -> None:
    if full is not None:
        found.setdefault(short, []).append(" ".join(word.lower() if word[1:].islower() else word for word in full))


def _single(found: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {short: full[0] for short, full in sorted(found.items()) if len({tuple(words(one)) for one in full}) == 1}


def _suffix(before: Sequence[str], short: str) -> list[str] | None:
    """The last of the words whose first letters are the acronym."""
    for n in range(2, len(before) + 1):
        if before[-n].lower() not in _SMALL and short in _initials(before[-n:]):
            return list(before[-n:])
    return None


def _initials(full: Sequence[str]) -> set[str]:
    """The first letters of the words, with small words and without."""
    letters = [(word[0].upper(), word.lower() in _SMALL) for word in full]
    whole, main = "".join(one for one, _ in letters), "".join(one for one, small in letters if not small)
    return {short for short in (whole, main) if len(short) >= 2}


def _spaced(full: str) -> str:
    return r"\b" + r"[\s-]+".join(map(re.escape, full.split())) + r"\b"
