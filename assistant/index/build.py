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

import numpy as np

from assistant.errors import IndexFault
from assistant.index.files import SCHEMA, document_row, open_build, text_key, write_files, write_json, write_manifest
from assistant.index.publishing import clean_up, locked, publish, readable_current, writing
from assistant.index.receipt import NAME as RECEIPT
from assistant.index.receipt import renew
from assistant.question.acronyms import Known
from assistant.spreadsheets.counted import counted
from assistant.types import Document, Encoder, Json, Passage, Vectors

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
    note: Note = lambda stage, done, total: None,
) -> Report:
    """Builds an index in `folder` and puts it in force. Raises IndexNotWritten where the disk does not take it.

    `embedded` are the texts to encode for the passages, `lines` those for all lines of the documents in their order.
    Texts that the build in force holds are not encoded again. A build that changes nothing publishes nothing, but for
    its receipt.
    """
    with writing(folder), locked(folder):
        seconds: dict[str, float] = {}
        identity = identity_of(documents, embedded, lines, encoder, settings)
        if readable_current(folder) == identity and _is_whole(folder, identity, encoder):
            renew(folder / "builds" / identity, receipt)
            return Report(identity, len(documents), len(passages), 0, False, seconds)
        before = readable_current(folder)
        known = _known(folder, encoder)
        encoded = 0
        matrices = []
        for stage, texts, held in (("encode passages", embedded, known[0]), ("encode lines", lines, known[1])):
            began = time.perf_counter()
            vectors, fresh = encode(texts, encoder, held, stage, note)
            seconds[stage] = time.perf_counter() - began
            encoded += fresh
            matrices.append(vectors)
        began = time.perf_counter()
        note("write", 0, 0)
        work = folder / "builds" / f".{uuid.uuid4().hex}"
        work.mkdir(parents=True)
        try:
            write_files(work, documents, passages, matrices, (embedded, lines), vocabulary, acronyms)
            write_manifest(work, identity, encoder, settings, documents, passages)
            seconds["write"] = time.perf_counter() - began
            whole = {**receipt, "seconds": {stage: round(took, 3) for stage, took in seconds.items()}}
            write_json(work / RECEIPT, {"built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **whole})
            publish(folder, work, identity)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        clean_up(folder, {identity, before})
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
    texts: Sequence[str], encoder: Encoder, known: Mapping[str, Vectors], stage: str, note: Note
) -> tuple[Vectors, int]:
    """The vectors of all texts, and how many of them are new."""
    keys = [text_key(text) for text in texts]
    new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    done = 0
    note(stage, 0, len(new))
    found: dict[str, Vectors] = {}
    for start in range(0, len(new), 2048):
        some = dict(list(new.items())[start : start + 2048])
        for key, vector in zip(some, encoder.encode_passages(list(some.values())), strict=True):
            found[key] = vector
        done += len(some)
        note(stage, done, len(new))
    vectors = np.empty((len(texts), encoder.dim), np.float32)
    for row, key in enumerate(keys):
        vectors[row] = found[key] if key in found else known[key]
    return vectors, len(new)


def _known(folder: Path, encoder: Encoder) -> tuple[dict[str, Vectors], dict[str, Vectors]]:
    """The vectors of passages and of lines in the build in force, by the hash of their texts.

    There are none where it is damaged or of another encoder. Lines are stored in half precision, so theirs serve lines
    only.
    """
    name = readable_current(folder)
    if name is None:
        return {}, {}
    build_folder = folder / "builds" / name
    try:
        index = open_build(build_folder)
        if index.encoder_fingerprint != encoder.fingerprint:
            return {}, {}
        keys = json.loads((build_folder / "keys.json").read_bytes())
    except (IndexFault, OSError, ValueError):
        return {}, {}
    lines = index.line_vectors.astype(np.float32)
    return (
        dict(zip(keys["passages"], index.vectors.vectors(), strict=True)),
        dict(zip(keys["lines"], lines, strict=True)),
    )


def _is_whole(folder: Path, name: str, encoder: Encoder) -> bool:
    try:
        return open_build(folder / "builds" / name).encoder_fingerprint == encoder.fingerprint
    except IndexFault:
        return False
