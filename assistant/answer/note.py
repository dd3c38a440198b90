"""What an answer says of itself: that it shows only part of a list, or that the documents leave a part of it open."""

from __future__ import annotations

from assistant.answer.explanation import Working


def note(working: Working) -> str | None:
    """A sentence on what the answer does not say; None where it says all that was found."""
    sentences = [
        f"This shows {len(unit.lines)} of {len(unit.lines) + unit.left_out} lines of a longer list."
        for unit in working.selection.units
        if unit.left_out
    ]
    said = {(unit.document_id, n) for unit in working.selection.units for n in unit.lines}
    sentences += [
        f"The documents leave this part open: “{part.parsed.text}”"
        for part in working.parts
        if part.reason is not None and not _says(part, said)
    ]
    return " ".join(sentences) or None


def _says(part: Working, said: set[tuple[str, int]]) -> bool:
    """Whether the best that was found for a part is among what is said."""
    return any((unit.document_id, n) in said for unit in part.selection.units for n in unit.lines)
