"""The marks of a file: its links, its anchors, its hidden text."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 2_000  # marks of one kind that are kept of a file
_SHOWN = 200  # characters of a text that are kept
_LEAST = 3  # words of hidden text that are worth telling


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads, as it is written, and the line that it stands in."""

    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Hidden:
    """Text that readers are not shown, and that is left out."""

    text: str
    line: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What a file holds beside its document."""

    links: tuple[Link, ...] = ()
    anchors: tuple[str, ...] = ()
    hidden: tuple[Hidden, ...] = ()
    before: int = 0  # lines of the file before its document's text begins, as those of front matter
    based: bool = False  # whether a page says that its links count from another address
    has_anchors: bool = False  # whether its format has anchors at all


def worth_telling(text: str) -> str:
    """A hidden text on one line, shortened; "" where it is no more than a word or a sign."""
    line = " ".join(text.split())
    words = re.findall(r"[^\W_]+", line)
    return line[:_SHOWN] if len(words) >= _LEAST or any(word.isdigit() for word in words) else ""
