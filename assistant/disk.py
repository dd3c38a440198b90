"""Files that must be what was written, and must have reached the disk."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from assistant.errors import UsageError
from assistant.types import Json

_NO_ROOM = 100_000  # bytes; what is left where a large file did not fit


def sha256(path: Path) -> str:
    """The checksum of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum(config: Mapping[str, Json]) -> str:
    """A hash over all that a configuration file says besides this hash, which it keeps as `checksum`."""
    said = {key: value for key, value in config.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def write(path: Path, data: bytes) -> None:
    """Puts the bytes into the file, all of them or none. Raises UsageError where that cannot be."""
    with replacing(path, f".{path.name}.{os.getpid()}.part") as file:
        file.write(data)


@contextmanager
def replacing(path: Path, part_name: str) -> Iterator[BinaryIO]:
    """A file that takes the place of the one in `path` once it is whole and has reached the disk.

    Until then it has the other name, in the same folder. Raises UsageError where it cannot be written.
    """
    part = path.with_name(part_name)
    try:
        with part.open("wb") as file:
            if path.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        sync(path.parent)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Returns once the file, or the folder's list of names, has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def saying_if_full(folder: Path) -> Iterator[None]:
    """Where a library writes into the folder that hides why it fails: raises OSError if the disk has no room left."""
    try:
        yield
    except Exception as error:
        if shutil.disk_usage(folder).free < _NO_ROOM:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        raise
