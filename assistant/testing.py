"""Small real implementations with exact, predictable answers: for tests, and for trying things out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from time import perf_counter

from assistant.citations import cite
from assistant.types import Answer, Block, Citation, Document, Filters, Hit, Json, Line, Passage, Reason, Section, Turn


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
        self.documents: Mapping[str, Document] = {d.id: d for d in sorted(documents, key=lambda d: d.id)}
        self.passage_counts: Mapping[str, int] = {d.id: len(_sentences(d)) for d in self.documents.values()}

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
            id=_id(question, history, filters, self.index_id),
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


def _sentences(document: Document) -> list[Line]:
    return [line for line in document.lines if line.kind == "sentence"]


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _id(question: str, history: Sequence[Turn], filters: Filters, index_id: str) -> str:
    asked = json.dumps([question, [asdict(turn) for turn in history], asdict(filters), index_id], sort_keys=True)
    return "ans_" + hashlib.sha256(asked.encode()).hexdigest()[:24]
