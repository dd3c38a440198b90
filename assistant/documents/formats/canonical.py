"""What a loader read, as the content of a document: blocks to canonical text to sections and lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from assistant.documents import markdown
from assistant.documents.content import MAX_CHARACTERS, Content, TooLarge
from assistant.documents.formats.blocks import Block, Break, Closing, Heading, Opening, Parsed, Table
from assistant.documents.formats.writing import write
from assistant.errors import TextlessDocument

_MAX_TITLE = 300


def content(parsed: Parsed, name: str) -> Content:
    """The content of a file. A heading of the first level is its title, else what the file's metadata say.

    Raises TooLarge where its blocks are longer than a text may be, as those are that say one long text many times.
    """
    if sum(map(_length, parsed.blocks)) > MAX_CHARACTERS:
        raise TooLarge(f"holds more than {MAX_CHARACTERS:,} characters: split it")
    written = write(parsed.blocks, paged=parsed.paged)
    if not written.text.strip():
        raise TextlessDocument(f"{name}: holds no text: write some, or run text recognition (OCR) over its pictures")
    read = markdown.structure(written.text)
    title = " ".join((markdown.title(written.text, read) or parsed.title or "").split())[:_MAX_TITLE]
    return Content(
        text=written.text,
        structure=read,
        title=title or None,
        page_starts=written.page_starts,
        metadata=parsed.metadata,
        warnings=parsed.warnings,
    )


def _length(block: Block) -> int:
    if isinstance(block, Table):
        return sum(map(len, chain(block.header or (), *block.rows)))
    if isinstance(block, Opening):
        return len(block.summary)
    return 0 if isinstance(block, (Break, Closing)) else len(block.text)


def under_title(blocks: Sequence[Block], *, titled: bool) -> list[Block]:
    """The blocks, all headings below the first one of the first level where that is set as the document's title."""
    if not titled:
        return list(blocks)
    first = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 1)
    return [
        Heading(block.level + 1, block.text) if isinstance(block, Heading) and n != first else block
        for n, block in enumerate(blocks)
    ]
