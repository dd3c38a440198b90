"""Lines of JSON, an object or a string a line, or one array of them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from assistant.errors import UsageError
from assistant.spreadsheets.encodings import decoded
from assistant.spreadsheets.tables import Missing, Table, text
from assistant.types import Json


def read(data: bytes, *, encoding: str | None = None) -> Table:
    """The table of a JSONL file, or of one JSON array; its columns are the keys, in the order in which they come."""
    content, notes = decoded(data, encoding)
    values: Iterable[tuple[int, Json]]
    if content.lstrip().startswith("["):
        whole = _parsed(content, "the file")
        values = enumerate(whole if isinstance(whole, list) else [whole], start=1)
        where = "question"
    else:
        lines = enumerate(re.split(r"\r\n|\n|\r", content), start=1)
        values = ((number, _parsed(line, f"line {number}")) for number, line in lines if line.strip())
        where = "line"
    rows: list[Mapping[str, Json]] = []
    for number, value in values:
        if not isinstance(value, dict | str):
            raise UsageError(f"{where} {number} is neither a JSON object nor a string: write one of them a line")
        rows.append({"question": value} if isinstance(value, str) else value)
    columns = tuple(dict.fromkeys(name for row in rows for name in row))
    return Table(columns, tuple(tuple(row.get(name, Missing.CELL) for name in columns) for row in rows), notes=notes)


def _parsed(content: str, where: str) -> Json:
    try:
        value: Json = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where} is not JSON: {error}") from error
    return value


def line(row: Mapping[str, object]) -> bytes:
    """One object as a line. Dates are written as text."""
    try:
        return json.dumps(row, ensure_ascii=False, default=_said).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which only an escape can say
        return json.dumps(row, default=_said).encode() + b"\n"


def _said(value: object) -> str:
    return text(value)  # type: ignore[arg-type]  # what is no JSON in a row is a cell
