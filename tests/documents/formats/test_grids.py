"""Tables with spans, titles, groups and headers of several rows."""

from __future__ import annotations

import pytest

from assistant.documents.content import TooLarge
from assistant.documents.formats import grids
from assistant.documents.formats.blocks import Paragraph, Table
from assistant.documents.formats.grids import Cell, is_label, plain_table


def grid(*rows: str) -> list[list[Cell]]:
    """Rows of cells parted by bars; a star marks a header cell."""
    return [[Cell(cell.strip(" *"), head="*" in cell) for cell in row.split("|")] for row in rows]


def test_a_cell_of_several_rows_stands_in_each() -> None:
    rows = [
        [Cell("Plan", head=True), Cell("Region", head=True), Cell("Price", head=True)],
        [Cell("Basic", rows=2), Cell("EU"), Cell("9")],
        [Cell("US"), Cell("10")],
    ]
    assert plain_table(rows) == [Table(("Plan", "Region", "Price"), (("Basic", "EU", "9"), ("Basic", "US", "10")))]


def test_a_header_of_two_rows_names_each_column_from_the_top_down() -> None:
    rows = [
        [Cell("City", rows=2, head=True), Cell("Change", columns=2, head=True)],
        [Cell("Percent", head=True), Cell("Numeric", head=True)],
        [Cell("Oslo"), Cell("3"), Cell("120")],
    ]
    assert plain_table(rows) == [Table(("City", "Change, Percent", "Change, Numeric"), (("Oslo", "3", "120"),))]


def test_a_row_across_the_table_introduces_what_stands_below_it() -> None:
    rows = [
        *grid("Job*|Pay*"),
        [Cell("Nurses", columns=2)],
        *grid("Ward|50"),
        [Cell("Doctors", columns=2)],
        *grid("Ward|90"),
        [Cell("Source: the office", columns=2)],
    ]
    assert plain_table(rows) == [
        Paragraph("Nurses:"),
        Table(("Job", "Pay"), (("Ward", "50"),)),
        Paragraph("Doctors:"),
        Table(("Job", "Pay"), (("Ward", "90"),)),
        Paragraph("Source: the office"),
    ]


def test_a_title_above_the_header_and_a_caption_introduce_the_table() -> None:
    rows = [[Cell("Prices of 2026", columns=2)], *grid("Plan|Price", "Basic|$9")]
    assert plain_table(rows, caption="Table 1.") == [
        Paragraph("Table 1:"),
        Paragraph("Prices of 2026:"),
        Table(("Plan", "Price"), (("Basic", "$9"),)),
    ]


def test_labels_over_values_are_a_header_and_names_with_values_are_not() -> None:
    assert plain_table(grid("Plan|Price", "Basic|$9"), strict=True) == [Table(("Plan", "Price"), (("Basic", "$9"),))]
    keyed = grid("Grade|L5", "Team|Data")
    assert plain_table(keyed, strict=True) == [Table(None, (("Grade", "L5"), ("Team", "Data")))]
    assert plain_table(grid("Finance|78%", "Other|14"), strict=True)[0] == Table(
        None, (("Finance", "78%"), ("Other", "14"))
    )
    assert plain_table(grid("Term|Meaning", "FTE|a full post")) == [
        Table(("Term", "Meaning"), (("FTE", "a full post"),))
    ]
    assert plain_table(grid("Grade*|L5", "Team*|Data")) == [Table(None, (("Grade", "L5"), ("Team", "Data")))]


def test_empty_rows_and_columns_are_left_out_and_short_rows_filled_up() -> None:
    assert plain_table(grid("A*||B*", "||", "1||2", "3")) == [Table(("A", "B"), (("1", "2"), ("3", "")))]


def test_one_column_or_one_row_is_no_table() -> None:
    assert plain_table(grid("Only", "these")) == [Paragraph("Only"), Paragraph("these")]
    assert plain_table(grid("left|right|far")) == [Paragraph("left: right, far")]
    assert plain_table([]) == []


def test_a_year_names_a_column_and_a_sum_of_money_does_not() -> None:
    assert [is_label(text) for text in ("2024", "Q1", "$9", "12.5", "", "x" * 81)] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]


def test_a_table_of_more_cells_than_any_text_holds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MAX_CELLS", 900)
    wide = [[Cell("a", columns=299), Cell("b")]] * 2
    assert plain_table([*wide, [Cell("c")]]) == [Table(("a", "b"), (("a", "b"), ("c", "")))]
    with pytest.raises(TooLarge, match=r"^holds more than 900 cells in a table: split it$"):
        plain_table([*wide, *wide])


def test_columns_in_which_nothing_stands_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MAX_CELLS", 310)
    rows = [[Cell("a"), Cell("b")], *([Cell(str(n)), Cell("1")] for n in range(100)), [Cell("")] * 60 + [Cell("x")]]
    assert isinstance(plain_table(rows)[0], Table)
