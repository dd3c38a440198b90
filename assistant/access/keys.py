"""Keys to a server, kept in a file as hashes: each has a name, the scopes that it opens, and groups."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import time

from assistant.access.scopes import SCOPES, Scope
from assistant.disk import write
from assistant.errors import SettingsError, UsageError

VERSION = 1  # of the file
MARK = "ra_"  # what a key begins with, so that scanners for leaked secrets can know one
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key. The key itself is shown once, when it is made."""

    name: str
    sha256: str  # keys are 32 random bytes, which nobody finds by trying; a slow hash would only slow each request
    scopes: tuple[Scope, ...]
    groups: tuple[str, ...] = ()
    created: int = 0  # seconds since 1970


class KeyRing:
    """The keys of a file. It is read again whenever it has changed, so a key that is taken out opens nothing more."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._seen: tuple[int, ...] | None = None
        self._keys: tuple[Key, ...] = ()

    def all(self) -> tuple[Key, ...]:
        """All keys, in the order in which they were made. Raises SettingsError where the file cannot be read."""
        with self._lock:
            try:
                found = self.path.stat()
            except FileNotFoundError:
                self._seen, self._keys = None, ()
                raise SettingsError(
                    f"there are no keys in {self.path}: make one with `assistant keys add NAME`, "
                    f"or unset ASSISTANT_KEYS"
                ) from None
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if seen != self._seen:
                self._keys, self._seen = _read(self.path), seen
            return self._keys

    def find(self, secret: str) -> Key | None:
        """The key that this is; None for no key. Each is compared in full, so the time tells nothing."""
        try:
            keys = self.all()
        except SettingsError as error:
            _log.error("no key is accepted: %s", error)
            return None
        digest = _digest(secret)
        found = [key for key in keys if hmac.compare_digest(key.sha256, digest)]
        return found[0] if found else None

    def add(self, name: str, scopes: Iterable[Scope] = ("ask", "read"), groups: Iterable[str] = ()) -> str:
        """Makes a key of this name, which must be new, and gives it: it cannot be shown again."""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} is no name for a key: take letters, digits, dots, dashes, at most 64")
        keys = self.all() if self.path.exists() else ()
        if any(key.name == name for key in keys):
            raise UsageError(f"there is a key {name} already: take another name, or remove that one first")
        secret = MARK + secrets.token_urlsafe(32)
        chosen = set(scopes)
        made = Key(name, _digest(secret), tuple(s for s in SCOPES if s in chosen), tuple(groups), int(time()))
        self._write((*keys, made))
        return secret

    def remove(self, name: str) -> None:
        """Takes a key out. Raises UsageError where there is none of this name."""
        keys = self.all()
        if all(key.name != name for key in keys):
            raise UsageError(f"there is no key {name}: `assistant keys list` shows those that there are")
        self._write([key for key in keys if key.name != name])

    def _write(self, keys: Iterable[Key]) -> None:
        rows = [
            {
                "name": key.name,
                "sha256": key.sha256,
                "scopes": key.scopes,
                "groups": key.groups,
                "created": key.created,
            }
            for key in keys
        ]
        if not self.path.exists():
            try:
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))  # for its owner alone
            except OSError as error:
                raise UsageError(f"cannot write {self.path}: {error.strerror}") from error
        write(self.path, (json.dumps({"version": VERSION, "keys": rows}, indent=2) + "\n").encode())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _read(path: Path) -> tuple[Key, ...]:
    try:
        text = path.read_text("utf-8")
        if not text:  # made, and not yet written
            return ()
        held = json.loads(text)
        if held["version"] != VERSION:
            raise ValueError(f"it is of version {held['version']}")
        return tuple(_key(row) for row in held["keys"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path} is no file of keys ({error}): set ASSISTANT_KEYS to one that `assistant keys` wrote"
        ) from error


def _key(row: dict[str, object]) -> Key:
    name, sha256, scopes, groups, created = (row[field] for field in ("name", "sha256", "scopes", "groups", "created"))
    if not (isinstance(name, str) and isinstance(sha256, str) and re.fullmatch(r"[0-9a-f]{64}", sha256)):
        raise ValueError("a name or a hash is not one")
    if not (isinstance(scopes, list) and set(scopes) <= set(SCOPES)):
        raise ValueError(f"the scopes of {name} are not among {', '.join(SCOPES)}")
    if not (isinstance(groups, list) and all(isinstance(group, str) for group in groups)):
        raise ValueError(f"the groups of {name} are not names")
    if not isinstance(created, int):
        raise ValueError(f"{name} has no time")
    return Key(name, sha256, tuple(scopes), tuple(groups), created)
