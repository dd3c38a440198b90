"""From a question to an answer made of the documents' own words, or to a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from functools import partial
from time import perf_counter
from typing import TypeVar

from assistant.answer.calibration import Calibration
from assistant.answer.complete import SURE, completed
from assistant.answer.explanation import Explanation, Working, answered, refused
from assistant.answer.greet import greet
from assistant.answer.note import note
from assistant.answer.overlap import TermOverlap
from assistant.answer.quote import Quotations
from assistant.answer.read import by_lines, read, unread
from assistant.answer.relate import relate
from assistant.answer.retrieve import Retriever, matching_rows
from assistant.answer.select import Selection, select
from assistant.answer.signals import explain_gap, gather_signals
from assistant.answer.weigh import Weights, weigh
from assistant.documents.citations import cite
from assistant.documents.outline import Outline
from assistant.ids import answer_id, settings_id
from assistant.question import rewrite
from assistant.question.naming import codes, placed
from assistant.question.parse import ParsedQuestion, parse
from assistant.question.parts import parts
from assistant.types import (
    Answer,
    Block,
    Citation,
    Document,
    Filters,
    Follower,
    Hit,
    Json,
    LineRanker,
    Passage,
    Promise,
    RankedLine,
    Reader,
    ReadPassage,
    Reason,
    ScoredLine,
    Turn,
    Vectors,
)

L = TypeVar("L", ScoredLine, RankedLine)

CLOSEST = 3  # the passages that a refusal shows
ALIKE = 0.5  # how much the lines of two documents share where the question must say which of them it means
RIVALS = 4  # the other documents that it is asked about, at most
RIVAL = 1.0  # and how far behind, in log-odds, the other may be
UNRELATED = 0.25  # the score of the best line below which nothing is near


@dataclass(frozen=True, slots=True)
class _Deaf:
    """Hears nothing, and may end the work: for an answer that is only looked up, or that nobody follows."""

    check: Callable[[], None] = lambda: None

    def hear(self, block: Block, citations: Sequence[Citation]) -> None: ...


_NOBODY = _Deaf()


@dataclass(slots=True)
class _Clock:
    """How long each stage took, in milliseconds."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        began = perf_counter()
        try:
            yield
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + (perf_counter() - began) * 1000


