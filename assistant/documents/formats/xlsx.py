"""Excel workbooks: a section a sheet, with cells as they are shown."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import cast

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from assistant.documents.content import Content
from assistant.documents.formats.blocks import Block, Heading, Parsed
from assistant.documents.formats.canonical import content
from assistant.documents.formats.grids import Cell
from assistant.documents.formats.office_properties import properties
from assistant.documents.formats.packages import Package
from assistant.documents.formats.sheets import sheet_blocks
from assistant.errors import DamagedDocument

_DAMAGED = (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, OSError, SyntaxError)
_LARGE = 30_000_000  # bytes of unpacked sheets, from which merged cells and what is hidden are not looked for
_MANY = 500_000  # cells, also empty ones, from which that is not looked for either
_MAX_COLUMNS = 300
_GIVEN_NAME = re.compile(r"(?i)(?:sheet|tabelle|feuil|hoja|blad|list|munka|foglio|planilha)\s?\d*")
_CURRENCY = re.compile(r"\[\$([^\]-]+)[^\]]*\]|([$\u20ac\u00a3\u00a5])")
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DECIMALS = re.compile(r"\.(0+)")
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005F)_")


def load(data: bytes, name: str) -> Content:
    """The content of the visible sheets of a workbook: values, not formulas."""
    package = Package(data, name)
    title, metadata = properties(package)
    sizes = (part.file_size for part in package.archive.infolist() if part.filename.startswith("xl/worksheets/"))
    large = sum(sizes) > _LARGE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it does not know, and of dates out of range
        try:
            book = load_workbook(io.BytesIO(data), data_only=True, read_only=large)
            if not large and any(sheet.max_row * sheet.max_column > _MANY for sheet in book.worksheets):
                large, book = True, load_workbook(io.BytesIO(data), data_only=True, read_only=True)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            found = [(sheet.title, sheet_blocks(list(_rows(sheet, large=large)))) for sheet in sheets]
            book.close()
        except (
            zipfile.BadZipFile,
            InvalidFileException,
            KeyError,
            ValueError,
            TypeError,
            OSError,
            SyntaxError,
        ) as error:
            raise DamagedDocument(f"{name}: is damaged, or no Excel workbook: save it anew as XLSX") from error
    filled = [(title, blocks) for title, blocks in found if blocks]
    blocks: list[Block] = []
    for heading, each in filled:
        if len(filled) > 1 or not _GIVEN_NAME.fullmatch(heading.strip()):
            blocks.append(Heading(2, heading))
        blocks += each
    return content(Parsed(tuple(blocks), title, metadata), name)


def _rows(sheet: Worksheet | ReadOnlyWorksheet, *, large: bool) -> Iterator[list[Cell]]:
    """The rows without what is hidden. Of empty rows in a row there is one."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    hidden: set[int] = set()
    width: int | None = None
    if isinstance(sheet, ReadOnlyWorksheet):
        sheet.reset_dimensions()  # some programs write wrong ones
    else:
        width = min(sheet.max_column, _MAX_COLUMNS)
        for area in sheet.merged_cells.ranges:
            spans[area.min_row, area.min_col] = (area.max_col - area.min_col + 1, area.max_row - area.min_row + 1)
        for column in sheet.column_dimensions.values():
            if column.hidden and column.min is not None and column.max is not None:
                hidden.update(range(column.min, min(column.max, _MAX_COLUMNS) + 1))
    was_empty = False
    for number, row in enumerate(cast(Worksheet, sheet).iter_rows(max_col=width), start=1):
        is_empty = all(cell.value is None and not isinstance(cell, MergedCell) for cell in row)
        if is_empty and was_empty:
            continue
        was_empty = is_empty
        if isinstance(sheet, Worksheet) and sheet.row_dimensions[number].hidden:
            continue
        cells: list[Cell] = []
        for at, cell in enumerate(row[:_MAX_COLUMNS], start=1):
            if at in hidden or isinstance(cell, MergedCell):
                continue
            columns, rows = spans.get((number, at), (1, 1))
            if cell.value is None:
                cells.append(Cell("", columns, rows))
            else:
                bold = not large and bool(cell.font and cell.font.b)
                cells.append(Cell(shown(cell.value, cell.number_format or ""), columns, rows, bold))
        yield cells


def shown(value: object, form: str) -> str:
    """A value as a sheet shows it in this number format, as far as figures, dates, percents and money go."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number(value, form)
    if isinstance(value, datetime):
        return (value.date() if value.time() == time.min else value.replace(microsecond=0)).isoformat(*_space(value))
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value)).strip()


def _space(value: datetime) -> tuple[str, ...]:
    return () if value.time() == time.min else (" ",)


def _number(value: float, form: str) -> str:
    pattern = form.split(";")[0]
    money = _CURRENCY.search(pattern)
    plain = _LITERAL.sub("", pattern)
    if plain.lower() == "general" or not any(mark in plain for mark in "0#%"):
        return format(value, ".15g") if isinstance(value, float) else str(value)
    decimals = len(found[1]) if (found := _DECIMALS.search(plain)) else 0
    if "%" in plain:
        return f"{value * 100:.{decimals}f}%"
    if "/" in plain or "E" in plain:
        return format(value, ".15g")
    said = f"{abs(value):,.{decimals}f}" if "," in plain else f"{abs(value):.{decimals}f}"
    sign = "-" if value < 0 and said.strip("0.,") else ""
    symbol = (money[1] or money[2]).strip() if money else ""
    if symbol and money and pattern.find("0") < money.start():
        return f"{sign}{said} {symbol}"
    return f"{sign}{symbol}{' ' if symbol.isalpha() else ''}{said}"
