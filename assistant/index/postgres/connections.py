"""Connections to the database: a pool for those who read, one of its own for the one who writes."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from pgvector.psycopg import register_vector
from psycopg import Connection, IsolationLevel
from psycopg.rows import TupleRow
from psycopg.types import TypeInfo
from psycopg_pool import ConnectionPool

from assistant.errors import IndexFault, IndexUnreachable

MOST = 8  # connections of one process that read
PATIENCE = 2.0  # seconds until the database counts as away
LONGEST = "20s"  # that one statement of a reader may take


class Connections:
    """Gives connections to one database. What goes wrong with them is raised as an IndexFault."""

    def __init__(self, url: str, *, name: str) -> None:
        """`name` is how messages call the database: its address without a password."""
        self._url, self._name = url, name
        self._pool = ConnectionPool(
            url,
            min_size=0,
            max_size=MOST,
            open=False,
            timeout=PATIENCE,
            reconnect_timeout=PATIENCE,
            max_idle=60,
            check=ConnectionPool.check_connection,  # so that a connection that was lost is replaced, not used
            configure=_configure,
            kwargs=_OPTIONS,
        )
        weakref.finalize(self, self._pool.close, 1.0)

    @contextmanager
    def reading(self) -> Iterator[Connection[TupleRow]]:
        """A connection within a transaction that changes nothing and sees one state of the database."""
        with self._saying_why():
            self._pool.open()
            with self._pool.connection() as connection:
                register(connection)
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection[TupleRow]]:
        """A connection whose statements stand alone, but for those in a transaction."""
        with self._saying_why(), psycopg.connect(self._url, autocommit=True, **_OPTIONS) as connection:
            yield connection

    @contextmanager
    def _saying_why(self) -> Iterator[None]:
        try:
            yield
        except psycopg.OperationalError as error:
            raise IndexUnreachable(
                f"the database of the index, {self._name}, does not answer ({_first_line(error)}): see that it runs "
                f"and can be reached from here"
            ) from error
        except psycopg.Error as error:
            raise IndexFault(
                f"the database of the index, {self._name}, refuses ({_first_line(error)}): see that it has the "
                f"extension vector, and that this role may do this"
            ) from error


_OPTIONS: dict[str, Any] = {
    "connect_timeout": int(PATIENCE),
    "fallback_application_name": "role-assistant",
    "prepare_threshold": None,  # a pooler in between may give each transaction another connection
}


def _configure(connection: Connection[TupleRow]) -> None:
    connection.execute(f"SET statement_timeout = '{LONGEST}'")
    connection.commit()
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def register(connection: Connection[TupleRow]) -> None:
    """Lets a connection take and give vectors, once the database has the extension for them."""
    if connection.adapters.types.get("vector") is None and TypeInfo.fetch(connection, "vector") is not None:
        register_vector(connection)


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
