"""Tables as JSON and back, each cell with its type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import cast

from assistant.languages import kept
from assistant.spreadsheets.tables import Cell, Missing, Table
from assistant.types import Json

_KIND, _OF = "kind", "of"  # of a cell that JSON alone would not tell from another


def as_json(table: Table) -> Mapping[str, Json]:
    """The table as JSON."""
    return {
        "columns": list(table.columns),
        "rows": [[_written(cell) for cell in row] for row in table.rows],
        "delimiter": table.delimiter,
        "mark": table.mark,
        "notes": [kept.as_json(note) for note in table.notes],
        "sheet": table.sheet,
        "sheets": list(table.sheets),
    }


def from_json(said: Mapping[str, Json]) -> Table:
    """The table that `as_json` made this of."""
    rows = cast(list[list[Json]], said["rows"])
    return Table(
        columns=_texts(said["columns"]),
        rows=tuple(tuple(map(_read, row)) for row in rows),
        delimiter=str(said["delimiter"]),
        mark=bool(said["mark"]),
        notes=tuple(map(kept.from_json, cast(list[Json], said["notes"]))),
        sheet=str(said["sheet"]),
        sheets=_texts(said["sheets"]),
    )


def _written(cell: Cell) -> Json:
    if isinstance(cell, Missing):
        return {_KIND: "missing"}
    if isinstance(cell, datetime):  # which is a date, too
        return {_KIND: "datetime", _OF: cell.isoformat()}
    if isinstance(cell, date):
        return {_KIND: "date", _OF: cell.isoformat()}
    if isinstance(cell, time):
        return {_KIND: "time", _OF: cell.isoformat()}
    if isinstance(cell, timedelta):
        return {_KIND: "span", _OF: [cell.days, cell.seconds, cell.microseconds]}
    return {_KIND: "object", _OF: cell} if isinstance(cell, dict) else cell


def _read(said: Json) -> Cell:
    if not isinstance(said, dict):
        return said
    kind, of = said[_KIND], said.get(_OF)
    if kind == "missing":
        return Missing.CELL
    if kind == "span":
        days, seconds, microseconds = cast(list[int], of)
        return timedelta(days, seconds, microseconds)
    if kind == "datetime":
        return datetime.fromisoformat(str(of))
    if kind == "date":
        return date.fromisoformat(str(of))
    return time.fromisoformat(str(of)) if kind == "time" else of


def _texts(said: Json) -> tuple[str, ...]:
    return tuple(map(str, cast(list[Json], said)))
