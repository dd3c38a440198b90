"""All documents of a corpus folder, and what became of each of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

from assistant.documents import files
from assistant.documents.files import File, Parser, fetch, parse
from assistant.documents.folder import Found, root_of, walk
from assistant.errors import CorpusNotFound, EmptyDocument, UnreadableDocument
from assistant.types import Document

Status: TypeAlias = Literal["read", "skipped", "duplicate", "failed"]
_SAID = 10  # files that an error names


@dataclass(frozen=True, slots=True)
class Entry:
    """What became of one file."""

    source: str  # its path below the corpus folder
    status: Status
    document_id: str | None = None  # of the document that says what it says
    reason: str | None = None  # why it gave no document of its own
    warnings: tuple[str, ...] = ()  # what of it could not be used


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file was like when it was read, so that a change is seen."""

    bytes: int
    modified: int  # nanoseconds
    sha256: str  # empty where the file could not be read


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a folder in the order of their ids, and an entry for each of its files that is not ignored."""

    documents: tuple[Document, ...]
    entries: tuple[Entry, ...]  # in the order of their paths
    marks: Mapping[str, Mark] = field(default_factory=dict)  # of what was read, sidecars too, by path


def load_corpus(
    corpus: Path,
    *,
    parser: Parser = parse,
    max_bytes: int | None = None,
    allow_empty: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Corpus:
    """All documents below the folder, or the one in the file. `progress` is told how many are read, of how many.

    A file that cannot be read costs itself only. Of files that say the same the one with the shortest path gives the
    document. Raises CorpusNotFound where there is no such folder, or no document in it unless it may be empty.
    """
    root, limit = root_of(corpus), files.MAX_BYTES if max_bytes is None else max_bytes
    found = walk(corpus)
    wanted = sum(not each.why for each in found)
    documents: dict[str, Document] = {}
    entries: list[Entry] = []
    marks: dict[str, Mark] = {}
    done = 0
    for each in found:
        if each.why:
            entries.append(Entry(each.id, "failed" if each.failed else "skipped", reason=each.why))
            continue
        try:
            file = fetch(each.path, root, max_bytes=limit)
            marks |= marks_of(file)
            if file.id in documents:
                raise UnreadableDocument(f"{file.id}: another file has the same name in Unicode: rename one")
            parsed = parser(file)
            documents[file.id] = parsed.document
            entries.append(Entry(each.id, "read", file.id, warnings=parsed.warnings))
        except UnreadableDocument as error:
            marks.setdefault(each.id, mark_unread(each))
            status: Status = "skipped" if isinstance(error, EmptyDocument) else "failed"
            entries.append(Entry(each.id, status, reason=str(error).removeprefix(f"{each.id}: ")))
        done += 1
        if progress is not None:
            progress(done, wanted)
    copies = _copies(documents.values())
    entries = [_copied(each, copies.get(each.document_id or "")) for each in entries]
    kept = tuple(documents[name] for name in sorted(documents.keys() - copies.keys()))
    if not kept and not allow_empty:
        raise CorpusNotFound(_nothing_in(corpus, entries))
    return Corpus(kept, tuple(sorted(entries, key=lambda each: each.source)), marks)


def marks_of(file: File) -> dict[str, Mark]:
    """What the file and its sidecars are like, by their paths."""
    parts = [(file.id, file.data, file.modified), *((one.source, one.data, one.modified) for one in file.sidecars)]
    return {name: Mark(len(data), modified, hashlib.sha256(data).hexdigest()) for name, data, modified in parts}


def mark_unread(found: Found) -> Mark:
    """What a file is like that cannot be read."""
    try:
        status = found.path.stat()
    except OSError:
        return Mark(0, 0, "")
    return Mark(status.st_size, status.st_mtime_ns, "")


def _copies(documents: Iterable[Document]) -> dict[str, str]:
    """Of documents with the same text and metadata, the ids of all but one, each with that one's."""
    same: dict[str, list[Document]] = {}
    for document in documents:
        key = json.dumps([document.media_type, document.version, document.metadata], sort_keys=True)
        same.setdefault(key, []).append(document)
    copies: dict[str, str] = {}
    for group in same.values():
        first, *others = sorted(group, key=lambda document: (len(document.id), document.id))
        copies |= {other.id: first.id for other in others}
    return copies


def _copied(entry: Entry, original: str | None) -> Entry:
    """The entry, of a copy where there is an original."""
    if original is None:
        return entry
    return replace(entry, status="duplicate", document_id=original, reason=f"says the same as {original}")


def _nothing_in(corpus: Path, entries: Sequence[Entry]) -> str:
    said = [f"{entry.source}: {entry.reason}" for entry in entries]
    why = "; ".join(said[:_SAID]) + (f"; and {len(said) - _SAID} more" if len(said) > _SAID else "")
    if corpus.is_file():
        return f"no document to read: {why}"
    return (
        f"no document to read in {corpus}: put documents into it, or give --allow-empty if it should be empty. {why}"
    ).rstrip()
