"""Lists of questions, in Markdown and in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assistant.languages.catalogue import say
from assistant.spreadsheets.encodings import decoded
from assistant.spreadsheets.tables import Table, names_a_question, table

OURS = "<!-- The questions are the headings of the second level. -->"  # what our own Markdown begins with
_FRONT = re.compile(r"\A---\r?\n.*?\n---\r?\n", re.DOTALL)  # YAML
_BOX = re.compile(r"\[[ xX]\]\s+")
_RULE = re.compile(r"([-=_*~#.])\1{2,}")
_COMMENT = re.compile(r"\s*(?:#+|//|;)\s")
_SIGNED = "--"  # the row above a signature
_MOST = 0.6  # where such a share of the lines asks, one that stands apart and asks nothing is a title or a note
_OTHERS = 3  # lines that are told to be left out, at most
# How a question without a question mark may begin.
_ASKING = re.compile(
    r"(?:what|which|who|whose|whom|when|where|why|how|is|are|do|does|did|can|could|should|must|will|would|may|has|have"
    r"|tell|explain|describe|list|name|give|show|compare|define|find)\b",
    re.IGNORECASE,
)
_MARKER = re.compile(
    r"\s*(?:[-*+\u2022\u2013\u00b7\u25cf\u25aa]|\(?(?:\d{1,4}|[a-zA-Z])[.)]|[Qq]\d*[:.])\s+(?:\[[ xX]\]\s+)?"
)


def read_markdown(data: bytes, *, encoding: str | None = None) -> Table:
    """The first table that has questions, else the list items and the headings that ask, else a table, else the lines.

    Where headings ask, list items do so only with a question mark: the others are of the answers.
    """
    content, notes = decoded(data, encoding)
    root = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(_FRONT.sub("", content)))
    if content.startswith(OURS):
        return _list((_text(node) for node in root.walk() if node.type == "heading" and node.tag == "h2"), notes)
    tables = [_records(node) for node in root.walk() if node.type == "table"]
    asked = _asked(root, alone=not any(node.type == "heading" and _asks(node) for node in root.walk()))
    if named := next((records for records in tables if names_a_question(records[0])), None):
        others = len(tables) > 1 or bool(asked)
        return table(named, notes=(*notes, *[say("batch.table_alone")] * others))
    if asked or not tables:
        return _list(asked or _lines(_written(root)), notes)
    return table(tables[0], notes=notes)


def read_text(data: bytes, *, encoding: str | None = None) -> Table:
    """The questions of a text file, one a line, without the marks of a list.

    Rules, comments and a signature are left out, and, where most lines ask, titles and notes between them.
    """
    content, notes = decoded(data, encoding)
    asked, others = _asked_lines(content)
    if others:
        shown = ", ".join(map(repr, others[:_OTHERS])) + (", …" if len(others) > _OTHERS else "")
        notes = (*notes, say("batch.lines_left_out", lines=say("batch.count_lines", count=len(others)), shown=shown))
    return _list(asked, notes)


def _records(node: SyntaxTreeNode) -> list[list[str]]:
    return [[_text(cell) for cell in row.children] for part in node.children for row in part.children]


def _asked(node: SyntaxTreeNode, *, alone: bool) -> list[str]:
    """The headings that ask, and the list items: if `alone`, also those without a question mark.

    An item that only heads others which ask is not one.
    """
    found: list[str] = []
    for child in node.children:
        if child.type == "heading":
            found += [_text(child)] if _asks(child) else []
        elif child.type == "list_item":
            own = _BOX.sub("", " ".join(_text(part) for part in child.children if part.type == "paragraph"), count=1)
            below = [part for part in child.children if part.type in ("bullet_list", "ordered_list")]
            nested = [one for part in below for one in _asked(part, alone=alone)]
            asking = [one for one in nested if one.endswith("?")]
            if own.endswith("?"):
                found += [own, *asking]
            elif asking or not own:
                found += nested
            elif alone:
                found.append(own)
        elif child.type in ("bullet_list", "ordered_list", "blockquote"):
            found += _asked(child, alone=alone)
    return found


def _asks(node: SyntaxTreeNode) -> bool:
    return _text(node).endswith("?")


def _written(root: SyntaxTreeNode) -> str:
    """The lines of paragraphs and of code, without their marks."""
    parts = [node for node in root.walk() if node.type in ("paragraph", "fence", "code_block")]
    return "\n".join(_text(node, "\n") if node.type == "paragraph" else node.content for node in parts)


def _text(node: SyntaxTreeNode, end: str = " ") -> str:
    """The text of a block without its marks; `end` is what its lines end with."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return end
    return "".join(_text(child, end) for child in node.children) if node.type != "html_inline" else ""


class _Line(NamedTuple):
    """A line of a text file."""

    said: str
    is_listed: bool  # whether it has the mark of a list
    is_title: bool  # whether it ends with a colon, or a rule stands below it
    opens: bool  # whether nothing stands right above it

    @property
    def asks(self) -> bool:
        return self.said.endswith(("?", "\uff1f", "\u061f")) or _ASKING.match(self.said) is not None


def _asked_lines(content: str) -> tuple[list[str], list[str]]:
    """The lines that are questions, and those that are none."""
    lines: list[_Line] = []
    rows = content.splitlines()
    for n, row in enumerate(rows):
        if row.rstrip() == _SIGNED and lines:
            break
        mark = _MARKER.match(row)
        said = row[mark.end() if mark else 0 :].strip()
        if said and not _RULE.fullmatch(said) and not _COMMENT.match(row):
            ruled = n + 1 < len(rows) and _RULE.fullmatch(rows[n + 1].strip()) is not None
            lines.append(_Line(said, mark is not None, ruled or said.endswith(":"), not n or not rows[n - 1].strip()))
    listed = sum(line.asks and line.is_listed for line in lines) > 1
    mostly = len(lines) > 2 and sum(line.asks for line in lines) >= _MOST * len(lines)
    asked: list[str] = []
    others: list[str] = []
    for line in lines:
        is_loose = not line.is_listed if listed else line.opens
        is_left_out = not line.asks and (listed or mostly) and (line.is_title or is_loose)
        (others if is_left_out else asked).append(line.said)
    return (asked, others) if asked else (others, [])


def _lines(content: str) -> list[str]:
    lines = (line[mark.end() if (mark := _MARKER.match(line)) else 0 :].strip() for line in content.splitlines())
    return [line for line in lines if line]


def _list(questions: Iterable[str], notes: tuple[str, ...]) -> Table:
    rows = tuple((question.strip(),) for question in questions)
    return Table(("question",) if rows else (), rows, notes=notes)
