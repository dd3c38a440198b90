"""Buckets of tokens that the processes of one server take from together: in a SQLite file of its own."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from pathlib import Path
from threading import Lock
from time import monotonic

BUSY = 1.0  # seconds to wait for another process
TRIMMED = 500  # requests after which those that asked long ago are forgotten

_log = logging.getLogger("assistant.server")
_SCHEMA = """CREATE TABLE IF NOT EXISTS buckets
(name TEXT, client TEXT, tokens REAL, at REAL, PRIMARY KEY (name, client)) WITHOUT ROWID"""
_GET = "SELECT tokens, at FROM buckets WHERE name = ? AND client = ?"
_PUT = "REPLACE INTO buckets VALUES (?, ?, ?, ?)"
_FULL = "DELETE FROM buckets WHERE name = ? AND at < ?"  # a bucket that has had the time to fill is as good as none


class SharedBuckets:
    """A bucket of tokens a client: `rate` fit in and flow in a minute, each request takes one.

    Its clock is the machine's, the same in all processes. Where the file fails, requests go through, and the log tells.
    """

    def __init__(self, path: Path, name: str, rate: int, *, now: Callable[[], float] = monotonic) -> None:
        """Buckets of different names have nothing to do with each other."""
        self._name, self._rate, self._now = name, rate, now
        self._lock = Lock()
        self._taken = 0
        self._file = sqlite3.connect(path, timeout=BUSY, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.execute("PRAGMA synchronous = OFF")  # what is counted need not outlive the machine
        self._file.execute(_SCHEMA)

    def take(self, client: str) -> int:
        """Takes a token: 0, or the seconds until there is one."""
        with self._lock:
            try:
                self._file.execute("BEGIN IMMEDIATE")
                now = self._now()
                tokens = self._tokens(client, now)
                wait = self._until_one(tokens)
                self._file.execute(_PUT, (self._name, client, tokens if wait else tokens - 1, now))
                self._taken += 1
                if self._taken % TRIMMED == 0:
                    self._file.execute(_FULL, (self._name, now - 60))
                self._file.execute("COMMIT")
                return wait
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    self._file.execute("ROLLBACK")
                _log.error("requests are not counted: %s", error)
                return 0

    def wait(self, client: str) -> int:
        """The seconds until there is a token, which is left there."""
        with self._lock:
            try:
                return self._until_one(self._tokens(client, self._now()))
            except sqlite3.Error as error:
                _log.error("requests are not counted: %s", error)
                return 0

    def close(self) -> None:
        self._file.close()

    def _tokens(self, client: str, now: float) -> float:
        row = self._file.execute(_GET, (self._name, client)).fetchone()
        if row is None:
            return float(self._rate)
        tokens, before = map(float, row)
        return min(float(self._rate), tokens + (now - before) * self._rate / 60)

    def _until_one(self, tokens: float) -> int:
        return 0 if tokens >= 1 else ceil((1 - tokens) * 60 / self._rate)
