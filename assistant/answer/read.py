"""What a reader is given to read, and how what it says joins the ranking of lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp

from assistant.documents.outline import Outline
from assistant.question.parse import Grain, ParsedQuestion
from assistant.types import Hit, LineKind, Passage, Reader, Reading

# What a line gains that holds the answer for certain, in a passage that answers for certain. What an item of a list is
# about is told by what stands above it, and a list is more than its likeliest part: both are left to similarity.
SPAN_GAINS: Mapping[LineKind, float] = {"sentence": 0.8, "row": 0.5, "code": 0.5}
WHOLE: frozenset[Grain] = frozenset(("list", "topic"))  # that want, of a document with lists, more than a part
SURE = 2.0  # log-odds at which no further passage is read, when the line ranked first stands in one that was
ENOUGH = 2  # passages that are always read


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage that a reader has read, and what it said, best first."""

    passage: Passage
    readings: tuple[Reading, ...]

    @property
    def answerable(self) -> float:
        """Log-odds that the passage answers the question."""
        return self.readings[0].answerable if self.readings else -10.0

    def holds(self, document_id: str, start: int) -> bool:
        """Whether a line of a document begins in this passage."""
        return self.passage.document_id == document_id and self.passage.start <= start < self.passage.end


def judge_hits(
    reader: Reader,
    question: str,
    hits: Sequence[Hit],
    lines: Sequence[Reading],
    *,
    k: int,
    check: Callable[[], None] = lambda: None,
) -> list[ReadPassage]:
    """Reads at most `k` of the passages: those with the best lines, the best first, until one answers for certain.

    `check` is called before each, and may raise.
    """
    judged: list[ReadPassage] = []
    for passage in _by_lines(hits, lines)[:k]:
        check()
        readings = reader.read(question, [passage])
        judged.append(ReadPassage(passage, tuple(readings)))
        if len(judged) >= ENOUGH and max(one.answerable for one in judged) > SURE:
            break
    return judged


def join(
    ask: ParsedQuestion, lines: Sequence[Reading], judged: Sequence[ReadPassage], outlines: Mapping[str, Outline]
) -> list[Reading]:
    """The lines with what the reader said of them added to their scores, best first."""
    gains: dict[tuple[str, int], float] = {}
    for one in judged:
        outline = outlines[one.passage.document_id]
        if ask.grain in WHOLE and outline.kind == "structured":
            continue
        for reading, share in zip(one.readings, shares(one.readings), strict=True):
            for n in {outline.position(reading.start), *outline.between(reading.start, reading.end)}:
                key = (reading.document_id, outline.starts[n])
                gain = SPAN_GAINS.get(outline.document.lines[n].kind, 0.0)
                gains[key] = gains.get(key, 0.0) + gain * sigmoid(one.answerable) * share
    scored = [replace(line, score=line.score + gains.get((line.document_id, line.start), 0.0)) for line in lines]
    return sorted(scored, key=lambda line: -line.score)


def focus(judged: Sequence[ReadPassage], outlines: Mapping[str, Outline]) -> dict[tuple[str, int], tuple[int, int]]:
    """For each line, by its document and position, the likeliest span that begins in it."""
    best: dict[tuple[str, int], Reading] = {}
    for reading in (reading for one in judged for reading in one.readings):
        key = (reading.document_id, outlines[reading.document_id].position(reading.start))
        if key not in best or reading.score > best[key].score:
            best[key] = reading
    return {key: (reading.start, reading.end) for key, reading in best.items()}


def shares(readings: Sequence[Reading]) -> list[float]:
    """How likely each span of a passage is, those and "nowhere" (whose log-odds are 0) being all that there is."""
    highest = max((reading.score for reading in readings), default=0.0)
    weights = [exp(reading.score - max(highest, 0.0)) for reading in readings]
    total = sum(weights) + exp(-max(highest, 0.0))
    return [weight / total for weight in weights]


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _by_lines(hits: Sequence[Hit], lines: Sequence[Reading]) -> list[Passage]:
    """The passages in the order of their best lines; those that have none last."""
    best: dict[int, float] = {}
    for line in lines:
        for n, hit in enumerate(hits):
            passage = hit.passage
            if passage.document_id == line.document_id and passage.start <= line.start < passage.end:
                best.setdefault(n, line.score)
                break
    order = sorted(range(len(hits)), key=lambda n: (-best.get(n, -1.0), n))
    return [hits[n].passage for n in order]
