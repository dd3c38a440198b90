"""The index on disk: built whole in a new folder, published by one rename, checked by checksum when it is opened."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from assistant.acronyms import Acronyms, Known
from assistant.disk import sha256, sync
from assistant.errors import IndexDamaged, IndexFault, IndexMismatch, IndexNotFound
from assistant.lexicons import Bm25Lexicon
from assistant.stores import FaissStore
from assistant.types import Document, Encoder, Json, Line, Passage, Section, Vectors

SCHEMA = 2  # raise it when the files change
AGAIN = "run `assistant index` to build it again"

_Row = dict[str, Any]  # one line of a .jsonl file, which its checksum vouches for


class _File(TypedDict):
    bytes: int
    sha256: str


class _Encoder(TypedDict):
    name: str
    fingerprint: str
    dim: int


class _Manifest(TypedDict):
    schema: int
    id: str
    encoder: _Encoder
    settings: dict[str, Json]
    files: dict[str, _File]


Note = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Index:
    """One opened build. It never changes."""

    id: str
    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    vectors: FaissStore
    lexicon: Bm25Lexicon
    line_vectors: NDArray[np.float16]  # of shape (lines of all documents in their order, dim)
    vocabulary: Mapping[str, int]  # the words and codes of the texts as written, with how often each occurs
    acronyms: Known
    encoder_name: str
    encoder_fingerprint: str
    settings: Mapping[str, Json]  # those that the build depends on


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
        what = f"{self.documents} documents in {self.passages} passages"
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
    """Builds an index in `folder` and puts it in force.

    `embedded` are the texts to encode for the passages, `lines` those for all lines of the documents in their order.
    Texts that the build in force holds are not encoded again. A build that changes nothing publishes nothing.
    """
    with _locked(folder):
        seconds: dict[str, float] = {}
        identity = _identity(documents, embedded, lines, encoder, settings)
        if _readable_current(folder) == identity and _is_whole(folder, identity, encoder):
            return Report(identity, len(documents), len(passages), 0, False, seconds)
        before = _readable_current(folder)
        known = _known(folder, encoder)
        encoded = 0
        matrices = []
        for stage, texts, held in (("encode passages", embedded, known[0]), ("encode lines", lines, known[1])):
            began = time.perf_counter()
            vectors, fresh = _encode(texts, encoder, held, stage, note)
            seconds[stage] = time.perf_counter() - began
            encoded += fresh
            matrices.append(vectors)
        began = time.perf_counter()
        note("write", 0, 0)
        work = folder / "builds" / f".{uuid.uuid4().hex}"
        work.mkdir(parents=True)
        try:
            _write(work, documents, passages, matrices, (embedded, lines), vocabulary, acronyms)
            _write_manifest(work, identity, encoder, settings, documents, passages)
            seconds["write"] = time.perf_counter() - began
            whole = {**receipt, "seconds": {stage: round(took, 3) for stage, took in seconds.items()}}
            _write_json(work / "receipt.json", {"built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **whole})
            _publish(folder, work, identity)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        _clean_up(folder, {identity, before})
        return Report(identity, len(documents), len(passages), encoded, True, seconds)


def open_index(folder: Path) -> Index:
    """The build in force. Raises IndexNotFound, IndexDamaged or IndexMismatch."""
    name = _current(folder)
    if name is None:
        raise IndexNotFound(f"no index in {folder}: run `assistant index`")
    return _open(folder / "builds" / name)


def current_build(folder: Path) -> str | None:
    """The id of the build in force, or None; cheap enough to ask before every question."""
    return _current(folder)


def encoder_folder(folder: Path, fingerprint: str) -> Path:
    """Where the exported encoder of this fingerprint lies, for all builds that use it."""
    return folder / "encoders" / fingerprint


def _open(build_folder: Path) -> Index:
    manifest = _manifest(build_folder)
    for name, known in manifest["files"].items():
        _check(build_folder / name, known)
    texts = {
        name: (build_folder / name).read_bytes().decode() for name in manifest["files"] if name.startswith("texts/")
    }
    documents = [_document(row, texts) for row in _rows(build_folder / "documents.jsonl")]
    by_id = {document.id: document for document in documents}
    passages = tuple(_passage(row, by_id) for row in _rows(build_folder / "passages.jsonl"))
    vectors = FaissStore.load(build_folder / "vectors.faiss")
    line_vectors = np.load(build_folder / "lines.npy", allow_pickle=False)
    if len(vectors) != len(passages) or len(line_vectors) != sum(len(d.lines) for d in documents):
        raise IndexDamaged(f"the parts of {build_folder} disagree: {AGAIN}")
    return Index(
        id=manifest["id"],
        documents=by_id,
        passages=passages,
        vectors=vectors,
        lexicon=Bm25Lexicon.load(build_folder / "terms"),
        line_vectors=line_vectors,
        vocabulary=json.loads((build_folder / "vocabulary.json").read_bytes()),
        acronyms=Known(**json.loads((build_folder / "acronyms.json").read_bytes())),
        encoder_name=manifest["encoder"]["name"],
        encoder_fingerprint=manifest["encoder"]["fingerprint"],
        settings=manifest["settings"],
    )


def _identity(
    documents: Sequence[Document],
    embedded: Sequence[str],
    lines: Sequence[str],
    encoder: Encoder,
    settings: Mapping[str, Json],
) -> str:
    """A hash of all that decides what an index holds: the same corpus and settings give the same id."""
    digest = hashlib.sha256()
    kept = [{**_document_row(document), "text": document.text} for document in documents]
    for part in (SCHEMA, encoder.fingerprint, dict(settings), kept, list(embedded), list(lines)):
        digest.update(json.dumps(part, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def _encode(
    texts: Sequence[str], encoder: Encoder, known: Mapping[str, Vectors], stage: str, note: Note
) -> tuple[Vectors, int]:
    """The vectors of all texts, and how many of them are new."""
    keys = [_key(text) for text in texts]
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
    name = _readable_current(folder)
    if name is None:
        return {}, {}
    build_folder = folder / "builds" / name
    try:
        index = _open(build_folder)
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


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _write(
    work: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    matrices: Sequence[Vectors],
    texts: Sequence[Sequence[str]],
    vocabulary: Mapping[str, int],
    acronyms: Known,
) -> None:
    (work / "texts").mkdir()
    for document in documents:
        (work / _text_name(document)).write_bytes(document.text.encode())
    _write_rows(work / "documents.jsonl", map(_document_row, documents))
    _write_rows(work / "passages.jsonl", map(_passage_row, passages))
    FaissStore(matrices[0]).save(work / "vectors.faiss")
    np.save(work / "lines.npy", matrices[1].astype(np.float16), allow_pickle=False)
    Bm25Lexicon(texts[0], more=Acronyms(acronyms).both).save(work / "terms")
    _write_json(work / "vocabulary.json", dict(vocabulary))
    _write_json(work / "acronyms.json", asdict(acronyms))
    _write_json(work / "keys.json", {"passages": [_key(t) for t in texts[0]], "lines": [_key(t) for t in texts[1]]})


def _write_manifest(
    work: Path,
    identity: str,
    encoder: Encoder,
    settings: Mapping[str, Json],
    documents: Sequence[Document],
    passages: Sequence[Passage],
) -> None:
    files = sorted(path for path in work.rglob("*") if path.is_file())
    said: dict[str, Json] = {
        "schema": SCHEMA,
        "id": identity,
        "encoder": {"name": encoder.name, "fingerprint": encoder.fingerprint, "dim": encoder.dim},
        "settings": dict(settings),
        "counts": {"documents": len(documents), "passages": len(passages)},
        "files": {
            path.relative_to(work).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256(path)} for path in files
        },
    }
    _write_json(work / "manifest.json", {**said, "checksum": _checksum(said)})


def _manifest(build_folder: Path) -> _Manifest:
    """What manifest.json says, its own checksum checked."""
    path = build_folder / "manifest.json"
    try:
        said = json.loads(path.read_bytes())
        checksum = said.pop("checksum")
    except FileNotFoundError as error:
        raise IndexDamaged(f"{path} is missing: {AGAIN}") from error
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise IndexDamaged(f"{path} is damaged: {AGAIN}") from error
    if checksum != _checksum(said):
        raise IndexDamaged(f"{path} is damaged: {AGAIN}")
    if said["schema"] != SCHEMA:
        raise IndexMismatch(f"{build_folder} is in format {said['schema']}, this version reads {SCHEMA}: {AGAIN}")
    manifest: _Manifest = said
    return manifest


def _check(path: Path, known: _File) -> None:
    try:
        if path.stat().st_size != known["bytes"] or sha256(path) != known["sha256"]:
            raise IndexDamaged(f"{path} is damaged: {AGAIN}")
    except FileNotFoundError as error:
        raise IndexDamaged(f"{path} is missing: {AGAIN}") from error
    except OSError as error:
        raise IndexDamaged(f"{path} cannot be read ({error.strerror}): {AGAIN}") from error


def _is_whole(folder: Path, name: str, encoder: Encoder) -> bool:
    try:
        return _open(folder / "builds" / name).encoder_fingerprint == encoder.fingerprint
    except IndexFault:
        return False


def _current(folder: Path) -> str | None:
    """What `current` names; None where there is no such file. Raises IndexDamaged where it names no build."""
    path = folder / "current"
    try:
        name = path.read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read: {AGAIN}") from error
    if len(name) != 16 or not name.isalnum():
        raise IndexDamaged(f"{path} is damaged: {AGAIN}")
    return name


def _readable_current(folder: Path) -> str | None:
    """What `current` names, where it can be read: a new build replaces a damaged one."""
    try:
        return _current(folder)
    except IndexDamaged:
        return None


def _publish(folder: Path, work: Path, identity: str) -> None:
    """Puts a finished build in force: its files reach the disk first, the name in `current` last."""
    for path in [*(p for p in work.rglob("*")), work]:
        sync(path)
    target = folder / "builds" / identity
    if target.exists():  # the same build, damaged or no longer in force
        target.rename(folder / "builds" / f".{uuid.uuid4().hex}")
    work.rename(target)
    sync(folder / "builds")
    pointer = folder / f".current.{uuid.uuid4().hex}"
    pointer.write_text(identity + "\n", "ascii")
    sync(pointer)
    pointer.replace(folder / "current")
    sync(folder)


def _clean_up(folder: Path, kept: Collection[str | None]) -> None:
    """Removes what killed builds left, and all builds but the one in force and the one that was in force before."""
    for path in folder.glob(".current.*"):
        path.unlink(missing_ok=True)
    for path in (folder / "builds").iterdir():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds the folder's lock: one build at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IndexFault(f"another build is running in {folder}: wait until it is done") from error
        yield


def _document_row(document: Document) -> dict[str, Json]:
    return {
        "id": document.id,
        "version": document.version,
        "title": document.title,
        "source": document.source,
        "media_type": document.media_type,
        "metadata": dict(document.metadata),
        "page_starts": list(document.page_starts),
        "sections": [[s.title, list(s.path), s.start, s.end] for s in document.sections],
        "lines": [[n.kind, n.start, n.end, list(n.section_path), n.parent] for n in document.lines],
        "file": _text_name(document),
    }


def _document(row: _Row, texts: Mapping[str, str]) -> Document:
    return Document(
        id=row["id"],
        version=row["version"],
        title=row["title"],
        source=row["source"],
        media_type=row["media_type"],
        text=texts[row["file"]],
        sections=tuple(Section(title, tuple(path), start, end) for title, path, start, end in row["sections"]),
        lines=tuple(Line(kind, start, end, tuple(path), parent) for kind, start, end, path, parent in row["lines"]),
        page_starts=tuple(row["page_starts"]),
        metadata=row["metadata"],
    )


def _text_name(document: Document) -> str:
    return f"texts/{hashlib.sha256(document.id.encode()).hexdigest()[:24]}.txt"


def _passage_row(passage: Passage) -> dict[str, Json]:
    row = asdict(passage)
    del row["text"], row["document_version"]
    return row


def _passage(row: _Row, documents: Mapping[str, Document]) -> Passage:
    document = documents[row["document_id"]]
    return Passage(
        document_id=document.id,
        document_version=document.version,
        start=row["start"],
        end=row["end"],
        text=document.text[row["start"] : row["end"]],
        section_path=tuple(row["section_path"]),
        page=row["page"],
    )


def _rows(path: Path) -> Iterator[_Row]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


def _write_rows(path: Path, rows: Iterable[Mapping[str, Json]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _write_json(path: Path, value: Mapping[str, Json]) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True), "utf-8")


def _checksum(said: Mapping[str, Json]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
