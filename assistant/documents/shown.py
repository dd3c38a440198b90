"""A line's text as it is shown to people: its words, without the marks of Markdown and HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from assistant.documents.tags import KNOWN, last_closings, tags
from assistant.types import Document, Line, LineKind

CELLS = " \u00b7 "  # what stands between the cells of a row

_QUOTE = re.compile(r"(?<=[\r\n])[ \t]*>[ \t>]*")
_LEADING = re.compile(r"\s*(?:>[\s>]*)?(?P<heading>#{1,6}\s+(?=\S))?")
_ATTRIBUTES = re.compile(r"\s*\{[:#.][^{}]*\}\s*\Z")
_CLOSING = re.compile(r"\s+#+\s*\Z")
_BAR = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"\s*:?-+:?\s*")
_REFERENCE = re.compile(r"!?\[([^\[\]]+)\](?:\[[^\[\]]*\])")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_STRAY = re.compile(r"(?<!\S)(?:\*{2,3}|_{2,3})(?=\S)|(?<=\S)(?:\*{2,3}|_{2,3})(?=[\s.,;:!?)]|\Z)")
_KEPT = str.maketrans("*_", "\ue000\ue001")  # those that are no marks, while stray marks are taken out
_BACK = str.maketrans("\ue000\ue001", "*_")
_KEPT_ALREADY = re.compile("[\ue000\ue001]")
_LONGEST = 1_000  # characters that are parsed at once, for the parser's time grows with their square
_APART = re.compile("br|p|div|li|d[dt]|t[dhr]|h[1-6]|summary|details|table|[uod]l")  # words on both sides are two
_PARSER = MarkdownIt("commonmark", {"maxNesting": 50}).disable("text_join")


def shown_line(document: Document, line: Line) -> str:
    """The words of a line of the document."""
    text = document.text[line.start : line.end]
    if not document.is_markdown:
        return text if line.kind == "code" else " ".join(text.split())
    return shown(text, line.kind)


def shown(text: str, kind: LineKind = "sentence") -> str:
    """The words of a piece of Markdown, on one line; code stays as it is.

    Emphasis, links, images, tags and marks of headings go, entities become their characters, and a row's bars stand
    as middle dots. Each character shown stands in the text, in this order, apart from those.
    """
    if kind == "code":
        return text
    text = _QUOTE.sub("", text)
    if kind == "row":
        return CELLS.join(cell for cell in shown_cells(text) if cell)
    leading = _LEADING.match(text)
    if leading is not None:
        text = text[leading.end() :]
    text = _ATTRIBUTES.sub("", text)
    if kind == "heading" or (leading is not None and leading["heading"]):
        text = _CLOSING.sub("", text)
    return _words(text)


def shown_cells(row: str) -> list[str]:
    """The words of each cell of a row of Markdown or of HTML, of empty ones too."""
    return [_words(cell) for cell in _cells(_QUOTE.sub("", row)) if not _RULE.fullmatch(cell)]


def _cells(text: str) -> list[str]:
    parts: list[str] = []
    at = 0
    for tag in tags(text, 0, len(text), markdown=True):
        if tag.name in ("td", "th"):
            parts.append(text[at : tag.start])
            at = tag.end
    parts.append(text[at:])
    if len(parts) > 1:
        return [part for part in parts if part.strip()]
    return [cell.replace("\\|", "|") for cell in _BAR.split(text)]


def _words(text: str) -> str:
    text = _FOOTNOTE.sub("", _REFERENCE.sub(r"\1", " ".join(text.split())))
    closed = set(last_closings(text))
    kept = {} if _KEPT_ALREADY.search(text) else _KEPT
    said: list[str] = []
    start = 0
    while start < len(text):
        end = len(text) if len(text) - start <= _LONGEST else text.rfind(" ", start + 1, start + _LONGEST) + 1
        end = end or start + _LONGEST
        said += _parts(_PARSER.parseInline(text[start:end])[0].children or [], closed, kept)
        start = end
    whole = "".join(said)
    if kept:
        whole = _STRAY.sub("", whole).translate(_BACK)
    return " ".join(whole.split())


def _parts(tokens: Sequence[Token], closed: set[str], kept: dict[int, int]) -> list[str]:
    parts: list[str] = []
    hidden: str | None = None
    for token in tokens:
        if token.type == "html_inline":
            tag = next(tags(token.content, 0, len(token.content), closings=dict.fromkeys(closed, 0)), None)
            if hidden is not None:
                hidden = None if tag is not None and tag.closes and tag.name == hidden else hidden
            elif tag is None:
                parts.append(token.content.translate(kept))  # a placeholder, like `<host>`
            elif tag.hides and not tag.empty and tag.name in closed:
                hidden = tag.name
            elif tag.empty or tag.name not in KNOWN or _APART.fullmatch(tag.name):
                parts.append(" ")
        elif hidden is not None:
            continue
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts += _parts(token.children or [], closed, kept)
        elif token.type == "text":
            parts.append(token.content)
        else:
            parts.append(token.content.translate(kept))
    return parts
