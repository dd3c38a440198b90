"""An index kept in a database, for as many servers as there are."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from assistant.documents.stored import from_row
from assistant.errors import IndexFault, IndexNotFound
from assistant.index.build import Note, Report, encode, identity_of
from assistant.index.postgres import models, schema
from assistant.index.postgres.collection import STATE, PostgresCollection
from assistant.index.postgres.connections import Connections, register
from assistant.index.postgres.writing import add, held, known_vectors, pages_of, remove
from assistant.index.store import Kind
from assistant.question.acronyms import Acronyms, Known
from assistant.question.stems import terms
from assistant.types import Document, Encoder, Json, Passage

_NONE = "no index in the database: run `assistant index`"


class PostgresStore:
    """Keeps an index in a database. Threads may share it."""

    outlived = False

    def __init__(self, url: str, *, name: str, exports: Path) -> None:
        """`name` is the address without its password; `exports` the folder that models are brought to."""
        self.exports = exports
        self._name = name
        self._connections = Connections(url, name=name)
        self._read: Mapping[str, tuple[str, Document]] = {}  # the documents that were opened last, with their digests

    def __str__(self) -> str:
        return self._name

    def open(self) -> PostgresCollection:
        with self._connections.reading() as connection:
            schema.check(connection)
            state = connection.execute(
                "SELECT id, encoder_name, encoder_fingerprint, dim, settings, vocabulary FROM assistant.collection"
            ).fetchone()
            if state is None:
                raise IndexNotFound(_NONE)
            heads = connection.execute(
                'SELECT id, key, digest FROM assistant.document ORDER BY id COLLATE "C"'
            ).fetchall()
            known = self._read
            there = {id: known[id] for id, _, digest in heads if id in known and known[id][0] == digest}
            with connection.cursor("documents") as cursor:
                cursor.execute(
                    "SELECT id, digest, said, text FROM assistant.document WHERE id <> ALL(%s)", [list(there)]
                )
                for id, digest, said, text in cursor:
                    there[id] = (digest, from_row(said, text.decode()))
            documents = {id: there[id][1] for id, _, _ in heads}
            passages, keys, stems = [], [], 0
            with connection.cursor("passages") as cursor:
                cursor.execute(
                    "SELECT d.id, p.key, p.first, p.behind, p.section_path, p.page, p.stems "
                    "FROM assistant.passage p JOIN assistant.document d ON d.key = p.document "
                    'ORDER BY d.id COLLATE "C", p.n'
                )
                for id, key, start, end, path, page, count in cursor:
                    one = documents[id]
                    passages.append(Passage(id, one.version, start, end, one.text[start:end], tuple(path), page))
                    keys.append(key)
                    stems += count
        self._read = {id: there[id] for id in documents}
        name, encoder_name, fingerprint, dim, settings, vocabulary = state
        return PostgresCollection(
            id=name,
            documents=documents,
            passages=tuple(passages),
            document_keys={id: key for id, key, _ in heads},
            passage_keys=np.asarray(keys, np.int64),
            stems=stems,
            known_words=vocabulary,
            encoder_name=encoder_name,
            encoder_fingerprint=fingerprint,
            dim=dim,
            settings=settings,
            connections=self._connections,
        )

    def current(self) -> str | None:
        with self._connections.reading() as connection:
            if schema.version(connection) is None:
                return None
            state = connection.execute(STATE).fetchone()
        return None if state is None else str(state[0])

    def built_at(self) -> float | None:
        with self._connections.reading() as connection:
            state = connection.execute("SELECT extract(epoch FROM built)::float8 FROM assistant.collection").fetchone()
        return None if state is None else float(state[0])

    def receipt(self) -> Mapping[str, Json]:
        with self._connections.reading() as connection:
            schema.check(connection)
            state = connection.execute("SELECT receipt FROM assistant.collection").fetchone()
        if state is None:
            raise IndexNotFound(_NONE)
        found: Mapping[str, Json] = state[0]
        return found

    def model(self, kind: Kind, fingerprint: str) -> Path:
        folder = self.exports / kind / fingerprint
        if not folder.is_dir():
            models.download(self._connections, kind, fingerprint, folder)
        return folder

    def keep_model(self, kind: Kind, fingerprint: str) -> None:
        with self._connections.writing() as connection:
            schema.migrate(connection)
        models.upload(self._connections, kind, fingerprint, self.exports / kind / fingerprint)

    def build(
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
        with self._connections.writing() as connection:
            schema.migrate(connection)
            register(connection)
            [alone] = connection.execute("SELECT pg_try_advisory_lock(hashtext('assistant.build'))").fetchone() or (0,)
            if not alone:
                raise IndexFault(f"another build is running in {self}: wait until it is done")
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
                matrix, fresh = encode(some, encoder, vectors, stage, note)
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
