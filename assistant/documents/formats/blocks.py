"""What a file of any format is made of, in its order: the blocks that each loader gives and one writer writes down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from assistant.types import Json

PAGE = "\f"  # within a text, or alone in a `Break`: here a new page begins
LINE = "\n"  # within a text: a line that ends by force
_REFERENCE = "\x02{}\x03"


@dataclass(frozen=True, slots=True)
class Heading:
    level: int  # from 1
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    bold: int = 0  # so many characters at its start are set in bold
    depth: int = 0  # of all blocks: in how many list items it stands


@dataclass(frozen=True, slots=True)
class Item:
    """The first paragraph of a list item."""

    text: str
    number: str = ""  # "3" in a numbered list, "a)" as it stands there; nothing for a bullet
    bold: int = 0
    depth: int = 0
    done: bool | None = None  # of a task


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as the header, if there is one."""

    header: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """The summary of what can be folded away; all up to the `Closing` stands under it."""

    summary: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Footnote:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """A new page begins."""


Block: TypeAlias = Heading | Paragraph | Item | Table | Code | Opening | Closing | Footnote | Break


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a loader read from a file."""

    blocks: tuple[Block, ...]
    title: str | None = None  # as the file's own metadata give it; a heading in the text comes before it
    metadata: Mapping[str, Json] = field(default_factory=dict)
    paged: bool = False
    warnings: tuple[str, ...] = ()  # what of the file could not be used


def reference(label: str) -> str:
    """The mark of a footnote, to stand in a text."""
    return _REFERENCE.format(label)


def definition(terms: Sequence[str], depth: int = 0) -> Paragraph:
    """The paragraph that introduces the meanings of these terms, which come after it as items."""
    return Paragraph(introducing(", ".join(terms)), depth=depth)


def introducing(text: str) -> str:
    """The text as it introduces what comes next: with a colon at its end."""
    return text if text.endswith((":", "\uff1a")) else text.rstrip(".") + ":"


def plain(block: Block) -> str:
    """The text of a block that stands in a cell or a line."""
    match block:
        case Item(text=text, number=number):
            return f"{number}{'.' if number.isdigit() else ''} {text}" if number else text
        case Paragraph(text=text) | Heading(text=text) | Code(text=text) | Footnote(text=text):
            return text
        case Opening(summary=summary):
            return summary
        case Table(header=header, rows=rows):
            return LINE.join(", ".join(filter(None, row)) for row in ((header or ()), *rows))
    return ""
