"""Documents that say the same, and those that nearly do."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

from assistant.documents.copies import near_copies
from assistant.lint.findings import Finding, Place
from assistant.lint.material import Material


def find(material: Material) -> Iterator[Finding]:
    """Copies, and documents of which no version is in force alone that have most of their words in common."""
    for entry in material.entries:
        if entry.status == "duplicate" and entry.document_id is not None:
            yield _copy(entry.source, entry.document_id)
    for first, others in material.library.copies.items():
        for other in others:
            yield _copy(other, first)
    aside = material.copies() | material.passed_over().keys()
    standing = [document for id, document in material.documents.items() if id not in aside]
    for one, other, likeness in near_copies(standing):
        said = f"is {floor(1000 * likeness) / 10:g} % like {other}: keep one, or say which holds"
        yield Finding("near-copy", Place(one), said, (Place(other),), round(likeness, 4))


def _copy(copy: str, original: str) -> Finding:
    said = f"says the same as {original}, which is cited in its place"
    return Finding("near-copy", Place(copy), said, (Place(original),), 1.0)
