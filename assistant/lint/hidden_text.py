"""Text that a file hides from its readers: it is left out, and answers nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from assistant.lint.findings import Finding, Place
from assistant.lint.material import Material
from assistant.spreadsheets.counted import counted


def find(material: Material) -> Iterator[Finding]:
    """Each hidden text, with all the places that have it."""
    places: dict[str, list[Place]] = defaultdict(list)
    for id, marks in material.marks.items():
        for hidden in marks.hidden:
            places[hidden.text].append(Place(id, hidden.line, hidden.page, text=hidden.text))
    for first, *others in places.values():
        more = f", here and in {counted(len(others), 'other place')}" if others else ""
        yield Finding("hidden", first, f"is hidden from readers, and left out{more}", tuple(others))
