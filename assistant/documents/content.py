"""What a loader gives of the bytes of one file: what every format ends in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from assistant.documents.structure import Structure
from assistant.types import Json


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
"""Reads the bytes of a file of this name. Raises UnreadableDocument with a reason that begins with the name."""
