"""Documents written to the database: those that have changed, all in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pgvector import HalfVector, Vector
from psycopg import Connection
from psycopg.rows import TupleRow

from assistant.documents.stored import as_row
from assistant.index.files import text_key
from assistant.types import Document, Passage, Vectors


@dataclass(frozen=True, slots=True)
class Page:
    """A document with all that is kept of it, but for vectors."""

    document: Document
    passages: tuple[Passage, ...]
    embedded: tuple[str, ...]  # the texts that the passages are encoded as
    lines: tuple[str, ...]  # and the lines
    stems: tuple[tuple[str, ...], ...]  # that each passage is found by

    def digest(self, encoder: str) -> str:
        """A hash of all that there is to write of it. `encoder` is the fingerprint of what its texts are encoded by."""
        said = [as_row(self.document), self.document.text, encoder, self.embedded, self.lines, self.stems]
        cut = [[p.start, p.end, p.section_path, p.page] for p in self.passages]
        return hashlib.sha256(json.dumps([*said, cut], sort_keys=True).encode()).hexdigest()[:32]


def pages_of(
    documents: Sequence[Document],
    passages: Sequence[Passage],
    embedded: Sequence[str],
    lines: Sequence[str],
    stems: Sequence[Sequence[str]],
) -> Iterator[Page]:
    """The documents, each with what of the rest is its own; passages and lines are in the order of the documents."""
    own: dict[str, list[int]] = {document.id: [] for document in documents}
    for row, passage in enumerate(passages):
        own[passage.document_id].append(row)
    first = 0
    for document in documents:
        rows, behind = own[document.id], first + len(document.lines)
        yield Page(
            document,
            tuple(passages[row] for row in rows),
            tuple(embedded[row] for row in rows),
            tuple(lines[first:behind]),
            tuple(tuple(stems[row]) for row in rows),
        )
        first = behind


def held(connection: Connection[TupleRow]) -> Mapping[str, str]:
    """The digests of the documents that are there, by their ids."""
    return dict(connection.execute("SELECT id, digest FROM assistant.document").fetchall())


def known_vectors(
    connection: Connection[TupleRow], passages: Sequence[str], lines: Sequence[str], *, encoder: str
) -> tuple[dict[str, Vectors], dict[str, Vectors]]:
    """The vectors of those of the texts that this encoder has encoded before, by the hash of each; of lines apart."""
    before = connection.execute("SELECT encoder_fingerprint FROM assistant.collection").fetchone()
    if before is None or before[0] != encoder:
        return {}, {}
    with connection.cursor(binary=True) as cursor:
        cursor.execute(
            "SELECT embedded, vector FROM assistant.passage WHERE embedded = ANY(%s)",
            [sorted({text_key(text) for text in passages})],
        )
        of_passages = {key: vector.to_numpy() for key, vector in cursor}
        cursor.execute(
            "SELECT embedded, vector FROM assistant.line WHERE embedded = ANY(%s)",
            [sorted({text_key(text) for text in lines})],
        )
        return of_passages, {key: vector.to_numpy().astype("float32") for key, vector in cursor}


def remove(connection: Connection[TupleRow], ids: Sequence[str]) -> None:
    """Takes documents out, with all that is of them."""
    connection.execute("DELETE FROM assistant.document WHERE id = ANY(%s)", [list(ids)])


def add(
    connection: Connection[TupleRow], pages: Sequence[Page], vectors: Vectors, lines: Vectors, *, encoder: str
) -> None:
    """Puts documents in, with the vectors of their passages and of their lines, in the same order."""
    keys = _keys(connection, "assistant.document", len(pages))
    with connection.cursor() as cursor:
        with cursor.copy("COPY assistant.document (key, id, digest, said, text) FROM STDIN") as copy:
            for key, page in zip(keys, pages, strict=True):
                document = page.document
                said = json.dumps(as_row(document))
                copy.write_row((key, document.id, page.digest(encoder), said, document.text.encode()))
        own = [(key, page, n) for key, page in zip(keys, pages, strict=True) for n in range(len(page.passages))]
        passage_keys = _keys(connection, "assistant.passage", len(own))
        with cursor.copy(
            "COPY assistant.passage (key, document, n, first, behind, section_path, page, stems, embedded, vector) "
            "FROM STDIN"
        ) as copy:
            for key, (document_key, page, n), vector in zip(passage_keys, own, vectors, strict=True):
                passage = page.passages[n]
                path = json.dumps(list(passage.section_path))
                where = (passage.start, passage.end, path, passage.page)
                copy.write_row(
                    (key, document_key, n, *where, len(page.stems[n]), text_key(page.embedded[n]), Vector(vector))
                )
        with cursor.copy("COPY assistant.line (document, n, embedded, vector) FROM STDIN") as copy:
            places = [
                (key, n, text) for key, page in zip(keys, pages, strict=True) for n, text in enumerate(page.lines)
            ]
            for (key, n, text), vector in zip(places, lines, strict=True):
                copy.write_row((key, n, text_key(text), HalfVector(vector)))
        with cursor.copy("COPY assistant.posting (stem, passage, occurs, stems) FROM STDIN") as copy:
            for key, (_, page, n) in zip(passage_keys, own, strict=True):
                stems = page.stems[n]
                for stem, occurs in sorted(Counter(stems).items()):
                    copy.write_row((stem, key, occurs, len(stems)))


def _keys(connection: Connection[TupleRow], table: str, count: int) -> list[int]:
    """So many keys of a table that nobody else gets."""
    found = connection.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, 'key')) FROM generate_series(1, %s)", [table, count]
    )
    return [key for [key] in found]
