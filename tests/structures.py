"""What is true of the structure of every text."""

from __future__ import annotations

from assistant.documents.structure import Structure


def hold(text: str, read: Structure) -> None:
    """Whatever the text, its lines are in order, apart, stripped and not empty, and its sections nest."""
    reached = 0
    paths = {(), *(section.path for section in read.sections)}
    for position, line in enumerate(read.lines):
        assert reached <= line.start < line.end <= len(text)
        assert text[line.start : line.end] == text[line.start : line.end].strip()
        assert line.parent is None or 0 <= line.parent < position
        assert line.section_path in paths
        reached = line.end
    for before, after in zip(read.sections, read.sections[1:], strict=False):
        assert before.start < after.start < before.end or after.start >= before.end
        assert before.end <= len(text)
        if after.start < before.end:
            assert after.end <= before.end
            assert after.path[:-1] == before.path
