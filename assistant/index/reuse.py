"""What a new build takes over from the one in force: documents of files, their passages, and vectors of texts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assistant.documents.corpus import marks_of
from assistant.documents.files import File, Parsed, Parser, sidecar_paths
from assistant.errors import IndexFault
from assistant.index.files import open_build
from assistant.index.local import LocalCollection
from assistant.index.publishing import readable_current
from assistant.index.receipt import Receipt, open_receipt
from assistant.types import Document, Json, Passage, Vectors


@dataclass(frozen=True, slots=True)
class Before:
    """The build in force. Nothing is taken over where it is damaged, or there is none."""

    name: str | None = None  # what `current` names, damaged or not
    index: LocalCollection | None = None
    receipt: Receipt = field(default_factory=Receipt)
    keys: Mapping[str, list[str]] = field(default_factory=dict)  # of the texts that were encoded, in the rows' order

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

    def vectors(self, fingerprint: str) -> tuple[dict[str, Vectors], dict[str, Vectors]]:
        """The vectors of passages and of lines by the hash of their texts; none where they are of another encoder.

        Lines are stored in half precision, so theirs serve lines only.
        """
        if self.index is None or self.index.encoder_fingerprint != fingerprint:
            return {}, {}
        lines = self.index.line_vectors.astype(np.float32)
        return (
            dict(zip(self.keys["passages"], self.index.vectors.vectors(), strict=True)),
            dict(zip(self.keys["lines"], lines, strict=True)),
        )

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
    return Before(name, index, receipt, keys)
