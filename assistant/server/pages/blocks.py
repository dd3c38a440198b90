"""A document cut into the blocks that a page shows: headings, paragraphs, list items, tables, code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from assistant.documents.outline import parted
from assistant.types import Document, Line, LineKind

BlockKind = Literal["heading", "text", "item", "table", "code", "rule", "hidden"]

NEWLINE = re.compile(r"\r\n|\r|\n")
_MARKER = re.compile(r"(?P<bullet>[-*+•‣◦▪●–—·])|(?P<number>\(?\d{1,9}[.)]|\(?[A-Za-z]\))")
_RULE = re.compile(r"[ \t>]*([-=_*~#])(?:[ \t]*\1){2,}[ \t]*")
_UNDERLINE = re.compile(r"[ \t>]*(?:=+|-+)[ \t]*")
_FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:`{3,}|~{3,}).*")
_QUOTE = re.compile(r"[ \t>]*>[ \t>]*")
_DELIMITERS = re.compile(r"[ \t>]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?")
_CLOSED = re.compile(r"[.!?…:][\"'”’)\]]*$")
_KINDS: dict[LineKind, BlockKind] = {
    "heading": "heading",
    "lead": "text",
    "item": "item",
    "sentence": "text",
    "row": "table",
    "code": "code",
}
_TAIL_CHARACTERS = 8  # enough to see how a row ends


@dataclass(slots=True)
class PageBlock:
    """A stretch of the text that is shown as one thing. Between two blocks there is only white space."""

    kind: BlockKind
    start: int  # with the marks before its first line
    end: int
    lines: tuple[Line, ...] = ()
    owners: tuple[Line, ...] = ()  # the list items that it stands in, outermost first
    number: bool = False  # of an item: whether its mark is a number
    header: Line | None = None  # of a table

    def joins(self, kind: BlockKind, owners: tuple[Line, ...]) -> bool:
        return self.kind == kind and self.owners == owners


def blocks(document: Document) -> list[PageBlock]:
    """The blocks, in the order of the text; each character that is no white space is in one."""
    return _Cutter(document).cut()


class _Cutter:
    """Goes through the lines, and what stands between them."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.lines = document.lines
        self.is_markdown = document.is_markdown
        self.owned: list[tuple[Line, ...]] = []  # of each line: the items from the outermost to itself
        self.found: list[PageBlock] = []

    def cut(self) -> list[PageBlock]:
        at = 0
        for line in self.lines:
            start, broken, rows = self._between(at, line.start, line)
            self._add(line, start, broken=broken, rows=rows)
            at = line.end
        self._between(at, len(self.text), None)
        return self.found

    def _between(self, at: int, end: int, line: Line | None) -> tuple[int, bool, int]:
        """Take in what stands between two lines. Gives where the row of the next one starts, whether a row ended
        before it, and how many whole rows stood between that are no part of a table."""
        if at:  # the rest of the row in which the line before ends
            newline = NEWLINE.search(self.text, at, end)
            if newline is None and line is not None:
                return at, False, 0
            tail = newline.start() if newline else end
            if self.text[at:tail].strip():
                self.found[-1].end = tail
            at = newline.end() if newline else end
        rows = list(parted(self.text, at, end, NEWLINE))  # the last one is what stands before `end`
        head = rows.pop() if line is not None else (end, end)
        others = 0
        for n, (start, stop) in enumerate(rows):
            is_last = n + 1 == len(rows)
            others += self._loose(start, stop, line if is_last else None, is_first=n == 0)
        return head[0], True, others

    def _loose(self, start: int, end: int, line: Line | None, *, is_first: bool) -> bool:
        """Take in a row that is no line. Whether it parts what stands before from what comes after."""
        row, before = self.text[start:end], self.found[-1] if self.found else None
        if not row.strip():
            return True
        follows = before is not None and is_first and bool(before.lines)
        if line is not None and line.kind == "row" and _DELIMITERS.fullmatch(row) and before and before.kind == "table":
            return False  # the table takes it in
        hidden = (
            (_FENCE.fullmatch(row) and (line is not None and line.kind == "code"))
            or (_FENCE.fullmatch(row) and follows and before is not None and before.kind == "code")
            or (self.is_markdown and _UNDERLINE.fullmatch(row) and follows and before and before.kind == "heading")
            or (_DELIMITERS.fullmatch(row) and follows and before is not None and before.kind == "table")
            or (self.is_markdown and _QUOTE.fullmatch(row))
        )
        if hidden:
            self.found.append(PageBlock("hidden", start, end))
        elif _RULE.fullmatch(row):
            self.found.append(PageBlock("rule", start, end))
        elif before is not None and before.joins("text", ()) and not before.lines and not self._gap(before.end, start):
            before.end = end
        else:
            self.found.append(PageBlock("text", start, end))
        return True

    def _gap(self, start: int, end: int) -> bool:
        """Whether an empty row stands between."""
        return len(NEWLINE.findall(self.text, start, end)) > 1

    def _add(self, line: Line, start: int, *, broken: bool, rows: int) -> None:
        above = self.owned[line.parent] if line.parent is not None and line.parent < len(self.owned) else ()
        marker = _MARKER.search(self.text, start, line.start) if broken else None
        is_item = line.kind == "item" or (line.kind == "lead" and marker is not None)
        self.owned.append((*above, line) if is_item else above)
        before = self.found[-1] if self.found else None
        if line.kind in ("sentence", "lead") and not is_item:
            if before and before.lines and before.joins("text", above) and not rows and not self._ends(before, broken):
                before.end, before.lines = line.end, (*before.lines, line)
                return
        elif line.kind == "row" and before and before.joins("table", above) and not rows:
            before.end, before.lines = line.end, (*before.lines, line)
            return
        kind = "item" if is_item else _KINDS[line.kind]
        number = is_item and marker is not None and marker["number"] is not None
        header = line if kind == "table" and self._is_header(line) else None
        self.found.append(PageBlock(kind, start, line.end, (line,), above, number, header))

    def _ends(self, block: PageBlock, broken: bool) -> bool:
        """Whether a paragraph ends with its last row: in plain text it does where that closes a sentence."""
        if not broken or self.is_markdown:
            return False
        return _CLOSED.search(self.text[max(block.start, block.end - _TAIL_CHARACTERS) : block.end]) is not None

    def _is_header(self, line: Line) -> bool:
        """Whether the row below is one of dashes, that parts a table's header from its body."""
        newline = NEWLINE.search(self.text, line.end)
        if newline is None:
            return False
        end = NEWLINE.search(self.text, newline.end())
        return bool(_DELIMITERS.fullmatch(self.text, newline.end(), end.start() if end else len(self.text)))
