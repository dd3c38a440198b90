"""What an answer says of itself: that it shows only part of a list, or that the documents leave a part of it open."""

from __future__ import annotations

from assistant.answer.explanation import Working
from assistant.languages.catalogue import listed, say


def note(working: Working) -> str | None:
    """A sentence on what the answer does not say; None where it says all that was found."""
    sentences = [
        say("answers.part_of_list", shown=len(unit.lines), count=len(unit.lines) + unit.left_out)
        for unit in working.selection.units
        if unit.left_out
    ]
    said = {(unit.document_id, n) for unit in working.selection.units for n in unit.lines}
    sentences += [
        say("answers.left_open", part=part.parsed.text)
        for part in working.parts
        if part.reason is not None and not _says(part, said)
    ]
    return listed("lists.sentences", sentences) if sentences else None


def _says(part: Working, said: set[tuple[str, int]]) -> bool:
    """Whether the best that was found for a part is among what is said."""
    return any((unit.document_id, n) in said for unit in part.selection.units for n in unit.lines)
