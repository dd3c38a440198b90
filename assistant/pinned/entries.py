"""Pinned answers as an operator keeps them: a table of questions, wordings, answers, sources and last days."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from assistant.disk import write
from assistant.errors import PinnedError, UsageError
from assistant.question.parse import MAX_QUESTION
from assistant.spreadsheets import delimited, files, jsonl
from assistant.spreadsheets.counted import counted
from assistant.spreadsheets.tables import Cell, Missing, Table, plain_name, question_column, text

FORMATS = ("csv", "tsv", "xlsx", "jsonl")
MAX_ANSWER = 10_000  # characters of an answer
MAX_BYTES = 50_000_000  # of a file
_NAMES: Mapping[str, tuple[str, ...]] = {
    "answer": ("answer", "answers", "reply", "response", "antwort", "respuesta"),
    "wordings": ("wordings", "wording", "other wordings", "also asked as", "alternatives", "variants", "synonyms"),
    "source": ("source", "sources", "link", "url", "reference", "quelle"),
    "valid until": ("valid until", "valid to", "expires", "expires on", "expiry", "until", "gueltig bis", "gültig bis"),
}
_COLUMNS = ("question", "wordings", "answer", "source", "valid until")
_PARTED = re.compile(r"[\n|]|(?<=[?\uff1f])\s+|;\s+")
_LISTED = 5  # rows that a message names


@dataclass(frozen=True, slots=True)
class Pin:
    """A question with an operator's own answer to it."""

    question: str
    answer: str
    wordings: tuple[str, ...] = ()  # other ways to ask the same
    source: str = ""
    valid_until: date | None = None  # the last day on which it is given

    @property
    def asked_as(self) -> tuple[str, ...]:
        """The question in all its wordings."""
        return (self.question, *self.wordings)


@dataclass(frozen=True, slots=True)
class Pins:
    """The pinned answers of a file, and what a person should know of how it was read."""

    pins: tuple[Pin, ...]
    notes: tuple[str, ...] = ()


