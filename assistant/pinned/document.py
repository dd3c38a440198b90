"""Pinned answers as a document: a section a question, so that an answer is cited like any other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from assistant.pinned.entries import Pin
from assistant.types import Document, Line, Passage, Section

FOLDER = "pinned/"  # what the id begins with, before the name of the file
TITLE = "Pinned answers"
_ITEM = re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pinned answer stands in its document: the positions of its lines."""

    lines: tuple[int, ...]
    start: int
    end: int


def as_document(pins: Sequence[Pin], name: str) -> tuple[Document, tuple[Place, ...]]:
    """The document of these answers, and where each of them stands in it."""
    text, lines, sections, places = "", list[Line](), list[Section](), list[Place]()
    for pin in pins:
        start, path = len(text), (" ".join(pin.question.split()),)
        text += path[0]
        lines.append(Line("heading", start, len(text)))
        text += "\n\n"
        first, answered = len(lines), len(text)
        for row in pin.answer.split("\n"):
            marker = _ITEM.match(row)
            at = len(text) + (marker.end() if marker else len(row) - len(row.lstrip()))
            text += row
            if at < len(text):
                lines.append(Line("item" if marker else "sentence", at, len(text), path))
            text += "\n"
        places.append(Place(tuple(range(first, len(lines))), answered, len(text.rstrip())))
        text += "\n"
        for said in _below(pin):
            lines.append(Line("sentence", len(text), len(text) + len(said), path))
            text += f"{said}\n\n"
        sections.append(Section(path[0], path, start, len(text)))
    text = text or "No answers are pinned.\n"
    document = Document(
        id=FOLDER + name,
        version=sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16],
        title=TITLE,
        source=name,
        media_type="text/plain",
        text=text,
        sections=tuple(sections),
        lines=tuple(lines),
    )
    return document, tuple(places)


def passages(document: Document, places: Sequence[Place]) -> list[Passage]:
    """A passage for each answer."""
    return [
        Passage(
            document.id,
            document.version,
            place.start,
            place.end,
            document.text[place.start : place.end],
            document.lines[place.lines[0]].section_path,
        )
        for place in places
    ]


def _below(pin: Pin) -> list[str]:
    """What stands below an answer: its source, and until when it is given."""
    said = [f"Source: {' '.join(pin.source.split())}"] if pin.source else []
    return [*said, f"Valid until {pin.valid_until.isoformat()}"] if pin.valid_until is not None else said
