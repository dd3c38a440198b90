"""The structure of Markdown: CommonMark with tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from assistant.documents.html_blocks import HtmlBlocks
from assistant.documents.markdown_rows import MarkdownRows, Span, content
from assistant.documents.structure import Structure, nest, settle, trim
from assistant.types import Line, LineKind

_CONTAINERS = re.compile(r"(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*")  # what may stand before a table's row
_DELIMITERS = re.compile(r"[|:\- \t]*-[|:\- \t]*")  # the line between a table's header and its body
_LEVEL_ONE = re.compile(r"\s*#(?!#)")
_UNDERLINE = re.compile(r"[ \t]*(?:\r\n?|\n)[ \t>]*=")
_FIRST = re.compile(r"<h1[\s>]", re.IGNORECASE)
_BOLD = re.compile(r"(\*\*\*?|__)(?=\S)(?P<said>(?:(?!\1).){1,300}?)\1(?P<mark>[?\uff1f]?)(?=\s|\Z|<br)", re.DOTALL)
_ASKED = re.compile(
    r"(?P<bold>\*\*|__)?(?:(?P<q>Q|Question|QUESTION)|A|Answer|ANSWER)[ ]?\d{0,3}[ ]?"
    r"(?:(?P<closed>\*\*|__)[:.\uff1a]|[:.\uff1a](?P<after>\*\*|__)?)(?:[ \t]+(?=\S)|\Z)"
)
_LISTING = re.compile(r"\s*(?:<(?:div|section|center)[^<>]*>\s*)*<(?:ul|ol|dl|table|menu)[\s>]", re.IGNORECASE)
_LISTS = ("bullet_list", "ordered_list")
_MAX_NESTING = 100


def structure(text: str) -> Structure:
    """The sections and lines of a Markdown text.

    Headings within a list or a quotation are lines but open no section. Tags, definitions of links and rules across
    the page give no lines. What answers a question that is set in bold or marked by "Q:" stands under it.
    """
    # The parser counts code points of the text that it is given; it would itself replace NUL, one for one.
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").disable("inline")
    env: dict[str, object] = {}
    root = SyntaxTreeNode(parser.parse(text, env))
    walk = _Walk(text, env)
    walk.read(root.children, None, top=True)
    sections = nest(walk.headings, len(text))
    return Structure(sections, settle(walk.done(), sections))


def title(text: str, read: Structure) -> str | None:
    """The title of the first heading of level 1, if there is one."""
    headings = [line for line in read.lines if line.kind == "heading"]
    for section, line in zip(read.sections, headings, strict=True):
        if len(section.path) == 1:
            opening = text[section.start : line.start]
            if _LEVEL_ONE.match(opening) or _FIRST.match(opening) or _UNDERLINE.match(text, line.end):
                return section.title
    return None


class _Walk(MarkdownRows):
    """Goes through the blocks of a text, in order, and gathers its headings and lines."""

    def __init__(self, text: str, env: dict[str, object]) -> None:
        super().__init__(text, env)
        self.headings: list[tuple[int, str, int]] = []
        self.lines: list[Line] = []
        self.html = HtmlBlocks(text, self.lines, self.headings)
        self.question: int | None = None  # what was asked last, in these blocks

    def done(self) -> list[Line]:
        """The lines; what introduces nothing after all is a sentence."""
        parents = {line.parent for line in self.lines}
        for n in self.html.leads - parents:
            self.lines[n] = replace(self.lines[n], kind="sentence")
        return self.lines

    def read(self, nodes: Sequence[SyntaxTreeNode], parent: int | None, *, top: bool = False) -> None:
        """Add the lines of these blocks; `parent` is the item that they stand in."""
        lead: int | None = None
        html, outer = self.html, (self.html.floor, self.question)
        html.floor, self.question = len(html.open), None
        for node, after in zip(nodes, [*nodes[1:], None], strict=False):
            if node.type == "html_block":
                self._html(node, html.under(parent) if self.question is None else self.question, top=top)
                lead = None
                continue
            if html.hidden:
                continue
            here = html.under(parent)
            if node.type in ("heading", "hr"):
                self.question = None
            elif node.type == "paragraph":
                if self._asks(node, after, here):
                    lead = None
                    continue
                if self._pieces(node) and _is_bold(content(node)):
                    self.question = None
            if self.question is not None:
                here = self.question
            above = here if lead is None else lead
            lead = None
            if node.type == "heading" and top and not html.holds_no_section():
                self._heading(node)
            elif node.type in ("heading", "paragraph"):
                lead = self._paragraph(node, here, above, introduces=after is not None and self._is_listing(after))
            elif node.type in _LISTS:
                for item in node.children:
                    self._item(item, above)
            elif node.type == "table":
                self._table(node, above)
            elif node.type in ("fence", "code_block"):
                self._add("code", _hull(self._pieces(node)), here)
            elif node.type == "blockquote":
                self.read(node.children, here)
        del html.open[html.floor :]
        html.floor, self.question = outer

    def _html(self, node: SyntaxTreeNode, parent: int | None, *, top: bool) -> None:
        """Read a block of HTML, without the marks of the containers that it stands in."""
        assert node.map is not None
        start, end = self.starts[node.map[0]], len(self.text)
        if node.map[1] < len(self.starts):
            end = self.starts[node.map[1]]
        if node.level == 0:
            self.html.read(self.text, start, end, parent, top=top)
        elif pieces := self._pieces(node):
            start, end = pieces[0][0], pieces[-1][1]
            self.html.read("".join(self._between(pieces)), 0, end - start, parent, top=top, offset=start)

    def _asks(self, node: SyntaxTreeNode, after: SyntaxTreeNode | None, parent: int | None) -> bool:
        """Add the lines of a paragraph of questions and answers; whether it is one."""
        pieces = self._pieces(node)
        if not pieces:
            return False
        if self._is_labelled(pieces, after):
            self._questions(pieces, parent)
            return True
        bold = _BOLD.match(self.text, pieces[0][0], pieces[-1][1])
        if bold is None or not (bold["mark"] or bold["said"].rstrip().endswith(("?", "\uff1f"))):
            return False
        rest = [(max(start, bold.end()), end) for start, end in pieces if end > bold.end()]
        rest = [span for span in (trim(self.text, *piece) for piece in rest) if span[0] < span[1]]
        if not rest and (after is None or after.type in ("heading", "hr")):
            return False
        self._ask(bold.span(), parent)
        if rest:
            self._sentence_lines(rest, self.question)
        return True

    def _ask(self, span: Span, parent: int | None) -> None:
        self.question = self._add("lead", span, parent)
        if self.question is not None:
            self.html.leads.add(self.question)

    def _is_labelled(self, pieces: Sequence[Span], after: SyntaxTreeNode | None) -> bool:
        """Whether rows of these begin with "Q:" and the like, and answers come after; or they go on with an answer."""
        first = _ASKED.match(self.text, *pieces[0])
        if first is None:
            return False
        if not first["q"]:
            return self.question is not None
        if any((label := _ASKED.match(self.text, *piece)) and not label["q"] for piece in pieces[1:]):
            return True
        following = self._pieces(after)[:1] if after is not None and after.type == "paragraph" else []
        label = _ASKED.match(self.text, *following[0]) if following else None
        return label is not None and not label["q"]

    def _questions(self, pieces: Sequence[Span], parent: int | None) -> None:
        parts: list[tuple[bool, str, list[Span]]] = []
        for start, end in pieces:
            label = _ASKED.match(self.text, start, end)
            if label:
                opened = (label["bold"] or "") if not (label["closed"] or label["after"]) else ""
                parts.append((label["q"] is not None, opened, []))
            parts[-1][2].append((label.end() if label else start, end))
        for asks, opened, found in parts:
            start, end = trim(self.text, found[0][0], found[-1][1])
            if opened and self.text.endswith(opened, start, end):
                end -= len(opened)
            found = [trim(self.text, max(a, start), min(b, end)) for a, b in found]
            found = [span for span in found if span[0] < span[1]]
            if asks:
                self.question = None
            if not found:
                continue
            if asks:
                self._ask((found[0][0], found[-1][1]), parent)
            else:
                self._sentence_lines(found, parent if self.question is None else self.question)

    def _sentence_lines(self, pieces: Sequence[Span], parent: int | None) -> None:
        for is_table, found in self._runs(self._split(pieces)):
            for span in found if is_table else self._sentences(found):
                if is_table:
                    self._row(span, parent)
                else:
                    self._add("sentence", span, parent)

    def _heading(self, node: SyntaxTreeNode) -> None:
        span = _hull(self._pieces(node))
        if span is not None and node.map is not None:
            span = self._without_tags(span)
            if span[0] >= span[1]:
                return
            name = self._title(content(node)) or self.text[slice(*span)]
            self.headings.append((int(node.tag[1:]), name, self.starts[node.map[0]]))
            self._add("heading", span, None)

    def _item(self, node: SyntaxTreeNode, parent: int | None) -> None:
        """One line for the item's first paragraph; all else in the item stands under it."""
        first, rest = node.children[:1], node.children[1:]
        if not first or first[0].type not in ("heading", "paragraph"):
            self.read(node.children, parent)
            return
        pieces = self._pieces(first[0])
        if self._runs_in(pieces, rest):
            self.read(node.children, parent)
            return
        span = _hull(pieces)
        span = self._without_tags(span) if span else None
        listing = bool(rest) and self._is_listing(rest[0])
        kind: LineKind = "lead" if span and listing and self._ends_with_colon(span) else "item"
        own = self._add(kind, span, parent)
        self.read(rest, parent if own is None else own)

    def _runs_in(self, pieces: Sequence[Span], rest: Sequence[SyntaxTreeNode]) -> bool:
        """Whether an item holds a question and, in the same paragraph, its answer."""
        if not pieces:
            return False
        if self._is_labelled(pieces, rest[0] if rest else None):
            return True
        bold = _BOLD.match(self.text, pieces[0][0], pieces[-1][1])
        asks = bold is not None and (bold["mark"] or bold["said"].rstrip().endswith(("?", "\uff1f")))
        return bool(asks and bold is not None and self.text[bold.end() : pieces[-1][1]].strip())

    def _paragraph(
        self, node: SyntaxTreeNode, parent: int | None, above: int | None, *, introduces: bool
    ) -> int | None:
        """Add sentences, and the rows of a table that lacks its header; gives the lead-in, if it ends in one."""
        lead = above
        runs = self._runs(self._split(self._pieces(node)))
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

    def _row(self, span: Span, parent: int | None) -> int | None:
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
        start, end = self._without_tags((start, end))
        return (
            self._add("row", (start, end), parent)
            if any(c.isalnum() for c in self.text[start:end]) or (start < end and "<" not in self.text[start:end])
            else None
        )

    def _add(self, kind: LineKind, span: Span | None, parent: int | None) -> int | None:
        """The position of the line just added; `None` when there is nothing in it."""
        if span is None or span[0] >= span[1]:
            return None
        self.lines.append(Line(kind, *span, parent=parent))
        return len(self.lines) - 1

    def _is_listing(self, node: SyntaxTreeNode) -> bool:
        if node.type == "html_block":
            return _LISTING.match(node.content) is not None
        return node.type in (*_LISTS, "table") or (
            node.type == "paragraph" and any(is_table for is_table, _ in self._runs(self._pieces(node))[:1])
        )


def _is_bold(content: str) -> bool:
    """Whether a paragraph is set in bold as a whole."""
    bold = _BOLD.match(content)
    return bold is not None and bold.end() == len(content)


def _hull(pieces: Sequence[Span]) -> Span | None:
    return (pieces[0][0], pieces[-1][1]) if pieces else None
