"""The structure of plain text, which has no marks: what is a heading, a list, a lead-in, a sentence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from assistant.documents.fields import asks, is_answer, is_field, is_led, is_question, own_rows
from assistant.documents.glue import Words, glue
from assistant.documents.releases import names_release
from assistant.documents.structure import Structure, nest, sentences
from assistant.types import Line, Section

_ROW = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MARKER = re.compile(r"[ \t]*(?P<mark>[-*+•‣◦▪●–—·]|\(?\d{1,3}[.)]|\(?[A-Za-z]\))[ \t\u00a0]+(?=\S)")
_RULE = re.compile(r"[ \t]*([-=_*~#])\1{2,}[ \t]*")
_CLOSED = re.compile(r"[.!?:;,…][\"'”’)\]]*$")
_ENDED = re.compile(r"[.!?…][\"'”’)\]]*$")
_FIGURE_AFTER_COLON = re.compile(r":\s.*\d")
_MAX_NESTING = 50  # items within items
_HEADING_CHARACTERS = 80
_HEADING_WORDS = 12
_HEADING_RUN = 3  # more headings than this in a row, with nothing between, are lines of text
_CHILD_WORDS = 3  # the items below a flattened lead-in are names of this many words, until a longer one comes
_LONGER_WORDS = 6

_RowKind = Literal["blank", "heading", "item", "text"]


@dataclass(slots=True)
class _Row:
    """One line of the file, with its content's span without marker and white space."""

    opens: int  # where the row itself starts
    start: int
    end: int
    text: str
    indent: int
    mark: str  # "" where the row has no list marker
    kind: _RowKind = "text"
    level: int = 0


def structure(text: str) -> Structure:
    """The sections and lines of a plain text.

    A heading is a short line without closing punctuation that something follows. Plain text does not say how deep a
    heading stands, so its content tells: a heading with only other headings below it, or with an introduction to them,
    holds the headings with lists that come next, up to the next such heading.
    """
    rows = list(_rows(text))
    _find_headings(rows)
    _set_levels(rows)
    headings = [(row.level, row.text, row.opens) for row in rows if row.kind == "heading"]
    sections = nest(headings, len(text))
    paths = {section.start: section.path for section in sections}
    lines: list[Line] = []
    words = Words(text)
    path: tuple[str, ...] = ()
    blocks = list(_blocks(rows))
    questions = _questions(blocks)
    question: int | None = None  # what was asked last, by a row without a mark
    for n, block in enumerate(blocks):
        if block[0].kind == "heading" or n in questions:
            question = None
        if block[0].kind == "heading":
            path = paths[block[0].opens]
            lines.append(Line("heading", block[0].start, block[0].end, path))
        elif block[0].kind == "item":
            _add_list(lines, words, block, path)
        elif n in questions:
            question = len(lines)
            lines.append(Line("lead", block[0].start, block[0].end, path))
        else:
            _add_paragraph(lines, text, block, path, question)
    starts = [line.start for line in lines]
    sections = tuple(_without_tail(section, lines, starts) for section in sections)
    return Structure(sections=sections, lines=tuple(_without_childless_leads(lines)))


def _rows(text: str) -> Iterator[_Row]:
    position = 0
    while position < len(text):
        match = _ROW.match(text, position)
        assert match is not None
        row_text = match.group()
        position = match.end()
        marker = _MARKER.match(row_text)
        content_start = marker.end() if marker else 0
        content = row_text[content_start:]
        stripped = content.strip()
        start = match.start() + content_start + (len(content) - len(content.lstrip()))
        indent = len(row_text[: len(row_text) - len(row_text.lstrip(" \t"))].expandtabs(4))
        blank = not stripped or _RULE.fullmatch(row_text.rstrip("\r\n")) is not None
        yield _Row(
            opens=match.start(),
            start=start,
            end=start + len(stripped),
            text=stripped,
            indent=indent,
            mark=marker.group("mark") if marker else "",
            kind="blank" if blank else "item" if marker else "text",
        )


def _is_title(row: _Row) -> bool:
    """Whether the row reads like a heading, wherever it stands."""
    text = row.text
    if len(text) > _HEADING_CHARACTERS or len(text.split()) > _HEADING_WORDS:
        return False
    if _CLOSED.search(text) or _FIGURE_AFTER_COLON.search(text) or "|" in text or is_led(text):
        return False
    first = next((c for c in text if c.isalnum()), "")
    return any(c.isalpha() for c in text) and not first.islower()


def _find_headings(rows: list[_Row]) -> None:
    """Set the kind of rows that are headings: numbered ones, and short ones that something follows."""
    filled = [row for row in rows if row.kind != "blank"]
    following = {id(row): after for row, after in pairwise(filled)}
    for position, row in enumerate(rows):
        after = following.get(id(row))
        if row.kind == "blank" or after is None:
            continue
        if not _is_title(row):
            if row.kind == "text" and after.kind == "item" and names_release(row.text):
                row.kind = "heading"
            continue
        before = rows[position - 1] if position else None
        below = rows[position + 1]
        if row.kind == "item":
            if _is_number(row.mark) and row.indent == 0 and _heads_list(row, after):
                row.kind = "heading"
        elif not _continues(before, row) and not _wraps(row, below) and not _among_fields(before, row, below):
            row.kind = "heading"
    _demote_numbered(filled)
    _demote_runs(filled)


