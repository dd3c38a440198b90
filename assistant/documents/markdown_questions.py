"""The lines of a Markdown text as they are found, and its questions and answers in each way that they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.tree import SyntaxTreeNode

from assistant.documents.fields import asks
from assistant.documents.html_blocks import HtmlBlocks
from assistant.documents.markdown_rows import MarkdownRows, Span
from assistant.documents.structure import trim
from assistant.types import Line, LineKind

BOLD = re.compile(r"(\*\*\*?|__)(?=\S)(?P<said>(?:(?!\1).){1,300}?)\1(?P<mark>[?\uff1f]?)(?=\s|\Z|<br)", re.DOTALL)
_ASKED = re.compile(
    r"(?P<bold>\*\*|__)?(?:(?P<q>Q|Question|QUESTION)|A|Answer|ANSWER)[ ]?\d{0,3}[ ]?"
    r"(?:(?P<closed>\*\*|__)[:.\uff1a]|[:.\uff1a](?P<after>\*\*|__)?)(?:[ \t]+(?=\S)|\Z)"
)
_DELIMITERS = re.compile(r"[|:\- \t]*-[|:\- \t]*")  # the line between a table's header and its body
_OPENS_BLOCK = re.compile(r"(?:\A|\n[ \t]*\r?\n)[ \t>]{0,20}(?P<row>[^\n]{3,300}\?[*_]*)[ \t]*(?=\r?\n)")


class MarkdownQuestions(MarkdownRows):
    """A Markdown text with the lines and headings that are found in it, questions and their answers among them."""

    def __init__(self, text: str, env: dict[str, object]) -> None:
        super().__init__(text, env)
        self.headings: list[tuple[int, str, int]] = []
        self.lines: list[Line] = []
        self.html = HtmlBlocks(text, self.lines, self.headings)
        self.question: int | None = None  # what was asked last, in these blocks
        self.under_question = False  # whether the last heading asks
        rows = [match["row"] for match in _OPENS_BLOCK.finditer(text)]
        self.is_faq = sum(asks(row) for row in rows) > 1  # so that a question needs no mark

    def _asks(self, node: SyntaxTreeNode, after: SyntaxTreeNode | None, parent: int | None) -> bool:
        """Add the lines of a paragraph of questions and answers; whether it is one."""
        pieces = self._pieces(node)
        if not pieces:
            return False
        if self._is_labelled(pieces, after):
            self._questions(pieces, parent)
            return True
        bold = BOLD.match(self.text, pieces[0][0], pieces[-1][1])
        if bold is None or not (bold["mark"] or bold["said"].rstrip().endswith(("?", "\uff1f"))):
            return self._asks_plainly(pieces, after, parent)
        rest = [(max(start, bold.end()), end) for start, end in pieces if end > bold.end()]
        rest = [span for span in (trim(self.text, *piece) for piece in rest) if span[0] < span[1]]
        if not rest and (after is None or after.type in ("heading", "hr")):
            return False
        self._ask(bold.span(), parent)
        if rest:
            self._sentence_lines(rest, self.question)
        return True

    def _asks_plainly(self, pieces: Sequence[Span], after: SyntaxTreeNode | None, parent: int | None) -> bool:
        """Add the lines of a question of an FAQ that has no mark but stands in a row of its own, its answer below."""
        if not self.is_faq or not asks(self.text[slice(*pieces[0])]):
            return False
        rest = list(pieces[1:])
        if not rest and (after is None or after.type in ("heading", "hr", "html_block")):
            return False
        below = rest[:1] or (self._pieces(after)[:1] if after is not None and after.type == "paragraph" else [])
        if below and (asks(self.text[slice(*below[0])]) or _ASKED.match(self.text, *below[0])):
            return False
        self._ask(pieces[0], parent)
        if rest:
            self._sentence_lines(rest, self.question)
        return True

    def _lead(self, span: Span | None, parent: int | None) -> int | None:
        """The position of a line that introduces those under it; a sentence if there turn out to be none."""
        n = self._add("lead", span, parent)
        if n is None:
            return parent
        self.html.leads.add(n)
        return n

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
            return self.question is not None or self.under_question
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
        for is_question, opened, found in parts:
            start, end = trim(self.text, found[0][0], found[-1][1])
            if opened and self.text.endswith(opened, start, end):
                end -= len(opened)
            found = [trim(self.text, max(a, start), min(b, end)) for a, b in found]
            found = [span for span in found if span[0] < span[1]]
            if is_question:
                self.question = None
            if not found:
                continue
            if is_question:
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

    def _runs_in(self, pieces: Sequence[Span], rest: Sequence[SyntaxTreeNode]) -> bool:
        """Whether an item holds a question and, in the same paragraph, its answer."""
        if not pieces:
            return False
        if self._is_labelled(pieces, rest[0] if rest else None):
            return True
        bold = BOLD.match(self.text, pieces[0][0], pieces[-1][1])
        asks = bold is not None and (bold["mark"] or bold["said"].rstrip().endswith(("?", "\uff1f")))
        return bool(asks and bold is not None and self.text[bold.end() : pieces[-1][1]].strip())

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
