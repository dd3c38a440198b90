"""Writes blocks down as Markdown: the canonical text of every format that has none of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape as html_escape
from itertools import pairwise

from assistant.documents.formats.blocks import (
    PAGE,
    Block,
    Break,
    Closing,
    Code,
    Footnote,
    Heading,
    Item,
    Opening,
    Paragraph,
    Table,
)

_CONTROLS = re.compile(r"[\x00-\x01\x04-\x08\x0b\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[^\S\n\f\u00a0\u202f]+")
_AROUND = re.compile(r" *(\n)[ \n]*")
_MARKS = re.compile(
    r"\\(?=[!-/:-@\[-`{-~\n]|\Z)"  # before punctuation
    r"|\*\*+|__+|(?<!\s)\*|\*(?!\s)|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)"
    r"|<(?=[A-Za-z/!?])|&(?=#?\w{1,40};)|`|(?<=\[)\^"
)
_LINKS = re.compile(r"\[(?=[^\[\]\n]*\][(\[])|(?<=[^\\])\](?=[(\[])|(?<=\])\[")
_OPENING = re.compile(
    r"(?P<head>#{1,6}(?=\s|\Z))|(?P<quote>>)|(?P<bullet>[-+*](?=\s|\Z))|(?P<number>\d{1,9}(?=[.)](?:\s|\Z)))"
    r"|(?P<fence>~{3,}|`{3,})|(?P<rule>(?:=+|[-_* |:]*[-_*][-_* |:]*)\Z)|(?P<bar>\|)|(?P<link>\[(?=[^\]]*\]:))"
)
_REFERENCES = re.compile("\x02([^\x02\x03]*)\x03")
_SAFE = re.compile(r"(?:[A-Za-z0-9$%(][A-Za-z0-9,:;$%()/'+-]*+\.?+(?: (?! |\Z))?+)*+")  # words that need no backslash
_BLANKS = re.compile(r"_{4,}")  # to be filled in
_LEADERS = re.compile(r"(?:\.[ \u00a0]?){5,}")
_ENDED = re.compile(r"[.,;:!?][\"'”’)]?\Z")
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Written:
    """A canonical text, and where in it pages begin."""

    text: str
    page_starts: tuple[int, ...]


def write(blocks: Iterable[Block], *, paged: bool = False) -> Written:
    """The blocks as Markdown. What would be a mark of Markdown by chance has a backslash before it.

    Of the emphasis only what is bold at the start of a paragraph is kept, for it may be a question, a label or a
    heading.
    """
    marked = _Writer().write(blocks)
    pages = marked.split(PAGE)
    text = "".join(pages).strip("\n") + "\n"
    if not paged:
        return Written(text, ())
    lead = len("".join(pages)) - len("".join(pages).lstrip("\n"))
    starts, at = [], -lead
    for page in pages:
        starts.append(min(max(at, 0), len(text)))
        at += len(page)
    return Written(text, tuple(starts))


class _Writer:
    """Writes one block after the other, and remembers the list items that are open."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.indents: list[int] = []  # the width of the marks of the open items
        self.listing = False  # whether the last block was an item, so that the next one may follow without a gap
        self.pages = ""  # the marks of pages that begin with the next block

    def write(self, blocks: Iterable[Block]) -> str:
        for block in blocks:
            self._write(block)
        return "".join(self.parts) + self.pages

    def _write(self, block: Block) -> None:
        if isinstance(block, Break):
            self.pages += PAGE
            return
        if isinstance(block, Item):
            self._item(block)
            return
        depth = 0 if isinstance(block, (Heading, Footnote)) else block.depth
        rows = self._rows(block)
        if not rows:
            return
        del self.indents[depth:]
        self._put(rows)

    def _rows(self, block: Block) -> list[str]:
        match block:
            case Heading():
                text = escaped(block.text.replace("\n", " "))
                text = re.sub(r"(#+)\Z", r"\\\1", text)
                return ["#" * min(max(block.level, 1), 6) + " " + text] if text else []
            case Paragraph():
                return _paragraph(block.text, block.bold)
            case Footnote():
                text = " ".join(_paragraph(block.text.replace("\n", " "), 0))
                return [f"[^{block.label}]: {text}"] if text else []
            case Table():
                return _table(block)
            case Code():
                return _code(block.text)
            case Opening():
                summary = " ".join(clean(block.summary).split())
                return ["<details>", f"<summary>{html_escape(summary, quote=False)}</summary>"]
            case Closing():
                return ["</details>"]
        return []

    def _item(self, block: Item) -> None:
        numbered = block.number.isdigit() and len(block.number) <= 9
        text, bold = block.text, block.bold
        if block.number and not numbered:
            text, bold = f"{block.number} {text}", bold and bold + len(block.number) + 1
        rows = _paragraph(text, bold)
        if not rows:
            return
        mark = f"{block.number}. " if numbered else "- "
        depth = min(block.depth, len(self.indents), _MAX_DEPTH)
        del self.indents[depth:]
        if block.done is not None:
            rows[0] = f"[{'x' if block.done else ' '}] {rows[0]}"
        head, self.pages = self.pages + _leading_page(rows), ""
        first = head + " " * sum(self.indents) + mark + rows[0]
        self.indents.append(len(mark))
        inner = " " * sum(self.indents)
        gap = "\n" if self.listing else "\n\n"
        self.parts.append(gap + "\n".join([first, *(inner + row for row in rows[1:])]))
        self.listing = True

    def _put(self, rows: list[str]) -> None:
        indent = " " * sum(self.indents)
        head, self.pages = self.pages + _leading_page(rows), ""
        self.parts.append("\n\n" + head + "\n".join(indent + row if row else row for row in rows))
        self.listing = False


