"""A build of an index in a database: only documents that have changed are encoded and written."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psycopg import Connection
from psycopg.rows import TupleRow

from assistant.index.build import Note, Report, encode, identity_of
from assistant.index.files import text_key
from assistant.index.postgres.collection import STATE
from assistant.index.postgres.writing import add, held, known_vectors, pages_of, remove
from assistant.index.reuse import Before, Held
from assistant.question.acronyms import Acronyms, Known
from assistant.question.stems import terms
from assistant.types import Document, Encoder, Json, Passage


@dataclass(frozen=True, slots=True)
class PostgresBuilding:
    """A build over a connection that holds the lock of the index, until it is closed."""

    connection: Connection[TupleRow]

    @property
    def before(self) -> Before:
        """Nothing: files are read and cut again. Which texts are encoded already is found out when they are written."""
        return Before()

    def write(
        self,
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
        """Puts an index of these documents in force; only documents that have changed are encoded and written.

        All that changes is one transaction: it is seen whole or not at all, and a build that is killed leaves nothing.
        """
        seconds: dict[str, float] = {}
        identity = identity_of(documents, embedded, lines, encoder, settings)
        both = Acronyms(acronyms).both
        pages = list(pages_of(documents, passages, embedded, lines, [both(terms(text)) for text in embedded]))
        connection = self.connection
        state = connection.execute(STATE).fetchone()
        there = held(connection)
        wanted = {page.document.id: page.digest(encoder.fingerprint) for page in pages}
        gone = [id for id, digest in there.items() if wanted.get(id) != digest]
        new = [page for page in pages if there.get(page.document.id) != wanted[page.document.id]]
        if state is not None and state[0] == identity and not gone and not new:
            [before] = connection.execute("SELECT receipt FROM assistant.collection").fetchone() or ({},)
            connection.execute("UPDATE assistant.collection SET receipt = %s", [json.dumps({**before, **receipt})])
            return Report(identity, len(documents), len(passages), 0, False, seconds)
        texts = [text for page in new for text in page.embedded], [text for page in new for text in page.lines]
        matrices, encoded = [], 0
        known = known_vectors(connection, *texts, encoder=encoder.fingerprint)
        for stage, some, vectors in zip(("encode passages", "encode lines"), texts, known, strict=True):
            began = time.perf_counter()
            matrix, fresh = encode(some, list(map(text_key, some)), encoder, Held.of(vectors), stage, note)
            seconds[stage] = time.perf_counter() - began
            matrices.append(matrix)
            encoded += fresh
        began = time.perf_counter()
        note("write", 0, 0)
        said = json.dumps({"built": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **receipt})
        with connection.transaction():
            remove(connection, gone)
            add(connection, new, *matrices, encoder=encoder.fingerprint)
            connection.execute(
                """
                INSERT INTO assistant.collection
                    (id, built, encoder_name, encoder_fingerprint, dim, settings, vocabulary, receipt)
                VALUES (%s, now(), %s, %s, %s, %s, %s, %s)
                ON CONFLICT (one) DO UPDATE SET
                    (id, built, encoder_name, encoder_fingerprint, dim, settings, vocabulary, receipt)
                    = (excluded.id, excluded.built, excluded.encoder_name, excluded.encoder_fingerprint,
                       excluded.dim, excluded.settings, excluded.vocabulary, excluded.receipt)
                """,
                [
                    *(identity, encoder.name, encoder.fingerprint, encoder.dim, json.dumps(dict(settings))),
                    *(json.dumps(dict(vocabulary), sort_keys=True), said),
                ],
            )
        seconds["write"] = time.perf_counter() - began
        return Report(identity, len(documents), len(passages), encoded, True, seconds)
