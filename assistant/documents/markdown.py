"""The structure of Markdown: CommonMark with tables, definition lists, footnotes and admonitions."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from assistant.documents.admonitions import KINDS, introduction, is_quoted
from assistant.documents.fields import asks, bare
from assistant.documents.markdown_questions import BOLD, MarkdownQuestions
from assistant.documents.markdown_rows import Span, content
from assistant.documents.structure import Structure, nest, settle, trim
from assistant.types import Line, LineKind

_CONTAINERS = re.compile(r"(?:[ \t>]|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))*")  # what may stand before a table's row
_LEVEL_ONE = re.compile(r"\s*#(?!#)")
_UNDERLINE = re.compile(r"[ \t]*(?:\r\n?|\n)[ \t>]*=")
_FIRST = re.compile(r"<h1[\s>]", re.IGNORECASE)
_LISTING = re.compile(r"\s*(?:<(?:div|section|center)[^<>]*>\s*)*<(?:ul|ol|dl|table|menu)[\s>]", re.IGNORECASE)
_LISTS = ("bullet_list", "ordered_list")
_FENCE = re.compile(r"!!!|\?\?\?|:::")  # before what an admonition says of itself
_SUMMARY = re.compile(r"<(?:summary|h[1-6])[\s>]", re.IGNORECASE)
_REFERENCE = re.compile(r"\[\^(?P<label>[^\[\]\s]+)\](?!:)")
_NAME = re.compile(r"(?![\d$\u20ac\u00a3]).*[^\W\d_]{3}|\d{1,3}[.)].*[^\W\d_]{3}", re.DOTALL)
_NAME_CHARACTERS, _NAME_WORDS = 80, 12  # of a bold line that is a heading
_BOLD_LEVEL = 7  # of such a heading, below all others
_MAX_NESTING = 100


def structure(text: str) -> Structure:
    """The sections and lines of a Markdown text.

    Headings within a list or a quotation are lines but open no section. Tags, definitions of links and rules across
    the page give no lines. What answers a question that is set in bold or marked by "Q:" stands under it.
    """
    # The parser counts code points of the text that it is given; it would itself replace NUL, one for one.
    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table").disable("inline")
    parser.use(deflist_plugin).use(admon_plugin).use(footnote_plugin, inline=False, move_to_end=False)
    parser.use(container_plugin, "block", validate=lambda params, _: bool(params.strip()))
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


class _Walk(MarkdownQuestions):
    """Goes through the blocks of a text, in order, and gathers its headings and lines."""

    def __init__(self, text: str, env: dict[str, object]) -> None:
        super().__init__(text, env)
        self.notes: list[tuple[str, int, int]] = []  # each footnote's label, its first line and the one after its last

    def done(self) -> list[Line]:
        """The lines; what introduces nothing after all is a sentence."""
        parents = {line.parent for line in self.lines}
        for n in self.html.leads - parents:
            self.lines[n] = replace(self.lines[n], kind="sentence")
        self._refer()
        return self.lines

    def _refer(self) -> None:
        """Put footnotes under the line that refers to them."""
        if not self.notes:
            return
        starts = [line.start for line in self.lines]
        places: dict[str, int] = {}
        for match in _REFERENCE.finditer(self.text):
            n = bisect_right(starts, match.start()) - 1
            if n >= 0 and match.start() < self.lines[n].end and self.lines[n].kind in ("sentence", "item", "row"):
                places.setdefault(match["label"], n)
        for label, first, end in self.notes:
            place = places.get(label, first)
            for n in range(first, end):
                if place < first and self.lines[n].parent is None:
                    self.lines[n] = replace(self.lines[n], parent=place)

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
                if self._bold_heading(node, after, html.under(parent), top=top):
                    lead = None
                    continue
            if self.question is not None:
                here = self.question
            above = here if lead is None else lead
            lead = None
            if node.type == "heading" and top and not html.holds_no_section():
                self._heading(node)
            elif node.type in ("heading", "paragraph"):
                introduces = after is not None and self._is_listing(after)
                lead = self._paragraph(self._pieces(node), here, above, introduces=introduces)
            elif node.type in _LISTS:
                for item in node.children:
                    self._item(item, above)
            elif node.type == "table":
                self._table(node, above)
            elif node.type in ("fence", "code_block"):
                self._add("code", _hull(self._pieces(node)), here)
            elif node.type == "blockquote":
                self._quotation(node, here)
            elif node.type == "dl":
                self._definitions(node, above)
            elif node.type in ("admonition", "container_block"):
                self._admonition(node, here, top=top)
            elif node.type == "footnote_reference":
                first = len(self.lines)
                self.read(node.children, parent)
                self.notes.append((str(node.meta.get("label")), first, len(self.lines)))
        del html.open[html.floor :]
        html.floor, self.question = outer

    def _html(self, node: SyntaxTreeNode, parent: int | None, *, top: bool) -> None:
        """Read a block of HTML, without the marks of the containers that it stands in."""
        assert node.map is not None
        if self.question is not None and _SUMMARY.search(node.content):
            parent = None if parent == self.question else parent
            self.question = None
        start, end = self.starts[node.map[0]], len(self.text)
        if node.map[1] < len(self.starts):
            end = self.starts[node.map[1]]
        if node.level == 0:
            self.html.read(self.text, start, end, parent, top=top)
        elif pieces := self._pieces(node):
            start, end = pieces[0][0], pieces[-1][1]
            self.html.read("".join(self._between(pieces)), 0, end - start, parent, top=top, offset=start)

    def _bold_heading(
        self, node: SyntaxTreeNode, after: SyntaxTreeNode | None, parent: int | None, *, top: bool
    ) -> bool:
        """Add the lines of a paragraph whose first row is a heading by its bold type alone; whether it is one."""
        pieces = self._pieces(node)
        bold = BOLD.match(self.text, *pieces[0]) if pieces else None
        if bold is None or bold.end() != pieces[0][1] or bold["mark"] or not _names(bold["said"]):
            return False
        rest, colon = list(pieces[1:]), bold["said"].rstrip().endswith(":")
        if rest:
            below = self.text[slice(*rest[0])]
            if colon or below[0].islower() or BOLD.match(below) or not self._breaks(pieces[0], rest[0]):
                return False
        elif after is None or not self._stands_over(bold["said"], after):
            return False
        self.question = None
        opens = top and not self.html.holds_no_section()
        if opens and node.map is not None:
            title = self._title(self.text[slice(*pieces[0])]).rstrip(":")
            self.headings.append((_BOLD_LEVEL, title, self.starts[node.map[0]]))
            self._add("heading", pieces[0], None)
            self.under_question = False
        elif rest:
            parent = self._lead(pieces[0], parent)
        else:
            return False
        if rest:
            self._paragraph(rest, None if opens else parent, None if opens else parent, introduces=False)
        return True

    def _stands_over(self, said: str, after: SyntaxTreeNode) -> bool:
        """Whether bold words that stand alone are the heading of what comes after them."""
        if after.type in ("heading", "hr") or (after.type == "paragraph" and _is_bold(content(after))):
            return False
        if bare(said).strip(" :").casefold() in KINDS:
            return False
        return not (said.rstrip().endswith(":") and self._is_listing(after))

    def _breaks(self, bold: Span, after: Span) -> bool:
        """Whether a bold row stands for itself: its line is broken by a mark, or short of where the next one ends."""
        room = len(self.text[slice(*after)].split(maxsplit=1)[0]) + 1
        return self._breaks_after(bold[1]) or bold[1] - bold[0] + room <= max(after[1] - after[0], _NAME_CHARACTERS)

    def _quotation(self, node: SyntaxTreeNode, parent: int | None) -> None:
        first = node.children[0] if node.children else None
        pieces = self._pieces(first) if first is not None and first.type == "paragraph" else []
        if not pieces or not is_quoted(row := self.text[slice(*pieces[0])]):
            self.read(node.children, parent)
            return
        span = introduction(row)
        at = pieces[0][0]
        lead = self._lead((at + span[0], at + span[1]) if span else None, parent)
        if pieces[1:]:
            following = node.children[1] if node.children[1:] else None
            self._paragraph(pieces[1:], lead, lead, introduces=following is not None and self._is_listing(following))
        self.read(node.children[1:], lead)

    def _admonition(self, node: SyntaxTreeNode, parent: int | None, *, top: bool) -> None:
        """What stands in it, under its title or its kind; what only lays out the page says nothing of itself."""
        assert node.map is not None
        start, end = trim(self.text, *self._line(node.map[0]))
        mark = _FENCE.search(self.text, start, end)
        span = introduction(self.text[mark.start() : end]) if mark else None
        held = [child for child in node.children if child.type != "admonition_title"]
        if mark is None or span is None:
            self.read(held, parent, top=top and node.type == "container_block")
            return
        self.read(held, self._lead((mark.start() + span[0], mark.start() + span[1]), parent))

    def _definitions(self, node: SyntaxTreeNode, parent: int | None) -> None:
        """Terms, each with its meanings under it."""
        term: int | None = parent
        for child in node.children:
            if child.type == "dt":
                term = self._lead(_hull(self._pieces(child)), parent)
            else:
                self._item(child, term)

    def _heading(self, node: SyntaxTreeNode) -> None:
        span = _hull(self._pieces(node))
        if span is not None and node.map is not None:
            span = self._without_tags(span)
            if span[0] >= span[1]:
                return
            name = self._title(content(node)) or self.text[slice(*span)]
            self.under_question = name.endswith(("?", "\uff1f"))
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
        if own is not None and span and asks(self.text[slice(*span)]) and len(self.lines) > own + 1:
            self.lines[own] = replace(self.lines[own], kind="lead")  # what stands in the item answers it

    def _paragraph(
        self, pieces: Sequence[Span], parent: int | None, above: int | None, *, introduces: bool
    ) -> int | None:
        """Add sentences, and the rows of a table that lacks its header; gives the lead-in, if it ends in one."""
        lead = above
        runs = self._runs(self._split(pieces))
        for (is_table, found), after in zip(runs, [*runs[1:], None], strict=False):
            if is_table:
                for piece in found:
                    self._row(piece, lead)
                lead = parent
                continue
            spans = self._sentences(found)
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

    def _is_listing(self, node: SyntaxTreeNode) -> bool:
        if node.type == "html_block":
            return _LISTING.match(node.content) is not None
        return node.type in (*_LISTS, "table", "dl") or (
            node.type == "paragraph" and any(is_table for is_table, _ in self._runs(self._pieces(node))[:1])
        )


def _is_bold(content: str) -> bool:
    """Whether a paragraph is set in bold as a whole."""
    bold = BOLD.match(content)
    return bold is not None and bold.end() == len(content)


def _names(said: str) -> bool:
    """Whether bold words can be a heading: few of them, without closing punctuation, and not a mere figure."""
    said = said.strip()
    short = len(said) <= _NAME_CHARACTERS and len(said.split()) <= _NAME_WORDS
    return short and _NAME.match(said) is not None and not said.endswith((".", "!", "?", ";", ",", "\u2026"))


def _hull(pieces: Sequence[Span]) -> Span | None:
    return (pieces[0][0], pieces[-1][1]) if pieces else None
