"""Lists of questions, in Markdown and in plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assistant.batch.encodings import decoded
from assistant.batch.tables import QUESTION_NAMES, Table, plain_name, table

OURS = "<!-- The questions are the headings of the second level. -->"  # what our own Markdown begins with
BOX = re.compile(r"\[[ xX]\]\s+")
MARKER = re.compile(
    r"\s*(?:[-*+\u2022\u2013\u00b7\u25cf\u25aa]|\(?(?:\d{1,4}|[a-zA-Z])[.)]|[Qq]\d*[:.])\s+(?:\[[ xX]\]\s+)?"
)


def read_markdown(data: bytes, *, encoding: str | None = None) -> Table:
    """The first table that has questions, else the list items and the headings that ask, else the lines."""
    content, notes = decoded(data, encoding)
    root = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(content))
    if content.startswith(OURS):
        return _list((_text(node) for node in root.walk() if node.type == "heading" and node.tag == "h2"), notes)
    for node in root.walk():
        if node.type == "table":
            records = [[_text(cell) for cell in row.children] for part in node.children for row in part.children]
            if {plain_name(name) for name in records[0]} & {*QUESTION_NAMES}:
                return table(records, notes=notes)
    return _list(_asked(root) or _lines(content), notes)


def read_text(data: bytes, *, encoding: str | None = None) -> Table:
    """The questions of a text file, one a line, without the marks of a list."""
    content, notes = decoded(data, encoding)
    return _list(_lines(content), notes)


def _asked(node: SyntaxTreeNode) -> list[str]:
    """The list items and the headings that ask. An item that only heads others which ask is not one."""
    found: list[str] = []
    for child in node.children:
        if child.type == "heading":
            found += [title] if (title := _text(child)).endswith("?") else []
        elif child.type == "list_item":
            own = BOX.sub("", " ".join(_text(part) for part in child.children if part.type == "paragraph"), count=1)
            below = [part for part in child.children if part.type in ("bullet_list", "ordered_list")]
            nested = [one for part in below for one in _asked(part)]
            heads = not own.endswith("?") and any(one.endswith("?") for one in nested)
            found += nested if heads or not own else [own]
        elif child.type in ("bullet_list", "ordered_list", "blockquote"):
            found += _asked(child)
    return found


def _text(node: SyntaxTreeNode) -> str:
    """The text of a block without its marks."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(map(_text, node.children)) if node.type != "html_inline" else ""


def _lines(content: str) -> list[str]:
    lines = (MARKER.sub("", line, count=1).strip() for line in content.splitlines())
    return [line for line in lines if line]


def _list(questions: Iterable[str], notes: tuple[str, ...]) -> Table:
    rows = tuple((question.strip(),) for question in questions)
    return Table(("question",) if rows else (), rows, notes=notes)
