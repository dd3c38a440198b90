"""What a loader gives of the bytes of one file: what every format ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from assistant.documents.structure import Structure
from assistant.types import Json

MAX_CHARACTERS = 20_000_000  # of a document's text, however small the file is that it is packed into


class TooLarge(Exception):
    """A file unpacks to more than a document may hold. The message says so, without the file's name."""


@dataclass(frozen=True, slots=True)
class Content:
    """The canonical text of a file, with what its loader knows of it."""

    text: str
    structure: Structure
    title: str | None = None  # as the file itself gives it; without one it is made from the file's name
    page_starts: tuple[int, ...] = ()
    metadata: Mapping[str, Json] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()  # what of the file could not be used


Loader: TypeAlias = Callable[[bytes, str], Content]
"""Reads the bytes of a file of this name. Raises TooLarge, or UnreadableDocument with a reason after the name."""
