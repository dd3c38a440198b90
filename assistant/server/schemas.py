"""The bodies that are sent, as pydantic models: answers, passages, documents, the promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from assistant.documents.citations import address, cite, verify
from assistant.types import Answer, Answerer, Block, Citation, Document, Hit, Reason, Source, Status

PLACE: dict[str, JsonValue] = {
    "type": "char_location",
    "document_id": "guide.txt",
    "document_title": "Guide",
    "document_version": "9f86d081884c7d65",
    "section_path": ["Salary"],
    "page": None,
    "cited_text": "Median salary: $234,750",
    "start_char_index": 1042,
    "end_char_index": 1065,
    "url": "/documents/guide.txt?start=1042&end=1065&version=9f86d081884c7d65&quote=21-c0d71618b0408dfd#cited",
    "published_url": "https://example.org/guide#:~:text=Median%20salary%3A%20%24234%2C750",
}
ANSWERED: dict[str, JsonValue] = {
    "id": "ans_3f9c2a51d7e84b06",
    "question": "What is the median salary?",
    "standalone_question": "What is the median salary?",
    "status": "answered",
    "reason": None,
    "message": None,
    "answer": "Median salary: $234,750",
    "blocks": [{"text": "Median salary: $234,750", "citations": [0]}],
    "citations": [PLACE],
    "conflicts": [],
    "confidence": 0.97,
    "closest": [],
    "mode": "extractive",
    "index_id": "20261124-9f86d081",
    "timings_ms": {"total": 12.3},
}
REFUSED: dict[str, JsonValue] = ANSWERED | {
    "question": "Who won the cup?",
    "standalone_question": "Who won the cup?",
    "status": "refused",
    "reason": "unrelated",
    "message": "Nothing in the documents is about this.",
    "answer": "",
    "blocks": [],
    "citations": [],
    "confidence": 0.02,
    "closest": [PLACE | {"score": 0.11}],
}


class CitationBody(BaseModel):
    """A place in a document: `text[start_char_index:end_char_index] == cited_text`, in Unicode code points."""

    type: Literal["char_location"] = "char_location"
    document_id: str
    document_title: str
    document_version: str
    section_path: tuple[str, ...]
    page: int | None
    cited_text: str
    start_char_index: int
    end_char_index: int
    url: str = Field(description="The page that shows the document and marks this place, also after a new build.")
    published_url: str | None = Field(
        description="This place where the document is published; null if that is unknown."
    )


class ClosestBody(CitationBody):
    """A place that came near. A higher score is always better."""

    score: float | None


class ScoresBody(BaseModel):
    """What each leg of the search gave; null where the leg did not find the passage."""

    dense: float | None
    lexical: float | None


class HitBody(ClosestBody):
    """A passage and why it is here."""

    scores: ScoresBody


class BlockBody(BaseModel):
    """A piece of an answer. Every word of it stands in the citations that it names."""

    text: str
    citations: tuple[int, ...] = Field(description="Indices into the answer's citations.")


class SaidBody(BaseModel):
    """The data of a `block` event: a block, at its position in the answer, with its citations whole."""

    index: int
    text: str
    citations: list[CitationBody]

    @classmethod
    def of(cls, index: int, block: Block, citations: Sequence[Citation]) -> SaidBody:
        return cls(index=index, text=block.text, citations=[CitationBody(**_place(each)) for each in citations])


class AnswerBody(BaseModel):
    """An answer with its sources, or a refusal with what came nearest."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWERED, REFUSED]})

    id: str
    question: str
    standalone_question: str
    status: Status
    reason: Reason | None
    message: str | None
    answer: str = Field(description="The texts of the blocks, one a line; empty for a refusal.")
    blocks: list[BlockBody]
    citations: list[CitationBody]
    conflicts: tuple[tuple[tuple[int, ...], ...], ...] = Field(
        description="Places that give different values for the thing asked: groups of indices into `citations`."
    )
    confidence: float = Field(ge=0, le=1)
    closest: list[ClosestBody]
    mode: str
    index_id: str
    timings_ms: dict[str, float]

    @classmethod
    def of(cls, answer: Answer, answerer: Answerer) -> AnswerBody:
        """The answer as it is sent. Its citations are checked here once more, the last moment that they can be."""
        for citation in (*answer.citations, *answer.closest):
            verify(citation, answerer.documents[citation.document_id])
        return cls(
            id=answer.id,
            question=answer.question,
            standalone_question=answer.standalone_question,
            status=answer.status,
            reason=answer.reason,
            message=answer.message,
            answer=answer.text,
            blocks=[BlockBody(text=block.text, citations=block.citations) for block in answer.blocks],
            citations=[CitationBody(**_place(citation)) for citation in answer.citations],
            conflicts=answer.conflicts,
            confidence=round(answer.confidence, 4),
            closest=[ClosestBody(**_place(place), score=_rounded(place.score)) for place in answer.closest],
            mode=answer.mode,
            index_id=answer.index_id,
            timings_ms={stage: round(ms, 3) for stage, ms in answer.timings_ms.items()},
        )


class SearchBody(BaseModel):
    """Passages, best first."""

    hits: list[HitBody]
    index_id: str

    @classmethod
    def of(cls, hits: list[Hit], answerer: Answerer) -> SearchBody:
        return cls(hits=[_hit(hit, answerer) for hit in hits], index_id=answerer.index_id)


class DocumentBody(BaseModel):
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
        return cls(**_document(document, answerer))


