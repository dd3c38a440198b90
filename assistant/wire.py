"""The one shape of answers, passages, documents and the promise outside a process: over HTTP, in files, through pipes.

`of` makes a body of a value, `value` gives the value back. Scores and shares are rounded as they come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field

from assistant.documents.citations import address, cite, verify
from assistant.generate.promise import CONFIDENCE, Checked
from assistant.ids import answer_id
from assistant.types import (
    Answer,
    Answerer,
    Block,
    BlockKind,
    Citation,
    Document,
    Hit,
    Mode,
    Passage,
    Pinned,
    Promise,
    Reason,
    Section,
    Source,
    Status,
)
from assistant.wire_examples import ANSWERED, REFUSED

_LABEL = (
    "The title of the section, under which blocks of the same one are shown. Where an answer comes from several "
    "sections, the first text of each begins with it and a colon, and its first citation is the heading."
)
_KIND = 'What it is in the document; "pair" is an item or a sentence such as "Median salary: $234,750".'
_CELLS = "Of a row of a table: the name of each column, empty where it has none, and what the row says there."

_GENERATED = (
    "Whether a language model phrased it. Then its figures, names, polarity and content words stand in its citations, "
    "by the check that every sentence passes before it is sent."
)

_Rounded: TypeAlias = Annotated[float, AfterValidator(lambda share: round(share, 4))]
_Start = Annotated[int, Field(validation_alias=AliasChoices("start_char_index", "start"))]
_End = Annotated[int, Field(validation_alias=AliasChoices("end_char_index", "end"))]


class _Body(BaseModel):
    model_config = ConfigDict(from_attributes=True)  # of a value whose fields have the same names


class CitationBody(_Body):
    """A place in a document: `text[start_char_index:end_char_index] == cited_text`, in Unicode code points."""

    type: Literal["char_location"] = "char_location"
    document_id: str
    document_title: str
    document_version: str
    section_path: tuple[str, ...]
    page: int | None
    cited_text: str
    start_char_index: _Start
    end_char_index: _End
    url: str = Field(description="The page that shows the document and marks this place, also after a new build.")
    published_url: str | None = Field(
        description="This place where the document is published; null if that is unknown."
    )

    def value(self) -> Citation:
        return Citation(**_same(Citation, self), start=self.start_char_index, end=self.end_char_index)


class ClosestBody(CitationBody):
    """A place that came near. A higher score is always better."""

    score: _Rounded | None


class ScoresBody(_Body):
    """What each leg of the search gave; null where the leg did not find the passage."""

    dense: _Rounded | None
    lexical: _Rounded | None


class HitBody(ClosestBody):
    """A passage and why it is here."""

    scores: ScoresBody

    @classmethod
    def of(cls, hit: Hit, answerer: Answerer) -> HitBody:
        passage = hit.passage
        found = cite(answerer.documents[passage.document_id], passage.start, passage.end)
        place = replace(found, section_path=passage.section_path, page=passage.page)
        return cls(**dict(CitationBody.model_validate(place)), score=hit.score, scores=ScoresBody.model_validate(hit))

    def hit(self) -> Hit:
        """The passage and its scores."""
        place = self.value()
        passage = Passage(**_same(Passage, place), text=place.cited_text)
        return Hit(passage, self.score or 0.0, self.scores.dense, self.scores.lexical)


class BlockBody(_Body):
    """A piece of an answer. Every word of it stands in the citations that it names."""

    text: str
    citations: tuple[int, ...] = Field(description="Indices into the answer's citations.")
    label: str | None = Field(default=None, description=_LABEL)
    kind: BlockKind = Field(default="sentence", description=_KIND)
    cells: tuple[tuple[str, str], ...] = Field(default=(), description=_CELLS)
    generated: bool = Field(default=False, description=_GENERATED)


class SaidBody(_Body):
    """The data of a `block` event: a block, at its position in the answer, with its citations whole."""

    index: int
    text: str
    citations: list[CitationBody]
    label: str | None = Field(default=None, description=_LABEL)
    kind: BlockKind = Field(default="sentence", description=_KIND)
    cells: tuple[tuple[str, str], ...] = Field(default=(), description=_CELLS)
    generated: bool = Field(default=False, description=_GENERATED)

    @classmethod
    def of(cls, index: int, block: Block, citations: Sequence[Citation]) -> SaidBody:
        return cls.model_validate(asdict(block) | {"index": index, "citations": citations})


class OutcomeBody(_Body):
    """What became of a question of a batch: an answer without its timings, or why there is none."""

    id: str | None
    question: str
    standalone_question: str
    status: Status | Literal["error", "skipped"]
    reason: str | None
    message: str | None
    answer: str = Field(
        validation_alias=AliasChoices("answer", "text"),
        description="The texts of the blocks, one a line; empty for a refusal.",
    )
    blocks: list[BlockBody]
    citations: list[CitationBody]
    conflicts: tuple[tuple[tuple[int, ...], ...], ...] = Field(
        description="Places that give different values for the thing asked: groups of indices into `citations`."
    )
    confidence: _Rounded | None
    closest: list[ClosestBody]
    mode: str | None = Field(description="Which was used: extractive, or generative.")
    dropped_sentences: int = Field(
        default=0, description="Sentences of the language model that did not pass the check."
    )
    fallback: str | None = Field(
        default=None, description="Why it is in the documents' own words where a model's were asked for; null if not."
    )
    model: str | None = Field(default=None, description="The language model that phrased it; null where none did.")
    index_id: str
    handoff: str | None = Field(default=None, description="Where a person can be asked; null but for a refusal.")
    note: str | None = Field(
        default=None,
        description="What the answer does not say: the rest of a long list, or a part of the question.",
    )

    pinned: Pinned | None = Field(default=None, description="Where the answer is the operator's own; null if not.")

    def is_of(self, answerer: Answerer) -> bool:
        """Whether this is what the answerer says, told by its id; by its index alone where no more is known."""
        if not answerer.settings_id:
            return self.index_id == answerer.index_id
        expected = answer_id(self.question, settings_id=answerer.settings_id, index_id=answerer.index_id)
        return self.id == expected and self.fallback is None


class AnswerBody(OutcomeBody):
    """An answer with its sources, or a refusal with what came nearest."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWERED, REFUSED]})

    id: str
    status: Status
    reason: Reason | None
    confidence: _Rounded = Field(ge=0, le=1)
    mode: Mode
    timings_ms: dict[str, Annotated[float, AfterValidator(lambda ms: round(ms, 3))]]

    @classmethod
    def of(cls, answer: Answer, answerer: Answerer) -> AnswerBody:
        """The answer as it is sent. Its citations are checked here once more, the last moment that they can be."""
        for citation in (*answer.citations, *answer.closest):
            verify(citation, answerer.documents[citation.document_id])
        return cls.model_validate(answer)

    def value(self) -> Answer:
        lists = {name: tuple(place.value() for place in getattr(self, name)) for name in ("citations", "closest")}
        blocks = tuple(Block(**dict(block)) for block in self.blocks)
        return Answer(**_same(Answer, self) | lists | {"blocks": blocks})

    def outcome(self) -> OutcomeBody:
        """All of it but how long it took."""
        return OutcomeBody.model_validate(dict(self))


