"""The arguments of the commands that look after a corpus. Reading them loads nothing that reads or answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

_LINT = """  assistant lint --corpus docs --skip superseded
  assistant lint --index index --json

kinds of finding:
  contradiction  two documents in force give different values for the same thing
  near-copy      two documents say the same, or nearly
  superseded     a document is not in force any more, or not yet
  unreachable    no question can reach a section
  no-title       a document is called by its file's name, which says nothing
  no-text        a file is empty or cannot be read
  link           a relative link leads to a file or a place that is not there
  hidden         text is hidden from readers, and left out

exit status: 0 nothing is amiss; 1 something is; others as `assistant --help` says"""
KINDS = ("contradiction", "near-copy", "superseded", "unreachable", "no-title", "no-text", "link", "hidden")


class Command(Protocol):
    """Makes the parser of a command: its name, what runs it, a summary, an example, and more of its help."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], summary: str, example: str, more: str = ""
    ) -> argparse.ArgumentParser: ...


def add_commands(command: Command) -> None:
    """Puts the commands beside the others."""
    lint = command(
        "lint",
        _lint,
        "read a corpus before it is published, and tell what is amiss",
        "assistant lint --corpus docs",
        _LINT,
    )
    where = lint.add_mutually_exclusive_group()
    where.add_argument(
        "--corpus", type=Path, metavar="DIR", help="the folder of the documents, or one document (default: corpus)"
    )
    where.add_argument("--index", type=Path, metavar="DIR", help="the folder of an index, in place of a corpus")
    lint.add_argument(
        "--only", action="append", choices=KINDS, metavar="KIND", help="tell this kind alone; may be repeated"
    )
    lint.add_argument(
        "--skip", action="append", choices=KINDS, metavar="KIND", help="leave this kind out; may be repeated"
    )
    lint.add_argument("--json", action="store_true", help="print it as JSON")


def _lint(options: argparse.Namespace) -> int:
    from assistant.upkeep.lint_command import run

    return run(options)
