"""Sections that no question can reach."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from assistant.answer.select import asks
from assistant.lint.findings import Finding, Place
from assistant.lint.material import Material
from assistant.question.stems import words
from assistant.spreadsheets.counted import counted
from assistant.types import Document, Section


def find(material: Material) -> Iterator[Finding]:
    """Sections without text, of questions alone, with the text of too many others, and versions that no date tells."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(material.passages):
        rows[passage.document_id].append(row)
    crowded = _crowded(material)
    told: dict[int, list[Place]] = defaultdict(list)  # the places of a text that too many documents have
    copies = material.copies()
    lost = dict(_lost(material))
    for id, document in material.documents.items():
        if id in copies:
            continue
        if id in lost:
            yield Finding("unreachable", material.place(id, 0, 0), lost[id])
            continue
        for section in document.sections or (Section(document.title, (), 0, len(document.text)),):
            own = _own_end(section, document.sections)
            said_at = [
                line.start for line in document.lines if section.start <= line.start < own and line.kind != "heading"
            ]
            spans = {row: (material.passages[row].start, material.passages[row].end) for row in rows[id]}
            inside = [row for row, (start, end) in spans.items() if any(start <= at < end for at in said_at)]
            heading = document.text[section.start : own].strip().split("\n")[0]
            at = document.text.find(heading, section.start)
            place = material.place(id, at, at + len(heading))
            if said := _why(document, section, inside, material):
                yield Finding("unreachable", place, said)
            elif inside and all(row in crowded for row in inside):
                told[crowded[inside[0]]].append(place)
    for first, *others in told.values():
        said = f"says the same as {counted(len(others), 'other section')}, more than a question finds passages"
        yield Finding("unreachable", first, said, tuple(others))


def _why(document: Document, section: Section, rows: Sequence[int], material: Material) -> str:
    """Why no question reaches what stands in a section itself; "" where one may."""
    lines = [line for line in document.lines if section.start <= line.start < section.end]
    if section.path and not any(line.kind != "heading" for line in lines):
        return "has nothing below its heading"
    own = [line for line in lines if line.section_path == section.path and line.kind != "heading"]
    asking = bool(own) and all(asks(document.text[line.start : line.end]) for line in own) and own == lines[1:]
    if asking or (rows and all(row in material.library.silent for row in rows)):
        return "is a list of questions: a question is never an answer. Write the answers below them"
    return ""


def _own_end(section: Section, sections: Sequence[Section]) -> int:
    """Where the first section below this one begins, or where it ends."""
    return min((one.start for one in sections if section.start < one.start < section.end), default=section.end)


def _crowded(material: Material) -> dict[int, int]:
    """Passages whose words stand in more documents than passages are found, each with the first of the same words."""
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    copies = material.copies()
    for row, passage in enumerate(material.passages):
        if passage.document_id not in copies:
            alike[tuple(words(passage.text))].append(row)
    found: dict[int, int] = {}
    for same in alike.values():
        if len({material.passages[row].document_id for row in same}) > material.search_passages:
            found |= dict.fromkeys(same, same[0])
    return found


def _lost(material: Material) -> Iterator[tuple[str, str]]:
    """Versions not in force that no question can ask for: nothing tells when they held, and newer ones came before."""
    versions = material.library.versions
    for family in versions.families():
        _, others = versions.passed_over(family, material.today)
        older = [id for id in family if id in others]
        for id in older[:-1]:
            edition = versions.edition(id)
            if len(others[id]) == len(list(material.own_rows(id))) and not (
                edition.years or edition.number or edition.start
            ):
                yield id, "is not in force, and nothing tells when it was: give it a date or a version, or take it away"
