"""The reader that ships with the package: a cross-encoder with a head for the span and one for whether there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np

from assistant.documents.chunking import embedded_text
from assistant.errors import ReaderDamaged
from assistant.models.pairs import EncodedPair, PairEncoder
from assistant.models.session import open_session, read_config
from assistant.types import Json, Passage, Reading, Vectors

Span: TypeAlias = tuple[int, int, float]  # (start, end, score) in the passage's text

SCHEMA = 1
SHIPPED = Path(__file__).resolve().parent.parent / "model" / "reader"
SPANS = 8  # of a passage, that are told
SPAN_TOKENS = 120  # the longest

_REMEDY = "install the package again"


@dataclass(frozen=True, slots=True)
class Logits:
    """What the network says of one pair: logits, of shape (tokens,) for starts and ends; the first is "nowhere"."""

    starts: Vectors
    ends: Vectors
    answerable: float


class OnnxReader:
    """Reads each passage by itself, so that what it says of one cannot depend on the others."""

    def __init__(self, folder: Path = SHIPPED, *, titles: Callable[[str], str], threads: int | None = None) -> None:
        """Opens the reader in `folder`; `titles` gives a document's title by its id. Raises ReaderDamaged."""
        self._titles = titles
        config = _checked(folder)
        self.name = str(config["name"])
        self.fingerprint = str(config["fingerprint"])
        self._max_tokens = int(str(config["max_tokens"]))
        self._session = open_session(folder / "model.onnx", threads=threads, remedy=_REMEDY)
        self._pairs = PairEncoder((folder / "tokenizer.json").read_text("utf-8"))
        self._read = lru_cache(maxsize=512)(self._read_one)

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        """The likeliest spans of each passage, best first over all.

        A reading's `score` is the log-odds of its span over "nowhere in this passage", `answerable` those of the
        passage answering the question.
        """
        found = [reading for passage in passages for reading in self._read(question, passage)]
        return sorted(found, key=lambda reading: -(reading.score + reading.answerable))

    def _read_one(self, question: str, passage: Passage) -> tuple[Reading, ...]:
        context = embedded_text(self._titles(passage.document_id), passage.section_path, "")
        windows = self._pairs.pairs(question, [(context, passage.text)], max_tokens=self._max_tokens)[0]
        judged = [(pair, self.logits(pair)) for pair in windows]
        answerable = max(logits.answerable for _, logits in judged)
        spans = apart(span for pair, logits in judged for span in best_spans(pair, logits))
        return tuple(
            Reading(passage.document_id, passage.start + start, passage.start + end, score, answerable)
            for start, end, score in spans
        )

    def logits(self, pair: EncodedPair) -> Logits:
        """What the network says of one pair."""
        feeds = {
            "input_ids": np.asarray([pair.ids], np.int64),
            "token_type_ids": np.asarray([pair.types], np.int64),
        }
        starts, ends, answerable = self._session.run(["starts", "ends", "answerable"], feeds)
        return Logits(starts[0], ends[0], float(answerable[0]))


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


def best_spans(pair: EncodedPair, logits: Logits, *, n: int = SPANS) -> list[Span]:
    """The `n` best spans that do not overlap, as (start, end, score) in the passage's text, best first.

    The score is the sum of the logits of start and end, less that of "nowhere".
    """
    if not pair.offsets:
        return []
    first, last = pair.first, pair.first + len(pair.offsets)
    starts, ends = logits.starts[first:last], logits.ends[first:last]
    sums = starts[:, None] + ends[None, :]
    length = np.arange(len(starts))[None, :] - np.arange(len(starts))[:, None]
    sums = np.where((length >= 0) & (length < SPAN_TOKENS), sums, -np.inf)
    nowhere = float(logits.starts[0] + logits.ends[0])
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
