"""The vocabulary: the values that pass through the assistant, and the seams between its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, Union, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Json: TypeAlias = Union[bool, int, float, str, Sequence["Json"], Mapping[str, "Json"], None]  # noqa: UP007, recursive
Vectors: TypeAlias = NDArray[np.float32]
LineKind: TypeAlias = Literal["heading", "lead", "item", "sentence", "row", "code"]
BlockKind: TypeAlias = Literal["heading", "lead", "item", "pair", "sentence", "header", "row", "code"]
Mode: TypeAlias = Literal["extractive", "generative"]
Status: TypeAlias = Literal["answered", "refused"]
Reason: TypeAlias = Literal["unrelated", "unsupported", "ambiguous", "filtered", "greeting"]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all that stands below it. Sections nest: a parent's span covers its children."""

    title: str
    path: tuple[str, ...]  # titles from the root down to this one, its own last
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """The smallest thing that is cited: a heading, a lead-in, a list item, a sentence, a table row.

    `start` and `end` leave out the list marker and the white space around. `parent` is the position, among the
    document's lines, of the lead-in or the item that this line stands under, or of a row's header row.
    """

    kind: LineKind
    start: int
    end: int
    section_path: tuple[str, ...] = ()
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file of the corpus. `text` is what every offset counts into, in Unicode code points."""

    id: str  # its path below the corpus folder, with "/" between folders
    version: str  # a hash of its text
    title: str
    source: str
    media_type: str
    text: str
    sections: tuple[Section, ...] = ()
    lines: tuple[Line, ...] = ()  # in the order of the text; spans do not overlap
    page_starts: tuple[int, ...] = ()
    metadata: Mapping[str, Json] = field(default_factory=dict)

    @property
    def is_markdown(self) -> bool:
        """Whether `text` is Markdown, as for all formats but plain text: it is written so when a file is read."""
        return self.media_type != "text/plain"

    @property
    def url(self) -> str | None:
        """Where the document is published, if its metadata says so."""
        url = self.metadata.get("url")
        return url if isinstance(url, str) else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document, small enough to embed: `document.text[start:end] == passage.text`."""

    document_id: str
    document_version: str
    start: int
    end: int
    text: str
    section_path: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage and why it is here. A higher score is always better."""

    passage: Passage
    score: float
    dense: float | None = None
    lexical: float | None = None
    row: int = -1  # the passage's row in the index


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """A line of a document, by its position there, and how likely it answers. A higher score is always better."""

    document_id: str
    line: int
    score: float


@dataclass(frozen=True, slots=True)
class RankedLine:
    """A line and how much it is like the question. A higher score is always better."""

    document_id: str
    line: int
    score: float
    meaning: float  # the cosine of its vector with the question's
    words: float  # how much of the question it deals with, from 0 to 1


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """What a reader says of one passage. Log-odds are natural ones: above 0 it is likelier than not.

    Those of lines mean the same in every passage, so that the best line of a search is the one with the highest.
    """

    passage: Passage
    lines: tuple[ScoredLine, ...]  # every line of the passage in its order: log-odds that it belongs to the answer
    answerable: float  # log-odds that the passage answers the question at all
    spans: tuple[tuple[int, int], ...] = ()  # where in the document's text its words may stand, the likeliest first


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a document: `document.text[start:end] == cited_text`."""

    document_id: str
    document_title: str
    document_version: str
    section_path: tuple[str, ...]
    page: int | None
    cited_text: str
    start: int
    end: int
    url: str  # the page that shows it; it names the version and the quotation, so that it outlives a new build
    published_url: str | None = None  # the place where the document is published
    score: float | None = None  # of the closest passages of a refusal


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of an answer. Every word of `text` stands in the citations that it names.

    Of a generated one its figures, names, polarity and content words do, by the check of `assistant.generate`.

    The rest says how to lay it out: blocks of one label belong under one heading. A `text` that comes from several
    sections begins with the label and a colon.
    """

    text: str
    citations: tuple[int, ...]
    label: str | None = None  # the title of the section that it stands in
    kind: BlockKind = "sentence"  # "pair" is an item or a sentence such as "Median salary: $234,750"
    cells: tuple[tuple[str, str], ...] = ()  # of a table's row: each column's name ("" if none), and what it says
    generated: bool = False  # whether a language model phrased it


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What may be searched. All that is given must hold; nothing given lets everything through."""

    document_ids: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    metadata: Mapping[str, Json] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.document_ids or self.sections or self.metadata)


