"""The structure of Markdown: CommonMark with tables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from assistant.documents.structure import Structure, nest, sentences, settle, trim
from assistant.types import Line, LineKind

_ROW = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_CONTAINERS = re.compile(r"(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*")  # what may stand before a table's row
_DELIMITERS = re.compile(r"[|:\- \t]*-[|:\- \t]*")  # the line between a table's header and its body
_LEVEL_ONE = re.compile(r"\s*#(?!#)")
_UNDERLINE = re.compile(r"[ \t]*(?:\r\n?|\n)[ \t>]*=")
_LISTS = ("bullet_list", "ordered_list")
_TITLE_CHARACTERS = 300  # a longer heading is a title cut off here, with its markup
_MAX_NESTING = 100

_Span = tuple[int, int]


def structure(text: str) -> Structure:
    """The sections and lines of a Markdown text.

    Headings within a list or a quotation are lines but open no section. HTML, definitions of links and rules across
    the page give no lines.
    """
    # The parser counts code points of the text that it is given; it would itself replace NUL, one for one.
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").disable("inline")
    env: dict[str, object] = {}
    root = SyntaxTreeNode(parser.parse(text, env))
    walk = _Walk(text, env)
    walk.read(root.children, None, top=True)
    sections = nest(walk.headings, len(text))
    return Structure(sections, settle(walk.lines, sections))


def title(text: str, read: Structure) -> str | None:
    """The title of the first heading of level 1, if there is one."""
    titles = {section.start: section.title for section in read.sections}
    for line in read.lines:
        if line.kind == "heading" and len(line.section_path) == 1:
            start = max(text.rfind("\n", 0, line.start), text.rfind("\r", 0, line.start)) + 1
            if _LEVEL_ONE.match(text, start) or _UNDERLINE.match(text, line.end):
                return titles[start]
    return None


class _Walk:
    """Goes through the blocks of a text, in order, and gathers its headings and lines."""

    def __init__(self, text: str, env: dict[str, object]) -> None:
        self.text = text
        self.shown = text.replace("\0", "\ufffd")  # as the parser shows it, of the same length
        self.env = env
        self.inline = MarkdownIt("commonmark")
        self.starts = [match.start() for match in _ROW.finditer(text)]
        self.headings: list[tuple[int, str, int]] = []
        self.lines: list[Line] = []

    def read(self, nodes: Sequence[SyntaxTreeNode], parent: int | None, *, top: bool = False) -> None:
        """Add the lines of these blocks; `parent` is the item that they stand in."""
        lead: int | None = None
        for node, after in zip(nodes, [*nodes[1:], None], strict=False):
            above = parent if lead is None else lead
            lead = None
            if node.type == "heading" and top:
                self._heading(node)
            elif node.type in ("heading", "paragraph"):
                lead = self._paragraph(node, parent, above, introduces=after is not None and self._is_listing(after))
            elif node.type in _LISTS:
                for item in node.children:
                    self._item(item, above)
            elif node.type == "table":
                self._table(node, above)
            elif node.type in ("fence", "code_block"):
                self._add("code", _hull(self._pieces(node)), parent)
            elif node.type == "blockquote":
                self.read(node.children, parent)

    def _heading(self, node: SyntaxTreeNode) -> None:
        span = _hull(self._pieces(node))
        if span is not None and node.map is not None:
            name = self._title(_content(node)) or self.text[slice(*span)]
            self.headings.append((int(node.tag[1:]), name, self.starts[node.map[0]]))
            self._add("heading", span, None)

    def _item(self, node: SyntaxTreeNode, parent: int | None) -> None:
        """One line for the item's first paragraph; all else in the item stands under it."""
        first, rest = node.children[:1], node.children[1:]
        if not first or first[0].type not in ("heading", "paragraph"):
            self.read(node.children, parent)
            return
        span = _hull(self._pieces(first[0]))
        listing = bool(rest) and self._is_listing(rest[0])
        kind: LineKind = "lead" if span and listing and self._ends_with_colon(span) else "item"
        own = self._add(kind, span, parent)
        self.read(rest, parent if own is None else own)

    def _paragraph(
        self, node: SyntaxTreeNode, parent: int | None, above: int | None, *, introduces: bool
    ) -> int | None:
        """Add sentences, and the rows of a table that lacks its header; gives the lead-in, if it ends in one."""
        lead = above
        runs = self._runs(self._pieces(node))
        for (is_table, pieces), after in zip(runs, [*runs[1:], None], strict=False):
            if is_table:
                for piece in pieces:
                    self._row(piece, lead)
                lead = parent
                continue
            spans = self._sentences(pieces)
            leads = after[0] if after else introduces
            for span in spans:
                last = leads and span == spans[-1] and self._ends_with_colon(span)
                added = self._add("lead" if last else "sentence", span, parent)
                lead = added if last else parent
        return None if lead == parent else lead

    def _table(self, node: SyntaxTreeNode, parent: int | None) -> None:
        header: int | None = None
        for part in node.children:
            for row in part.children:
                assert row.map is not None
                start, end = self._line(row.map[0])
                containers = _CONTAINERS.match(self.text, start, end) if node.level else None
                span = (containers.end() if containers else start, end)
                added = self._row(span, parent if header is None else header)
                header = added if part.type == "thead" else header

    def _row(self, span: _Span, parent: int | None) -> int | None:
        """Add what stands between the outer pipes; nothing for a line of dashes."""
        start, end = trim(self.text, *span)
        if _DELIMITERS.fullmatch(self.text, start, end):
            return None
        while start < end and (self.text[start] == "|" or self.text[start].isspace()):
            start += 1
        while end > start and (self.text[end - 1] == "|" or self.text[end - 1].isspace()):
            if self.text[end - 2 : end] == "\\|":
                break
            end -= 1
        return self._add("row", (start, end), parent)

    def _add(self, kind: LineKind, span: _Span | None, parent: int | None) -> int | None:
        """The position of the line just added; `None` when there is nothing in it."""
        if span is None or span[0] >= span[1]:
            return None
        self.lines.append(Line(kind, *span, parent=parent))
        return len(self.lines) - 1

    def _is_listing(self, node: SyntaxTreeNode) -> bool:
        return node.type in (*_LISTS, "table") or (
            node.type == "paragraph" and any(is_table for is_table, _ in self._runs(self._pieces(node))[:1])
        )

    def _ends_with_colon(self, span: _Span) -> bool:
        return self.text[max(span[0], span[1] - 8) : span[1]].rstrip("*_ \t").endswith((":", "\uff1a"))

    def _runs(self, pieces: Sequence[_Span]) -> list[tuple[bool, list[_Span]]]:
        """A paragraph's rows in runs that belong together, each with whether it is a table that lacks its header.

        A hard line break ends a run.
        """
        runs: list[tuple[bool, list[_Span]]] = []
        broken = True
        for start, end in pieces:
            is_row = end - start > 1 and self.text[start] == self.text[end - 1] == "|"
            if broken or runs[-1][0] != is_row:
                runs.append((is_row, []))
            broken = not is_row and self._breaks_after(end)
            slash = broken and (start, end) != pieces[-1] and self.text[end - 1] == "\\"
            runs[-1][1].append(trim(self.text, start, end - 1) if slash else (start, end))
        return [(is_table and len(found) > 1, found) for is_table, found in runs]

    def _breaks_after(self, end: int) -> bool:
        return self.text.startswith("  ", end) or self.text[end - 1] == "\\"

    def _sentences(self, pieces: Sequence[_Span]) -> list[_Span]:
        """The sentences of these rows; the marks of a quotation, which stand between rows, count as spaces."""
        shown: list[str] = []
        reached = first = pieces[0][0]
        for start, end in pieces:
            shown += (" " * (start - reached), self.text[start:end])
            reached = end
        return [(first + start, first + end) for start, end in sentences("".join(shown), 0, reached - first)]

    def _pieces(self, node: SyntaxTreeNode) -> list[_Span]:
        """Where the block's content stands, row by row, without the marks before it and the white space around."""
        assert node.map is not None
        wanted = [row for row in (row.strip() for row in _content(node).split("\n")) if row]
        spans: list[_Span] = []
        first, last = node.map
        for number in range(first + (node.type == "fence"), min(last, len(self.starts))):
            if len(spans) == len(wanted):
                break
            start, end = trim(self.text, *self._line(number))
            want = wanted[len(spans)]
            if node.type == "heading" and node.markup.startswith("#"):
                start, _ = trim(self.text, self.text.index("#", start) + len(node.markup), end)
                spans.append((start, start + len(want)))
            elif self.shown.startswith(want, end - len(want)) and end - len(want) >= start:
                spans.append((end - len(want), end))
        return spans

    def _line(self, number: int) -> _Span:
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.starts[number], end

    def _title(self, content: str) -> str:
        if len(content) > _TITLE_CHARACTERS:
            return " ".join(content[:_TITLE_CHARACTERS].split())
        return " ".join(_plain(self.inline.parseInline(content, self.env)[0].children or []).split())


def _content(node: SyntaxTreeNode) -> str:
    """The block's own text, as the parser gives it."""
    return node.content if node.type in ("fence", "code_block") else node.children[0].content


def _hull(pieces: Sequence[_Span]) -> _Span | None:
    return (pieces[0][0], pieces[-1][1]) if pieces else None


def _plain(tokens: Sequence[Token]) -> str:
    """Inline text without its markup; an image gives its description."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(_plain(token.children or []))
        elif token.type != "html_inline":
            parts.append(token.content)
    return "".join(parts)