class SearchBody(_Body):
    """Passages, best first."""

    hits: list[HitBody]
    index_id: str

    @classmethod
    def of(cls, hits: list[Hit], answerer: Answerer) -> SearchBody:
        return cls(hits=[HitBody.of(hit, answerer) for hit in hits], index_id=answerer.index_id)


class DocumentBody(_Body):
    """One document of the index."""

    id: str
    title: str
    version: str = Field(description="A hash of its text.")
    source: str
    media_type: str
    characters: int
    passages: int
    pages: int | None
    metadata: dict[str, Any]
    url: str = Field(description="The page that shows the document.")

    @classmethod
    def of(cls, document: Document, answerer: Answerer) -> DocumentBody:
        return cls(
            id=document.id,
            title=document.title,
            version=document.version,
            source=document.source,
            media_type=document.media_type,
            characters=len(document.text),
            passages=answerer.passage_counts.get(document.id, 0),
            pages=len(document.page_starts) or None,
            metadata=dict(document.metadata),
            url=address(document),
        )


class SectionBody(_Body):
    """A heading and all that stands below it."""

    title: str
    path: tuple[str, ...]
    start_char_index: _Start
    end_char_index: _End


class WholeDocumentBody(DocumentBody):
    """One document of the index, with its outline."""

    sections: list[SectionBody]

    @classmethod
    def of(cls, document: Document, answerer: Answerer) -> WholeDocumentBody:
        sections = [SectionBody.model_validate(section) for section in document.sections]
        return cls(**dict(DocumentBody.of(document, answerer)), sections=sections)

    def value(self, text: str) -> Document:
        """The document with its text. Its lines and pages stay with the server."""
        sections = tuple(Section(s.title, s.path, s.start_char_index, s.end_char_index) for s in self.sections)
        return Document(**_same(Document, self) | {"text": text, "sections": sections})


class DocumentsBody(_Body):
    """Every document of the index, in the order of their ids."""

    documents: list[DocumentBody]
    index_id: str

    @classmethod
    def of(cls, answerer: Answerer) -> DocumentsBody:
        documents = [DocumentBody.of(document, answerer) for document in answerer.documents.values()]
        return cls(documents=documents, index_id=answerer.index_id)


