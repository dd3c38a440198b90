"""Files that are put into the corpus folder, and taken out of it, by the ids of their documents."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from assistant.disk import sync
from assistant.documents.files import FORMATS, File, Parser, is_inside, sidecar_paths, unknown
from assistant.documents.folder import walk
from assistant.errors import CorpusNotWritten, DocumentNotFound, InvalidRequest
from assistant.languages.catalogue import say

_MOST_FOLDERS, _LONGEST = 10, 200  # folders within folders, and bytes of the name of each
_NAME = re.compile(r"[^\W_][\w .,()&+@='’–-]*(?<![ .])")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # as Windows has it


class Shelf:
    """A corpus folder that is written to. Threads may share it."""

    def __init__(self, corpus: Path, parse: Parser) -> None:
        """`parse` says, by raising UnreadableDocument, which files are not taken."""
        self._corpus, self._parse = corpus, parse
        self._lock = Lock()

    def put(self, id: str, data: bytes) -> None:
        """Puts a file there, or in the place of the one of this id: whole, once it has reached the disk.

        Raises InvalidRequest where the id is no safe name or would not be read, UnreadableDocument where there is no
        document in the file, and CorpusNotWritten.
        """
        safe(id)
        with self._lock, _writing():
            self._parse(File(id, id, data))
            # A name that the file system spells in another way is that file's, not a second one.
            path = {found.id: found.path for found in walk(self._corpus)}.get(id, self._corpus / id)
            if not is_inside(_nearest(path.parent), self._corpus.resolve()):
                raise InvalidRequest("id: leads out of the folder of the documents: choose another")
            made = [folder for folder in path.parents if not folder.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{uuid.uuid4().hex}.tmp")
            before = path.read_bytes() if path.is_file() else None
            try:
                part.write_bytes(data)
                sync(part)
                part.replace(path)
                sync(path.parent)
                if not any(found.path == path and not found.why for found in walk(self._corpus)):
                    _undo(path, before)
                    raise InvalidRequest("id: files of this name are ignored here: choose another")
            finally:
                part.unlink(missing_ok=True)
                for folder in made:
                    with suppress(OSError):  # it is no longer empty, which is what it was made for
                        folder.rmdir()

    def take(self, id: str) -> None:
        """Takes the file of this id away, with the metadata beside it. Raises DocumentNotFound, CorpusNotWritten."""
        with self._lock, _writing():
            there = {found.id: found.path for found in walk(self._corpus) if not found.why}
            path = there.pop(id, None)
            if path is None:
                raise DocumentNotFound(say("errors.no_file"))
            path.unlink()
            used = {beside for one in there.values() for beside in sidecar_paths(one)}
            for beside in sidecar_paths(path):
                if beside not in used:
                    beside.unlink(missing_ok=True)
            sync(path.parent)


def safe(id: str) -> None:
    """Raises InvalidRequest where the id is no path below a folder that any system can have."""
    parts = id.split("/")
    if id != unicodedata.normalize("NFC", id) or not 0 < len(parts) <= _MOST_FOLDERS:
        raise InvalidRequest(f"id: should be a path in composed Unicode, of at most {_MOST_FOLDERS} names")
    for part in parts:
        if not _NAME.fullmatch(part) or _DEVICES.fullmatch(part) or len(part.encode()) > _LONGEST:
            raise InvalidRequest(
                "id: should be names with `/` between them, each beginning with a letter or digit, without other marks "
                f"than space and . , ( ) & + @ = ' - _, of at most {_LONGEST} bytes"
            )
    if Path(id).suffix.lower() not in FORMATS:
        raise InvalidRequest(f"id: {unknown(Path(id))}")


def _nearest(folder: Path) -> Path:
    """The folder, or the innermost around it that is there."""
    return folder if folder.exists() else _nearest(folder.parent)


def _undo(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)


@contextmanager
def _writing() -> Iterator[None]:
    """Raises CorpusNotWritten where the folder does not take what is done within."""
    try:
        yield
    except OSError as error:
        raise CorpusNotWritten(
            f"the folder of the documents cannot be written ({error.strerror}): make room there, or let the server "
            f"write to it"
        ) from error
