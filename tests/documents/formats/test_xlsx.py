"""Excel workbooks: sheets, headers, and cells as they are shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime

import made
import pytest
from openpyxl import Workbook

from assistant.documents.content import Content
from assistant.documents.formats.xlsx import load, shown
from assistant.errors import DamagedDocument, TextlessDocument


def saved(fill: Callable[[Workbook], object]) -> Content:
    book = Workbook()
    fill(book)
    out = io.BytesIO()
    book.save(out)
    return load(out.getvalue(), "a.xlsx")


def rows(book: Workbook, *found: list[object], name: str = "") -> None:
    """Fill the first sheet, or a new one of this name."""
    sheet = book.create_sheet(name) if name else book.worksheets[0]
    for row in found:
        sheet.append(row)


def test_each_sheet_is_a_section_and_rows_keep_the_names_of_their_columns() -> None:
    def fill(book: Workbook) -> None:
        rows(book, ["Plan", "Price"], ["Basic", 9], ["Pro", 20.5])
        rows(book, ["City", "Staff"], ["Oslo", 12], name="Offices")

    content = saved(fill)
    assert content.text == (
        "## Sheet\n\n| Plan | Price |\n| --- | --- |\n| Basic | 9 |\n| Pro | 20.5 |\n\n"
        "## Offices\n\n| City | Staff |\n| --- | --- |\n| Oslo | 12 |\n"
    )
    assert content.title is None
    assert [line.parent for line in content.structure.lines] == [None, None, 1, 1, None, None, 5]


def test_titles_above_the_header_are_no_rows() -> None:
    def fill(book: Workbook) -> None:
        rows(
            book,
            ["Prices of 2026"],
            [],
            ["Plan", "Price", "Unit"],
            ["Basic", 9, "EUR"],
            [None, None, None],
            ["Pro", 20, "EUR"],
        )

    assert saved(fill).text == (
        "Prices of 2026\n\n| Plan | Price | Unit |\n| --- | --- | --- |\n| Basic | 9 | EUR |\n| Pro | 20 | EUR |\n"
    )


def test_tables_below_and_beside_each_other_are_parted() -> None:
    def fill(book: Workbook) -> None:
        rows(
            book,
            ["Plan", "Price", None, "City", "Staff"],
            ["Basic", 9, None, "Oslo", 3],
            [],
            ["Name", "Age"],
            ["Ann", 40],
        )

    assert saved(fill).text == (
        "| Plan | Price |\n| --- | --- |\n| Basic | 9 |\n\n| City | Staff |\n| --- | --- |\n| Oslo | 3 |\n\n"
        "| Name | Age |\n| --- | --- |\n| Ann | 40 |\n"
    )


def test_merged_cells_and_what_is_hidden() -> None:
    def fill(book: Workbook) -> None:
        rows(book, ["Plan", "Secret", "Price"], ["Basic", "x", 9], ["", "x", 10], ["Gone", "x", 11])
        rows(book, ["Nobody", "sees"], ["this", "sheet"], name="Hidden")
        sheet = book.worksheets[0]
        sheet.merge_cells("A2:A3")
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[4].hidden = True
        book.worksheets[1].sheet_state = "hidden"

    assert saved(fill).text == "| Plan | Price |\n| --- | --- |\n| Basic | 9 |\n| Basic | 10 |\n"


@pytest.mark.parametrize(
    ("value", "form", "want"),
    [
        (0.256, "0.0%", "25.6%"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (-1200, '"$"#,##0', "-$1,200"),
        (1200, "$#,##0", "$1,200"),
        (1200, "#,##0 [$\u20ac-407]", "1,200 \u20ac"),
        (1200, "[$EUR] #,##0", "EUR 1,200"),
        (3, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (date(2026, 3, 1), "", "2026-03-01"),
        (datetime(2026, 3, 1), "", "2026-03-01"),
        (datetime(2026, 3, 1, 8, 30), "", "2026-03-01 08:30:00"),
        (True, "", "TRUE"),
        ("a_x000D_", "", "a"),
    ],
)
def test_values_are_written_as_they_are_shown(value: object, form: str, want: str) -> None:
    assert shown(value, form) == want


def test_columns_that_are_left_out_are_said() -> None:
    def fill(book: Workbook) -> None:
        rows(book, ["Plan", "Price"], ["Basic", 9])
        book.worksheets[0].cell(2, 301).value = 10

    assert saved(fill).warnings == ("sheet Sheet: columns past the 300th are left out",)


def test_a_sheet_with_a_million_empty_rows_costs_little() -> None:
    def fill(book: Workbook) -> None:
        rows(book, ["Plan", "Price"], ["Basic", 9])
        book.worksheets[0].cell(1_000_000, 2).value = 10

    assert saved(fill).text.startswith("| Plan | Price |\n| --- | --- |\n| Basic | 9 |\n")


def test_a_file_that_cannot_be_read_says_why() -> None:
    with pytest.raises(DamagedDocument, match="no Excel workbook"):
        load(made.zipped({"x": "y"}), "a.xlsx")
    with pytest.raises(TextlessDocument):
        saved(lambda book: None)
