"""The reader that ships with the package: a cross-encoder with heads for lines, for the span, and for the passage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from assistant.documents.chunking import embedded_text
from assistant.documents.outline import Outline
from assistant.errors import ReaderDamaged
from assistant.memo import remembered
from assistant.models.pairs import NO_LINE, EncodedPair, LineSpan, PairEncoder
from assistant.models.session import open_session, read_config
from assistant.types import Json, Passage, ReadPassage, ScoredLine, Vectors

Span: TypeAlias = tuple[int, int, float]  # (start, end, score) in the passage's text
PassageInput: TypeAlias = tuple[str, str, Sequence[LineSpan]]  # what comes before the text, the text, its lines

SCHEMA = 2
SHIPPED = Path(__file__).resolve().parent.parent / "model" / "reader"
SPANS = 8  # of a passage, that are told
SPAN_TOKENS = 120  # the longest

_REMEDY = "install the package again"


@dataclass(frozen=True, slots=True)
class Logits:
    """What the network says of one pair."""

    lines: Mapping[int, float]  # log-odds that a line belongs to the answer, by its position in the passage
    starts: Vectors  # of shape (tokens,), as are the ends; the first is "nowhere"
    ends: Vectors
    answerable: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said of one text: log-odds that each of its lines belongs to the answer, and that it answers at all."""

    lines: Mapping[int, float]
    answerable: float
    spans: Sequence[Span]  # best first


class OnnxReader:
    """Reads each passage by itself, so that what it says of one cannot depend on the others."""

    def __init__(self, folder: Path = SHIPPED, *, outlines: Mapping[str, Outline], threads: int | None = None) -> None:
        """Opens the reader in `folder`; `outlines` gives a document by its id. Raises ReaderDamaged."""
        self._outlines = outlines
        config = _checked(folder)
        self.name = str(config["name"])
        self.fingerprint = str(config["fingerprint"])
        self._max_tokens = int(str(config["max_tokens"]))
        self._session = open_session(folder / "model.onnx", threads=threads, remedy=_REMEDY)
        ignored = (folder / "ignored.txt").read_text("utf-8").split()
        self._pairs = PairEncoder((folder / "tokenizer.json").read_text("utf-8"), ignored=ignored)
        self._remembered = remembered(self._read, 512)

    def over(self, outlines: Mapping[str, Outline]) -> OnnxReader:
        """One that reads other documents with the same network."""
        other = copy(self)
        other._outlines = outlines
        other._remembered = remembered(other._read, 512)
        return other

    def read(self, question: str, passage: Passage) -> ReadPassage:
        """What the network says of one passage."""
        return self._remembered(question, passage)

    def _read(self, question: str, passage: Passage) -> ReadPassage:
        outline = self._outlines[passage.document_id]
        inside = outline.overlapping(passage.start, passage.end)
        said = self.judge(question, passage_input(outline, passage))
        return ReadPassage(
            passage,
            tuple(ScoredLine(passage.document_id, inside[n], score) for n, score in sorted(said.lines.items())),
            said.answerable,
            tuple((passage.start + start, passage.start + end) for start, end, _ in said.spans),
        )

    def judge(self, question: str, given: PassageInput) -> Judgement:
        """What the network says of one text with its lines; of a long one in windows, the highest for each line."""
        windows = self._pairs.pairs(question, [given], max_tokens=self._max_tokens)[0]
        judged = [(pair, self.logits(pair)) for pair in windows]
        best: dict[int, float] = {}
        for _, logits in judged:
            for n, score in logits.lines.items():
                best[n] = max(score, best.get(n, score))
        spans = apart(span for pair, logits in judged for span in best_spans(pair, logits.starts, logits.ends))
        return Judgement(best, max(logits.answerable for _, logits in judged), spans)

    def logits(self, pair: EncodedPair) -> Logits:
        """What the network says of one pair."""
        lines = list(dict.fromkeys(n for n in pair.lines if n != NO_LINE))
        of_line = np.zeros((len(lines), len(pair.ids)), np.float32)
        for token, line in enumerate(pair.lines, start=pair.first):
            if line != NO_LINE:
                of_line[lines.index(line), token] = 1.0
        feeds = {
            "input_ids": np.asarray([pair.ids], np.int64),
            "token_type_ids": np.asarray([pair.types], np.int64),
            "of_line": of_line,
        }
        found, starts, ends, answerable = self._session.run(["lines", "starts", "ends", "answerable"], feeds)
        scores = {line: float(score) for line, score in zip(lines, found, strict=True)}
        return Logits(scores, starts[0], ends[0], float(answerable[0]))


def passage_input(outline: Outline, passage: Passage) -> PassageInput:
    """A passage as the network is given it: what tells what it is about, its text, and its lines in that text.

    Before the text stand the document's title, the section path, and what introduces the first line but stands before
    the passage: its lead-ins, or the header of its table.
    """
    document = outline.document
    inside = [document.lines[n] for n in outline.overlapping(passage.start, passage.end)]
    above: list[str] = []
    n = inside[0].parent if inside else None
    while n is not None:
        if document.lines[n].start < passage.start:
            above.insert(0, " ".join(outline.text(n).split()))
        n = document.lines[n].parent
    context = embedded_text(document.title, passage.section_path, "".join(f"{text}: " for text in above))
    lines: list[LineSpan] = [
        (max(line.start, passage.start) - passage.start, min(line.end, passage.end) - passage.start, line.kind)
        for line in inside
    ]
    return context, passage.text, lines


def apart(spans: Iterable[Span]) -> list[Span]:
    """The best of the spans, those that overlap a better one left out: windows overlap, and so do their spans."""
    chosen: list[Span] = []
    for start, end, score in sorted(spans, key=lambda span: -span[2]):
        if start < end and all(end <= other or start >= until for other, until, _ in chosen):
            chosen.append((start, end, score))
    return chosen[:SPANS]


def fingerprint(folder: Path = SHIPPED) -> str:
    """The fingerprint of the reader in a folder, without opening it. Raises ReaderDamaged."""
    return str(_checked(folder)["fingerprint"])


def _checked(folder: Path) -> dict[str, Json]:
    """What reader.json says, its own checksum and those of all files checked."""
    config = read_config(folder, schema=SCHEMA, remedy=_REMEDY)
    if "checksum" not in config:
        raise ReaderDamaged(f"{folder / 'reader.json'} is damaged: {_REMEDY}")
    return config


def best_spans(pair: EncodedPair, starts: Vectors, ends: Vectors, *, n: int = SPANS) -> list[Span]:
    """The `n` best spans that do not overlap, as (start, end, score) in the passage's text, best first.

    The score is the sum of the logits of start and end, less that of "nowhere".
    """
    if not pair.offsets:
        return []
    first, last = pair.first, pair.first + len(pair.offsets)
    nowhere = float(starts[0] + ends[0])
    starts, ends = starts[first:last], ends[first:last]
    sums = starts[:, None] + ends[None, :]
    length = np.arange(len(starts))[None, :] - np.arange(len(starts))[:, None]
    sums = np.where((length >= 0) & (length < SPAN_TOKENS), sums, -np.inf)
    furthest = sums.argmax(axis=1)
    best = sums[np.arange(len(starts)), furthest]
    chosen: list[Span] = []
    for start in np.argsort(-best, kind="stable"):
        end = int(furthest[start])
        if all(end < other or start > until for other, until, _ in chosen):
            chosen.append((int(start), end, float(best[start]) - nowhere))
        if len(chosen) == n:
            break
    return [(pair.offsets[start][0], pair.offsets[end][1], score) for start, end, score in chosen]