def _is_number(mark: str) -> bool:
    return mark.strip("().").isdigit()


def _heads_list(row: _Row, after: _Row) -> bool:
    """Whether a numbered row is a heading: other content than the next number comes after it."""
    if after.kind == "item":
        return not _is_number(after.mark) and after.indent <= row.indent + 2
    return after.indent <= row.indent


def _continues(before: _Row | None, row: _Row) -> bool:
    """Whether the row is the next line of a wrapped paragraph."""
    return before is not None and before.kind == "text" and not _CLOSED.search(before.text)


def _among_fields(before: _Row | None, row: _Row, below: _Row) -> bool:
    """Whether the row is a field with another right above or below it."""
    return is_field(row.text) and any(near is not None and is_field(near.text) for near in (before, below))


def _wraps(row: _Row, below: _Row) -> bool:
    """Whether the row is the first line of a wrapped paragraph."""
    if below.kind != "text":
        return False
    first = next((c for c in below.text if c.isalpha()), "")
    if first.islower():
        return True
    room = len(row.text) + 1 + len(below.text.split()[0])
    return len(row.text) >= 50 and room > max(len(row.text), len(below.text))


def _demote_numbered(filled: Sequence[_Row]) -> None:
    """One numbered line among plain numbered items is an item too: a series is all headings or none."""
    numbered = [row for row in filled if _is_number(row.mark) and row.indent == 0]
    headings = [row for row in numbered if row.kind == "heading"]
    if len(headings) * 2 <= len(numbered):
        for row in headings:
            row.kind = "item"


def _demote_runs(filled: Sequence[_Row]) -> None:
    """Many short lines in a row are not headings of each other, but lines of text."""
    run: list[_Row] = []
    for row in [*filled, None]:
        if row is not None and row.kind == "heading":
            run.append(row)
            continue
        if len(run) > _HEADING_RUN or row is None:
            for heading in run:
                heading.kind = "item" if heading.mark else "text"
        run = []


def _set_levels(rows: Sequence[_Row]) -> None:
    """Say how deep each heading stands, from what comes below it."""
    filled = [row for row in rows if row.kind != "blank"]
    positions = [n for n, row in enumerate(filled) if row.kind == "heading"]
    ends = [*positions[1:], len(filled)]
    contents = [_content(filled[at + 1 : end]) for at, end in zip(positions, ends, strict=False)]
    headings = [filled[at] for at in positions]
    holder: str | None = None  # what the first heading within the section that is open holds
    is_open = False
    for n, (heading, content) in enumerate(zip(headings, contents, strict=True)):
        is_last = n + 1 == len(headings)
        next_content = None if is_last else contents[n + 1]
        next_is_numbered = not is_last and bool(headings[n + 1].mark)
        if n == 0 and content == "none" and next_content in ("prose", "introduction"):
            heading.level = 0  # the title of the whole text
            continue
        if heading.mark:
            heading.level = 2 if is_open else 1
            holder = holder or content
            continue
        introduces = not is_last and (
            content in ("none", "introduction") or (content == "prose" and (next_content == "list" or next_is_numbered))
        )
        is_first_held = is_open and holder is None
        if introduces and not (content == "prose" and (holder == "prose" or is_first_held)):
            heading.level, is_open, holder = 1, True, None
        elif is_open and (holder is None or content == holder or content == "list"):
            heading.level, holder = 2, holder or content
        else:
            heading.level, is_open, holder = 1, False, None


def _content(rows: Sequence[_Row]) -> Literal["none", "introduction", "prose", "list"]:
    """What stands between one heading and the next."""
    if not rows:
        return "none"
    if any(row.kind == "item" for row in rows):
        return "list"
    return "introduction" if rows[-1].text.endswith(":") else "prose"