@dataclass(frozen=True, slots=True)
class Pinned:
    """That an answer is the operator's own: the question that it was pinned to, and what stands beside it there."""

    question: str
    source: str | None
    valid_until: str | None  # the last day on which it is given, like 2027-01-31


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a question. A refusal is an answer, not an error."""

    id: str
    question: str
    standalone_question: str
    status: Status
    reason: Reason | None
    message: str | None
    blocks: tuple[Block, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[tuple[tuple[int, ...], ...], ...]  # groups of indices into `citations`, one a value
    confidence: float
    closest: tuple[Citation, ...]
    index_id: str
    mode: str = "extractive"
    dropped_sentences: int = 0  # of a language model, that did not pass the check
    fallback: str | None = (
        None  # why all or a part is given in the documents' own words, where a model's were asked for
    )
    model: str | None = None  # the name of the language model that phrased it
    handoff: str | None = None  # where a person can be asked, told with a refusal
    note: str | None = None  # what the answer does not say: the rest of a long list, a part that is left open
    pinned: Pinned | None = None  # where the answer is the operator's own
    timings_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Source:
    """A data set that the promise rests on."""

    name: str
    answerable: int
    unanswerable: int
    kind: Literal["hard", "easy"]  # of its questions without an answer
    false_answer_rate: float | None = None  # of these, at the operating point; None where it was not kept


@dataclass(frozen=True, slots=True)
class Promise:
    """An operating point, and what it rests on. Rates are shares from 0 to 1."""

    max_false_answer_rate: float  # what was asked for
    threshold: float  # answers at least this probable are given
    false_answer_rate: float  # of the calibration's questions without an answer
    upper_bound: float  # of that rate, one-sided, at the confidence level
    confidence_level: float
    hard: float  # the rate among the hard ones of them
    easy: float
    coverage: float  # the share of the answerable ones that are answered
    precision: float  # the share of all that is answered that is right
    answerable: int
    unanswerable: int
    kept: bool  # whether the bound is within what was asked for
    sources: tuple[Source, ...] = ()

    def statement(self) -> str:
        """The promise in a sentence or two, with what it rests on and what it costs."""
        if self.max_false_answer_rate >= 1:
            return "Nothing is promised: whatever can be answered is answered, right or wrong."
        rate = f"{100 * self.max_false_answer_rate:g}%"
        said = (
            f"Of the questions that the documents do not answer, at most {rate} are answered"
            if self.kept
            else f"A rate of {rate} cannot be promised on so few questions: the strictest operating point is in force"
        )
        names = ", ".join(dict.fromkeys(source.name.split(":")[0] for source in self.sources))
        return (
            f"{said} (what is given is right with a probability of at least {self.threshold:.2f}). It rests on "
            f"{self.unanswerable} questions without an answer, of which {self.false_answer_rate:.1%} were answered "
            f"({self.hard:.1%} of the hard ones, {self.easy:.1%} of the easy ones; the rate is below "
            f"{self.upper_bound:.1%} with {self.confidence_level:.0%} confidence), and on {self.answerable} with one: "
            f"{names}. It costs: {self.coverage:.0%} of the questions with an answer are answered."
        )


class Encoder(Protocol):
    """Texts to unit vectors: float32 of shape (n, dim), every row of length 1."""

    name: str
    fingerprint: str  # of the weights and all else that decides the vectors
    dim: int
    max_tokens: int  # special tokens included; what is longer is cut off

    def encode_queries(self, texts: Sequence[str]) -> Vectors: ...

    def encode_alike(self, texts: Sequence[str]) -> Vectors:
        """The same vectors but for their last bits, sooner."""
        ...

    def encode_passages(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Vectors:
        """`progress` is told, from time to time, how many more texts are done."""
        ...

    def count_tokens(self, text: str) -> int:
        """The tokens of `text`, special tokens included, before anything is cut off."""
        ...


class VectorStore(Protocol):
    """Rows of vectors, found by inner product. Knows nothing of text."""

    def search(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        """The best `k` rows for one query of shape (dim,), as (row, score), best first; only of `rows` if given."""
        ...

    def vectors(self) -> Vectors:
        """All rows, of shape (n, dim)."""
        ...

    def save(self, path: Path) -> None: ...

    def __len__(self) -> int: ...


class LineRanker(Protocol):
    """Ranks lines cheaply, before any passage is read."""

    def rank(self, question: str, passages: Sequence[Passage]) -> list[RankedLine]:
        """Every line of the passages, best first; of equal scores in the order given."""
        ...


class Reader(Protocol):
    """Reads a question and a passage together, and says which of its lines answer."""

    fingerprint: str  # of the weights and all else that decides what it says

    def read(self, question: str, passage: Passage) -> ReadPassage:
        """What it says of one passage. It depends on nothing else, and so not on the other passages."""
        ...


class Follower(Protocol):
    """Follows an answer while it is worked out. What it raises ends the work."""

    def check(self) -> None:
        """Called before each stage of the work, and before each passage that is read."""
        ...

    def hear(self, block: Block, citations: Sequence[Citation]) -> None:
        """Called with each block of the answer, in order, once its citations are checked."""
        ...


class Answerer(Protocol):
    """All that the edges need: one opened index, and what can be asked of it. It never changes once opened."""

    index_id: str
    documents: Mapping[str, Document]  # by id, in the order of their ids
    passage_counts: Mapping[str, int]  # by document id

    @property
    def settings_id(self) -> str:
        """A hash of all that decides an answer beside the question and the index; "" where that is not known."""
        ...

    @property
    def promise(self) -> Promise:
        """How often a question without an answer may be answered."""
        ...

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer: ...

    def search(self, question: str, *, k: int = 10, filters: Filters = Filters()) -> list[Hit]: ...


@runtime_checkable
class Parted(Protocol):
    """An answerer that can be had over some of its documents alone. Not every one can."""

    def part(self, ids: frozenset[str]) -> Answerer:
        """The answerer over these documents, as if there were no others."""
        ...


@runtime_checkable
class Followed(Protocol):
    """An answerer that lets its work be followed, and so be ended early. Not every one does."""

    def follow(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), follower: Follower
    ) -> Answer: ...
