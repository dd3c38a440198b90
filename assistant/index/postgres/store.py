"""An index kept in a database, for as many servers as there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from assistant.documents.stored import from_row
from assistant.errors import IndexFault, IndexNotFound
from assistant.index.postgres import models, schema
from assistant.index.postgres.building import PostgresBuilding
from assistant.index.postgres.collection import STATE, PostgresCollection
from assistant.index.postgres.connections import Connections, register
from assistant.index.store import Kind
from assistant.types import Document, Json, Passage

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

    def state(self) -> object:
        with self._connections.reading() as connection:
            if schema.version(connection) is None:
                return None
            return connection.execute("SELECT id, built FROM assistant.collection").fetchone()

    @contextmanager
    def building(self, *, wait: bool = False) -> Iterator[PostgresBuilding]:
        with self._connections.writing() as connection:
            schema.migrate(connection)
            register(connection)
            if wait:
                connection.execute("SELECT pg_advisory_lock(hashtext('assistant.build'))")
            else:
                lock = "SELECT pg_try_advisory_lock(hashtext('assistant.build'))"
                [alone] = connection.execute(lock).fetchone() or (False,)
                if not alone:
                    raise IndexFault(f"another build is running in {self}: wait until it is done")
            yield PostgresBuilding(connection)
