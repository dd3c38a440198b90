"""From what was found and read to what is said: what is selected, how probable it is, and what speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from assistant.answer.calibration import Calibration
from assistant.answer.complete import SURE, completed
from assistant.answer.conflicts import beside, told_apart
from assistant.answer.echoes import without_echoes
from assistant.answer.explanation import Working
from assistant.answer.library import Library, Sought
from assistant.answer.overlap import TermOverlap
from assistant.answer.relate import relate
from assistant.answer.select import Unit, select
from assistant.answer.signals import Signals, explain_gap, gather_signals
from assistant.answer.weigh import weigh
from assistant.documents.outline import Outline
from assistant.languages.catalogue import listed, say
from assistant.question.naming import codes, placed
from assistant.question.parse import ParsedQuestion
from assistant.types import Document, Hit, RankedLine, ReadPassage, Reason, ScoredLine

L = TypeVar("L", ScoredLine, RankedLine)

UNRELATED = 0.25  # the score of the best line below which nothing is near
LIKELY = -2.0  # the log-odds of a line from which on it is asked back which document is meant


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides what is said, and whether it is."""

    documents: Mapping[str, Document]
    outlines: Mapping[str, Outline]
    overlap: TermOverlap
    library: Library
    meant: Callable[[str], tuple[str, str] | None]  # a name of a question that nearly is one of the documents'
    calibration: Calibration
    threshold: float  # the probability that an answer must reach

    def decide(
        self,
        parsed: ParsedQuestion,
        searched: int,
        sought: Sought,
        hits: Sequence[Hit],
        ranked: Sequence[RankedLine],
        read: Sequence[ReadPassage],
    ) -> Working:
        """What is said, or why nothing is."""
        spans = [(one.passage.document_id, *span) for one in read for span in one.spans]
        lines = weigh(parsed.text, ranked, read, self.outlines, self.overlap, self.calibration.lines)
        selection = select(parsed.text, self.placed(parsed, lines), self.outlines, self.overlap, spans)
        judge = partial(
            gather_signals,
            parsed,
            ranked=ranked,
            read=read,
            searched=searched,
            outlines=self.outlines,
            overlap=self.overlap,
        )
        signals: Signals = judge(selection=without_echoes(selection, self.outlines, self.overlap))
        confidence = self.calibration.probability(signals)
        heard = beside(parsed, selection, sought, self.library, self.outlines, self.overlap)
        said = heard.selection
        if parsed.relation is not None and selection.ranked:
            related = relate(parsed.relation, parsed.text, selection.ranked, self.outlines, self.overlap)
            if related is not None:  # the best line alone may show better that this is the list that is asked about
                alone = self.calibration.probability(judge(selection=selection.only(selection.first)))
                confidence, said = max(confidence, alone), replace(selection, units=(related,), conflicts=())
        working = Working(
            parsed,
            searched,
            tuple(hits),
            tuple(ranked),
            tuple(read),
            said,
            signals,
            confidence,
            reason=None,
            message=None,
            sought=sought,
            rivals=heard.rivals,
            lacking=heard.lacking,
        )
        return self._judged(working, self.threshold)

    def again(self, before: Working) -> Working:
        """The same from what was found and read then."""
        working = self.decide(before.parsed, before.searched, before.sought, before.hits, before.ranked, before.read)
        return self.with_parts(working, [self.again(part) for part in before.parts])

    def with_parts(self, whole: Working, parts: Sequence[Working]) -> Working:
        """The working of a question that asks several things, with what its parts bring."""
        if not parts:
            return whole
        sure = min(SURE, self.threshold)
        judged = [self._judged(part, sure) for part in parts]
        return completed(whole, judged, threshold=self.threshold, words=self._words)

    def placed(self, parsed: ParsedQuestion, lines: list[L]) -> list[L]:
        """The lines that have a code of the question in them or above them; all of them where none has."""
        asked = codes(parsed.text)
        return [line for line in lines if any(self._has(line, code) for code in asked)] or lines

    def choices(self, working: Working) -> list[str]:
        """What the documents are called of which the question may mean each."""
        lines = (working.selection.first, *working.rivals)
        return told_apart([self.documents[line.document_id] for line in lines], self.library)

    def _words(self, unit: Unit) -> int:
        outline = self.outlines[unit.document_id]
        return sum(len(outline.text(n).split()) for n in unit.lines)

    def _has(self, line: ScoredLine | RankedLine, code: str) -> bool:
        own = self.library.owner(code) == line.document_id
        return own or placed(code, self.outlines[line.document_id], line.line)

    def _judged(self, working: Working, threshold: float) -> Working:
        reason, message = self._objection(working, threshold)
        return replace(working, reason=reason, message=message)

    def _objection(self, working: Working, threshold: float) -> tuple[Reason, str] | tuple[None, None]:
        """Why what was selected is not given as an answer, if it is not."""
        asked = working.parsed.text
        if not working.selection.units:
            return "unrelated", say("answers.unrelated")
        if (doubt := self.meant(asked)) is not None:
            return "unsupported", say("answers.meant", name=doubt[0], meant=doubt[1])
        if (lacking := self._lacking(working)) is not None:
            return "unsupported", say("answers.not_mentioned", name=lacking)
        sure = working.confidence >= threshold
        likely = sure or working.signals["line"] > LIKELY
        if working.lacking and likely:
            [name] = told_apart([self.documents[working.selection.first.document_id]], self.library)
            return "unsupported", say("answers.of_another", name=name, asked=working.lacking)
        if working.rivals and likely:
            return "ambiguous", say("answers.ambiguous", choices=listed("lists.or", self.choices(working)))
        if sure:
            return None, None
        if working.ranked[0].score < UNRELATED:
            return "unrelated", say("answers.unrelated")
        return "unsupported", explain_gap(working.parsed, working.hits, working.selection, self.outlines, self.overlap)

    def _lacking(self, working: Working) -> str | None:
        """A name or a code of the question that the documents found do not have; None where they have them all."""
        if (name := self.library.subjects.beyond(working.parsed.text)) is not None:
            return name
        asked = codes(working.parsed.text)
        return next((code for code in asked if not any(self._has(line, code) for line in working.ranked)), None)
