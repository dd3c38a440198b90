"""Builds of a small index, for the tests of what lies in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.index.build import Note, Report, build
from assistant.index.publishing import locked, writing
from assistant.question.acronyms import Known
from assistant.testing import HashEncoder, document
from assistant.types import Document, Json, Passage

TEXTS = {
    "b.txt": "# Pay\nMedian salary: $336,500\r\n\tTop salary: 😀 e\u0301 500\n## Bonus\nTen per cent\u2028each year\n",
    "a/a.txt": "# Duties\nLead the team\nHire people\n",
    "c.txt": "No heading here\nTen per cent\n",
}


def documents(texts: Mapping[str, str] = TEXTS) -> list[Document]:
    return [document(text, id=id, title=id, metadata={"team": "data", "n": [1, None]}) for id, text in texts.items()]


def passages(documents: Sequence[Document]) -> list[Passage]:
    return [
        Passage(d.id, d.version, line.start, line.end, d.text[line.start : line.end], line.section_path, page=2)
        for d in documents
        for line in d.lines
    ]


def ignore(stage: str, done: int, total: int) -> None: ...


def make(
    folder: Path,
    texts: Mapping[str, str] = TEXTS,
    encoder: HashEncoder | None = None,
    receipt: Mapping[str, Json] = {"smallest_cosine": 0.9999},
    note: Note = ignore,
    settings: Mapping[str, int] = {"chunk_tokens": 256},
) -> Report:
    found = sorted(documents(texts), key=lambda d: d.id)
    cut = passages(found)
    with writing(folder), locked(folder):
        return build(
            folder,
            documents=found,
            passages=cut,
            embedded=[f"{passage.document_id} {passage.text}" for passage in cut],
            lines=[d.text[line.start : line.end] for d in found for line in d.lines],
            vocabulary=Counter(["median", "salary", "median"]),
            encoder=encoder or HashEncoder(),
            settings=settings,
            receipt=receipt,
            acronyms=Known({"ML": "machine learning"}),
            note=note,
        )


def in_force(folder: Path) -> Path:
    return folder / "builds" / (folder / "current").read_text().strip()


def damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "truncated":
        path.write_bytes(content[:-1])
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "lengthened":
        path.write_bytes(content + b"x")
    elif how == "flipped":
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
    else:
        path.unlink()
