"""Names and codes: what may not be taken for another, and must stand where an answer comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from assistant.documents.outline import Outline
from assistant.memo import remembered
from assistant.question.parse import FUNCTION_WORDS
from assistant.question.stems import words

_TOKEN = re.compile(r"(?<![\w.])[^\W_]+(?:[-._/][^\W_]+)*")
_WORD = re.compile(r"[^\W\d_]+")
_PIECE = re.compile(r"\d+|[^\W\d_]+|[._/]")
# "1.2.3"; "X210", "AB-1234" and "e11000", but no "covid-19" in lower case, no "m2", and no "30-day" or "4th".
_CODE = re.compile(
    r"v?\d+(?:\.\d+){2,}(?:-\w+)*|(?=.*\d)(?:[A-Z][^\W_]*+|[^\W\d_]{1,3}\d{2}[^\W_]*+)(?:[-._/](?=[^\W_]*[\dA-Z])[^\W_]++)*"
)
_CODED = re.compile(rf"(?<![\w.])(?:{_CODE.pattern})(?![\w])")
_OPENS = re.compile(r"(?:^|[.!?:;\n])\W*$")
SHORTEST, LONG = 4, 7  # letters of a name from which on one letter may differ, and two


def codes(text: str) -> list[str]:
    """The part numbers, error codes and version numbers in a text, as written, each once."""
    found = (token for token in _TOKEN.findall(text) if not token.isalpha() and _CODE.fullmatch(token))
    return list(dict.fromkeys(found))


def holds(text: str, code: str) -> bool:
    """Whether a code stands in a text, alone or with other marks within it: "AB 1234" for "AB-1234"."""
    return _pattern(code).search(text) is not None


def placed(code: str, outline: Outline, n: int) -> bool:
    """Whether a code stands in line `n`, above it, or in the document's title.

    Above it are its headings, what leads to it, and the sentences before it in its section and in those around that.
    """
    if any(holds(text, code) for text in (outline.text(n), outline.above(n), outline.document.title)):
        return True
    lines = outline.document.lines
    path = lines[n].section_path
    for match in _pattern(code).finditer(outline.document.text, 0, lines[n].start):
        before = lines[outline.position(match.start())]
        if before.kind in ("sentence", "lead") and path[: len(before.section_path)] == before.section_path:
            return True
    return False


class Names:
    """Knows the names in the documents: words that they never have in lower case, and codes. Threads may share it."""

    def __init__(self, counts: Mapping[str, int], *, is_word: Callable[[str], bool]) -> None:
        """`counts` are the documents' words and codes as written; `is_word` knows the words of the language."""
        self._written = counts
        self._is_word = is_word
        self._gathered = remembered(self._gather, 1)

    def meant(self, question: str) -> tuple[str, str] | None:
        """A name of the question that the documents lack, and the one of theirs that it nearly is; None without one."""
        for name in self._asked(question):
            if (near := self._near(name)) is not None:
                return name, near
        return None

    def _asked(self, question: str) -> Iterator[str]:
        """The names of the question that the documents lack."""
        yield from (code for code in codes(question) if not self._gathered().has(code))
        found = list(_WORD.finditer(_CODED.sub(lambda match: "0" * len(match.group()), question)))
        opening = {m.start() for m in found if _OPENS.search(question[: m.start()])}
        inner = [m.group() for m in found if m.start() not in opening]
        titled = len(inner) > 1 and sum(word[0].isupper() for word in inner) > 0.8 * len(inner)
        for match in found:
            word = match.group()
            lower = word.casefold()
            if len(word) < SHORTEST or lower in FUNCTION_WORDS or self._gathered().has(word):
                continue
            capital = word[0].isupper() and match.start() not in opening and not titled
            if capital or not self._is_word(lower):
                yield word

    def _near(self, name: str) -> str | None:
        from rapidfuzz.distance import OSA
        from rapidfuzz.process import extractOne

        known = self._gathered()
        code = _CODED.fullmatch(name) is not None
        most = 2 if len(name) >= LONG and not code else 1
        pool = known.codes if code else known.names
        lower = name.casefold()
        near = [other for other in pool if code or not (other.startswith(lower) or lower.startswith(other))]
        found = extractOne(lower, near, scorer=OSA.distance, score_cutoff=most)
        return pool[found[0]] if found else None

    def _gather(self) -> _Known:
        lower = frozenset(word for word in self._written if word.islower())
        names, codes = {}, {}
        for word in sorted(self._written):
            if not word.isalpha():
                codes[word.casefold()] = word
            elif len(word) >= SHORTEST and word[0].isupper() and word.casefold() not in lower:
                names[word.casefold()] = word
        return _Known(names, codes, frozenset(stem for word in self._written for stem in words(word)))


@dataclass(frozen=True, slots=True)
class _Known:
    names: Mapping[str, str]  # in lower case, and as written
    codes: Mapping[str, str]
    stems: frozenset[str]

    def has(self, name: str) -> bool:
        return name.casefold() in self.codes or frozenset(words(name)) <= self.stems


@lru_cache(maxsize=1024)
def _pattern(code: str) -> re.Pattern[str]:
    inner = r"[-\s]?".join(re.escape(piece) for piece in _PIECE.findall(code))
    return re.compile(rf"(?<![^\W_])(?<!\d[.,-]){inner}(?![^\W_])(?![.,-]\d)", re.IGNORECASE)
