"""What the reader learns from: a question with passages, and which of their lines belong to the answer."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

from _examples import Example, rows
from _turns import later, said

from assistant.documents.outline import Outline
from assistant.documents.structure import sentences
from assistant.evaluation.grading import covers
from assistant.models.pairs import LineSpan
from assistant.models.reader import passage_input
from assistant.question.earlier import told
from assistant.types import Passage, Turn

ANSWERED = 0.7  # the share of the earlier questions that are told with their answer


class Indexed(Protocol):
    """What a search of one domain searches."""

    @property
    def passages(self) -> Sequence[Passage]: ...

    @property
    def outlines(self) -> Mapping[str, Outline]: ...


@dataclass(frozen=True, slots=True)
class Read:
    """One passage as it is read for a question."""

    context: str
    text: str
    lines: tuple[LineSpan, ...]
    gold: tuple[int, ...] = ()  # positions in `lines` of those that belong to the answer
    span: tuple[int, int] | None = None  # the exact words of the answer, in `text`
    tempts: bool = False  # it holds the lines that come closest to an answer, and are none


@dataclass(frozen=True, slots=True)
class Group:
    """One question with the passages that a search brings, best first."""

    source: str
    document: str  # what splits are made by
    question: str
    type: str
    passages: tuple[Read, ...]
    weight: float = 1.0
    found: int = 1  # how many of the passages the search brought; what it missed follows them

    @property
    def answerable(self) -> bool:
        return any(read.gold for read in self.passages)

    def drawn(self, rng: random.Random, *, golden: int, others: int, among: int) -> Group:
        """The group with at most so many passages with the answer and, of the best `among` others, so many without.

        Those that tempt are kept.
        """
        with_gold = [read for read in self.passages if read.gold]
        without = [read for read in self.passages if not read.gold]
        kept = rng.sample(with_gold, min(golden, len(with_gold)))
        tempting = [read for read in without if read.tempts][:1]
        rest = [read for read in without[:among] if read not in tempting]
        drawn = rng.sample(rest, min(max(others - len(tempting), 0), len(rest)))
        passages = (*kept, *tempting, *drawn)
        return replace(self, passages=passages, found=len(passages))


def write(path: Path, groups: Sequence[Group]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for group in groups:
            file.write(json.dumps(asdict(group), ensure_ascii=False) + "\n")


def read(path: Path) -> Iterator[Group]:
    for row in rows(path):
        yield Group(**{**row, "passages": tuple(_read(one) for one in row["passages"])})


def _read(row: dict[str, Any]) -> Read:
    return Read(
        row["context"],
        row["text"],
        tuple((start, end, kind) for start, end, kind in row["lines"]),
        tuple(row["gold"]),
        tuple(row["span"]) if row["span"] else None,
        row["tempts"],
    )


def of_example(example: Example) -> Group | None:
    """A question with one passage, its sentences being the lines; None where it is not known which of them answer."""
    lines = [(start, end, "sentence") for start, end in sentences(example.text, 0, len(example.text))]
    gold: list[int] = []
    if example.answerable:
        if example.span is None:
            return None
        gold = [n for n, (start, end, _) in enumerate(lines) if start < example.span[1] and end > example.span[0]]
        if not gold:
            return None
    passage = Read(example.context, example.text, cast("tuple[LineSpan, ...]", tuple(lines)), tuple(gold), example.span)
    return Group(example.source, example.document, example.question, "fact", (passage,), example.weight)


Search = Callable[[str, str], tuple[Sequence[Passage], Indexed]]
"""Given a domain and a text, the passages that a search brings, best first, and what it searched."""


def written(
    folder: Path, split: str, *, search: Search, step: Callable[[int], None] = lambda _: None
) -> Iterator[Group]:
    """The written questions of a split, each with the passages that `search` brings in its domain, and its own."""
    for row in rows(next(folder.glob("questions.jsonl*"))):
        if row["split"] == split:
            yield from _found(row, search)
            step(1)


def conversations(folder: Path, split: str, *, search: Search, rng: random.Random, alone: int = 0) -> Iterator[Group]:
    """The later turns of the written conversations of a split, each with what was said before it.

    Beside them so many questions that stand `alone`, each after one or two others about the same document.
    """
    for path in folder.glob("conversations.jsonl*"):  # a folder of questions alone has none
        for row in rows(path):
            if row["split"] == split:
                for _, turn in later(row):
                    yield from _after(turn, turn["history"], search)
    questions = [row for row in rows(next(folder.glob("questions.jsonl*"))) if row["split"] == split]
    beside: dict[str, list[dict[str, Any]]] = {}
    for row in questions:
        beside.setdefault(row["document"], []).append(row)
    for row in rng.sample(questions, min(alone, len(questions))):
        others = rng.sample(beside[row["document"]], min(3, len(beside[row["document"]])))
        before = [
            said(other["question"], other["quotes"] if rng.random() < ANSWERED else [])
            for other in others
            if other is not row
        ]
        yield from _after(row, [turn for turns in before[:2] for turn in turns], search)


def _after(row: dict[str, Any], history: Sequence[Turn], search: Search) -> Iterator[Group]:
    """The group of a row with what was said before it; none where nothing was."""
    if (heard := told(row["question"], history)) is not None:
        yield from _found({**row, "question": heard.read, "searched": heard.searched}, search)


def _found(row: dict[str, Any], search: Search) -> Iterator[Group]:
    """The group of a row; none where what answers it is not among the passages."""
    domain, _, name = row["document"].partition("/docs/")
    brought, indexed = search(domain, row.get("searched", row["question"]))
    said = {" ".join(quote.split()) for quote in row["quotes"]}
    reads = []
    for passage in brought:
        one = _of_row(row, name, passage, indexed.outlines[passage.document_id])
        twin = any(" ".join(one.text[start:end].split()) in said for start, end, _ in one.lines)
        if one.gold or not twin:  # the very same line elsewhere is no wrong answer
            reads.append(one)
    found = len(reads)
    for passage in indexed.passages:
        if passage.document_id == name and passage not in brought:
            one = _of_row(row, name, passage, indexed.outlines[name])
            if one.gold or one.tempts:
                reads.append(one)
    if reads and bool(row["evidence"]) == any(one.gold for one in reads):
        source, question = f"written-{domain}", row["question"].strip()
        yield Group(source, row["document"], question, row["type"], tuple(reads), found=found)


def _of_row(row: dict[str, Any], name: str, passage: Passage, outline: Outline) -> Read:
    own = passage.document_id == name
    evidence, closest = (row["evidence"], row["closest"]) if own else ((), ())
    return read_of(outline, passage, evidence=evidence, answer=row["answer"], closest=closest)


def read_of(
    outline: Outline,
    passage: Passage,
    *,
    evidence: Sequence[Sequence[int]] = (),
    answer: str | None = None,
    closest: Sequence[Sequence[int]] = (),
) -> Read:
    """A passage as the reader is given it, with the lines marked that the evidence, in the document's text, covers."""
    document = outline.document
    context, text, lines = passage_input(outline, passage)
    inside = [document.lines[n] for n in outline.overlapping(passage.start, passage.end)]
    gold = [n for n, line in enumerate(inside) if any(covers(span, line.start, line.end) for span in evidence)]
    span = None
    for n in gold if answer else ():
        at = document.text.find(answer or "", max(inside[n].start, passage.start), min(inside[n].end, passage.end))
        if at >= 0:
            span = (at - passage.start, at - passage.start + len(answer or ""))
            break
    tempts = any(start < passage.end and end > passage.start for start, end in closest)
    return Read(context, text, tuple(lines), tuple(gold), span, tempts)
