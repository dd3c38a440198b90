"""Excel workbooks: a section a sheet, with cells as they are shown."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import cast

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from assistant.documents.content import MAX_CHARACTERS, Content, TooLarge
from assistant.documents.formats.blocks import Block, Heading, Parsed
from assistant.documents.formats.canonical import content
from assistant.documents.formats.grids import EMPTY, MAX_COLUMNS, WIDE, Cell
from assistant.documents.formats.office_properties import properties
from assistant.documents.formats.packages import BROKEN, Package
from assistant.documents.formats.sheets import sheet_blocks
from assistant.errors import DamagedDocument

_LARGE = 30_000_000  # bytes of unpacked sheets, from which merged cells and what is hidden are not looked for
_MANY = 500_000  # cells, also empty ones, from which that is not looked for either
_MANY_MERGED = 20_000  # areas of merged cells
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=["']([^"']{1,50})""")
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
    large = sum(sizes) > _LARGE or _is_merged_much(package)
    cut: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it does not know, and of dates out of range
        try:
            book = load_workbook(io.BytesIO(data), data_only=True, read_only=large)
            if not large and any(sheet.max_row * sheet.max_column > _MANY for sheet in book.worksheets):
                large, book = True, load_workbook(io.BytesIO(data), data_only=True, read_only=True)
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            found = [(sheet.title, sheet_blocks(list(_rows(sheet, cut, large=large)))) for sheet in sheets]
            book.close()
        except (*BROKEN, InvalidFileException) as error:
            raise DamagedDocument(f"{name}: is damaged, or no Excel workbook: save it anew as XLSX") from error
    filled = [(title, blocks) for title, blocks in found if blocks]
    blocks: list[Block] = []
    for heading, each in filled:
        if len(filled) > 1 or not _GIVEN_NAME.fullmatch(heading.strip()):
            blocks.append(Heading(2, heading))
        blocks += each
    said = tuple(f"sheet {sheet}: {WIDE}" for sheet in sorted(cut))
    return content(Parsed(tuple(blocks), title, metadata, warnings=said), name)


def _is_merged_much(package: Package) -> bool:
    """Whether a sheet has more merged cells than are worth looking at: the library makes an object of each."""
    for part in package.names:
        if part.startswith("xl/worksheets/") and part.endswith(".xml"):
            places = _MERGED.findall(package.bytes(part))
            if len(places) > _MANY_MERGED or sum(map(_area, places)) > _MANY:
                return True
    return False


def _area(place: bytes) -> int:
    """The cells of a range such as A1:B2; 0 where it is none."""
    try:
        first, top, last, bottom = (at or 0 for at in range_boundaries(place.decode()))
    except ValueError:
        return 0
    return (last - first + 1) * (bottom - top + 1)


def _rows(sheet: Worksheet | ReadOnlyWorksheet, cut: set[str], *, large: bool) -> Iterator[list[Cell]]:
    """The rows without what is hidden. Of empty rows in a row there is one. Raises TooLarge where they say too much.

    A sheet that has more columns than are read is put down among those that are cut.
    """
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    hidden: set[int] = set()
    if isinstance(sheet, ReadOnlyWorksheet):
        sheet.reset_dimensions()  # some programs write wrong ones
    else:
        for area in sheet.merged_cells.ranges:
            spans[area.min_row, area.min_col] = (area.max_col - area.min_col + 1, area.max_row - area.min_row + 1)
        for column in sheet.column_dimensions.values():
            if column.hidden and column.min is not None and column.max is not None:
                hidden.update(range(column.min, min(column.max, MAX_COLUMNS) + 1))
    was_empty, length = False, 0
    for number, row in enumerate(cast(Worksheet, sheet).iter_rows(), start=1):
        is_empty = all(cell.value is None and not isinstance(cell, MergedCell) for cell in row)
        if is_empty and was_empty:
            continue
        was_empty = is_empty
        if isinstance(sheet, Worksheet) and sheet.row_dimensions[number].hidden:
            continue
        if any(cell.value is not None for cell in row[MAX_COLUMNS:]):
            cut.add(sheet.title)
        cells: list[Cell] = []
        for at, cell in enumerate(row[:MAX_COLUMNS], start=1):
            if at in hidden or isinstance(cell, MergedCell):
                continue
            columns, rows = spans.get((number, at), (1, 1))
            if cell.value is None:
                cells.append(EMPTY if columns == rows == 1 else Cell("", columns, rows))
            else:
                bold = not large and bool(cell.font and cell.font.b)
                cells.append(Cell(shown(cell.value, cell.number_format or ""), columns, rows, bold))
                length += len(cells[-1].text)
        if length > MAX_CHARACTERS:  # one long string may be that of many cells
            raise TooLarge(f"holds more than {MAX_CHARACTERS:,} characters: split it")
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
