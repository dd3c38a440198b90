"""The arguments of the commands that look after a corpus. Reading them loads nothing that reads or answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from assistant.batch.endings import READ

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
_COVERAGE = """  assistant coverage faq.xlsx --json
  assistant coverage faq.csv --answers answers.jsonl

the questions are asked as `assistant batch` asks them; with --answers, only what has changed since a batch is asked

exit status: 0 done; others as `assistant --help` says"""
_DIFF = """  assistant diff index/builds/0123456789abcdef index --answers answers.jsonl

OLD and NEW are folders of indexes, or of single builds below their `builds`, where the one before is kept

exit status: 0 the documents are the same; 1 something has changed; others as `assistant --help` says"""
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
    where.add_argument("--index", metavar="DIR", help="the index to look through, in place of a corpus")
    lint.add_argument(
        "--only", action="append", choices=KINDS, metavar="KIND", help="tell this kind alone; may be repeated"
    )
    lint.add_argument(
        "--skip", action="append", choices=KINDS, metavar="KIND", help="leave this kind out; may be repeated"
    )
    lint.add_argument("--json", action="store_true", help="print it as JSON")
    coverage = command(
        "coverage",
        _coverage,
        "tell which documents and sections a file of questions never reaches, and what is refused",
        "assistant coverage questions.csv",
        _COVERAGE,
    )
    coverage.add_argument(
        "input", metavar="QUESTIONS", help="the questions, as batch takes them; - reads standard input"
    )
    coverage.add_argument("--index", metavar="DIR", help="the index to ask, if not the one in the settings")
    coverage.add_argument("--answers", type=Path, metavar="RUN.jsonl", help="an earlier batch of these questions")
    coverage.add_argument("--question-column", metavar="NAME", help="the column of the questions, or its number")
    coverage.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook, if not the first with questions")
    coverage.add_argument("--encoding", metavar="NAME", help="the encoding of the input, if it is recognised wrongly")
    coverage.add_argument("--from", dest="from_", choices=READ, help="the format of the input, if not its ending")
    coverage.add_argument("--json", action="store_true", help="print it as JSON")

    diff = command(
        "diff",
        _diff,
        "tell what has changed between two indexes, and which earlier answers that touches",
        "assistant diff old-index index",
        _DIFF,
    )
    diff.add_argument("old", type=Path, metavar="OLD", help="the index before")
    diff.add_argument("new", type=Path, metavar="NEW", help="the index after")
    diff.add_argument("--answers", type=Path, metavar="RUN", help="the JSONL file or the journal of an earlier batch")
    diff.add_argument("--json", action="store_true", help="print it as JSON")


def _coverage(options: argparse.Namespace) -> int:
    from assistant.upkeep.coverage_command import run

    return run(options)


def _diff(options: argparse.Namespace) -> int:
    from assistant.upkeep.diff_command import run

    return run(options)


def _lint(options: argparse.Namespace) -> int:
    from assistant.upkeep.lint_command import run

    return run(options)
