"""The files of one build: written, listed in a manifest with their checksums, checked when they are opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from assistant.disk import sha256
from assistant.documents.stored import as_row, from_row
from assistant.errors import IndexDamaged, IndexMismatch
from assistant.index.bm25 import Bm25Lexicon
from assistant.index.local import LocalCollection
from assistant.index.vectors import FaissStore
from assistant.index.vocabulary import words_version
from assistant.question.acronyms import Acronyms, Known
from assistant.types import Document, Encoder, Json, Passage, Vectors

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


def open_build(build_folder: Path) -> LocalCollection:
    """The index in the folder of a build, its files checked. Nothing of it is read from the disk afterwards."""
    manifest = _manifest(build_folder)
    for name, known in manifest["files"].items():
        _check(build_folder / name, known)
    try:
        return _read(build_folder, manifest)
    except (OSError, ValueError, EOFError, LookupError) as error:  # a file was cut off since it was checked
        raise IndexDamaged(f"{build_folder} changed while it was opened: {AGAIN}") from error


def _read(build_folder: Path, manifest: _Manifest) -> LocalCollection:
    texts = {
        name: (build_folder / name).read_bytes().decode() for name in manifest["files"] if name.startswith("texts/")
    }
    documents = [from_row(row, texts[row["file"]]) for row in _rows(build_folder / "documents.jsonl")]
    by_id = {document.id: document for document in documents}
    passages = tuple(_passage(row, by_id) for row in _rows(build_folder / "passages.jsonl"))
    vectors = FaissStore.load(build_folder / "vectors.faiss")
    line_vectors = np.load(build_folder / "lines.npy", allow_pickle=False)
    if len(vectors) != len(passages) or len(line_vectors) != sum(len(d.lines) for d in documents):
        raise IndexDamaged(f"the parts of {build_folder} disagree: {AGAIN}")
    return LocalCollection(
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


def text_key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def write_files(
    work: Path,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    matrices: Sequence[Vectors],
    embedded: Sequence[str],
    vocabulary: Mapping[str, int],
    acronyms: Known,
    *,
    keys: Sequence[Sequence[str]],
    stems: Callable[[int], Sequence[str] | None],
) -> None:
    """Writes what an index holds. `keys` are the hashes of the texts of passages and of lines.

    `stems` are those of a passage's text, where they are known already.
    """
    (work / "texts").mkdir()
    for document in documents:
        (work / _text_name(document)).write_bytes(document.text.encode())
    _write_rows(work / "documents.jsonl", map(document_row, documents))
    _write_rows(work / "passages.jsonl", map(_passage_row, passages))
    FaissStore(matrices[0]).save(work / "vectors.faiss")
    np.save(work / "lines.npy", matrices[1].astype(np.float16, copy=False), allow_pickle=False)
    Bm25Lexicon(embedded, more=Acronyms(acronyms).both, known=stems).save(work / "terms")
    write_json(work / "vocabulary.json", dict(vocabulary))
    write_json(work / "acronyms.json", asdict(acronyms))
    of_passages, of_lines = map(list, keys)
    write_json(work / "keys.json", {"passages": of_passages, "lines": of_lines, "words_by": words_version()})


def write_manifest(
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
    write_json(work / "manifest.json", {**said, "checksum": _checksum(said)})


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


def document_row(document: Document) -> dict[str, Json]:
    return {**as_row(document), "file": _text_name(document)}


def _text_name(document: Document) -> str:
    return f"texts/{hashlib.sha256(document.id.encode()).hexdigest()[:24]}.txt"


def _passage_row(passage: Passage) -> dict[str, Json]:
    return {
        "document_id": passage.document_id,
        "start": passage.start,
        "end": passage.end,
        "section_path": list(passage.section_path),
        "page": passage.page,
    }


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


def write_json(path: Path, value: Mapping[str, Json]) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True), "utf-8")


def _checksum(said: Mapping[str, Json]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
