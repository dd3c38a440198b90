"""The pinned answers of a file, which is looked at again once it has changed."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from assistant.errors import PinnedError
from assistant.pinned.board import Pinboard
from assistant.pinned.entries import Pins, load
from assistant.pinned.likeness import Reading

if TYPE_CHECKING:
    from assistant.answer.pipeline import Assistant
    from assistant.types import Encoder

MEASURED = "sentence-transformers/all-MiniLM-L6-v2"  # the encoder that the threshold was chosen with

_NONE_YET = "there is no such file yet, so nothing is pinned until there is one"

_log = logging.getLogger(__name__)
_Mark: TypeAlias = tuple[int, int] | None  # when a file was last written, and its size; None where there is none


class FileBoard(Pinboard):
    """The pinned answers of a file, as it was when it was read."""

    def __init__(self, path: Path, assistant: Assistant, encoder: Encoder) -> None:
        """Reads the file. Raises PinnedError where it, or a row of it, makes no sense."""
        self._path, self._encoder = path, encoder
        self.mark = _mark(path)
        found = load(path) if self.mark is not None or not path.absolute().parent.is_dir() else Pins((), (_NONE_YET,))
        for note in found.notes:
            _log.warning("%s", f"{path}: {note}")
        tokens = getattr(encoder, "encode_tokens", None)  # which exported ones have
        reading = Reading(assistant.encode, tokens) if tokens is not None and encoder.name == MEASURED else None
        super().__init__(found.pins, path.name, reading=reading, encode_all=encoder.encode_alike)
        if self.document.id in assistant.with_board(None).documents:
            raise PinnedError(f"the corpus has a document {self.document.id}, as these answers are called: rename one")

    @property
    def is_stale(self) -> bool:
        """Whether the file has changed since it was read."""
        return _mark(self._path) != self.mark

    def again(self, assistant: Assistant) -> FileBoard:
        """The answers that the file has by now. Where they make no sense, these here, and the log says why."""
        seen = _mark(self._path)
        try:
            return FileBoard(self._path, assistant, self._encoder)
        except PinnedError as error:
            _log.error("the pinned answers cannot be taken up, those of before go on: %s", error)
            self.mark = seen
            return self


def _mark(path: Path) -> _Mark:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
