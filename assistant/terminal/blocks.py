"""The blocks of an answer as text: those of one section under its heading, lists as lists, rows as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from assistant.types import Answer, Block

WEAK = 0.5  # an answer that is less likely to be right is said to be unsure
_LISTED = ("item", "pair", "heading")
_NUMBERED = re.compile(r"\(?\d{1,3}[.)]\s")
_TASK = re.compile(r"\[(?P<done>[ xX])\]\s+(?P<text>\S.*)", re.DOTALL)
_NOT_PRINTED = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def laid_out(answer: Answer) -> Iterator[str]:
    """The lines of an answer, each with the numbers of its sources."""
    if answer.confidence < WEAK:
        yield "This may not fit the question."
        yield ""
    groups = groupby(answer.blocks, key=lambda block: (_document(answer, block), block.label))
    for n, ((_, label), blocks) in enumerate(groups):
        if n:
            yield ""
        yield from _group(label, list(blocks))


def printable(text: str) -> str:
    """The text on one line, without characters that would steer a terminal."""
    return _NOT_PRINTED.sub(" ", " ".join(text.split()))


def _group(label: str | None, blocks: Sequence[Block]) -> Iterator[str]:
    """Blocks of one section under its heading, which is cited first where the text begins with it."""
    margin = ""
    if label is not None:
        above = blocks[0].citations[:-1] if _is_headed(blocks[0]) else ()
        yield f"{printable(label)}{_marks(above)}"
        margin = "  "
    for is_table, some in groupby(blocks, key=lambda block: bool(block.cells)):
        lines = list(some)
        bullet = "- " if sum(block.kind in _LISTED for block in lines) > 1 else ""
        for line in _table(lines) if is_table else (_line(block, bullet) for block in lines):
            yield f"{margin}{line}"


def _line(block: Block, bullet: str) -> str:
    headed = block.label is not None and _is_headed(block)
    text = block.text.removeprefix(f"{block.label}: ") if headed else block.text
    cited = block.citations[-1:] if headed else block.citations
    bullet = bullet if block.kind in _LISTED and not _NUMBERED.match(text) else ""
    return f"{bullet}{printable(stated(text))}{_marks(cited)}"


def stated(text: str) -> str:
    """The text of a task with the state that its box shows, as a word; another text as it is."""
    task = _TASK.fullmatch(text)
    return text if task is None else f"{task['text']} ({'not done' if task['done'] == ' ' else 'done'})"


def _table(rows: Sequence[Block]) -> Iterator[str]:
    """The rows in columns, those of the same ones under one row of their names."""
    for names, group in groupby(rows, key=_columns):
        some = [block for block in group if block.kind != "header"]
        said = [[printable(text) for _, text in block.cells] for block in some]
        shown = [[printable(name) for name in names], *said] if any(names) else said
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        marks = [""] * (len(shown) - len(said)) + [_marks(block.citations[-1:]) for block in some]
        for row, mark in zip(shown, marks, strict=True):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + mark


def _columns(block: Block) -> tuple[str, ...]:
    return tuple(text if block.kind == "header" else name for name, text in block.cells)


def _is_headed(block: Block) -> bool:
    return len(block.citations) > 1 and block.text.startswith(f"{block.label}: ")


def _document(answer: Answer, block: Block) -> str:
    return answer.citations[block.citations[-1]].document_id


def _marks(citations: Sequence[int]) -> str:
    return "".join(f" [{n + 1}]" for n in citations)