class SourceBody(_Body):
    """A data set that the promise rests on."""

    name: str
    answerable: int
    unanswerable: int
    kind: Literal["hard", "easy"] = Field(description="Of its questions without an answer.")
    false_answer_rate: _Rounded | None = Field(description="Of these, at the promise in force; null if not known.")

    def value(self) -> Source:
        return Source(**dict(self))


class RateBody(_Body):
    """How often questions of one kind without an answer were answered."""

    questions: int
    false_answer_rate: _Rounded


class GenerativeBody(_Body):
    """What the check of a language model's sentences did on sentences with a planted fault, and on faithful ones."""

    missed_rate: _Rounded = Field(description="The share of the sentences with a fault that it lets through.")
    upper_bound: _Rounded = Field(description="Of that share, one-sided, at the confidence level.")
    confidence_level: float
    kept_rate: _Rounded = Field(description="The share of the faithful sentences that it keeps.")
    faulty: int
    faithful: int
    statement: str
    settings_id: str = Field(description="The same as of the promise, of the mode generative.")

    @classmethod
    def of(cls, checked: Checked, settings_id: str) -> GenerativeBody:
        known = {"confidence_level": CONFIDENCE, "statement": checked.statement(), "settings_id": settings_id}
        names = ("missed_rate", "upper_bound", "kept_rate", "faulty", "faithful")
        return cls.model_validate({name: getattr(checked, name) for name in names} | known)


class PromiseBody(_Body):
    """How often a question without an answer may be answered, what that rests on, and what it costs."""

    max_false_answer_rate: float = Field(description="What the setting asks for.")
    kept: bool = Field(description="Whether the upper bound is within it.")
    threshold: float = Field(description="The probability that an answer must reach to be given.")
    thresholds: dict[Literal["prose", "structured"], float] = Field(description="The same for each kind of document.")
    false_answer_rate: _Rounded = Field(description="Measured on the calibration's questions without an answer.")
    upper_bound: _Rounded = Field(description="Of that rate, one-sided, at the confidence level.")
    confidence_level: float
    hard: RateBody
    easy: RateBody
    coverage: _Rounded = Field(description="The share of its answerable questions that are answered.")
    precision: _Rounded = Field(description="The share of all that is answered that is right.")
    answerable: int
    unanswerable: int
    data: list[SourceBody]
    statement: str
    index_id: str
    settings_id: str = Field(description="A hash of the settings that decide an answer: another where one is changed.")
    generative: GenerativeBody | None = Field(
        default=None, description="What is promised of a language model's sentences; null where there is none."
    )

    @classmethod
    def of(cls, answerer: Answerer, *, generative: tuple[Checked, str] | None = None) -> PromiseBody:
        promise = answerer.promise
        counts = {kind: sum(s.unanswerable for s in promise.sources if s.kind == kind) for kind in ("hard", "easy")}
        known = {
            "thresholds": {"prose": promise.threshold, "structured": promise.threshold},
            "hard": {"questions": counts["hard"], "false_answer_rate": promise.hard},
            "easy": {"questions": counts["easy"], "false_answer_rate": promise.easy},
            "data": promise.sources,
            "statement": promise.statement(),
            "index_id": answerer.index_id,
            "settings_id": answerer.settings_id,
            "generative": None if generative is None else GenerativeBody.of(*generative),
        }
        return cls.model_validate(_same(Promise, promise) | known)

    def value(self) -> Promise:
        rates = {"hard": self.hard.false_answer_rate, "easy": self.easy.false_answer_rate}
        return Promise(**_same(Promise, self) | rates, sources=tuple(source.value() for source in self.data))


class SuggestionsBody(_Body):
    """Questions that the documents answer, to begin with."""

    questions: tuple[str, ...]
    index_id: str


class HealthBody(_Body):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class ReadyBody(_Body):
    """An index is loaded; degraded where a new one, or new pinned answers, cannot be taken up: those before go on."""

    status: Literal["ready", "degraded"] = "ready"
    index_id: str
    wanted: str | None = Field(description="The id of the index in force; null where that cannot be told.")
    loaded: str = Field(description="The id of the index that answers; another than `wanted` until that one is open.")
    detail: str | None = Field(default=None, description="What is wrong, where it is degraded.")


def _same(kind: type[Citation | Passage | Answer | Document | Promise], source: object) -> dict[str, Any]:
    """The fields of such a value that the source has by the same names."""
    return {one.name: getattr(source, one.name) for one in fields(kind) if hasattr(source, one.name)}
