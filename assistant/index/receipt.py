"""What became of every file of the corpus: the receipt that lies in the folder of a build."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from assistant.disk import sync
from assistant.documents.corpus import Corpus, Entry, Mark
from assistant.types import Json, Passage

NAME = "receipt.json"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one file, with what there is of its document in the index."""

    source: str  # its path below the corpus folder
    status: str  # read, skipped, duplicate or failed
    document_id: str | None = None
    pages: int | None = None  # None where its format has none, or it gave no document
    characters: int | None = None
    sections: int | None = None
    passages: int | None = None
    reason: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a build was made from."""

    corpus: Path | None = None  # the folder or file; None where the build does not say
    files: tuple[Row, ...] = ()
    marks: Mapping[str, Mark] = field(default_factory=dict)
    made_by: Mapping[str, Json] = field(default_factory=dict)  # the code and settings that made documents and passages
    before: str | None = None  # the build that was in force before it

    def counts(self) -> Counter[str]:
        """How many files there are of each status."""
        return Counter(row.status for row in self.files)


def rows(corpus: Corpus, passages: Sequence[Passage]) -> tuple[Row, ...]:
    """A row for each entry of the corpus."""
    documents = {document.id: document for document in corpus.documents}
    counts = Counter(passage.document_id for passage in passages)

    def row(entry: Entry) -> Row:
        document = documents.get(entry.document_id or "") if entry.status == "read" else None
        said = Row(entry.source, entry.status, entry.document_id, reason=entry.reason, warnings=entry.warnings)
        if document is None:
            return said
        return Row(
            said.source,
            said.status,
            said.document_id,
            pages=len(document.page_starts) or None,
            characters=len(document.text),
            sections=len(document.sections),
            passages=counts[document.id],
            warnings=said.warnings,
        )

    return tuple(map(row, corpus.entries))


def as_json(path: Path, corpus: Corpus, passages: Sequence[Passage]) -> dict[str, Json]:
    """What the receipt says of the corpus in that folder or file."""
    marks: dict[str, Json] = {
        name: [mark.bytes, mark.modified, mark.sha256] for name, mark in sorted(corpus.marks.items())
    }
    files: list[Json] = [{**asdict(row), "warnings": list(row.warnings)} for row in rows(corpus, passages)]
    return {"corpus": str(path.resolve()), "files": files, "marks": marks}


def open_receipt(build_folder: Path) -> Receipt:
    """The receipt of a build; an empty one where it has none that can be read."""
    return from_json(read_receipt(build_folder))


def read_receipt(build_folder: Path) -> Mapping[str, Json]:
    """The receipt of a build as JSON has it; empty where it has none that can be read."""
    try:
        said = json.loads((build_folder / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def from_json(said: Mapping[str, Any]) -> Receipt:
    """The receipt that says this; an empty one where it does not say enough."""
    try:
        return Receipt(
            Path(said["corpus"]),
            tuple(Row(**{**row, "warnings": tuple(row["warnings"])}) for row in said["files"]),
            {name: Mark(*mark) for name, mark in said["marks"].items()},
            dict(said.get("made_by") or {}),
            said.get("before"),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Receipt()


def renew(build_folder: Path, receipt: Mapping[str, Json]) -> None:
    """Makes the receipt of a build that stays in force say what is true now."""
    path = build_folder / NAME
    try:
        said: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        said = None
    before = said if isinstance(said, dict) else {}
    now = {**before, **receipt}
    if now != before:
        part = path.with_name(f".{NAME}.{uuid.uuid4().hex}")
        try:
            part.write_text(json.dumps(now, indent=1, sort_keys=True), "utf-8")
            sync(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
