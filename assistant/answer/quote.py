"""From the lines that were selected to blocks, each with the citations that hold all of its words."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from assistant.answer import layout
from assistant.answer.select import Selection, Unit
from assistant.documents.citations import cite, verify
from assistant.documents.outline import Outline
from assistant.documents.releases import names_release
from assistant.documents.shown import shown
from assistant.errors import UnverifiedCitation
from assistant.types import Block, Citation, LineKind

_log = logging.getLogger(__name__)
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Quotations:
    """The blocks and citations of an answer, as they are put together."""

    outlines: Mapping[str, Outline]
    blocks: list[Block] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    conflicts: list[tuple[tuple[int, ...], ...]] = field(default_factory=list)  # groups of citations, one a value

    def add(self, selection: Selection) -> None:
        """Says what was selected; what is said already is not said again.

        Where it comes from several sections, each piece begins with the heading that tells it from the others; and what
        stands below a version or a date begins with that.
        """
        places: list[list[int]] = []
        said: set[int | None] = {None}
        for unit, heading in zip(selection.units, self._headings(selection), strict=True):
            places.append(self._add(unit, heading, is_said=heading in said))
            said.add(heading)
        conflict = tuple(tuple(n for unit in group for n in places[unit]) for group in selection.conflicts)
        if len(conflict) > 1 and all(conflict):
            self.conflicts.append(conflict)

    def _add(self, unit: Unit, heading: int | None, *, is_said: bool) -> list[int]:
        """The positions of the citations of a unit's lines, below the heading that tells its section from others."""
        outline = self.outlines[unit.document_id]
        lines = [outline.document.lines[n] for n in unit.lines]
        spans = unit.spans or [(line.start, line.end) for line in lines]
        places = []
        for n, (start, end) in zip(unit.lines, spans, strict=False):
            if start == outline.starts[n]:
                start = layout.numbered(outline, n)
            if answer := layout.reply(outline, n):
                start, end = max(start, answer[0]), end
            known = self._known(unit.document_id, start, end)
            if known is None:
                place = None if heading is None or is_said else outline.document.lines[heading]
                above = None if place is None else self._place(outline, place.start, place.end)
                header = self._header(outline, unit, n)
                term = None if header is not None else self._term(outline, unit, n)
                known = self._cite(outline, start, end)
                if known is None:
                    continue
                self._say(known, outline, n, above=above, heading=heading, header=header, term=term)
                is_said = True
            places.append(known)
        return places

    def _say(
        self,
        cited: int,
        outline: Outline,
        n: int,
        *,
        above: int | None,
        heading: int | None,
        header: int | None,
        term: int | None,
    ) -> None:
        line = outline.document.lines[n]
        text = self._shown(cited, line.kind)
        is_whole = self.citations[cited].end - self.citations[cited].start == line.end - line.start
        label = layout.label(outline, n) if heading is None else layout.heading_label(outline, heading)
        cells = layout.cells(outline, n) if is_whole else ()
        kind = layout.kind(outline, n, text[max(line.start - self.citations[cited].start, 0) :])
        if kind in ("row", "header") and layout.reply(outline, n):
            kind = "sentence"
        block = Block(text, (cited,), label=label, kind=kind, cells=cells)
        if term is not None:
            named = f"{self._shown(term, 'lead').rstrip(':')}: {text}"
            block = replace(block, text=named, citations=(term, cited), kind="pair")
        if header is not None and cells:
            block = replace(block, text=layout.named(cells), citations=(header, cited))
        if above is not None:
            name = self._shown(above, "heading").rstrip(":")
            block = replace(block, text=f"{name}: {block.text}", citations=(above, *block.citations), label=name)
        self.blocks.append(block)

    def _header(self, outline: Outline, unit: Unit, n: int) -> int | None:
        """The citation of the row that names a row's columns, where it is not said with it anyway."""
        parent = outline.document.lines[n].parent
        if outline.document.lines[n].kind != "row" or parent is None or parent in unit.lines:
            return None
        if layout.reply(outline, n):
            return None
        header = outline.document.lines[parent]
        return (
            self._place(outline, header.start, header.end)
            if header.kind == "row" and layout.cells(outline, n)
            else None
        )

    def _term(self, outline: Outline, unit: Unit, n: int) -> int | None:
        """The citation of the term that a line gives the meaning of, where it is not said with it anyway."""
        line = layout.term(outline, n)
        if line is None or line in unit.lines:
            return None
        place = outline.document.lines[line]
        return self._place(outline, place.start, place.end)

    def _shown(self, n: int, kind: LineKind) -> str:
        """What a citation says, without marks; as it is written where its words would not stand in it otherwise."""
        citation = self.citations[n]
        written = " ".join(citation.cited_text.split())
        if not self.outlines[citation.document_id].document.is_markdown:
            return written
        said = " ".join(shown(citation.cited_text, kind).split())
        words = set(_WORD.findall(said.casefold()))
        return said if words and words <= set(_WORD.findall(written.casefold())) else written

    def _place(self, outline: Outline, start: int, end: int) -> int | None:
        known = self._known(outline.document.id, start, end)
        return self._cite(outline, start, end) if known is None else known

    def _known(self, document_id: str, start: int, end: int) -> int | None:
        for n, citation in enumerate(self.citations):
            if (citation.document_id, citation.start, citation.end) == (document_id, start, end):
                return n
        return None

    def _cite(self, outline: Outline, start: int, end: int) -> int | None:
        """The position of a new citation; None, and said in the log, where it does not hold."""
        citation = cite(outline.document, start, end)
        try:
            verify(citation, outline.document)
        except UnverifiedCitation as error:
            _log.error("a citation was dropped: %s", error)
            return None
        self.citations.append(citation)
        return len(self.citations) - 1

    def _headings(self, selection: Selection) -> list[int | None]:
        """For each unit the line of the heading that is said with it, if one is."""
        telling = self._telling(selection)
        return [self._release(unit) or heading for unit, heading in zip(selection.units, telling, strict=True)]

    def _release(self, unit: Unit) -> int | None:
        """The heading of the release or the day that a unit belongs to."""
        outline = self.outlines[unit.document_id]
        line = outline.document.lines[unit.lines[0]]
        if line.kind == "heading":
            return None
        depths = [n for n, title in enumerate(line.section_path, start=1) if names_release(title)]
        return outline.heading(unit.lines[0], line.section_path[: depths[-1]]) if depths else None

    def _telling(self, selection: Selection) -> list[int | None]:
        """For each unit the line of the heading that tells its section from the others'; None where there is one."""
        paths = []
        for unit in selection.units:
            line = self.outlines[unit.document_id].document.lines[unit.lines[0]]
            paths.append(line.section_path if line.kind != "heading" else ())
        if len(paths) < 2 or not all(paths) or len(set(paths)) < 2:
            return [None] * len(paths)
        level = next(n for n in range(max(map(len, paths))) if len({path[n : n + 1] for path in paths}) > 1)
        return [
            self.outlines[unit.document_id].heading(unit.lines[0], path[: level + 1])
            for unit, path in zip(selection.units, paths, strict=True)
        ]
