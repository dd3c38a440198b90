"""How an answer came about, and the answer or the refusal that it ends in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.answer.library import Sought
from assistant.answer.quote import Quotations
from assistant.answer.select import Selection
from assistant.answer.signals import Signals
from assistant.question.parse import ParsedQuestion
from assistant.types import Answer, Hit, RankedLine, ReadPassage, Reason, ScoredLine


@dataclass(frozen=True, slots=True)
class Working:
    """How a question was worked out."""

    parsed: ParsedQuestion
    searched: int  # among how many passages
    hits: tuple[Hit, ...]
    ranked: tuple[RankedLine, ...]  # by similarity alone
    read: tuple[ReadPassage, ...]
    selection: Selection
    signals: Signals
    confidence: float  # the probability that what was selected is right
    reason: Reason | None  # why it was refused, if it was
    message: str | None
    sought: Sought
    rivals: tuple[ScoredLine, ...] = ()  # lines of other documents that say the same kind of thing of something else
    lacking: str = ""  # what the question asks about, where they and the selection do not have it
    parts: tuple[Working, ...] = ()  # where the question asks several things, each by itself


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer and how it came about."""

    answer: Answer
    working: Working | None  # None where the filters leave nothing
    threshold: float  # the probability that an answer must reach


def answered(quoted: Quotations, confidence: float, index_id: str) -> Answer:
    """The answer that says what was quoted."""
    return Answer(
        id="",
        question="",
        standalone_question="",
        status="answered",
        reason=None,
        message=None,
        blocks=tuple(quoted.blocks),
        citations=tuple(quoted.citations),
        conflicts=tuple(quoted.conflicts),
        confidence=confidence,
        closest=(),
        index_id=index_id,
    )


def refused(reason: Reason, message: str, index_id: str) -> Answer:
    """A refusal that shows nothing yet of what came near."""
    nothing = answered(Quotations({}), 0.0, index_id)
    return replace(nothing, status="refused", reason=reason, message=message)