class Assistant:
    """Answers questions from one opened index. It never changes once made, so threads may share it."""

    def __init__(
        self,
        *,
        index_id: str,
        documents: Mapping[str, Document],
        passages: Sequence[Passage],
        outlines: Mapping[str, Outline],
        retriever: Retriever,
        ranker: LineRanker,
        reader: Reader | None,  # None leaves it to the ranking of the lines
        overlap: TermOverlap,
        correct: Callable[[str], str],  # a question to the same with its typing errors mended
        expand: Callable[[str], str] = lambda question: question,  # the same with what its acronyms stand for
        meant: Callable[[str], tuple[str, str] | None] = lambda question: None,  # a name that nearly is one of theirs
        calibration: Calibration,
        max_false_answer_rate: float,
        search_passages: int,
        read_passages: int,
        settings: Mapping[str, Json] = {},
        handoff: str | None = None,  # where a person can be asked
        prepare: Callable[[Sequence[str]], None] = lambda texts: None,  # encodes what will be searched for
    ) -> None:
        self.index_id = index_id
        self.documents = documents
        counts = dict.fromkeys(documents, 0)
        for passage in passages:
            counts[passage.document_id] += 1
        self.passage_counts: Mapping[str, int] = counts
        self.passages = passages
        self.outlines = outlines
        self._retriever = retriever
        self._ranker = ranker
        self._reader = reader
        self.overlap = overlap
        self._correct = correct
        self._expand = expand
        self._meant = meant
        self._prepare = prepare
        self._handoff = handoff
        self.calibration = calibration
        self.promise: Promise = calibration.promise(max_false_answer_rate)
        self._search_passages = search_passages
        self._read_passages = read_passages
        self.settings_id = settings_id(settings)

    @property
    def reader(self) -> Reader | None:
        """What reads question and passage together, if anything does."""
        return self._reader

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        """The answer to a question, or a refusal."""
        return self.explain(question, history=history, filters=filters).answer

    def follow(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), follower: Follower
    ) -> Answer:
        """The same answer. `follower` hears each block of it as soon as there is one, and may end the work."""
        return self.explain(question, history=history, filters=filters, follower=follower).answer

    def prepare(self, questions: Sequence[str]) -> None:
        """Does for several questions at once what is sooner done together; they are asked next, one by one."""
        self._prepare([self._expand(self._correct(question.strip())) for question in questions])

    def search(self, question: str, *, k: int = 10, filters: Filters = Filters()) -> list[Hit]:
        """The best `k` passages, best first."""
        return self._retriever.search(question.strip(), k=k, rows=self._rows(filters))

    def passages_to_read(self, question: str) -> list[Passage]:
        """All passages that a search brings, in the order in which the reader would read them."""
        hits = self._retriever.search(question, k=self._search_passages)
        return by_lines(hits, self._ranker.rank(question, [hit.passage for hit in hits]), self._lines_of)

    def encode(self, question: str) -> Vectors:
        """The question's vector, of length 1."""
        return self._retriever.encode(question)

    def explain(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        follower: Follower = _NOBODY,
    ) -> Explanation:
        """The answer to a question, with all that led to it."""
        began = perf_counter()
        clock = _Clock()
        question = question.strip()
        with clock.stage("understand"):
            rows = self._rows(filters)
            greeted = greet(question, self.documents, self.index_id)
            standalone = question if greeted else self._expand(self._stand_alone(question, history, rows, follower))
        working, answer = (None, greeted) if greeted else self._work_out(standalone, rows, clock, follower)
        answer = replace(
            answer,
            id=self._id(question, history, filters),
            question=question,
            standalone_question=standalone,
        )
        timings = {**clock.stages, "total": (perf_counter() - began) * 1000}
        return Explanation(replace(answer, timings_ms=timings), working, self.promise.threshold)

    def with_lines(self, weights: Weights) -> Assistant:
        """One like it that answers everything, and ranks lines by these weights."""
        other = copy(self)
        other.calibration = replace(self.calibration, lines=weights)
        other.promise = other.calibration.promise(1.0)
        return other

    def decide_again(self, explanation: Explanation) -> Explanation:
        """The same from what was found and read then, decided as this one does it."""
        before = explanation.working
        if before is None:
            return explanation
        working = self._with_parts(self._again(before), [self._again(part) for part in before.parts])
        made, known = self._compose(working, self._quoted(working)), explanation.answer
        answer = replace(made, id=known.id, question=known.question, standalone_question=known.standalone_question)
        return Explanation(answer, working, self.promise.threshold)

    def _stand_alone(
        self, question: str, history: Sequence[Turn], rows: Sequence[int] | None, follower: Follower
    ) -> str:
        """The question, its typing errors mended, as it would be asked without what was said before it."""

        def said(earlier: str) -> list[str]:
            return [block.text for block in self._work_out(earlier, rows, _Clock(), _Deaf(follower.check))[1].blocks]

        return rewrite.follow(
            self._correct(question), history, correct=self._correct, said=said, one_subject=len(self.documents) < 2
        )

    def _work_out(
        self, question: str, rows: Sequence[int] | None, clock: _Clock, follower: Follower
    ) -> tuple[Working | None, Answer]:
        """The answer and how it was worked out; its blocks are heard once they are cited."""
        if rows == []:
            left = "The filters leave nothing to search: loosen or drop them."
            return None, refused("filtered", left, self.index_id)
        working = self._complete(self._work(parse(question), rows, clock, follower), rows, clock, follower)
        with clock.stage("compose"):
            quoted = self._quoted(working)
        for block in quoted.blocks:
            follower.hear(block, [quoted.citations[n] for n in block.citations])
        with clock.stage("compose"):
            return working, self._compose(working, quoted)

    def _quoted(self, working: Working) -> Quotations:
        """What is said, which is nothing where something speaks against it."""
        quoted = Quotations(self.outlines)
        if working.reason is None:
            quoted.add(working.selection)
        return quoted

    def _rows(self, filters: Filters) -> list[int] | None:
        return matching_rows(self.passages, self.documents, filters) if filters else None

    def _work(self, parsed: ParsedQuestion, rows: Sequence[int] | None, clock: _Clock, follower: Follower) -> Working:
        follower.check()
        with clock.stage("search"):
            hits = self._retriever.search(parsed.text, k=self._search_passages, rows=rows)
            ranked = self._placed(parsed, self._ranker.rank(parsed.text, [hit.passage for hit in hits]))
        with clock.stage("read"):
            read = self._read(parsed.text, hits, ranked, follower)
        with clock.stage("select"):
            searched = len(self.passages) if rows is None else len(rows)
            return self._decide(parsed, searched, hits, ranked, read)

    def _complete(self, whole: Working, rows: Sequence[int] | None, clock: _Clock, follower: Follower) -> Working:
        """The working of a question with what its parts bring, where it asks several things."""
        asked = parts(whole.parsed.text)
        works: list[Working] = []
        for n, part in enumerate(asked):
            alone = rewrite.follow(part, [Turn("user", earlier) for earlier in asked[:n]], one_subject=False)
            works.append(self._work(parse(alone), rows, clock, follower))
        return self._with_parts(whole, works)

    def _with_parts(self, whole: Working, parts: Sequence[Working]) -> Working:
        if not parts:
            return whole
        sure = min(SURE, self.promise.threshold)
        judged = []
        for part in parts:
            reason, message = self._objection(part, sure)
            judged.append(replace(part, reason=reason, message=message))
        return completed(whole, judged, threshold=self.promise.threshold)

    def _again(self, before: Working) -> Working:
        return self._decide(before.parsed, before.searched, before.hits, before.ranked, before.read)

    def _decide(
        self,
        parsed: ParsedQuestion,
        searched: int,
        hits: Sequence[Hit],
        ranked: Sequence[RankedLine],
        read: Sequence[ReadPassage],
    ) -> Working:
        """What is said, from what was found and read."""
        spans = [(one.passage.document_id, *span) for one in read for span in one.spans]
        lines = weigh(parsed.text, ranked, read, self.outlines, self.overlap, self.calibration.lines)
        selection = select(parsed.text, self._placed(parsed, lines), self.outlines, self.overlap, spans)
        judge = partial(
            gather_signals,
            parsed,
            ranked=ranked,
            read=read,
            searched=searched,
            outlines=self.outlines,
            overlap=self.overlap,
        )
        signals = judge(selection=selection)
        confidence = self.calibration.probability(signals)
        if parsed.relation is not None and selection.ranked:
            related = relate(parsed.relation, parsed.text, selection.ranked, self.outlines, self.overlap)
            if related is not None:  # the best line alone may show better that this is the list that is asked about
                alone = self.calibration.probability(judge(selection=selection.only(selection.first)))
                confidence, selection = max(confidence, alone), replace(selection, units=(related,), conflicts=())
        working = Working(
            parsed, searched, tuple(hits), tuple(ranked), tuple(read), selection, signals, confidence, None, None
        )
        reason, message = self._objection(working, self.promise.threshold)
        return replace(working, reason=reason, message=message)

    def _read(
        self, question: str, hits: Sequence[Hit], ranked: Sequence[RankedLine], follower: Follower
    ) -> list[ReadPassage]:
        """What is said of the passages with the best lines; nothing where no line is near."""
        if not ranked or ranked[0].score < UNRELATED / 2:
            return []
        passages = by_lines(hits, ranked, self._lines_of)
        if self._reader is None:
            return [unread(passage, self._lines_of(passage)) for passage in passages]
        return read(self._reader, question, passages, k=self._read_passages, check=follower.check)

    def _lines_of(self, passage: Passage) -> range:
        return self.outlines[passage.document_id].overlapping(passage.start, passage.end)

    def _placed(self, parsed: ParsedQuestion, lines: list[L]) -> list[L]:
        """The lines that have a code of the question in them or above them; all of them where none has."""
        asked = codes(parsed.text)
        return [line for line in lines if any(self._has(line, code) for code in asked)] or lines

    def _has(self, line: ScoredLine | RankedLine, code: str) -> bool:
        return placed(code, self.outlines[line.document_id], line.line)

    def _objection(self, working: Working, threshold: float) -> tuple[Reason, str] | tuple[None, None]:
        """Why what was selected is not given as an answer, if it is not."""
        if not working.selection.units:
            return "unrelated", "Nothing in the documents is about this."
        if (doubt := self._meant(working.parsed.text)) is not None:
            return "unsupported", f"The documents do not mention “{doubt[0]}”. Did you mean “{doubt[1]}”?"
        lacking = [
            code for code in codes(working.parsed.text) if not any(self._has(line, code) for line in working.ranked)
        ]
        if lacking:
            return "unsupported", f"The closest passages do not mention “{lacking[0]}”."
        if working.confidence < threshold:
            if working.ranked[0].score < UNRELATED:
                return "unrelated", "Nothing in the documents is about this."
            return "unsupported", explain_gap(
                working.parsed, working.hits, working.selection, self.outlines, self.overlap
            )
        rivals = self._rivals(working.parsed, working.selection)
        if rivals:
            ids = (working.selection.first.document_id, *(line.document_id for line in rivals))
            titles = [self.documents[id].title for id in ids]
            return "ambiguous", f"Several documents answer this. Which one do you mean: {_either(titles)}?"
        return None, None

    def _rivals(self, parsed: ParsedQuestion, selection: Selection) -> list[ScoredLine]:
        """Lines of other documents that say as well what the first one says of its own, each document's best."""
        first = selection.first
        best: dict[str, ScoredLine] = {}
        for line in selection.ranked:
            if line.score >= first.score - RIVAL:
                best.setdefault(line.document_id, line)
        del best[first.document_id]
        titles = [self.documents[document_id].title for document_id in (first.document_id, *best)]
        if not best or self.overlap.tells_apart(parsed.text, titles):
            return []
        said = self._said(first)
        others = ((line, self._said(line)) for line in best.values())
        alike = [line for line, text in others if text != said and self.overlap.likeness(text, said) >= ALIKE]
        return alike[:RIVALS]

    def _said(self, line: ScoredLine) -> str:
        return self.outlines[line.document_id].text(line.line)

    def _compose(self, working: Working, quoted: Quotations) -> Answer:
        confidence = round(working.confidence, 4)
        if quoted.blocks:
            return replace(answered(quoted, confidence, self.index_id), note=note(working))
        reason = working.reason or "unsupported"
        message = working.message or "The documents have something near, which does not answer this."
        refusal = refused(reason, message, self.index_id)
        handoff = self._handoff if reason in ("unrelated", "unsupported") else None
        return replace(refusal, closest=tuple(self._closest(working)), confidence=confidence, handoff=handoff)

    def _closest(self, working: Working) -> Iterator[Citation]:
        hits = working.hits
        if working.reason == "unsupported":  # the passage that the message speaks of comes first
            unit = working.selection.units[0]
            start = self.outlines[unit.document_id].starts[unit.lines[0]]
            hits = tuple(sorted(hits, key=lambda hit: not _holds(hit.passage, unit.document_id, start)))
        if working.reason == "ambiguous":  # exactly those that the message names
            lines = [working.selection.first, *self._rivals(working.parsed, working.selection)]
            hits = tuple(hit for line in lines if (hit := self._holding(hits, line)) is not None)
        for hit in hits if working.reason == "ambiguous" else hits[:CLOSEST]:
            passage = hit.passage
            yield cite(self.documents[passage.document_id], passage.start, passage.end, score=hit.score)

    def _holding(self, hits: Sequence[Hit], line: ScoredLine) -> Hit | None:
        """The best of the passages that hold a line."""
        start = self.outlines[line.document_id].starts[line.line]
        return next((hit for hit in hits if _holds(hit.passage, line.document_id, start)), None)

    def _id(self, question: str, history: Sequence[Turn], filters: Filters) -> str:
        return answer_id(question, history, filters, settings_id=self.settings_id, index_id=self.index_id)


def _holds(passage: Passage, document_id: str, start: int) -> bool:
    return passage.document_id == document_id and passage.start <= start < passage.end


def _either(titles: Sequence[str]) -> str:
    return ", ".join(titles[:-1]) + f" or {titles[-1]}"
