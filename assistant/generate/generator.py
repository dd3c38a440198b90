"""Phrases an answer with a language model: after the decision to answer, sentence by sentence, each checked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from assistant.answer import layout
from assistant.answer.clock import Clock
from assistant.answer.explanation import Explanation
from assistant.answer.pipeline import Assistant
from assistant.documents.citations import cite
from assistant.documents.outline import Outline
from assistant.generate.claims import judge
from assistant.generate.entailment import AGREES, Judge, agreement
from assistant.generate.faults import ModelFault
from assistant.generate.prompt import GivenLine, fitting, given_line, messages
from assistant.generate.sentences import LONGEST, Sentence, sentences
from assistant.ids import answer_id, settings_id
from assistant.languages.catalogue import say
from assistant.types import Answer, Block, Citation, Document, Filters, Follower, Hit, Promise, Turn

_log = logging.getLogger(__name__)
RULES = 1  # the version of prompt and check; raise it where another answer may come of the same reply
MOST = 40  # sentences of a reply that are looked at


class Model(Protocol):
    """What phrases: messages to pieces of a reply. Raises ModelFault."""

    model: str

    def __call__(self, messages: Sequence[dict[str, str]], check: Callable[[], None]) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class _Unheard:
    """Follows the work, and keeps its blocks back."""

    check: Callable[[], None] = lambda: None

    def hear(self, block: Block, citations: Sequence[Citation]) -> None: ...


_NOBODY = _Unheard()


@dataclass(slots=True)
class _Reply:
    """An answer as it is put together."""

    follower: Follower
    blocks: list[Block] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    rested: set[tuple[str, int]] = field(default_factory=set)  # the lines that a sentence rests on
    dropped: int = 0
    looked_at: int = 0
    fallback: str | None = None

    def say(self, block: Block, cited: Sequence[Citation]) -> None:
        """Says a block with these citations; one that is there already is not added again."""
        places = []
        for citation in cited:
            if citation not in self.citations:
                self.citations.append(citation)
            places.append(self.citations.index(citation))
        block = replace(block, citations=tuple(dict.fromkeys(places)))
        self.blocks.append(block)
        self.follower.hear(block, [self.citations[n] for n in block.citations])


class Generator:
    """Answers as the assistant does, in a model's words where these pass the check. Threads may share it.

    What is refused is refused before the model is asked.
    """

    def __init__(self, assistant: Assistant, model: Model, reader: Judge | None = None) -> None:
        """Without a reader that judges texts of our own, the words alone decide on a sentence."""
        self._assistant, self._model, self._reader = assistant, model, reader
        self.index_id = assistant.index_id
        self.documents: Mapping[str, Document] = assistant.documents
        self.passage_counts = assistant.passage_counts
        self.promise: Promise = assistant.promise
        self.settings_id = settings_id(
            {"extractive": assistant.settings_id, "mode": "generative", "model": model.model, "generating": RULES}
        )

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        """The answer to a question, or a refusal."""
        return self.explain(question, history=history, filters=filters).answer

    def follow(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), follower: Follower
    ) -> Answer:
        """The same answer. `follower` hears each block once it is checked, and may end the work."""
        return self.explain(question, history=history, filters=filters, follower=follower).answer

    def search(self, question: str, *, k: int = 10, filters: Filters = Filters()) -> list[Hit]:
        """The best `k` passages, best first."""
        return self._assistant.search(question, k=k, filters=filters)

    def explain(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        follower: Follower = _NOBODY,
    ) -> Explanation:
        """The answer to a question, with all that led to it."""
        found = self._assistant.explain(question, history=history, filters=filters, follower=_Unheard(follower.check))
        clock = Clock()
        id = answer_id(found.answer.question, history, filters, settings_id=self.settings_id, index_id=self.index_id)
        with clock.stage("generate") as counted:
            answer = self._phrased(replace(found.answer, id=id, mode="generative"), follower)
            counted["blocks"] = len(answer.blocks)
        timings = found.answer.timings_ms
        timings = {**timings, **clock.stages, "total": timings.get("total", 0.0) + clock.stages["generate"]}
        return replace(found, answer=replace(answer, timings_ms=timings))

    def _phrased(self, answer: Answer, follower: Follower) -> Answer:
        if answer.status == "refused":
            return answer
        if answer.pinned is not None:  # the operator's words stay as they are
            for block in answer.blocks:
                follower.hear(block, [answer.citations[n] for n in block.citations])
            return replace(answer, mode="extractive")
        said = [self._lines_of(answer, block) for block in answer.blocks]
        lines = fitting(self._given(said))
        reply = _Reply(follower)
        self._write(answer.standalone_question, lines, {line for of in said for line in of}, reply)
        if not any(block.generated for block in reply.blocks):
            for block in answer.blocks:
                follower.hear(block, [answer.citations[n] for n in block.citations])
            why = reply.fallback or say("answers.model_failed_checks" if reply.looked_at else "answers.model_silent")
            return replace(answer, mode="extractive", fallback=why, dropped_sentences=reply.dropped)
        for block in _left(answer.blocks, said, reply.rested):
            reply.say(block, [answer.citations[n] for n in block.citations])
        return replace(
            answer,
            blocks=tuple(reply.blocks),
            citations=tuple(reply.citations),
            conflicts=self._conflicts(answer, reply.citations),
            dropped_sentences=reply.dropped,
            fallback=reply.fallback,
            model=self._model.model,
        )

    def _write(self, question: str, lines: Sequence[GivenLine], answering: set[tuple[str, int]], reply: _Reply) -> None:
        """Lets the model phrase the lines, and says of it what passes the check."""
        known: set[str] = set()
        try:
            for sentence in sentences(self._model(messages(question, lines), reply.follower.check)):
                reply.looked_at += 1
                if reply.looked_at > MOST:
                    return
                rests, fault = self._check(sentence, lines, question)
                places = [(line.document_id, line.line) for line in rests]
                if fault is None and not answering & set(places):
                    fault = "off the point"
                if fault is None and sentence.text.casefold() in known:
                    continue
                if fault is not None:
                    _log.debug("a sentence was dropped: %s", fault)
                    reply.dropped += 1
                    continue
                known.add(sentence.text.casefold())
                reply.rested.update(places)
                reply.say(self._block(sentence, rests[0]), [place for line in rests for place in self._cite(line)])
        except ModelFault as fault:
            reply.fallback = fault.message

    def _check(
        self, sentence: Sentence, lines: Sequence[GivenLine], question: str
    ) -> tuple[Sequence[GivenLine], str | None]:
        """The lines that carry a sentence, and what speaks against it."""
        if not sentence.cites or not all(1 <= n <= len(lines) for n in sentence.cites):
            return (), "a citation of no line"
        if len(sentence.text) > LONGEST:
            return (), "too long"
        cited = [lines[n - 1] for n in sentence.cites]
        verdict = judge(sentence.text, [line.cited for line in cited], question)
        if verdict.fault is not None:
            return (), verdict.fault
        rests = [cited[n] for n in verdict.carrying]
        if self._reader and agreement(self._reader, sentence.text, [line.cited for line in rests]) < AGREES:
            return (), "the reader does not agree"
        return rests, None

    def _block(self, sentence: Sentence, line: GivenLine) -> Block:
        label = layout.label(self._outline(line.document_id), line.line)
        return Block(sentence.text, (), label=label, generated=True)

    def _cite(self, line: GivenLine) -> list[Citation]:
        """The citation of a line, after that of the row which names its columns."""
        document = self.documents[line.document_id]
        places = [document.lines[n] for n in (line.header, line.line) if n is not None]
        return [cite(document, place.start, place.end) for place in places]

    def _given(self, said: Sequence[Sequence[tuple[str, int]]]) -> list[GivenLine]:
        """The lines of the extractive answer, each once: any more would only bring sentences beside the point."""
        chosen = dict.fromkeys(line for of in said for line in of)
        return [given_line(self._outline(document_id), n) for document_id, n in chosen]

    def _lines_of(self, answer: Answer, block: Block) -> list[tuple[str, int]]:
        """The lines that a block quotes: those of its last citation, as the others name its section or columns."""
        citation = answer.citations[block.citations[-1]]
        inside = self._outline(citation.document_id).overlapping(citation.start, citation.end)
        return [(citation.document_id, n) for n in inside]

    def _conflicts(self, answer: Answer, citations: Sequence[Citation]) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """The conflicts of the extractive answer, by the places of the citations that stand for its own."""

        def place(n: int) -> list[int]:
            one = answer.citations[n]
            same = [m for m, other in enumerate(citations) if other.document_id == one.document_id]
            return [m for m in same if citations[m].start < one.end and one.start < citations[m].end]

        made = []
        for conflict in answer.conflicts:
            groups = tuple(tuple(dict.fromkeys(m for n in group for m in place(n))) for group in conflict)
            if all(groups):
                made.append(groups)
        return tuple(made)

    def _outline(self, document_id: str) -> Outline:
        return self._assistant.outlines[document_id]


def _left(
    blocks: Sequence[Block], said: Sequence[Sequence[tuple[str, int]]], rested: set[tuple[str, int]]
) -> list[Block]:
    """The blocks whose lines no sentence rests on; a lead-in or a header only where what follows it is left, too."""
    left: list[Block] = []
    follows = False
    for block, lines in reversed(list(zip(blocks, said, strict=True))):
        opens = block.kind in ("lead", "header")
        is_left = not set(lines) <= rested and (not opens or follows)
        if is_left:
            left.insert(0, block)
        follows = (is_left and not opens) or (opens and follows and is_left)
    return left
