"""What the reader says of a sentence as if it were asked: whether each line that it cites deals with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.documents.chunking import embedded_text
from assistant.generate.sides import CitedLine
from assistant.models.pairs import LineSpan
from assistant.models.reader import Judgement, PassageInput

AGREES = 0.5
"""The log-odds that each cited line must reach. It is the highest half at which 99 % of the faithful paraphrases of the
written questions' train documents are kept; those of other documents decide nothing. What the
words let through, the reader mostly does too: it is a floor under them, and not what a false sentence fails on."""


class Judge(Protocol):
    """A reader that is given a text of our own, not a passage of the index."""

    def judge(self, question: str, given: PassageInput) -> Judgement: ...


def agreement(reader: Judge, sentence: str, lines: Sequence[CitedLine]) -> float:
    """The lowest of the log-odds that a cited line deals with the sentence."""
    text = "\n".join(line.text for line in lines)
    spans: list[LineSpan] = []
    start = 0
    for line in lines:
        spans.append((start, start + len(line.text), "sentence"))
        start += len(line.text) + 1
    above = tuple(part for part in lines[0].above.split("\n") if part)
    said = reader.judge(sentence, (embedded_text(above[0] if above else "", above[1:], ""), text, spans))
    return min((said.lines.get(n, float("-inf")) for n in range(len(lines))), default=float("-inf"))
