"""Answers for a file of questions: a table in, the same table with an answer beside each question out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from assistant.errors import AssistantError, UsageError
from assistant.types import Answerer, Citation

OutcomeStatus: TypeAlias = Literal["answered", "refused", "error", "skipped"]

COLUMNS = ("status", "answer", "confidence", "sources", "reason")
QUESTION_COLUMNS = ("question", "questions", "q", "faq", "query")
DELIMITERS = ",;\t"
ARROW = "\u203a"
NUMBER = re.compile(r"[+-]?\d[\d.,]*([eE][+-]?\d+)?%?")
MAX_CELL = 16 * 1024 * 1024  # characters; the csv module's own limit is too low for a pasted document


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows of cells; every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    mark: bool = False  # whether the file began with a byte-order mark


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: an answer, a refusal, an error, or nothing because there was no question."""

    status: OutcomeStatus
    answer: str = ""
    confidence: float | None = None
    sources: tuple[Citation, ...] = ()
    reason: str = ""

    def cells(self) -> tuple[str, ...]:
        """The cells that stand beside the question, in the order of `COLUMNS`."""
        confidence = "" if self.confidence is None else f"{self.confidence:.4f}"
        return (self.status, self.answer, confidence, "\n".join(map(source, self.sources)), self.reason)


def ask(answerer: Answerer, question: str) -> Outcome:
    """The outcome for one cell. A question that cannot be asked is an outcome too."""
    if not question.strip():
        return Outcome("skipped", reason="there is no question in this row")
    try:
        answer = answerer.ask(question.strip())
    except AssistantError as error:
        return Outcome("error", reason=f"{error.code}: {error}")
    if answer.status == "refused":
        return Outcome("refused", confidence=answer.confidence, reason=f"{answer.reason}: {answer.message}")
    return Outcome("answered", answer.text, answer.confidence, answer.citations)


def outcomes(answerer: Answerer, questions: Iterable[str]) -> Iterator[Outcome]:
    """An outcome for each question, in order. The same question is asked once."""
    known: dict[str, Outcome] = {}
    for question in questions:
        key = question.strip()
        if key not in known:
            known[key] = ask(answerer, key)
        yield known[key]


def source(citation: Citation) -> str:
    """One source in words: where it stands, its quotation, its link."""
    place = f" {ARROW} ".join((citation.document_title, *citation.section_path))
    return f'{place}: "{citation.cited_text}" ({citation.url})'


def question_column(columns: Sequence[str], name: str | None = None) -> int:
    """The position of the column that holds the questions, found by name, case ignored; else the only column."""
    folded = [column.strip().casefold() for column in columns]
    for wanted in (name,) if name is not None else QUESTION_COLUMNS:
        if wanted.strip().casefold() in folded:
            return folded.index(wanted.strip().casefold())
    if name is None and len(columns) == 1:
        return 0
    listed = ", ".join(map(repr, columns))
    missing = f"no column {name!r}" if name is not None else "no column of questions"
    raise UsageError(f"{missing} among {listed}: name one of them with --question-column")


def parse_csv(data: bytes) -> Table:
    """The table of a CSV file: UTF-8, its first row the names, its cells parted by commas, semicolons or tabs.

    Short rows are filled up. A lone column whose name ends with a question mark has no name: that is a question.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("the file is not UTF-8: save it as “CSV UTF-8” and run again") from error
    delimiter = _delimiter(text)
    previous = csv.field_size_limit(MAX_CELL)
    try:
        found = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as error:
        raise UsageError(f"the file is not CSV: {error}") from error
    finally:
        csv.field_size_limit(previous)
    while found and not any(cell.strip() for cell in found[0]):
        found = found[1:]
    if not found:
        raise UsageError("the file is empty: its first row names the columns, the others hold the questions")
    if len(found[0]) == 1 and found[0][0].strip().endswith("?"):
        found = [["question"], *found]
    width = max(map(len, found))
    names, *rows = (tuple(row) + ("",) * (width - len(row)) for row in found)
    return Table(names, tuple(rows), delimiter, data.startswith(b"\xef\xbb\xbf"))


def format_csv(table: Table) -> bytes:
    """The bytes of a CSV file. No cell of it is a formula to a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=table.delimiter
    )  # lines end as RFC 4180 says; a lone CR in a cell is then quoted
    writer.writerows([plain(cell) for cell in row] for row in (table.columns, *table.rows))
    return out.getvalue().encode("utf-8-sig" if table.mark else "utf-8", errors="replace")


def joined(table: Table, results: Sequence[Outcome]) -> Table:
    """The table with its outcomes: all columns that it had, unchanged, and five more."""
    rows = tuple((*row, *result.cells()) for row, result in zip(table.rows, results, strict=True))
    return Table((*table.columns, *_new_names(table.columns)), rows, table.delimiter, table.mark)


def plain(cell: str) -> str:
    """The cell, with a ' before it where a spreadsheet would take it for a formula. A number stays as it is."""
    if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _delimiter(text: str) -> str:
    """The delimiter that the first line has most of; a comma where it has none."""
    first = re.sub(r'"[^"]*"', "", text.lstrip("\r\n").split("\n", 1)[0])
    return max(DELIMITERS, key=first.count)


def _new_names(columns: Sequence[str]) -> tuple[str, ...]:
    """The names of the new columns, another where the table has one of that name already."""
    taken = {column.strip().casefold() for column in columns}
    names = []
    for name in COLUMNS:
        while name in taken:
            name = f"assistant_{name}"
        names.append(name)
    return tuple(names)