def clean(text: str) -> str:
    """The text without control characters, with single spaces; forced ends of lines and marks of pages stay."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    if "____" in text:
        text = _BLANKS.sub(" ", text)
    if ". . . ." in text or "....." in text:
        text = _LEADERS.sub(" \u2026 ", text)
    return _AROUND.sub(r"\1", _SPACES.sub(" ", text)).strip(" \n\u00a0\u202f")


def escaped(text: str, *, bold: bool = False) -> str:
    """A clean text, in which Markdown sees no marks. A mark that has no partner needs no backslash."""
    text = clean(text)
    counts = {mark: 2 if bold else text.count(mark) for mark in "*_`"}

    def shield(match: re.Match[str]) -> str:
        mark = match[0]
        if mark[0] in counts and len(mark) == 1 and counts[mark] < 2:
            return mark
        return "".join("\\" + character for character in mark)

    text = _MARKS.sub(shield, text)
    if "](" in text or "][" in text:
        text = _LINKS.sub(lambda match: "\\" + match[0], text)
    return _REFERENCES.sub(r"[^\1]", text)


def _paragraph(text: str, bold: int) -> list[str]:
    """The rows of a paragraph; a row that ends by force has two spaces at its end."""
    lead = text[:bold].rstrip()
    rest = text[len(lead) :]
    head = escaped(lead, bold=True).replace("\n", " ") if bold else ""
    if head and (not rest.strip(PAGE) or rest[0].isspace() or (head[-1].isalnum() and not rest[0].isalnum())):
        tail = escaped(rest, bold=True)
        gap = "" if not tail or not rest[0].isspace() else "\n" if rest.lstrip(" ").startswith("\n") else " "
        first, *others = f"**{head}**{gap}{tail}".split("\n")
        return _broken([first, *map(_opened, others)])
    return _broken([_opened(row) for row in escaped(text).split("\n") if row])


def _broken(rows: list[str]) -> list[str]:
    return [row + "  " for row in rows[:-1]] + rows[-1:]


def _opened(row: str) -> str:
    """The row, with a backslash before what would begin a heading, a list, a rule or a table."""
    head = row[: len(row) - len(row.lstrip(PAGE + " "))]
    row = row[len(head) :]
    match = _OPENING.match(row)
    if match is None or (match["bar"] and not row.rstrip().endswith("|")):
        return head + row
    if match["number"]:
        return f"{head}{match['number']}\\{row[match.end() :]}"
    return head + ("" if row.startswith("\\") else "\\") + row


def _table(table: Table) -> list[str]:
    width = max((len(row) for row in table.rows), default=0)
    if table.header is not None:
        width = max(width, len(table.header))
    rows = [_row(row, width) for row in table.rows]
    if table.header is not None:
        return [_row(table.header, width), "|" + " --- |" * width, *rows]
    return rows


def _row(cells: Iterable[str], width: int) -> str:
    said = [_cell(cell) for cell in cells]
    said += [""] * (width - len(said))
    return "| " + " | ".join(said) + " |"


def _cell(text: str) -> str:
    if _SAFE.fullmatch(text):
        return text
    parts = [part for part in clean(text).split("\n") if part]
    joined = ""
    for above, part in pairwise(["", *parts]):
        gap = "" if not joined else " " if _ENDED.search(above) else "; "
        joined += gap + part
    return escaped(joined).replace("|", "\\|")


def _code(text: str) -> list[str]:
    rows = [_CONTROLS.sub("", row).rstrip() for row in text.expandtabs(4).strip("\n").split("\n")]
    if not any(rows):
        return []
    runs = [len(run) for run in re.findall(r"`+", text)]
    fence = "`" * max(3, *(run + 1 for run in runs), 3)
    return [fence, *rows, fence]


def _leading_page(rows: list[str]) -> str:
    """Takes the marks of a page from the start of the first row, to stand before its indent."""
    bare = rows[0].lstrip(PAGE)
    head = rows[0][: len(rows[0]) - len(bare)]
    rows[0] = bare
    return head
