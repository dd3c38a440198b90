"""The rows of a Markdown text: where the content of a block stands, its sentences, its tags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from assistant.documents.fields import bare, own_rows
from assistant.documents.html_blocks import balanced, ends_with_colon
from assistant.documents.structure import sentences, trim
from assistant.documents.tags import BLOCKS, Tag, last_closings, tags

Span: TypeAlias = tuple[int, int]

_ROW = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_TITLE_CHARACTERS = 300  # a longer heading is a title cut off here, with its markup


class MarkdownRows:
    """A Markdown text with the places of its rows."""

    def __init__(self, text: str, env: dict[str, object]) -> None:
        """`env` is what the parser learnt of the text: its definitions of links."""
        self.text = text
        self.shown = text.replace("\0", "\ufffd")  # as the parser shows it, of the same length
        self.env = env
        self.inline = MarkdownIt("commonmark")
        self.starts = [match.start() for match in _ROW.finditer(text)]
        self.broken: set[int] = set()  # where a tag ends a row
        self.closings = last_closings(text)

    def _ends_with_colon(self, span: Span) -> bool:
        return ends_with_colon(self.text, *span)

    def _runs(self, pieces: Sequence[Span]) -> list[tuple[bool, list[Span]]]:
        """A paragraph's rows in runs that belong together, each with whether it is a table that lacks its header.

        A hard line break ends a run, and so does a row that stands for itself, such as a field.
        """
        runs: list[tuple[bool, list[Span]]] = []
        broken = True
        own = set(own_rows([bare(self.text[start:end]) for start, end in pieces])) if len(pieces) > 1 else set()
        for n, (start, end) in enumerate(pieces):
            is_row = end - start > 1 and self.text[start] == self.text[end - 1] == "|"
            if broken or runs[-1][0] != is_row or (n in own and not is_row):
                runs.append((is_row, []))
            broken = not is_row and self._breaks_after(end)
            slash = broken and (start, end) != pieces[-1] and self.text[end - 1] == "\\"
            runs[-1][1].append(trim(self.text, start, end - 1) if slash else (start, end))
        return [(is_table and len(found) > 1, found) for is_table, found in runs]

    def _breaks_after(self, end: int) -> bool:
        return end in self.broken or self.text.startswith("  ", end) or self.text[end - 1] == "\\"

    def _sentences(self, pieces: Sequence[Span]) -> list[Span]:
        """The sentences of these rows; the marks of a quotation, which stand between rows, count as spaces."""
        first, last = pieces[0][0], pieces[-1][1]
        marks = self._tags(first, last)
        shown = "".join(self._between(pieces))
        if not marks:
            return _joined(
                shown, [(first + start, first + end) for start, end in sentences(shown, 0, last - first)], first
            )
        parts: list[str] = []
        at = 0
        for tag in marks:
            parts += (shown[at : tag.start - first], " " * (tag.end - tag.start))
            at = tag.end - first
        shown = "".join((*parts, shown[at:]))
        spans: list[Span] = []
        reached = 0
        for start, end in sentences(shown, 0, last - first):
            grown = balanced((first + start, first + end), marks)
            spans.append((max(grown[0], reached), grown[1]))
            reached = grown[1]
        return _joined(shown, spans, first)

    def _between(self, pieces: Sequence[Span]) -> list[str]:
        """The text from the first of these spans to the last, with spaces for what stands between them."""
        parts: list[str] = []
        reached = pieces[0][0]
        for start, end in pieces:
            parts += (" " * (start - reached), self.text[start:end])
            reached = end
        return parts

    def _tags(self, start: int, end: int) -> list[Tag]:
        if self.text.find("<", start, end) < 0:
            return []
        return list(tags(self.text, start, end, markdown=True, closings=self.closings))

    def _without_tags(self, span: Span) -> Span:
        """The span without the tags at its ends, but for those that belong to what it holds."""
        marks = self._tags(*span)
        if not marks:
            return span
        start, end = span
        for tag in marks:
            if self.text[start : tag.start].strip():
                break
            start = tag.end
        for tag in reversed(marks):
            if tag.start < start or tag.end > end or self.text[tag.end : end].strip():
                break
            end = tag.start
        return balanced(trim(self.text, start, end), marks)

    def _split(self, pieces: Sequence[Span]) -> list[Span]:
        """The rows of a paragraph, parted where a tag ends a line or hides what it holds."""
        if not pieces:
            return []
        hidden: str | None = None
        spans: list[Span] = []
        at = pieces[0][0]
        cuts: list[Span] = []
        for tag in self._tags(pieces[0][0], pieces[-1][1]):
            if hidden is not None:
                if tag.closes and tag.name == hidden:
                    cuts.append((at, tag.end))
                    hidden = None
            elif tag.name == "br" or tag.name in BLOCKS:
                cuts.append((tag.start, tag.end))
            elif (tag.hides and not tag.empty) and self.closings.get(tag.name, -1) > tag.start:
                hidden, at = tag.name, tag.start
        self.broken.update(end for _, end in cuts)
        queue = iter(cuts)
        cut = next(queue, None)
        for start, end in pieces:
            while cut is not None and cut[0] < end:
                if start < cut[0]:
                    spans.append(trim(self.text, start, cut[0]))
                    self.broken.add(spans[-1][1])
                start = max(start, min(cut[1], end))
                if cut[1] > end:
                    break
                cut = next(queue, None)
            if start < end:
                spans.append(trim(self.text, start, end))
        return [(start, end) for start, end in spans if start < end]

    def _pieces(self, node: SyntaxTreeNode) -> list[Span]:
        """Where the block's content stands, row by row, without the marks before it and the white space around."""
        assert node.map is not None
        wanted = [row for row in (row.strip() for row in content(node).split("\n")) if row]
        spans: list[Span] = []
        first, last = node.map
        last = max(last, first + 1)  # of a term the parser gives no end
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

    def _line(self, number: int) -> Span:
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.starts[number], end

    def _title(self, content: str) -> str:
        if len(content) > _TITLE_CHARACTERS:
            return " ".join(content[:_TITLE_CHARACTERS].split())
        return " ".join(_plain(self.inline.parseInline(content, self.env)[0].children or []).split())


def _joined(shown: str, spans: Sequence[Span], first: int) -> list[Span]:
    """The sentences, each with the marks of emphasis that close it, which may have been parted from it."""
    found: list[Span] = []
    for start, end in spans:
        if found and not shown[start - first : end - first].strip("*_"):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def content(node: SyntaxTreeNode) -> str:
    """The block's own text, as the parser gives it."""
    return node.content if node.type in ("fence", "code_block", "html_block") else node.children[0].content


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
