"""From a question to an answer made of the documents' own words, or to a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from time import perf_counter

from assistant.answer.board import Board
from assistant.answer.calibration import Calibration
from assistant.answer.clock import Clock
from assistant.answer.decide import UNRELATED, Decider
from assistant.answer.explanation import Explanation, Working, answered, refused
from assistant.answer.greet import greet
from assistant.answer.library import NAMED, NAMED_LINE, Library, Sought
from assistant.answer.note import note
from assistant.answer.overlap import TermOverlap
from assistant.answer.quote import Quotations
from assistant.answer.read import by_lines, read, unread
from assistant.answer.retrieve import Retriever
from assistant.answer.weigh import Weights
from assistant.documents.citations import cite
from assistant.documents.outline import Outline
from assistant.errors import AssistantError
from assistant.ids import answer_id, settings_id
from assistant.index.collection import Collection
from assistant.languages.catalogue import say
from assistant.question import rewrite
from assistant.question.earlier import Told, told
from assistant.question.parse import ParsedQuestion
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
    Turn,
    Vectors,
)

CLOSEST = 3  # the passages that a refusal shows


@dataclass(frozen=True, slots=True)
class _Deaf:
    """Hears nothing, and may end the work: for an answer that is only looked up, or that nobody follows."""

    check: Callable[[], None] = lambda: None

    def hear(self, block: Block, citations: Sequence[Citation]) -> None: ...


_NOBODY = _Deaf()


class Assistant:
    """Answers questions from one opened index. It never changes once made, so threads may share it."""

    def __init__(
        self,
        *,
        collection: Collection,
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
        library: Library | None = None,  # what is known of the documents side by side; None looks at them now
        part: Callable[[frozenset[str]], Assistant] | None = None,  # ids to an assistant over those documents alone
    ) -> None:
        self._collection = collection
        self.index_id = collection.id
        self.documents: Mapping[str, Document] = collection.documents
        self.passages: Sequence[Passage] = collection.passages
        counts = dict.fromkeys(self.documents, 0)
        for passage in self.passages:
            counts[passage.document_id] += 1
        self.passage_counts: Mapping[str, int] = counts
        self.outlines = outlines
        self._retriever = retriever
        self._ranker = ranker
        self._reader = reader
        self.overlap = overlap
        self._correct = correct
        self._expand = expand
        self._prepare = prepare
        self._handoff = handoff
        self._library = Library(self.documents, self.passages) if library is None else library
        self.calibration = calibration
        self.promise: Promise = calibration.promise(max_false_answer_rate)
        threshold = self.promise.threshold
        self._decider = Decider(self.documents, outlines, overlap, self._library, meant, calibration, threshold)
        self._search_passages = search_passages
        self._read_passages = read_passages
        self.settings_id = settings_id(settings)
        self._part = part
        self.board: Board | None = None
        self._without: Assistant | None = None  # itself without a board, where it has one

    def part(self, ids: frozenset[str]) -> Assistant:
        """An assistant over these documents alone, as if there were no others."""
        if self._part is None:
            raise AssistantError("this assistant cannot be had over some of its documents: open it from an index")
        pinned = frozenset() if self.board is None else frozenset(self.board.documents)
        part = self._part(ids - pinned)
        return part.with_board(self.board) if self.board is not None and pinned <= ids else part

    def with_board(self, board: Board | None) -> Assistant:
        """One like it that answers from this board first; without one, from the documents alone."""
        bare = self._bare
        if board is None:
            return bare
        other = copy(bare)
        other.board, other._without = board, bare
        other.documents = dict(sorted({**bare.documents, **board.documents}.items()))
        other.outlines = {**bare.outlines, **board.outlines}
        other.passage_counts = {**bare.passage_counts, **dict.fromkeys(board.documents, len(board.passages))}
        other.settings_id = settings_id({"bare": bare.settings_id, "pinned": board.fingerprint})
        return other

    @property
    def _bare(self) -> Assistant:
        return self._without or self

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
        question, sought, hits = self._search(question, None)
        return self._in_order(sought, hits, self._ranker.rank(question, [hit.passage for hit in hits]))

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
        clock = Clock()
        question = question.strip()
        with clock.stage("understand"):
            rows = self._rows(filters)
            greeted = greet(question, self.documents, self.index_id)
            standalone = question if greeted else self._expand(self._stand_alone(question, history, rows, follower))
            with_history = history and not greeted and self._reader is not None
            heard = told(self._expand(self._correct(question)), history) if with_history else None
        known = greeted or self._pinned(question, standalone, history, filters, clock, follower)
        working, answer = (None, known) if known else self._work_out(standalone, rows, clock, follower, heard)
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
        other._decider = replace(self._decider, calibration=other.calibration, threshold=other.promise.threshold)
        return other

    def decide_again(self, explanation: Explanation) -> Explanation:
        """The same from what was found and read then, decided as this one does it."""
        before = explanation.working
        if before is None:
            return explanation
        working = self._decider.again(before)
        made, known = self._compose(working, self._quoted(working)), explanation.answer
        answer = replace(made, id=known.id, question=known.question, standalone_question=known.standalone_question)
        return Explanation(answer, working, self.promise.threshold)

    def _stand_alone(
        self, question: str, history: Sequence[Turn], rows: Sequence[int] | None, follower: Follower
    ) -> str:
        """The question, its typing errors mended, as it would be asked without what was said before it."""

        def said(earlier: str) -> list[str]:
            working, answer = self._work_out(earlier, rows, Clock(), _Deaf(follower.check))
            if working is not None and answer.reason == "ambiguous":
                return self._decider.choices(working)
            return [block.text for block in answer.blocks]

        return rewrite.follow(
            self._correct(question),
            history,
            correct=self._correct,
            said=said,
            one_subject=len(self._bare.documents) < 2,
            chosen=self._library.chosen,
        )

    def _pinned(
        self,
        question: str,
        standalone: str,
        history: Sequence[Turn],
        filters: Filters,
        clock: Clock,
        follower: Follower,
    ) -> Answer | None:
        """The operator's own answer, if there is one; its blocks are heard.

        With a history, the question is what it means after that, and no more what was typed.
        """
        if self.board is None:
            return None
        with clock.stage("pinned"):
            wordings = (standalone,) if history else (question, self._correct(question), standalone)
            answer = self.board.answer(wordings, self.index_id, filters)
        if answer is not None:
            for block in answer.blocks:
                follower.hear(block, [answer.citations[n] for n in block.citations])
        return answer

    def _work_out(
        self,
        question: str,
        rows: Sequence[int] | None,
        clock: Clock,
        follower: Follower,
        heard: Told | None = None,
    ) -> tuple[Working | None, Answer]:
        """The answer and how it was worked out; its blocks are heard once they are cited.

        What was `heard` is answered where that is surer, unless the rules have made another question of it that is
        answered.
        """
        if rows == []:
            return None, refused("filtered", say("answers.filtered"), self.index_id)
        working = self._complete(
            self._work(self._library.parse(question), rows, clock, follower), rows, clock, follower
        )
        # Where the rules made another question of it, they knew what it leans on.
        if heard is not None and (question == heard.question or working.reason is not None):
            other = self._work(self._library.parse(heard.question), rows, clock, follower, heard)
            working = other if other.confidence > working.confidence else working
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
        return self._collection.matching(filters) if filters else None

    def _work(
        self,
        parsed: ParsedQuestion,
        rows: Sequence[int] | None,
        clock: Clock,
        follower: Follower,
        heard: Told | None = None,
    ) -> Working:
        follower.check()
        with clock.stage("search") as counted:
            text, sought, hits = self._search(heard.searched if heard else parsed.text, rows)
            counted["passages"] = len(hits)
            parsed = parsed if heard or text == parsed.text else self._library.parse(text)
            ranked = self._decider.placed(parsed, self._ranker.rank(text, [hit.passage for hit in hits]))
        with clock.stage("read") as counted:
            read = self._read(heard.read if heard else text, self._in_order(sought, hits, ranked), ranked, follower)
            counted["passages"] = len(read)
        with clock.stage("select"):
            searched = len(self.passages) if rows is None else len(rows)
            return self._decider.decide(parsed, searched, sought, hits, ranked, read)

    def _search(self, question: str, rows: Sequence[int] | None) -> tuple[str, Sought, list[Hit]]:
        """How the question is put to the documents, where its answer is looked for, and the passages found there."""
        among = None if rows is None else {self.passages[row].document_id for row in rows}

        def search(text: str, sought: Sought) -> list[Hit]:
            named, without, k = sought.rows, sought.without, self._search_passages
            return self._retriever.search(text, k=k, rows=rows, named=named, ahead=NAMED, without=without)

        return self._library.find(question, search, among=among)

    def _in_order(self, sought: Sought, hits: Sequence[Hit], ranked: Sequence[RankedLine]) -> list[Passage]:
        """The passages as they are read, those with the best lines first."""
        return by_lines(hits, ranked, self._lines_of, named=sought.documents, ahead=NAMED_LINE)

    def _complete(self, whole: Working, rows: Sequence[int] | None, clock: Clock, follower: Follower) -> Working:
        """The working of a question with what its parts bring, where it asks several things."""
        asked = parts(whole.parsed.text)
        works: list[Working] = []
        for n, part in enumerate(asked):
            alone = rewrite.follow(part, [Turn("user", earlier) for earlier in asked[:n]], one_subject=False)
            works.append(self._work(self._library.parse(alone), rows, clock, follower))
        return self._decider.with_parts(whole, works)

    def _read(
        self, question: str, passages: Sequence[Passage], ranked: Sequence[RankedLine], follower: Follower
    ) -> list[ReadPassage]:
        """What is said of the passages with the best lines; nothing where no line is near."""
        if not ranked or ranked[0].score < UNRELATED / 2:
            return []
        if self._reader is None:
            return [unread(passage, self._lines_of(passage)) for passage in passages]
        return read(self._reader, question, passages, k=self._read_passages, check=follower.check)

    def _lines_of(self, passage: Passage) -> range:
        return self.outlines[passage.document_id].overlapping(passage.start, passage.end)

    def _compose(self, working: Working, quoted: Quotations) -> Answer:
        confidence = round(working.confidence, 4)
        if quoted.blocks:
            return replace(answered(quoted, confidence, self.index_id), note=note(working))
        reason = working.reason or "unsupported"
        message = working.message or say("answers.unsupported")
        refusal = refused(reason, message, self.index_id)
        handoff = self._handoff if reason in ("unrelated", "unsupported") else None
        return replace(refusal, closest=tuple(self._closest(working)), confidence=confidence, handoff=handoff)

    def _closest(self, working: Working) -> Iterator[Citation]:
        hits, most = working.hits, CLOSEST
        if working.reason == "unsupported":  # the passage that the message speaks of comes first
            unit = working.selection.units[0]
            start = self.outlines[unit.document_id].starts[unit.lines[0]]
            hits = tuple(sorted(hits, key=lambda hit: not _holds(hit.passage, unit.document_id, start)))
        if working.reason == "ambiguous":  # one of each document that may be meant
            lines = (working.selection.first, *working.rivals)
            places = [(line.document_id, self.outlines[line.document_id].starts[line.line]) for line in lines]
            hits = tuple(hit for place in places for hit in hits if _holds(hit.passage, *place))
            hits, most = tuple({hit.passage.document_id: hit for hit in hits}.values()), len(lines)
        for hit in hits[:most]:
            passage = hit.passage
            yield cite(self.documents[passage.document_id], passage.start, passage.end, score=hit.score)

    def _id(self, question: str, history: Sequence[Turn], filters: Filters) -> str:
        pinned = "" if self.board is None else self.board.state()
        settings = self.settings_id + self._library.state() + pinned
        return answer_id(question, history, filters, settings_id=settings, index_id=self.index_id)


def _holds(passage: Passage, document_id: str, start: int) -> bool:
    return passage.document_id == document_id and passage.start <= start < passage.end
