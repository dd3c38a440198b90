"""From a question to an answer made of the documents' own words, or to a refusal."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from time import perf_counter

from assistant.asking import Ask, take_apart
from assistant.citations import cite, verify
from assistant.errors import UnverifiedCitation
from assistant.outline import Outline
from assistant.readers import Wording
from assistant.retrieval import Retriever, matching_rows
from assistant.selecting import Selection, Unit, select
from assistant.types import (
    Answer,
    Block,
    Citation,
    Document,
    Filters,
    Hit,
    Json,
    Passage,
    Reader,
    Reading,
    Reason,
    Turn,
)

CLOSEST = 3  # the passages that a refusal shows
ALIKE = 0.5  # how much the lines of two documents share where the question must say which of them it means
RIVAL = 0.85  # and how near their scores are

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """How one part of a question was worked out."""

    ask: Ask
    hits: tuple[Hit, ...]
    readings: tuple[Reading, ...]
    selection: Selection
    reason: Reason | None  # why it was refused, if it was
    message: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer and how it came about."""

    answer: Answer
    parts: tuple[Part, ...]


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
        reader: Reader,
        wording: Wording,
        correct: Callable[[str], str],  # a question to the same with its typing errors mended
        threshold: float,
        read_passages: int,
        settings: Mapping[str, Json] = {},
    ) -> None:
        self.index_id = index_id
        self.documents = documents
        counts = dict.fromkeys(documents, 0)
        for passage in passages:
            counts[passage.document_id] += 1
        self.passage_counts: Mapping[str, int] = counts
        self._passages = passages
        self._outlines = outlines
        self._retriever = retriever
        self._reader = reader
        self._wording = wording
        self._correct = correct
        self._threshold = threshold
        self._read_passages = read_passages
        self._settings = dict(settings)

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        """The answer to a question, or a refusal."""
        return self.explain(question, history=history, filters=filters).answer

    def search(self, question: str, *, k: int = 10, filters: Filters = Filters()) -> list[Hit]:
        """The best `k` passages, best first."""
        return self._retriever.search(question.strip(), k=k, rows=self._rows(filters))

    def explain(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Explanation:
        """The answer to a question, with all that led to it."""
        began = perf_counter()
        clock = _Clock()
        question = question.strip()
        with clock.stage("understand"):
            standalone = self._correct(question)
            rows = self._rows(filters)
        parts = [] if rows == [] else [self._work(ask, rows, clock) for ask in take_apart(standalone)]
        with clock.stage("compose"):
            answer = self._compose(parts)
        answer = replace(
            answer,
            id=self._id(question, history, filters),
            question=question,
            standalone_question=standalone,
        )
        timings = {**clock.stages, "total": (perf_counter() - began) * 1000}
        return Explanation(replace(answer, timings_ms=timings), tuple(parts))

    def _rows(self, filters: Filters) -> list[int] | None:
        return matching_rows(self._passages, self.documents, filters) if filters else None

    def _work(self, ask: Ask, rows: Sequence[int] | None, clock: _Clock) -> Part:
        with clock.stage("search"):
            hits = self._retriever.search(ask.text, k=self._read_passages, rows=rows)
        with clock.stage("read"):
            readings = self._reader.read(ask.text, [hit.passage for hit in hits])
        with clock.stage("select"):
            selection = select(ask, readings, self._outlines, self._wording)
            reason, message = self._objection(ask, readings, selection)
        return Part(ask, tuple(hits), tuple(readings), selection, reason, message)

    def _objection(
        self, ask: Ask, readings: Sequence[Reading], selection: Selection
    ) -> tuple[Reason, str] | tuple[None, None]:
        """Why what was selected is not an answer, if it is none."""
        if not selection.units or readings[0].score < self._threshold:
            return "unrelated", "Nothing in the documents is about this."
        first = selection.units[0]
        missing = [name for name in ask.names if not self._mentions(first.document_id, name)]
        if missing:
            said = " or ".join(missing)
            return "unsupported", f"The documents have something near, but the closest does not mention {said}."
        rivals = self._rivals(ask, selection)
        if rivals:
            titles = [self.documents[unit.document_id].title for unit in (first, *rivals)]
            return "ambiguous", f"Several documents answer this. Which one do you mean: {_either(titles)}?"
        return None, None

    def _mentions(self, document_id: str, name: str) -> bool:
        document = self.documents[document_id]
        return self._wording.holds(f"{document.title}\n{document.text}", name)

    def _rivals(self, ask: Ask, selection: Selection) -> list[Unit]:
        """Units of other documents that say as well what the first one says of its own, each document's best."""
        first = selection.units[0]
        best: dict[str, Unit] = {}
        for unit in selection.considered:
            if unit.score >= RIVAL * first.score and (unit.head is None) == (first.head is None):
                best.setdefault(unit.document_id, unit)
        best.pop(first.document_id, None)
        titles = [self.documents[document_id].title for document_id in (first.document_id, *best)]
        if not best or self._wording.tells_apart(ask.text, titles):
            return []
        said = self._said(first)
        others = ((unit, self._said(unit)) for unit in best.values())
        return [unit for unit, text in others if text != said and self._wording.likeness(text, said) >= ALIKE]

    def _said(self, unit: Unit) -> str:
        return "\n".join(self._outlines[unit.document_id].text(n) for n in unit.lines)

    def _compose(self, parts: Sequence[Part]) -> Answer:
        answered = [part for part in parts if part.reason is None]
        citations: list[Citation] = []
        conflicts: list[tuple[tuple[int, ...], ...]] = []
        for part in answered:
            places = [self._cite_all(unit, citations) for unit in part.selection.units]
            conflict = tuple(tuple(n for unit in group for n in places[unit]) for group in part.selection.conflicts)
            if len(conflict) > 1 and all(conflict):
                conflicts.append(conflict)
        if citations:
            return _answer(
                blocks=tuple(Block(" ".join(c.cited_text.split()), (n,)) for n, c in enumerate(citations)),
                citations=tuple(citations),
                conflicts=tuple(conflicts),
                confidence=min(self._confidence(part) for part in answered),
                index_id=self.index_id,
            )
        if not parts:
            return _refusal("filtered", "The filters leave nothing to search: loosen or drop them.", self.index_id)
        part = max(parts, key=self._confidence)
        reason = part.reason or "unsupported"
        message = part.message or "The documents have something near, which does not answer this."
        refusal = _refusal(reason, message, self.index_id)
        return replace(refusal, closest=tuple(self._closest(part)), confidence=self._confidence(part))

    def _cite_all(self, unit: Unit, citations: list[Citation]) -> list[int]:
        """Cites the lines of a unit, those that are not cited yet, and gives the positions of all of them."""
        document = self.documents[unit.document_id]
        lines = [document.lines[n] for n in unit.lines]
        places = []
        for start, end in unit.spans or [(line.start, line.end) for line in lines]:
            known = [n for n, c in enumerate(citations) if (c.document_id, c.start, c.end) == (document.id, start, end)]
            if not known:
                citation = cite(document, start, end)
                try:
                    verify(citation, document)
                except UnverifiedCitation as error:
                    _log.error("a citation was dropped: %s", error)
                    continue
                citations.append(citation)
                known = [len(citations) - 1]
            places += known
        return places

    def _closest(self, part: Part) -> Iterator[Citation]:
        hits = part.hits
        if part.reason == "ambiguous":
            hits = tuple({hit.passage.document_id: hit for hit in reversed(hits)}.values())
            hits = tuple(sorted(hits, key=lambda hit: -hit.score))
        for hit in hits[:CLOSEST]:
            passage = hit.passage
            yield cite(self.documents[passage.document_id], passage.start, passage.end, score=hit.score)

    def _confidence(self, part: Part) -> float:
        """How sure the best reading is, from 0 to 1; at the threshold it is 0.5, and half of that for an objection."""
        if not part.readings:
            return 0.0
        over = part.readings[0].score - self._threshold
        confidence = 1 / (1 + math.exp(-8 * over))
        return round(confidence / 2 if part.reason in ("unsupported", "ambiguous") else confidence, 4)

    def _id(self, question: str, history: Sequence[Turn], filters: Filters) -> str:
        known = [question, [asdict(turn) for turn in history], asdict(filters), self._settings, self.index_id]
        digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
        return f"ans_{digest[:32]}"


def _answer(
    *,
    blocks: tuple[Block, ...],
    citations: tuple[Citation, ...],
    conflicts: tuple[tuple[tuple[int, ...], ...], ...],
    confidence: float,
    index_id: str,
) -> Answer:
    return Answer(
        id="",
        question="",
        standalone_question="",
        status="answered",
        reason=None,
        message=None,
        blocks=blocks,
        citations=citations,
        conflicts=conflicts,
        confidence=confidence,
        closest=(),
        index_id=index_id,
    )


def _refusal(reason: Reason, message: str, index_id: str) -> Answer:
    empty = _answer(blocks=(), citations=(), conflicts=(), confidence=0.0, index_id=index_id)
    return replace(empty, status="refused", reason=reason, message=message)


def _either(titles: Sequence[str]) -> str:
    return ", ".join(titles[:-1]) + f" or {titles[-1]}"
