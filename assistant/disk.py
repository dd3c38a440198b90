"""Files that must be what was written, and must have reached the disk."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from assistant.types import Json


def sha256(path: Path) -> str:
    """The checksum of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checksum(config: Mapping[str, Json]) -> str:
    """A hash over all that a configuration file says besides this hash, which it keeps as `checksum`."""
    said = {key: value for key, value in config.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def sync(path: Path) -> None:
    """Returns once the file, or the folder's list of names, has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
