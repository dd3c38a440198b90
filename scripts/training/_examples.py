"""The examples that the reader learns from: a question, a passage, where the answer stands or that there is none."""

from __future__ import annotations

import json
import lzma
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """One question with one passage.

    `span` is (start, end) in `text`; None where there is no answer, or where it is known only that there is one.
    """

    source: str
    document: str  # what splits are made by
    question: str
    title: str
    path: tuple[str, ...]
    text: str
    answerable: bool
    span: tuple[int, int] | None = None
    weight: float = 1.0

    @property
    def context(self) -> str:
        """What stands before the text in the model's input: as `assistant.documents.chunking.embedded_text` puts it."""
        return ": ".join([part for part in (self.title, *self.path) if part] + [""])


def write(path: Path, examples: Sequence[Example]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for example in examples:
            file.write(json.dumps(asdict(example), ensure_ascii=False) + "\n")


def read(path: Path) -> list[Example]:
    return [
        Example(**{**row, "path": tuple(row["path"]), "span": tuple(row["span"]) if row["span"] else None})
        for row in rows(path)
    ]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file, packed by xz or not."""
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def split(names: Sequence[str], sizes: Sequence[int], *, seed: int) -> list[list[str]]:
    """The names, shuffled, in parts of these sizes; the last part is the rest. Their order does not matter."""
    shuffled = sorted(names)
    random.Random(seed).shuffle(shuffled)
    parts = []
    for size in sizes:
        parts.append(shuffled[:size])
        shuffled = shuffled[size:]
    return [*parts, shuffled]


def squad2(path: Path) -> list[Example]:
    """The questions of a file in SQuAD 2.0's format, one example each, with its own paragraph."""
    found = []
    for article in json.loads(path.read_text("utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for paragraph in article["paragraphs"]:
            for qa in paragraph["qas"]:
                answerable = not qa.get("is_impossible", False)
                span = _span([(a["text"], a["answer_start"]) for a in qa["answers"]], paragraph["context"])
                found.append(
                    Example(
                        "squad2",
                        article["title"],
                        qa["question"].strip(),
                        title,
                        (),
                        paragraph["context"],
                        answerable,
                        span if answerable else None,
                    )
                )
    return found


def spans(path: Path) -> list[Example]:
    """The questions of a file of the `qa` folder whose rows have a context and answers with their starts."""
    found = []
    for row in rows(path):
        span = _span([(a["text"], a["start"]) for a in row["answers"]], row["context"])
        if row["answerable"] and span is None:
            continue
        title = row.get("title", "").replace("_", " ")
        document = row.get("title") or row["context"][:80]
        found.append(
            Example(
                row["source"], document, row["question"].strip(), title, (), row["context"], row["answerable"], span
            )
        )
    return found


def cropped(example: Example, rng: random.Random, *, words: int) -> Example:
    """The example with a window of whole sentences of about so many words around its answer.

    Where there is an answer and its place is not known, all is kept.
    """
    if len(example.text.split()) <= words * 1.15 or (example.answerable and example.span is None):
        return example
    starts = [0, *(m.end() for m in re.finditer(r"(?<=[.!?])\s+(?=[A-Z\"'(\[0-9])|\n+", example.text))]
    ends = [*starts[1:], len(example.text)]
    counts = [len(example.text[s:e].split()) for s, e in zip(starts, ends, strict=True)]
    if example.span:
        low = max(n for n, s in enumerate(starts) if s <= example.span[0])
        high = max(n for n, s in enumerate(starts) if s < example.span[1])
    else:
        low = high = rng.randrange(len(starts))
    total = sum(counts[low : high + 1])
    while True:
        sides = [n for n in (low - 1, high + 1) if 0 <= n < len(starts) and total + counts[n] <= words]
        if not sides:
            break
        taken = rng.choice(sides)
        low, high = min(low, taken), max(high, taken)
        total += counts[taken]
    start, end = starts[low], ends[high]
    span = (example.span[0] - start, example.span[1] - start) if example.span else None
    return replace(
        example, text=example.text[start:end].rstrip() if span is None else example.text[start:end], span=span
    )


def _span(answers: Sequence[tuple[str, int]], text: str) -> tuple[int, int] | None:
    """The answer given most often, the shortest of those."""
    good = [
        (start, start + len(answer))
        for answer, start in answers
        if answer.strip() and start >= 0 and text[start : start + len(answer)] == answer
    ]
    return min(good, key=lambda span: (-good.count(span), span[1] - span[0])) if good else None
