"""Small real implementations with exact, predictable answers: for tests, and for trying things out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from zlib import crc32

import numpy as np

from assistant.documents.citations import cite
from assistant.documents.outline import Outline
from assistant.errors import IndexMismatch
from assistant.ids import answer_id
from assistant.question.parse import content_words
from assistant.types import (
    Answer,
    Block,
    Citation,
    Document,
    Filters,
    Hit,
    Json,
    Line,
    Passage,
    Promise,
    ReadPassage,
    Reason,
    ScoredLine,
    Section,
    Source,
    Turn,
    Vectors,
)

PROMISE = Promise(
    max_false_answer_rate=0.1,
    threshold=0.5,
    false_answer_rate=0.05,
    upper_bound=0.0984,
    confidence_level=0.95,
    hard=0.08,
    easy=0.02,
    coverage=0.75,
    precision=0.9,
    answerable=120,
    unanswerable=120,
    kept=True,
    sources=(Source("some questions", 120, 60, "hard"), Source("others", 0, 60, "easy")),
)
"""What `StaticAnswerer` says that it promises."""


def document(
    text: str, *, id: str = "guide.txt", title: str = "Guide", metadata: Mapping[str, Json] | None = None
) -> Document:
    """A document in which `# ` opens a heading (`## ` one below it), and any other line is a sentence."""
    lines: list[Line] = []
    sections: list[Section] = []
    headings: list[tuple[int, int, str]] = []  # (start, depth, title)
    for match in re.finditer(r"[^\r\n]+", text):
        if heading := re.match(r"(#+) +(.+)", match[0]):
            headings.append((match.start(), len(heading[1]), heading[2]))
    for position, (start, depth, name) in enumerate(headings):
        end = next((other for other, level, _ in headings[position + 1 :] if level <= depth), len(text))
        above = next((s.path for s in reversed(sections) if s.end >= end and len(s.path) < depth), ())
        sections.append(Section(name, (*above, name), start, end))
    for match in re.finditer(r"[^\r\n]*\S[^\r\n]*", text):
        marker = re.match(r"#+ +|\s*", match[0])
        start = match.start() + (marker.end() if marker else 0)
        path = next((s.path for s in reversed(sections) if s.start <= start < s.end), ())
        lines.append(Line("heading" if match[0].startswith("#") else "sentence", start, match.end(), path))
    return Document(
        id=id,
        version=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        title=title,
        source=id,
        media_type="text/plain",
        text=text,
        sections=tuple(sections),
        lines=tuple(lines),
        metadata=metadata or {},
    )


class StaticAnswerer:
    """Answers with the first line that holds more than half of the question's words; refuses when none does.

    Every sentence is a passage, its dense and lexical scores are the share of the question's words that it holds.
    """

    def __init__(self, *documents: Document, index_id: str = "static") -> None:
        self.index_id = index_id
        self.settings_id = "static"
        self.documents: Mapping[str, Document] = {d.id: d for d in sorted(documents, key=lambda d: d.id)}
        self.passage_counts: Mapping[str, int] = {d.id: len(_sentences(d)) for d in self.documents.values()}
        self.promise = PROMISE

    def part(self, ids: frozenset[str]) -> StaticAnswerer:
        view = StaticAnswerer(*(self.documents[id] for id in sorted(ids)), index_id=self.index_id)
        view.settings_id = f"static-{hashlib.sha256(' '.join(sorted(ids)).encode()).hexdigest()[:8]}"
        return view

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        began = perf_counter()
        hits = self.search(question, filters=filters)
        score = hits[0].score if hits else 0.0
        answered = score > 0.5
        citations = tuple(self._cite(hit) for hit in hits[: 1 if answered else 3])
        reason: Reason | None = None
        message: str | None = None
        if not answered:
            reason = "unsupported" if score else "unrelated"
            message = "The documents do not say."
            if filters and not self._passages(filters):
                reason, message = "filtered", "The filters leave nothing to search."
        return Answer(
            id=answer_id(question, history, filters, settings_id=self.settings_id, index_id=self.index_id),
            question=question,
            standalone_question=question,
            status="answered" if answered else "refused",
            reason=reason,
            message=message,
            blocks=(Block(citations[0].cited_text, (0,)),) if answered else (),
            citations=citations if answered else (),
            conflicts=(),
            confidence=score,
            closest=() if answered else citations,
            index_id=self.index_id,
            timings_ms={"total": (perf_counter() - began) * 1000},
        )

    def search(self, question: str, *, k: int = 10, filters: Filters = Filters()) -> list[Hit]:
        asked = _words(question)
        hits = []
        for row, passage in enumerate(self._passages(filters)):
            score = len(asked & _words(passage.text)) / max(1, len(asked))
            if score:
                hits.append(Hit(passage, score, dense=score, lexical=score, row=row))
        return sorted(hits, key=lambda hit: -hit.score)[:k]

    def _passages(self, filters: Filters) -> list[Passage]:
        sections = {section.casefold() for section in filters.sections}
        return [
            Passage(d.id, d.version, line.start, line.end, d.text[line.start : line.end], line.section_path)
            for d in self.documents.values()
            if not filters.document_ids or d.id in filters.document_ids
            if all(key in d.metadata and d.metadata[key] == value for key, value in filters.metadata.items())
            for line in _sentences(d)
            if not sections or sections & {title.casefold() for title in line.section_path}
        ]

    def _cite(self, hit: Hit) -> Citation:
        passage = hit.passage
        return cite(self.documents[passage.document_id], passage.start, passage.end, score=hit.score)


class WordReader:
    """Reads by shared words: of a line, the share of the question's that it has, or, at 3/4, that stand above it.

    Log-odds are 20 times that share, less 10; a heading says nothing. A span is a line of a passage, the best first.
    """

    fingerprint = "words"

    def __init__(self, outlines: Mapping[str, Outline]) -> None:
        self._outlines = outlines

    def read(self, question: str, passage: Passage) -> ReadPassage:
        outline = self._outlines[passage.document_id]
        asked = content_words(question)
        lines = [
            ScoredLine(passage.document_id, n, 20 * self._share(asked, outline, n) - 10)
            for n in outline.overlapping(passage.start, passage.end)
        ]
        best = sorted(lines, key=lambda line: -line.score)
        places = [outline.document.lines[line.line] for line in best]
        spans = tuple((max(place.start, passage.start), min(place.end, passage.end)) for place in places)
        return ReadPassage(passage, tuple(lines), best[0].score if best else -10.0, spans)

    def _share(self, asked: Sequence[str], outline: Outline, n: int) -> float:
        if not asked or outline.document.lines[n].kind == "heading":
            return 0.0
        own, above = content_words(outline.text(n)), content_words(outline.above(n))
        return sum(1.0 if word in own else 0.75 if word in above else 0.0 for word in asked) / len(asked)


class HashEncoder:
    """Encodes a text by its words alone: each word adds 1 at the place that its hash names. No model, no waiting."""

    max_tokens = 256

    def __init__(self, *, dim: int = 64, name: str = "hash") -> None:
        self.name, self.dim, self.fingerprint = name, dim, f"{name}-{dim}"
        self.encoded: list[str] = []  # the passages that it was given, in order

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            vectors[row, 0] = 0.01  # so that a text without words has a direction
            for word in re.findall(r"\w+", text.casefold()):
                vectors[row, crc32(word.encode("utf-8", "replace")) % self.dim] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def encode_alike(self, texts: Sequence[str]) -> Vectors:
        return self.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None) -> Vectors:
        self.encoded += texts
        if progress is not None:
            progress(len(texts))
        return self.encode_queries(texts)

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+", text)) + 2


class ExactStore:
    """Vectors searched one by one, with numpy: what every other store is compared with."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors.copy()

    @classmethod
    def load(cls, path: Path) -> ExactStore:
        with path.open("rb") as file:
            return cls(np.load(file, allow_pickle=False))

    def save(self, path: Path) -> None:
        with path.open("wb") as file:
            np.save(file, self._vectors, allow_pickle=False)

    def __len__(self) -> int:
        return len(self._vectors)

    def vectors(self) -> Vectors:
        return self._vectors.copy()

    def search(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        if query.shape != self._vectors.shape[1:]:
            raise IndexMismatch(f"a question's vector of shape {query.shape} for rows of {self._vectors.shape[1:]}")
        among = range(len(self)) if rows is None else sorted(set(rows))
        scored = [(row, float(np.dot(self._vectors[row], query))) for row in among]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))[: max(0, k)]


def _sentences(document: Document) -> list[Line]:
    return [line for line in document.lines if line.kind == "sentence"]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