class SectionBody(BaseModel):
    """A heading and all that stands below it."""

    title: str
    path: tuple[str, ...]
    start_char_index: int
    end_char_index: int


class WholeDocumentBody(DocumentBody):
    """One document of the index, with its outline."""

    sections: list[SectionBody]

    @classmethod
    def of(cls, document: Document, answerer: Answerer) -> WholeDocumentBody:
        sections = [
            SectionBody(title=each.title, path=each.path, start_char_index=each.start, end_char_index=each.end)
            for each in document.sections
        ]
        return cls(**_document(document, answerer), sections=sections)


class DocumentsBody(BaseModel):
    """Every document of the index, in the order of their ids."""

    documents: list[DocumentBody]
    index_id: str

    @classmethod
    def of(cls, answerer: Answerer) -> DocumentsBody:
        documents = [DocumentBody.of(document, answerer) for document in answerer.documents.values()]
        return cls(documents=documents, index_id=answerer.index_id)


class SourceBody(BaseModel):
    """A data set that the promise rests on."""

    name: str
    answerable: int
    unanswerable: int
    kind: Literal["hard", "easy"] = Field(description="Of its questions without an answer.")
    false_answer_rate: float | None = Field(description="Of these, at the promise in force; null if not known.")

    @classmethod
    def of(cls, source: Source) -> SourceBody:
        rate = source.false_answer_rate
        return cls(
            name=source.name,
            answerable=source.answerable,
            unanswerable=source.unanswerable,
            kind=source.kind,
            false_answer_rate=None if rate is None else round(rate, 4),
        )


class RateBody(BaseModel):
    """How often questions of one kind without an answer were answered."""

    questions: int
    false_answer_rate: float


class PromiseBody(BaseModel):
    """How often a question without an answer may be answered, what that rests on, and what it costs."""

    max_false_answer_rate: float = Field(description="What the setting asks for.")
    kept: bool = Field(description="Whether the upper bound is within it.")
    threshold: float = Field(description="The probability that an answer must reach to be given.")
    thresholds: dict[Literal["prose", "structured"], float] = Field(
        description="The same for each kind of document, which were once told apart."
    )
    false_answer_rate: float = Field(description="Measured on the calibration's questions without an answer.")
    upper_bound: float = Field(description="Of that rate, one-sided, at the confidence level.")
    confidence_level: float
    hard: RateBody
    easy: RateBody
    coverage: float = Field(description="The share of its answerable questions that are answered.")
    precision: float = Field(description="The share of all that is answered that is right.")
    answerable: int
    unanswerable: int
    data: list[SourceBody]
    statement: str
    index_id: str
    settings_id: str = Field(description="A hash of the settings that decide an answer: another where one is changed.")

    @classmethod
    def of(cls, answerer: Answerer) -> PromiseBody:
        promise = answerer.promise
        counts = {kind: sum(s.unanswerable for s in promise.sources if s.kind == kind) for kind in ("hard", "easy")}
        return cls(
            max_false_answer_rate=promise.max_false_answer_rate,
            kept=promise.kept,
            threshold=promise.threshold,
            thresholds={"prose": promise.threshold, "structured": promise.threshold},
            false_answer_rate=round(promise.false_answer_rate, 4),
            upper_bound=round(promise.upper_bound, 4),
            confidence_level=promise.confidence_level,
            hard=RateBody(questions=counts["hard"], false_answer_rate=round(promise.hard, 4)),
            easy=RateBody(questions=counts["easy"], false_answer_rate=round(promise.easy, 4)),
            coverage=round(promise.coverage, 4),
            precision=round(promise.precision, 4),
            answerable=promise.answerable,
            unanswerable=promise.unanswerable,
            data=[SourceBody.of(source) for source in promise.sources],
            statement=promise.statement(),
            index_id=answerer.index_id,
            settings_id=answerer.settings_id,
        )


class SuggestionsBody(BaseModel):
    """Questions that the documents answer, to begin with."""

    questions: tuple[str, ...]
    index_id: str


class HealthBody(BaseModel):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class ReadyBody(BaseModel):
    """An index is loaded."""

    status: Literal["ready", "degraded"] = Field(
        default="ready", description="Degraded where the index in force cannot be taken up, and the one before answers."
    )
    index_id: str
    detail: str | None = Field(default=None, description="What is wrong, where it is degraded.")


def _place(citation: Citation) -> dict[str, Any]:
    return {
        "document_id": citation.document_id,
        "document_title": citation.document_title,
        "document_version": citation.document_version,
        "section_path": citation.section_path,
        "page": citation.page,
        "cited_text": citation.cited_text,
        "start_char_index": citation.start,
        "end_char_index": citation.end,
        "url": citation.url,
        "published_url": citation.published_url,
    }


def _hit(hit: Hit, answerer: Answerer) -> HitBody:
    passage = hit.passage
    place = _place(cite(answerer.documents[passage.document_id], passage.start, passage.end))
    place |= {"section_path": passage.section_path, "page": passage.page}
    scores = ScoresBody(dense=_rounded(hit.dense), lexical=_rounded(hit.lexical))
    return HitBody(**place, score=_rounded(hit.score), scores=scores)


def _document(document: Document, answerer: Answerer) -> Mapping[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "version": document.version,
        "source": document.source,
        "media_type": document.media_type,
        "characters": len(document.text),
        "passages": answerer.passage_counts.get(document.id, 0),
        "pages": len(document.page_starts) or None,
        "metadata": document.metadata,
        "url": address(document),
    }


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 4)