def load(path: Path) -> Pins:
    """The pinned answers of a file. Raises PinnedError where it cannot be read, or a row of it makes no sense."""
    form = format_of(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PinnedError(f"{path} is larger than {MAX_BYTES:,} bytes: keep the pinned answers in a smaller file")
        data = path.read_bytes()
    except OSError as error:
        raise PinnedError(f"cannot read the pinned answers in {path}: {error.strerror}") from error
    if not data.strip():
        return Pins(())
    try:
        return _pins(files.read(data, form))
    except PinnedError as error:
        raise PinnedError(f"{path}: {error}") from error
    except UsageError as error:
        raise PinnedError(f"{path} holds no pinned answers: {error}") from error


def format_of(path: Path) -> str:
    """The format of a file, by its ending. Raises PinnedError where that is none of these."""
    form = path.suffix.lower().lstrip(".")
    if form not in FORMATS:
        raise PinnedError(f"{path} is no file of pinned answers: give one that ends in .{', .'.join(FORMATS)}")
    return form


def add(path: Path, pin: Pin) -> None:
    """Puts a pinned answer at the end of a file, which is begun where there is none.

    Raises PinnedError where the file cannot be written, or is a workbook, whose layout would be lost.
    """
    form = format_of(path)
    if form == "xlsx":
        raise PinnedError(f"{path} is a workbook, which is left to you: write the answer into it, or pin to a .csv")
    known = load(path).pins if path.exists() else ()
    if any(_key(pin.question) == _key(other) for each in known for other in each.asked_as):
        raise PinnedError(f"“{pin.question}” is pinned already: change its answer in {path}")
    _check(pin, "the answer")
    data = path.read_bytes() if path.exists() else b""
    try:
        write(path, _with(data, form, pin))
    except UsageError as error:
        raise PinnedError(f"cannot pin the answer: {error}") from error


def _with(data: bytes, form: str, pin: Pin) -> bytes:
    """The bytes of a file with one more answer."""
    if form == "jsonl":
        row: dict[str, object] = {"question": pin.question, "answer": pin.answer, "source": pin.source}
        until = {} if pin.valid_until is None else {"valid until": pin.valid_until.isoformat()}
        if data.lstrip().startswith(b"["):
            raise PinnedError("the file is one array of JSON: write an object a line to have answers added")
        return data + (b"" if not data or data.endswith(b"\n") else b"\n") + jsonl.line(row | until)
    delimiter = "\t" if form == "tsv" else ","
    if not data.strip():
        return b"".join(delimited.lines([_COLUMNS, _cells(pin, _COLUMNS)], delimiter=delimiter, mark=False))
    table = files.read(data, form)
    columns = [*table.columns]
    columns += [name for name in _needed(pin) if not _has(table, name)]
    rows = [[*row, *[""] * (len(columns) - len(row))] for row in table.rows]
    added: list[Sequence[Cell]] = [columns, *rows, _cells(pin, columns)]
    return b"".join(delimited.lines(added, delimiter=table.delimiter, mark=table.mark))


def _needed(pin: Pin) -> list[str]:
    """The names of the columns that an answer fills."""
    return ["answer", *["source"] * bool(pin.source), *["valid until"] * (pin.valid_until is not None)]


def _has(table: Table, name: str) -> bool:
    return _column(table, name) is not None


def _cells(pin: Pin, columns: Sequence[str]) -> list[str]:
    """The cells of a row for these columns; of several columns of one kind the first is filled."""
    left = {
        "answer": pin.answer,
        "wordings": "\n".join(pin.wordings),
        "source": pin.source,
        "valid until": "" if pin.valid_until is None else pin.valid_until.isoformat(),
    }
    at = question_column(Table(tuple(columns), ()))
    cells = []
    for n, column in enumerate(columns):
        kind = next((kind for kind, names in _NAMES.items() if plain_name(column) in names and kind in left), None)
        cells.append(pin.question if n == at else left.pop(kind) if kind is not None else "")
    return cells


def _pins(table: Table) -> Pins:
    asked, answers = question_column(table), _column(table, "answer")
    if answers is None:
        listed = ", ".join(map(repr, table.columns))
        raise PinnedError(f"no column of answers among {listed}: name one of them `answer`")
    wordings, source, until = (_column(table, name) for name in ("wordings", "source", "valid until"))
    pins: list[Pin] = []
    empty, known, twice = 0, set[str](), []
    for n, row in enumerate(table.rows, start=1):
        question, answer = text(row[asked]).strip(), _written(row[answers])
        if not question and not answer:
            continue
        if not answer:
            empty += 1
            continue
        if not question:
            raise PinnedError(f"row {n} has an answer and no question: write the question beside it")
        others = _wordings(row[wordings]) if wordings is not None else ()
        pin = Pin(
            question,
            answer,
            tuple(each for each in others if _key(each) != _key(question)),
            text(row[source]).strip() if source is not None else "",
            _day(row[until], f"row {n}") if until is not None else None,
        )
        _check(pin, f"row {n}")
        if _key(question) in known:
            twice.append(str(n))
            continue
        known.add(_key(question))
        pins.append(pin)
    notes = [*table.notes]
    if empty:
        notes.append(f"left out, since there is no answer: {counted(empty, 'row')}")
    if twice:
        notes.append(f"left out, since the question stands further up already: row {', '.join(twice[:_LISTED])}")
    return Pins(tuple(pins), tuple(notes))


def _check(pin: Pin, where: str) -> None:
    """Raises PinnedError where a question or an answer is too long."""
    if not pin.question or not pin.answer:
        raise PinnedError(f"{where}: write a question and an answer")
    if any(len(wording) > MAX_QUESTION for wording in pin.asked_as):
        raise PinnedError(f"{where}: a question has more than {MAX_QUESTION} characters: shorten it")
    if len(pin.answer) > MAX_ANSWER:
        raise PinnedError(f"{where}: the answer has more than {MAX_ANSWER:,} characters: shorten it")


def _written(cell: Cell) -> str:
    """An answer, its lines without white space around them."""
    lines = [line.rstrip() for line in re.split(r"\r\n|\n|\r", text(cell))]
    return "\n".join(lines).strip()


def _wordings(cell: Cell) -> tuple[str, ...]:
    """Several wordings of one cell: of a list, or parted by lines, |, ; or their question marks."""
    parts = map(str, cell) if isinstance(cell, list | tuple) else _PARTED.split(text(cell))
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _day(cell: Cell, where: str) -> date | None:
    if cell is None or isinstance(cell, Missing) or not text(cell).strip():
        return None
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else day(text(cell), where)


def day(said: str, where: str) -> date:
    """A day that is written like 2027-01-31. Raises PinnedError."""
    try:
        return date.fromisoformat(said.strip()[:10])
    except ValueError as error:
        raise PinnedError(f"{where}: {said!r} is no day: write it like 2027-01-31") from error


def _column(table: Table, kind: str) -> int | None:
    plain = [plain_name(column) for column in table.columns]
    return next((plain.index(name) for name in _NAMES[kind] if name in plain), None)


def _key(question: str) -> str:
    """The question without what a retyping changes."""
    return " ".join(question.casefold().split()).rstrip(" ?!.\uff1f")
