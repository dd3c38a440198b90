"""Builds of a small index, for the tests of what lies in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from assistant.documents.chunking import embedded_text
from assistant.index.bm25 import Bm25Lexicon
from assistant.index.build import Note, Report
from assistant.index.folder import FolderStore
from assistant.index.local import LocalCollection
from assistant.index.store import IndexStore
from assistant.index.vocabulary import words
from assistant.question.acronyms import Known, learn
from assistant.testing import HashEncoder, document
from assistant.types import Document, Json, Passage, Vectors, VectorStore

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


def shelf(
    passages: Sequence[Passage],
    vectors: VectorStore,
    lexicon: Bm25Lexicon,
    documents: Sequence[Document] = (),
    lines: Vectors | None = None,
) -> LocalCollection:
    """A collection of passages as they are given."""
    return LocalCollection(
        id="test",
        documents={document.id: document for document in documents},
        passages=tuple(passages),
        vectors=vectors,
        lexicon=lexicon,
        line_vectors=np.empty((0, 0), np.float16) if lines is None else lines.astype(np.float16),
        vocabulary={},
        acronyms=Known(),
        encoder_name="hash",
        encoder_fingerprint="hash",
        settings={},
    )


def ignore(stage: str, done: int, total: int) -> None: ...


def make(
    folder: Path,
    texts: Mapping[str, str] = TEXTS,
    encoder: HashEncoder | None = None,
    receipt: Mapping[str, Json] = {"smallest_cosine": 0.9999},
    note: Note = ignore,
    settings: Mapping[str, int] = {"chunk_tokens": 256},
) -> Report:
    vocabulary = Counter(["median", "salary", "median"])
    acronyms = Known({"ML": "machine learning"})
    return put(
        FolderStore(folder),
        documents(texts),
        encoder,
        receipt,
        note,
        settings,
        vocabulary=vocabulary,
        acronyms=acronyms,
    )


def put(
    store: IndexStore,
    documents: Sequence[Document],
    encoder: HashEncoder | None = None,
    receipt: Mapping[str, Json] = {"smallest_cosine": 0.9999},
    note: Note = ignore,
    settings: Mapping[str, int] = {"chunk_tokens": 256},
    *,
    vocabulary: Mapping[str, int] | None = None,
    acronyms: Known | None = None,
) -> Report:
    """Builds an index of these documents, a passage a line."""
    found = sorted(documents, key=lambda d: d.id)
    cut = passages(found)
    titles = {d.id: d.title for d in found}
    with store.building() as building:
        return building.write(
            documents=found,
            passages=cut,
            embedded=[embedded_text(titles[p.document_id], p.section_path, p.text) for p in cut],
            lines=[d.text[line.start : line.end] for d in found for line in d.lines],
            vocabulary=words(found) if vocabulary is None else vocabulary,
            encoder=encoder or HashEncoder(),
            settings=settings,
            receipt=receipt,
            acronyms=learn(found) if acronyms is None else acronyms,
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
