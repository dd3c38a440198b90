"""The pinned answers of a file, which is looked at again once it has changed."""

from __future__ import annotations

import logging
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from assistant.errors import PinnedError
from assistant.pinned.board import Pinboard
from assistant.pinned.document import FOLDER
from assistant.pinned.entries import Pin, Pins, load
from assistant.pinned.likeness import Reading

if TYPE_CHECKING:
    from assistant.answer.pipeline import Assistant
    from assistant.types import Encoder

MEASURED = "sentence-transformers/all-MiniLM-L6-v2"  # the encoder that the threshold was chosen with

_NONE_YET = "there is no such file yet, so nothing is pinned until there is one"

_log = logging.getLogger(__name__)
_Mark: TypeAlias = tuple[int, int] | None  # when a file was last written, and its size; None where there is none


@dataclass(slots=True)
class Kept:
    """The pinned answers that made sense last, for when those that a file has by now do not."""

    pins: tuple[Pin, ...] | None = None


class FileBoard(Pinboard):
    """The pinned answers of a file, as it was when it was read."""

    def __init__(self, path: Path, assistant: Assistant, encoder: Encoder, kept: Kept | None = None) -> None:
        """Reads the file. Where it, or a row of it, makes no sense, has the answers that are `kept`, and a `fault`.

        Raises PinnedError where none are kept.
        """
        self._path, self._encoder, self.kept = path, encoder, kept or Kept()
        self.mark = _mark(path)
        self.fault: PinnedError | None = None
        name, documents = path.name, assistant.with_board(None).documents
        try:
            pins = _read(path, self.mark)
            if FOLDER + name in documents:
                raise PinnedError(f"the corpus has a document {FOLDER}{name}, as these answers are called: rename one")
        except PinnedError as error:
            if self.kept.pins is None:
                raise
            pins, self.fault = self.kept.pins, _told(error)
            while FOLDER + name in documents:
                name = FOLDER + name
        tokens = getattr(encoder, "encode_tokens", None)  # which exported ones have
        reading = Reading(assistant.encode, tokens) if tokens is not None and encoder.name == MEASURED else None
        super().__init__(pins, name, reading=reading, encode_all=encoder.encode_alike)
        self.kept.pins = self.pins

    @property
    def is_stale(self) -> bool:
        """Whether the file has changed since it was read."""
        return _mark(self._path) != self.mark

    def again(self, assistant: Assistant) -> FileBoard:
        """The answers that the file has by now; where they make no sense, these here."""
        return FileBoard(self._path, assistant, self._encoder, self.kept)


def _read(path: Path, mark: _Mark) -> tuple[Pin, ...]:
    """The answers in the file, which may be yet to come. Raises PinnedError."""
    found = load(path) if mark is not None or not path.absolute().parent.is_dir() else Pins((), (_NONE_YET,))
    for note in found.notes:
        _log.warning("%s", f"{path}: {note}")
    return found.pins


def _told(error: PinnedError) -> PinnedError:
    """The error, once the log has it; a copy without traceback, which would hold what was being opened."""
    _log.error("the pinned answers cannot be taken up, those of before go on: %s", error)
    return copy(error)


def _mark(path: Path) -> _Mark:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
