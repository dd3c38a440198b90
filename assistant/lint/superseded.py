"""Documents that do not hold any more, or not yet."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.lint.findings import Finding, Place
from assistant.lint.material import Material


def find(material: Material) -> Iterator[Finding]:
    """Versions that are not in force, and documents that say so of themselves where nothing stands in their place."""
    versions, documents = material.library.versions, material.documents
    today = material.today.isoformat()
    related = {id for family in versions.families() for id in family}
    copies = material.copies()
    for family in versions.families():
        held, others = versions.passed_over(family, material.today)
        for id, rows in others.items():
            edition = versions.edition(id)
            own = len(list(material.own_rows(id)))
            if edition.draft:
                why = "is a draft"
            elif edition.start > today:
                why = f"is not in force before {edition.start}"
            else:
                why = f"is superseded by {' and '.join(held)}"
            part = "" if len(rows) == own else f"; {own - len(rows)} of its {own} passages still answer"
            yield Finding("superseded", Place(id), why + part, tuple(map(Place, held)))
    for id in documents:
        if id in related or id in copies:
            continue
        edition = versions.edition(id)
        if edition.gone:
            said = "says that it is no longer in force, and goes on answering: nothing here stands in its place"
        elif edition.end and edition.end < today:
            said = f"has ended on {edition.end}, and goes on answering: nothing here stands in its place"
        else:
            continue
        yield Finding("superseded", Place(id), said)
