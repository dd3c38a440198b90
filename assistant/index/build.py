"""Builds an index from documents; texts that the build in force holds are not encoded again."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.index.files import SCHEMA, document_row, text_key, write_files, write_json, write_manifest
from assistant.index.publishing import clean_up, publish, writing
from assistant.index.receipt import NAME as RECEIPT
from assistant.index.receipt import renew
from assistant.index.reuse import Before, Held, open_before
from assistant.index.vocabulary import words_version
from assistant.question.acronyms import Known
from assistant.spreadsheets.counted import counted
from assistant.types import Document, Encoder, Json, Passage

Note = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    id: str
    documents: int
    passages: int
    encoded: int  # texts that were encoded, passages and lines; the others were taken from the build before
    changed: bool  # whether a new build was published
    seconds: Mapping[str, float]  # of each stage

    def summary(self) -> str:
        what = f"{counted(self.documents, 'document')} in {counted(self.passages, 'passage')}"
        if not self.changed:
            return f"index {self.id} is up to date: {what}"
        return f"index {self.id}: {what}, {self.encoded} texts encoded in {sum(self.seconds.values()):.1f} s"


def build(
    folder: Path,
    *,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    embedded: Sequence[str],
    lines: Sequence[str],
    vocabulary: Mapping[str, int],
    encoder: Encoder,
    settings: Mapping[str, Json],
    receipt: Mapping[str, Json],
    acronyms: Known,
    before: Before | None = None,
    note: Note = lambda stage, done, total: None,
) -> Report:
    """Builds an index in `folder` and puts it in force. Raises IndexNotWritten where the disk does not take it.

    `embedded` are the texts to encode for the passages, `lines` those for all lines of the documents in their order.
    Texts that the build in force holds are not encoded again; `before` is that build, opened here where it is not
    given. A build that changes nothing publishes nothing, but for its receipt. Whoever calls this holds the folder's
    lock, from before the documents were read: so the build that ends last is of the newest ones.
    """
    with writing(folder):
        seconds: dict[str, float] = {}
        identity = identity_of(documents, embedded, lines, encoder, settings)
        before = before or open_before(folder)
        if before.is_whole(identity, encoder.fingerprint):
            renew(folder / "builds" / identity, receipt)
            clean_up(folder, {identity, before.receipt.before})
            return Report(identity, len(documents), len(passages), 0, False, seconds)
        known = before.vectors(encoder.fingerprint)
        encoded = 0
        matrices, keys = [], ([text_key(text) for text in embedded], [text_key(text) for text in lines])
        stages = ("encode passages", "encode lines")
        for stage, texts, own, held in zip(stages, (embedded, lines), keys, known, strict=True):
            began = time.perf_counter()
            vectors, fresh = encode(texts, own, encoder, held, stage, note)
            seconds[stage] = time.perf_counter() - began
            encoded += fresh
            matrices.append(vectors)
        began = time.perf_counter()
        note("write", 0, 0)
        work = folder / "builds" / f".{uuid.uuid4().hex}"
        work.mkdir(parents=True)
        try:
            stems = before.stems(keys[0], acronyms, words_version())
            write_files(work, documents, passages, matrices, embedded, vocabulary, acronyms, keys=keys, stems=stems)
            write_manifest(work, identity, encoder, settings, documents, passages)
            seconds["write"] = time.perf_counter() - began
            whole = {
                **receipt,
                "before": before.name,
                "seconds": {stage: round(took, 3) for stage, took in seconds.items()},
            }
            write_json(work / RECEIPT, {"built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **whole})
            publish(folder, work, identity)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        clean_up(folder, {identity, before.name})
        return Report(identity, len(documents), len(passages), encoded, True, seconds)


def identity_of(
    documents: Sequence[Document],
    embedded: Sequence[str],
    lines: Sequence[str],
    encoder: Encoder,
    settings: Mapping[str, Json],
) -> str:
    """A hash of all that decides what an index holds: the same corpus and settings give the same id."""
    digest = hashlib.sha256()
    kept = [{**document_row(document), "text": document.text} for document in documents]
    for part in (SCHEMA, encoder.fingerprint, dict(settings), kept, list(embedded), list(lines)):
        digest.update(json.dumps(part, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def encode(
    texts: Sequence[str], keys: Sequence[str], encoder: Encoder, held: Held, stage: str, note: Note
) -> tuple[NDArray[Any], int]:
    """The vectors of all texts, whose hashes are `keys`, and how many of them are new."""
    rows = np.fromiter((held.rows.get(key, -1) for key in keys), np.int64, len(keys))
    unknown = np.flatnonzero(rows < 0)
    new = {keys[n]: texts[n] for n in unknown.tolist()}
    fresh = np.empty((len(new), encoder.dim), held.vectors.dtype)
    note(stage, 0, len(new))
    wanted = list(new.values())
    for start in range(0, len(wanted), 2048):
        some = wanted[start : start + 2048]
        fresh[start : start + len(some)] = encoder.encode_passages(some)
        note(stage, start + len(some), len(new))
    vectors = np.empty((len(texts), encoder.dim), held.vectors.dtype)
    if len(unknown) < len(texts):
        vectors[rows >= 0] = held.vectors[rows[rows >= 0]]
    places = {key: n for n, key in enumerate(new)}
    vectors[unknown] = fresh[[places[keys[n]] for n in unknown.tolist()]]
    return vectors, len(new)
