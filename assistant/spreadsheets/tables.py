"""A table of questions: named columns, rows of cells, and which column holds the questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TypeAlias

from assistant.errors import UsageError
from assistant.languages.catalogue import say
from assistant.types import Json


class Missing(Enum):
    """No cell at all, which a line of JSON can tell from an empty one."""

    CELL = "no cell"


Cell: TypeAlias = Json | date | time | timedelta | Missing
Row: TypeAlias = tuple[Cell, ...]

_QUESTION_NAMES = (
    "question",
    "questions",
    "question text",
    "customer question",
    "user question",
    "faq question",
    "faq",
    "faqs",
    "q",
    "query",
    "queries",
    "frage",
    "fragen",
    "pregunta",
    "preguntas",
    "domanda",
    "pergunta",
    "vraag",
)
_NUMBERING = {"id", "no", "nr", "number", "type", "date"}  # a column of these holds no questions
_TITLES = 10  # rows among which the names of the columns are looked for
_EXPECTED_NAMES = ("expected", "expected answer", "expected result", "expected source")


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows of cells; every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str = ","  # that a CSV file of it has
    mark: bool = False  # whether such a file begins with a byte-order mark
    notes: tuple[str, ...] = ()  # what a person should know of how it was read
    sheet: str = ""  # of a workbook, that is read
    sheets: tuple[str, ...] = ()  # of a workbook, that hold anything

    def texts(self, column: int) -> Iterator[str]:
        """The cells of one column as text, without white space around."""
        return (text(row[column]).strip() for row in self.rows)


def table(
    records: Sequence[Sequence[Cell]], *, delimiter: str = ",", mark: bool = False, notes: tuple[str, ...] = ()
) -> Table:
    """A table of records. The first names the columns, unless it asks something itself; short ones are filled up.

    Titles above the names are left out.
    """
    if not records:
        return Table((), (), delimiter, mark, notes)
    if titles := names_row(records):
        records = records[titles:]
        notes = (*notes, say("batch.titles_left_out", rows=say("batch.count_rows", count=titles)))
    width = max(map(len, records))
    rows = tuple((*record, *[""] * (width - len(record))) for record in records)
    names = tuple(map(text, rows[0]))
    asking = [n for n, name in enumerate(names) if _asks(name) and " " in name.strip() and not _is_about(name)]
    if asking and not names_a_question(names):
        made = tuple("question" if n == asking[0] else f"column {n + 1}" for n in range(width))
        return Table(made, rows, delimiter, mark, (*notes, say("batch.first_asks")))
    if width == 1 and not names_a_question(names):
        notes = (*notes, say("batch.first_names", row=repr(names[0])))
    if longer := [n for n, record in enumerate(records) if any(map(text, record[len(records[0]) :]))]:
        notes = (*notes, say("batch.more_cells", row=longer[0]))
    return Table(names, rows[1:], delimiter, mark, notes)


def names_a_question(names: Sequence[Cell]) -> bool:
    """Whether one of these names is one that columns of questions have."""
    return not {plain_name(text(name)) for name in names}.isdisjoint(_QUESTION_NAMES)


def names_row(records: Sequence[Sequence[Cell]]) -> int:
    """The position of the record that names the columns: not the first where that and those below are titles or notes.

    It has more cells than those, and has a name for questions, or asks nothing where a column below it does.
    """
    most = 0  # cells of a record so far
    for n, record in enumerate(records[:_TITLES]):
        filled = sum(bool(text(cell).strip()) for cell in record)
        named = names_a_question(record) or any(_is_about(text(cell)) for cell in record)
        if filled > most and (filled > 1 or n):
            if named or (n and filled > 1 >= most and _heads(record, records[n + 1 :])):
                return n
        elif n and filled == most == 1 and names_a_question(record):
            return n
        most = max(most, filled)
    return 0


def holds_questions(records: Sequence[Sequence[Cell]]) -> int:
    """How surely there are questions among these records: 3 where a column is named so and one asks, 2 where one is
    named so and has a row, 1 where one asks, else 0.
    """
    if not records:
        return 0
    at = names_row(records)
    named = names_a_question(records[at]) or any(_is_about(text(cell)) for cell in records[at])
    asks = any(_mostly_asks(column) for column in _columns(records))
    return 2 * (named and len(records) > at + 1) + asks


def _heads(record: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> bool:
    """Whether the record can name columns of which one asks."""
    if any(_asks(text(cell)) for cell in record):
        return False
    named = zip(record, _columns([*below, [""] * len(record)]), strict=False)
    return any(text(cell).strip() and _mostly_asks(column) for cell, column in named)


def _columns(records: Sequence[Sequence[Cell]]) -> list[list[str]]:
    width = max(map(len, records), default=0)
    return [[text(record[n]).strip() for record in records if n < len(record)] for n in range(width)]


def _mostly_asks(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return sum(map(_asks, filled)) * 2 > len(filled)


def _is_about(name: str) -> bool:
    """Whether a name is about questions, as "What is your question?" is."""
    said = {*plain_name(name).split()}
    return not said.isdisjoint(("question", "questions")) and said.isdisjoint(_NUMBERING)


def text(cell: Cell) -> str:
    """A cell as it stands in a file of plain text."""
    if isinstance(cell, str):
        return cell
    if cell is None or isinstance(cell, Missing):
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else json.dumps(cell, ensure_ascii=False)


def question_column(table: Table, name: str | None = None) -> int:
    """The position of the column of the questions: the one that is named (or numbered, from 1), else found.

    It is found by its name, else by the word "question" in its name, else by question marks, else because it is alone.
    """
    if name is not None:
        return _named(table.columns, name, "--question-column")
    plain = [plain_name(column) for column in table.columns]
    for wanted in _QUESTION_NAMES:
        if wanted in plain:
            return plain.index(wanted)
    about = [n for n, column in enumerate(plain) if _is_about(column)]
    if len(about) == 1:
        return about[0]
    asking = [n for n in range(len(table.columns)) if _asking(table, n)]
    if len(asking) == 1:
        return asking[0]
    if len(table.columns) == 1:
        return 0
    raise UsageError(f"no column of questions among {_listed(table.columns)}: name one of them with --question-column")


def expected_column(table: Table, name: str | None = None) -> int | None:
    """The position of the column that says what is expected, if there is one."""
    if name is not None:
        return _named(table.columns, name, "--expected-column")
    plain = [plain_name(column) for column in table.columns]
    return next((plain.index(wanted) for wanted in _EXPECTED_NAMES if wanted in plain), None)


def plain_name(name: str) -> str:
    """A column's name as it is compared: words in small letters."""
    return " ".join(re.findall(r"\w+", name.replace("_", " ").casefold()))


def new_names(columns: Sequence[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """The names of new columns, with `answer_` before one that the table has already."""
    taken = {column.strip().casefold() for column in columns}
    names = []
    for name in wanted:
        while name in taken:
            name = f"answer_{name}"
        taken.add(name)
        names.append(name)
    return tuple(names)


def _named(columns: Sequence[str], name: str, option: str) -> int:
    wanted = name.strip().casefold()
    folded = [column.strip().casefold() for column in columns]
    if wanted in folded:
        return folded.index(wanted)
    if plain_name(name) and plain_name(name) in (plain := [plain_name(column) for column in columns]):
        return plain.index(plain_name(name))
    if wanted.isdecimal() and 1 <= int(wanted) <= len(columns):
        return int(wanted) - 1
    raise UsageError(f"no column {name!r} among {_listed(columns)}: name one of them with {option}")


def _asking(table: Table, column: int) -> bool:
    """Whether most cells of a column ask something."""
    return _mostly_asks(list(table.texts(column)))


def _asks(text: str) -> bool:
    return text.rstrip().endswith(("?", "\uff1f"))


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(repr, columns))