def _blocks(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Headings, lists, and paragraphs: rows that belong together."""
    block: list[_Row] = []
    gap = False
    for row in rows:
        if row.kind == "blank":
            gap = True
            continue
        if block and not _joins(block, row, gap):
            yield block
            block = []
        block.append(row)
        gap = False
    if block:
        yield block


def _joins(block: Sequence[_Row], row: _Row, gap: bool) -> bool:
    head = block[0].kind
    if head == "heading" or row.kind == "heading":
        return False
    if head == "item":
        if row.kind == "item":
            return True
        starts_low = row.text[0].islower()
        return not gap and (starts_low or row.indent > block[-1].indent)
    return row.kind == "text" and not gap and not _ENDED.search(block[-1].text)


def _questions(blocks: Sequence[Sequence[_Row]]) -> set[int]:
    """The blocks that are a question of an FAQ: rows of their own, each with its answer below; at least two of them."""
    found = set()
    for n, (block, after) in enumerate(pairwise(blocks)):
        if block[0].kind == "text" and len(block) == 1 and asks(block[0].text) and not is_question(block[0].text):
            first = after[0]
            if first.kind != "heading" and not asks(first.text) and not is_answer(first.text):
                found.add(n)
    return found if len(found) > 1 else set()


def _add_paragraph(
    lines: list[Line], text: str, block: Sequence[_Row], path: tuple[str, ...], question: int | None
) -> None:
    begins = own_rows([row.text for row in block])
    asked = question  # what the rows below it answer
    for first, after in pairwise([*begins, len(block)]):
        if is_answer(block[first].text) and lines and is_question(text[lines[-1].start : lines[-1].end]):
            asked = len(lines) - 1
        for start, end in sentences(text, block[first].start, block[after - 1].end):
            asks = is_question(text[start:end])
            parent = None if asks else asked
            lines.append(Line("lead" if asks or text[end - 1] == ":" else "sentence", start, end, path, parent))
            asked = len(lines) - 1 if asks else asked


@dataclass(slots=True)
class _Item:
    start: int
    end: int
    indent: int
    mark: str


def _add_list(lines: list[Line], words: Words, block: Sequence[_Row], path: tuple[str, ...]) -> None:
    text = words.text
    items: list[_Item] = []
    for row in block:
        if row.kind == "item":
            items.append(_Item(row.start, row.end, row.indent, _style(row.mark)))
        else:
            items[-1].end = row.end
    tail = _glued_tail(words, items)
    lead = len(lines) - 1 if lines and lines[-1].kind == "lead" and lines[-1].section_path == path else None
    stack: list[tuple[_Item, int]] = []  # the items that are open, outermost first, with their positions in `lines`
    flat: tuple[_Item, int] | None = None  # a lead-in item whose own items may stand flattened after it
    longest = 0  # words of such an item, at most
    for item in items:
        content = text[item.start : item.end]
        size = len(content.split())
        while stack and (len(stack) >= _MAX_NESTING or not _is_below(item, stack[-1][0], stack)):
            stack.pop()
        if flat and (flat[0].indent, flat[0].mark) != (item.indent, item.mark):
            flat = None
        if flat and _ends_flat(content, size, longest):
            flat = None
        parent = flat[1] if flat else stack[-1][1] if stack else lead
        lines.append(Line("item", item.start, item.end, path, parent))
        stack.append((item, len(lines) - 1))
        if flat:
            longest = max(longest, size)
        elif content.endswith(":"):
            flat, longest = stack[-1], 0
    for start, end in sentences(text, *tail) if tail else []:
        lines.append(Line("sentence", start, end, path[:-1] or path))


def _style(mark: str) -> str:
    bare = mark.strip("().")
    return "1" if bare.isdigit() else "a" if bare.isalpha() else bare


def _is_below(item: _Item, above: _Item, stack: Sequence[tuple[_Item, int]]) -> bool:
    """Whether the item is nested in the one above: by its indent, or by a marker that the list has not had yet."""
    if item.indent != above.indent:
        return item.indent > above.indent
    return item.mark != above.mark and all(item.mark != other.mark for other, _ in stack)


def _ends_flat(content: str, size: int, longest: int) -> bool:
    """Whether an item is a sibling of the flattened lead-in item above it, and not one of its children."""
    return content.endswith(":") or (0 < longest <= _CHILD_WORDS and size >= _LONGER_WORDS)


def _glued_tail(words: Words, items: list[_Item]) -> tuple[int, int] | None:
    """Cut from the last item the closing sentences that stand glued to it, and give their span.

    The other items tell how an item of this list ends: without a full stop, so a last item with one holds a sentence
    that is not its own; or after one sentence, so further sentences are not its own.
    """
    if len(items) < 2:
        return None
    text, last = words.text, items[-1]
    content = text[last.start : last.end]
    others = [text[item.start : item.end] for item in items[:-1]]
    if not _ENDED.search(content):
        return None
    cut: int | None = None
    if not any(_ENDED.search(other) for other in others):
        cut = glue(content, words)
    if cut is None:
        _, *rest = sentences(text, last.start, last.end)
        if not rest or any(len(sentences(text, item.start, item.end)) > 1 for item in items[:-1]):
            return None
        cut = rest[0][0] - last.start
    tail = (last.start + cut, last.end)
    last.end = last.start + len(content[:cut].rstrip())
    return tail


def _without_tail(section: Section, lines: Sequence[Line], starts: Sequence[int]) -> Section:
    """The section, ended before the closing sentences that speak for the section above it."""
    if len(section.path) < 2:
        return section
    inside = range(bisect_left(starts, section.start), bisect_left(starts, section.end))
    tail = next((lines[n] for n in inside if lines[n].section_path == section.path[:-1]), None)
    return replace(section, end=tail.start) if tail else section


def _without_childless_leads(lines: Sequence[Line]) -> Iterator[Line]:
    """A lead-in that nothing follows is a sentence."""
    for n, line in enumerate(lines):
        after = lines[n + 1] if n + 1 < len(lines) else None
        introduces = after is not None and (after.kind == "heading" or after.parent == n)
        yield replace(line, kind="sentence") if line.kind == "lead" and not introduces else line
