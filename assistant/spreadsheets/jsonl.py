"""Lines of JSON, an object or a string a line, or one array of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from assistant.errors import UsageError
from assistant.languages.catalogue import say
from assistant.spreadsheets.encodings import decoded
from assistant.spreadsheets.tables import Missing, Table, text
from assistant.types import Json


def read(data: bytes, *, encoding: str | None = None) -> Table:
    """The table of a JSONL file, or of one JSON array; its columns are the keys, in the order in which they come."""
    content, notes = decoded(data, encoding)
    values: Iterable[tuple[int, Json]]
    if content.lstrip().startswith("["):
        whole = _parsed(content)
        values = enumerate(whole if isinstance(whole, list) else [whole], start=1)
        neither = "batch.question_neither"
    else:
        lines = enumerate(re.split(r"\r\n|\n|\r", content), start=1)
        values = ((number, _parsed(line, number)) for number, line in lines if line.strip())
        neither = "batch.line_neither"
    rows: list[Mapping[str, Json]] = []
    for number, value in values:
        if not isinstance(value, dict | str):
            raise UsageError(say(neither, number=number))
        rows.append({"question": value} if isinstance(value, str) else value)
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(columns, tuple(tuple(row.get(name, Missing.CELL) for name in columns) for row in rows), notes=notes)


def _parsed(content: str, number: int | None = None) -> Json:
    """The value of a line of this number; without one, of a whole file."""
    try:
        value: Json = json.loads(content)
    except (ValueError, RecursionError) as error:
        key = "batch.file_not_json" if number is None else "batch.line_not_json"
        raise UsageError(say(key, number=number, why=str(error))) from error
    return value


def line(row: Mapping[str, object]) -> bytes:
    """One object as a line. Dates are written as text."""
    try:
        return json.dumps(row, ensure_ascii=False, default=_said).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can say
        return json.dumps(row, default=_said).encode() + b"\n"


def _said(value: object) -> str:
    return text(value)  # type: ignore[arg-type]  # what is no JSON in a row is a cell
