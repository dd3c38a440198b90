"""The written questions that the repository carries, with the documents that they are about."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ARCHIVE = Path(__file__).resolve().parent / "written.tar.xz"


@contextmanager
def unpacked(archive: Path = ARCHIVE) -> Iterator[Path]:
    """A folder with questions.jsonl, SOURCES.tsv and DOMAIN/docs, as long as it is used."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        yield Path(folder)
