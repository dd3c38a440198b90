"""The commands that read a corpus and tell what became of its files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from assistant.errors import FilesFailed
from assistant.index.receipt import Receipt, Row, from_json
from assistant.terminal.blocks import printable
from assistant.terminal.progress import Progress, Waiting

if TYPE_CHECKING:
    from assistant.settings import Settings

MOST = 40  # rows of the table at the end of a build
WIDTH = 48  # characters of a path in the table
_HEADER = ("file", "status", "pages", "characters", "sections", "passages")
_NAMED = 3  # files that an error names


def index(settings: Settings, *, allow_empty: bool = False, wait: bool = False) -> int:
    """Builds the index and shows the table of its files. Raises FilesFailed at the end where some cannot be read."""
    from assistant.building import build_index

    with Progress(sys.stderr) as progress, Waiting(sys.stderr, "waiting to begin") as waiting:

        def told(stage: str, done: int, total: int) -> None:
            waiting.close()
            progress(stage, done, total)

        built = build_index(settings, allow_empty=allow_empty, wait=wait, progress=told)
    receipt = Receipt(files=tuple(built.files))
    print("\n".join(table(_worth_telling(receipt.files))))
    print(counted(receipt, f"assistant receipt --index {settings.index}"))
    print(built.summary())
    failed = [row for row in receipt.files if row.status == "failed"]
    if failed:
        said = "; ".join(f"{printable(row.source)} ({row.reason})" for row in failed[:_NAMED])
        more = f"; and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
        raise FilesFailed(
            f"{len(failed)} of {len(receipt.files)} files cannot be read, the index lacks them: {said}{more}"
        )
    return 0


def receipt(settings: Settings, *, as_json: bool = False, warnings: bool = False) -> int:
    """Shows the receipt of the index in force."""
    from assistant.compose import open_store

    said = open_store(settings).receipt()
    found = from_json(said)
    if as_json:
        print(json.dumps(said, indent=2, ensure_ascii=False))
    elif warnings:
        print("\n".join(warned(found.files)) or "no warnings")
    else:
        print("\n".join(table(found.files)))
        print(counted(found, f"assistant receipt --index {settings.index}"))
    return 0


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The rows under a header, and under each what it says."""
    cells = [_HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(_HEADER))]
    for n, line in enumerate(cells):
        left = [f"{cell:<{width}}" for cell, width in zip(line[:2], widths[:2], strict=True)]
        right = [f"{cell:>{width}}" for cell, width in zip(line[2:], widths[2:], strict=True)]
        yield "  ".join([*left, *right]).rstrip()
        if n and (reason := rows[n - 1].reason):
            yield f"    {printable(reason)}"


def warned(rows: Sequence[Row]) -> Iterator[str]:
    """Each warning after the path of its file."""
    for row in rows:
        yield from (f"{printable(row.source)}: {printable(warning)}" for warning in row.warnings)


def counted(receipt: Receipt, command: str) -> str:
    """How many files there are, of each status, and how many warnings, with the command that shows them."""
    counts = receipt.counts()
    states = ", ".join(
        f"{counts[status]} {status}" for status in ("read", "duplicate", "skipped", "failed") if counts[status]
    )
    warnings = sum(len(row.warnings) for row in receipt.files)
    said = f"{len(receipt.files)} file{'s' * (len(receipt.files) != 1)}: {states or 'none'}"
    if len(receipt.files) > MOST:
        said += f", all shown by `{command}`"
    if warnings:
        said += f"; {warnings} warning{'s' * (warnings > 1)}, shown by `{command} --warnings`"
    return said


def _worth_telling(rows: Sequence[Row]) -> Sequence[Row]:
    """All rows, or, where they are many, the first of those that something is wrong with, and of the others."""
    if len(rows) <= MOST:
        return rows
    ordered = sorted(rows, key=lambda row: (row.status != "failed", not row.warnings, row.status == "read"))
    chosen = {id(row) for row in ordered[:MOST]}
    return [row for row in rows if id(row) in chosen]


def _cells(row: Row) -> tuple[str, ...]:
    numbers = (row.pages, row.characters, row.sections, row.passages)
    source = printable(row.source)
    shown = source if len(source) <= WIDTH else "…" + source[1 - WIDTH :]
    marks = f"{row.status}, {len(row.warnings)} warning{'s' * (len(row.warnings) > 1)}" if row.warnings else row.status
    return (shown, marks, *("" if number is None else f"{number:,}" for number in numbers))
