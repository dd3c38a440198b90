"""A table comes back from JSON as it was."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from assistant.spreadsheets.cells import as_json, from_json
from assistant.spreadsheets.tables import Cell, Missing, Table

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
CELLS = TREES | st.dates() | st.datetimes() | st.times() | st.timedeltas() | st.just(Missing.CELL)
TEXTS = st.lists(st.text(), max_size=3).map(tuple)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2).map(tuple), max_size=4).map(tuple), TEXTS, st.text(), TEXTS)
def test_every_cell_comes_back_with_its_type(
    rows: tuple[tuple[Cell, ...], ...], notes: tuple[str, ...], sheet: str, sheets: tuple[str, ...]
) -> None:
    table = Table(("a", "b"), rows, ";", True, notes, sheet, sheets)
    back = from_json(json.loads(json.dumps(as_json(table))))
    assert back == table
    assert [[type(cell) for cell in row] for row in back.rows] == [[type(cell) for cell in row] for row in rows]


def test_what_looks_like_a_form_of_ours_is_a_cell_too() -> None:
    row: tuple[Cell, ...] = ({"kind": "date", "of": "2026-01-31"}, date(2026, 1, 31), datetime(2026, 1, 31), time(8))
    table = Table(("a", "b", "c", "d"), (row, (timedelta(days=-1, seconds=3), Missing.CELL, "", None)))
    assert from_json(json.loads(json.dumps(as_json(table)))) == table
