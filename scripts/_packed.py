"""The written questions that the repository carries, with the documents that they are about."""

from __future__ import annotations

import lzma
import shutil
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path

from assistant.errors import UsageError

ARCHIVE = Path(__file__).resolve().parent / "training" / "written.tar.xz"


def placed(path: Path, cache: Path) -> Path:
    """The folder itself, or that into which an archive is unpacked. Raises UsageError."""
    return unpack(path, cache) if path.is_file() else path


def unpack(archive: Path, cache: Path) -> Path:
    """A folder in the cache with questions.jsonl, SOURCES.tsv and DOMAIN/docs. Raises UsageError.

    Its name tells what the archive holds, so that it is unpacked once.
    """
    try:
        folder = cache / f"texts-{sha256(archive.read_bytes()).hexdigest()[:16]}"
        if not folder.exists():
            cache.mkdir(parents=True, exist_ok=True)
            fresh = Path(tempfile.mkdtemp(dir=cache))
            try:
                with tarfile.open(archive) as packed:
                    packed.extractall(fresh, filter="data")
                fresh.rename(folder)
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
    except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
        raise UsageError(f"cannot unpack {archive}: {error}") from error
    return folder
