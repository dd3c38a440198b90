"""What a new build takes over from the one in force: documents of files, their passages, and vectors of texts."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.documents.corpus import marks_of
from assistant.documents.files import File, Parsed, Parser, sidecar_paths
from assistant.errors import IndexFault
from assistant.index.files import open_build
from assistant.index.local import LocalCollection
from assistant.index.publishing import readable_current
from assistant.index.receipt import Receipt, open_receipt
from assistant.question.acronyms import Known
from assistant.types import Document, Json, Passage, Vectors


@dataclass(frozen=True, slots=True)
class Held:
    """Vectors of texts by the hashes of these. New ones are kept in the same precision."""

    rows: Mapping[str, int]
    vectors: NDArray[Any]

    @classmethod
    def of(cls, known: Mapping[str, Vectors]) -> Held:
        vectors = np.stack(list(known.values())) if known else np.empty((0, 0), np.float32)
        return cls({key: row for row, key in enumerate(known)}, vectors)


@dataclass(frozen=True, slots=True)
class Before:
    """The build in force. Nothing is taken over where it is damaged, or there is none."""

    name: str | None = None  # what `current` names, damaged or not
    index: LocalCollection | None = None
    receipt: Receipt = field(default_factory=Receipt)
    keys: Mapping[str, list[str]] = field(default_factory=dict)  # of the texts that were encoded, in the rows' order
    folder: Path | None = None  # of the build
    words_by: str = ""  # the version of the code that took its words and stems

    def parser(self, parse: Parser, version: str) -> Parser:
        """Makes the document of a file, which is taken over where the file and its sidecars have not changed.

        `version` tells the code that `parse` is; documents that other code made are not taken over. A file that could
        not be read is read again: the machine may have been busy.
        """
        if self.index is None or self.receipt.made_by.get("loader") != version:
            return parse
        rows = {row.document_id: row for row in self.receipt.files if row.status == "read"}
        documents = self.index.documents

        def known(file: File) -> Parsed:
            row, document = rows.get(file.id), documents.get(file.id)
            if row is None or document is None or document.source != file.source or self._differs(file):
                return parse(file)
            return Parsed(document, row.warnings)

        return known

    def cutter(
        self, cut: Callable[[Document], list[Passage]], made_by: Mapping[str, Json]
    ) -> Callable[[Document], list[Passage]]:
        """Cuts a document into passages; they are taken over where it is the same, made and cut by the same."""
        if self.index is None or self.receipt.made_by != made_by:
            return cut
        documents, passages = self.index.documents, defaultdict[str, list[Passage]](list)
        for passage in self.index.passages:
            passages[passage.document_id].append(passage)

        def known(document: Document) -> list[Passage]:
            return passages[document.id] if documents.get(document.id) == document else cut(document)

        return known

    def vectors(self, fingerprint: str) -> tuple[Held, Held]:
        """The vectors of passages and of lines; none where they are of another encoder.

        Lines are stored in half precision, so theirs serve lines only.
        """
        if self.index is None or self.index.encoder_fingerprint != fingerprint:
            return Held({}, np.empty((0, 0), np.float32)), Held({}, np.empty((0, 0), np.float16))
        passages, lines = ({key: row for row, key in enumerate(self.keys[kind])} for kind in ("passages", "lines"))
        return Held(passages, self.index.vectors.vectors()), Held(lines, self.index.line_vectors)

    def words(
        self, documents: Sequence[Document], count: Callable[[Iterable[Document]], Mapping[str, int]], version: str
    ) -> Mapping[str, int]:
        """How often each word stands in the documents; only those that are new and those that went are counted.

        `version` tells the code that `count` is.
        """
        if self.index is None or self.words_by != version:
            return count(documents)
        before, now = self.index.documents, {document.id: document for document in documents}
        found = Counter(self.index.vocabulary)
        found.update(count([document for id, document in now.items() if before.get(id) != document]))
        found.subtract(count([document for id, document in before.items() if now.get(id) != document]))
        return {word: n for word, n in found.items() if n}

    def stems(self, keys: Sequence[str], acronyms: Known, version: str) -> Callable[[int], Sequence[str] | None]:
        """The stems of each of the texts with these keys, for what takes a row; None for a text that is new.

        `acronyms` are those that go into them, `version` tells the code that takes them.
        """
        if self.index is None or self.folder is None or self.words_by != version or self.index.acronyms != acronyms:
            return lambda row: None
        known = dict(zip(self.keys["passages"], self.index.lexicon.stems(self.folder / "terms"), strict=True))
        return lambda row: known.get(keys[row])

    def is_whole(self, identity: str, fingerprint: str) -> bool:
        """Whether it is the build of this id, undamaged, by this encoder."""
        index = self.index
        return index is not None and index.id == identity and index.encoder_fingerprint == fingerprint

    def _differs(self, file: File) -> bool:
        """Whether the bytes of the file or of a sidecar are others, or there are other sidecars."""
        now = {name: mark.sha256 for name, mark in marks_of(file).items()}
        beside = (path.as_posix() for path in sidecar_paths(Path(file.id)))
        names = {*now, *beside}
        known = {name: mark.sha256 for name in names if (mark := self.receipt.marks.get(name)) is not None}
        return known != now


def open_before(folder: Path) -> Before:
    """The build in force in the folder."""
    name = readable_current(folder)
    if name is None:
        return Before()
    build_folder = folder / "builds" / name
    receipt = open_receipt(build_folder)
    try:
        index = open_build(build_folder)
        keys = json.loads((build_folder / "keys.json").read_bytes())
    except (IndexFault, OSError, ValueError):
        return Before(name, receipt=receipt)
    return Before(name, index, receipt, keys, build_folder, keys.get("words_by", ""))
