"""What a model writes, as sentences with the numbers of the lines that each cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sentencex

LONGEST = 1_000  # characters of a sentence; what is longer is none
_MARK = r"\[\s*\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\s*\]"
_MARKS = re.compile(rf"(?:\s*{_MARK})+")
_NUMBERS = re.compile(r"(\d{1,4})(?:\s*[–-]\s*(\d{1,4}))?")
_ENDING = re.compile(rf"{_MARK}(?:\s*{_MARK})*\s*[.!?]*(?=\s|\Z)")
_LEADING = re.compile(r"^\s*(?:[-*•>]+|#{1,6}|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"\*\*|__|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|`")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and the numbers of the lines that it cites, in order, each once."""

    text: str
    cites: tuple[int, ...]


def sentences(pieces: Iterable[str]) -> Iterator[Sentence]:
    """The sentences of a text that comes in pieces, each as soon as it is whole: the next has begun, or all is said."""
    left = ""
    for piece in pieces:
        left += piece
        while (cut := _cut(left)) is not None:
            yield from _sentences(left[:cut])
            left = left[cut:]
        if len(left) > 2 * LONGEST:
            yield from _sentences(left)
            left = ""
    yield from _sentences(left)


def _cut(text: str) -> int | None:
    """Where the first sentence ends: at the end of a line, or after its numbers, once another word follows."""
    line = text.find("\n")
    for match in _ENDING.finditer(text):
        if line >= 0 and match.start() > line:
            break
        rest = text[match.end() :]
        if rest.strip() and not rest.lstrip().startswith("["):
            return match.end()
    return (
        line + 1 if line >= 0 and text[line + 1 :].strip() and not text[line + 1 :].lstrip().startswith("[") else None
    )


def _sentences(text: str) -> Iterator[Sentence]:
    """Those of one stretch: only the last has the numbers, and what stands before it cites nothing."""
    cites = list(dict.fromkeys(n for marks in _MARKS.findall(text) for n in _numbers(marks)))
    said = " ".join(_EMPHASIS.sub("", _LEADING.sub("", _MARKS.sub("", text))).split())
    said = re.sub(r"(?<!\.)\.\.$", ".", re.sub(r"\s+([.,;:!?])", r"\1", said))
    if not re.search(r"\w", said):
        return
    parts = [part.strip() for part in sentencex.segment("en", said) if re.search(r"\w", part)]
    for part in parts[:-1]:
        yield Sentence(part, ())
    yield Sentence(parts[-1], tuple(cites))


def _numbers(marks: str) -> list[int]:
    found: list[int] = []
    for first, last in _NUMBERS.findall(marks):
        upto = int(last) if last else int(first)
        found += range(int(first), min(upto, int(first) + 50) + 1)
    return found
