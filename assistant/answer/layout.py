"""How a line of an answer is to be laid out: what kind of thing it is, under which heading, in which columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.documents.fields import asks
from assistant.documents.outline import Outline, label_end
from assistant.documents.shown import CELLS, shown, shown_cells
from assistant.documents.structure import trim
from assistant.types import BlockKind

LABEL_WORDS = 6  # of what stands before the colon of a pair, at most
_NUMBER = re.compile(r"(?:\A|(?<=[\s>]))\(?\d{1,3}[.)][ \t\u00a0]+\Z")
_NUMBER_CHARACTERS = 8
_BETWEEN = re.compile(r"(?<!\\)\||</t[dh]\s*>\s*<t[dh](?:\s[^<>]*)?>", re.IGNORECASE)
_LABEL = re.compile(r"[^.!?;]*[^\W\d_][^.!?;]*")


def kind(outline: Outline, n: int, text: str) -> BlockKind:
    """What line `n` is, of which `text` is shown."""
    line = outline.document.lines[n]
    if line.kind == "row":
        return "header" if outline.is_header(n) else "row"
    return "pair" if line.kind in ("item", "sentence") and pair(text) is not None else line.kind


def pair(text: str) -> tuple[str, str] | None:
    """The two sides of a line such as "Median salary: $234,750"; None of another one."""
    colon = label_end(text, 0, len(text), words=LABEL_WORDS)
    if colon is None or not _LABEL.fullmatch(text, 0, colon):
        return None
    return text[:colon].strip(), text[colon + 1 :].strip()


def numbered(outline: Outline, n: int) -> int:
    """Where line `n` starts with its number, if it is a step that has one."""
    line = outline.document.lines[n]
    if line.kind not in ("item", "lead"):
        return line.start
    before = outline.document.text[max(line.start - _NUMBER_CHARACTERS, 0) : line.start]
    number = _NUMBER.search(before)
    return line.start if number is None else line.start - len(before) + number.start()


def reply(outline: Outline, n: int) -> tuple[int, int] | None:
    """Where the answer stands in a row of two cells, the first of which asks; None in other rows."""
    line, text = outline.document.lines[n], outline.document.text
    found = list(_BETWEEN.finditer(text, line.start, line.end)) if line.kind == "row" else []
    if len(found) != 1:
        return None
    start, end = trim(text, found[0].end(), line.end)
    question = shown(text[line.start : found[0].start()], "row")
    return (start, end) if asks(question) and start < end else None


def term(outline: Outline, n: int) -> int | None:
    """The line of the term that line `n` gives the meaning of; None where it is an entry of a list."""
    line = outline.document.lines[n]
    above = None if line.parent is None else outline.document.lines[line.parent]
    if line.parent is None or above is None or (line.kind, above.kind) != ("item", "lead"):
        return None
    said = outline.text(line.parent).rstrip("*_ ")
    if said.endswith(("?", "\uff1f")) or len(said.split()) > LABEL_WORDS:
        return None
    return line.parent if len(outline.children[line.parent]) == 1 or not said.endswith((":", "\uff1a")) else None


def label(outline: Outline, n: int) -> str | None:
    """The title of the section that line `n` stands in; of a heading, that of the section around it."""
    line = outline.document.lines[n]
    path = line.section_path[:-1] if line.kind == "heading" else line.section_path
    return _title(outline, path[-1]) if path else None


def heading_label(outline: Outline, n: int) -> str:
    """The words of heading `n`, without the colon that it may end with."""
    return _title(outline, outline.text(n))


def cells(outline: Outline, n: int) -> tuple[tuple[str, str], ...]:
    """The cells of row `n`, each after the name of its column; none where they do not fit those of the header."""
    line = outline.document.lines[n]
    if line.kind != "row":
        return ()
    said = shown_cells(_row(outline, n))
    if line.parent is None or outline.document.lines[line.parent].kind != "row":
        return tuple(("", cell) for cell in said)
    names = shown_cells(_row(outline, line.parent))
    pairs = tuple(zip(names, said, strict=False))
    return tuple(each for each in pairs if any(each)) if len(names) == len(said) else ()


def named(cells: Sequence[tuple[str, str]]) -> str:
    """The cells of a row in one line, each after the name of its column."""
    return CELLS.join(f"{name.rstrip(':')}: {cell}" if name else cell for name, cell in cells if cell)


def _row(outline: Outline, n: int) -> str:
    """Row `n` with its outer cells, which the line leaves out where they are empty."""
    text, line = outline.document.text, outline.document.lines[n]
    start = max(text.rfind(mark, 0, line.start) for mark in "\r\n") + 1
    ends = [end for mark in "\r\n" if (end := text.find(mark, line.end)) >= 0]
    before, after = text[start : line.start].lstrip(" \t>"), text[line.end : min(ends, default=len(text))].rstrip()
    if set(before + after) <= set(" \t|"):
        return before.removeprefix("|") + outline.text(n) + after.removesuffix("|")
    return outline.text(n)


def _title(outline: Outline, title: str) -> str:
    if outline.document.media_type == "text/markdown":
        title = shown(title, "heading") or title
    return " ".join(title.split()).rstrip(":").rstrip()
