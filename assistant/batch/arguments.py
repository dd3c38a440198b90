"""The arguments of the batch command. Reading them loads nothing that reads or answers."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from assistant.batch import endings

DESCRIPTION = "Answers a file of questions: the same table, with an answer and its sources beside each question."
DETAILS = """\
in:   a table (CSV, TSV, XLSX, JSONL), a list (Markdown, text), or standard input
out:  by the ending: .csv .tsv .xlsx .jsonl (whole answers) .md .html (a page) .jsonld (FAQPage for search engines)

a table has the columns of the input, unchanged, and six more (answer_status and so on where there is a status already):
  status      answered, refused, error (the question cannot be asked) or skipped (there is none)
  answer      the documents' own words
  confidence  0 to 1, that the answer is right
  sources     one a line: document and section: "quotation" (link)
  index       the build of the index that answered
  reason      why there is no answer
In CSV, a cell that a spreadsheet would take for a formula gets a ' before it, which is taken off when it is read.

A run that was stopped goes on where it was: run the same command again. Until the output is whole, what is answered is
kept beside it in OUTPUT.journal. Where index or settings have changed since, those rows are asked again.

An `expected` column makes a run a test: a row expects a text in the answer, a document to be cited, or `refuse`.

exit status: 0 done; 1 too few rows as expected, answers that differ from --since, or questions that failed; others as
`assistant --help` says
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Puts the arguments of the command on a parser."""
    parser.add_argument("input", metavar="INPUT", help="the questions; - reads standard input")
    parser.add_argument("--output", "-o", metavar="OUTPUT", help="the answers; - writes standard output")
    parser.add_argument("--dry-run", action="store_true", help="show which questions would be asked, and ask none")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--index", metavar="DIR", help="the index to ask, if not the one in the settings")
    where.add_argument("--url", metavar="URL", help="a running assistant to ask, such as http://127.0.0.1:8000")
    parser.add_argument("--api-key", metavar="KEY", help="the key that it asks for, sent as a bearer token")
    parser.add_argument(
        "--generate",
        action="store_const",
        const="generative",
        dest="mode",
        help="let a language model phrase the answers: that of the settings, or of the assistant at --url",
    )
    parser.add_argument("--question-column", metavar="NAME", help="the column of the questions, or its number")
    parser.add_argument("--expected-column", metavar="NAME", help="the column of what is expected, or its number")
    parser.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook, if not the first with questions")
    parser.add_argument("--encoding", metavar="NAME", help="the encoding of the input, if it is recognised wrongly")
    parser.add_argument("--from", dest="from_", choices=endings.READ, help="the format of the input, if not its ending")
    parser.add_argument("--to", choices=endings.WRITTEN, help="the format of the output, if not its ending")
    parser.add_argument("--link-base", metavar="URL", help="goes before the links to sources (default: that of --url)")
    parser.add_argument(
        "--since", type=Path, metavar="EARLIER.jsonl", help="an earlier output, to tell what has changed"
    )
    parser.add_argument("--review", metavar="PAGE.html", help="writes a page of what has changed, old and new answers")
    parser.add_argument("--junit", metavar="FILE.xml", help="writes what was expected and compared as tests, for CI")
    parser.add_argument(
        "--fail-under", type=_share, metavar="SHARE", help="the least share of rows as expected, 0 to 1"
    )
    parser.add_argument(
        "--jobs", type=_jobs, metavar="N", help="questions asked at once (default: cores; 4 with --url)"
    )
    parser.add_argument("--journal", type=Path, metavar="FILE", help="where answers are kept until the output is whole")


def _share(text: str) -> float:
    with suppress(ValueError):
        if 0 <= (share := float(text)) <= 1:
            return share
    raise argparse.ArgumentTypeError(f"{text} is no share: give a number from 0 to 1")


def _jobs(text: str) -> int:
    with suppress(ValueError):
        if 1 <= (n := int(text)) <= 256:
            return n
    raise argparse.ArgumentTypeError(f"{text}: give a whole number from 1 to 256")
