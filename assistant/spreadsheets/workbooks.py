"""XLSX workbooks: the table of one sheet in, one sheet out, the same bytes for the same table."""

from __future__ import annotations

import io
import os
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import IO, BinaryIO, cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.writer.excel import ExcelWriter

from assistant.errors import UsageError
from assistant.languages.catalogue import say
from assistant.spreadsheets.tables import Cell, Table, holds_questions, plain_name, table, text

_LONGEST = 32_767  # characters of a cell
_WHOLE = 2**53  # the whole numbers up to here are exact
_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f]|005F|D[89A-Fa-f][0-9A-Fa-f]{2}|FFF[EFef])_")
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")  # XML loses CR, too
_WIDTHS = {"question": 45, "answer": 70, "sources": 70, "reason": 45}  # of columns, in characters
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date that an archive can hold
_CHUNK = 1 << 20
_MOST_BYTES = 400_000_000  # of all parts, unpacked
_MOST_CELLS = 5_000_000  # of all sheets; those between two filled ones are cells, too


def read(data: bytes, *, sheet: str | None = None) -> Table:
    """The table of one sheet: the one that is named, else the first that has a column of questions."""
    sheets = _sheets(data)
    full = tuple(name for name, rows in sheets.items() if rows)
    if sheet is not None:
        found = {name.strip().casefold(): name for name in sheets}.get(sheet.strip().casefold())
        if found is None:
            raise UsageError(f"no sheet {sheet!r} among {', '.join(map(repr, sheets))}: name one of them with --sheet")
        return replace(table(sheets[found]), sheet=found, sheets=full)
    if not full:
        return Table((), ())
    chosen = max(full, key=lambda name: holds_questions(sheets[name]))  # the first of equals
    return replace(table(sheets[chosen]), sheet=chosen, sheets=full)


def write(file: BinaryIO, rows: Iterable[Sequence[Cell]]) -> int:
    """Writes one sheet, the first row bold, and gives how many cells were too long and are cut."""
    book = Workbook(write_only=True)
    book.properties.created = book.properties.modified = datetime(*EPOCH)
    book.properties.creator = ""
    sheet = book.create_sheet("Answers")
    sheet.freeze_panes = "A2"
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    cut = 0
    for number, row in enumerate(rows):
        cells = []
        if not number:
            for n, name in enumerate(row, start=1):
                sheet.column_dimensions[get_column_letter(n)].width = _WIDTHS.get(plain_name(text(name)), 16)
        for value in row:
            plain, was_cut = _plain(value)
            cut += was_cut
            cell = WriteOnlyCell(sheet, plain)
            if isinstance(plain, str):
                cell.data_type = "s"  # never a formula, never the code of an error
                cell.alignment = wrapped
            if not number:
                cell.font = bold
            cells.append(cell)
        sheet.append(cells)
    with _Steady(file, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).write_data()
    return cut


class _Steady(zipfile.ZipFile):
    """An archive that does not tell when it was written."""

    def writestr(self, name: str | zipfile.ZipInfo, data: str | bytes, *args: object, **options: object) -> None:  # type: ignore[override]  # openpyxl gives no more
        super().writestr(zipfile.ZipInfo(str(name), EPOCH), data, zipfile.ZIP_DEFLATED)

    def write(self, filename: str | os.PathLike[str], arcname: str | None = None, *args: object) -> None:  # type: ignore[override]  # openpyxl gives no more
        info = zipfile.ZipInfo(str(arcname), EPOCH)
        info.compress_type = zipfile.ZIP_DEFLATED
        with Path(filename).open("rb") as source, self.open(info, "w", force_zip64=True) as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)


def _plain(cell: Cell) -> tuple[str | int | float | bool | datetime | None, bool]:
    """What is written for a cell, and whether it had to be cut."""
    if (
        cell is None
        or isinstance(cell, bool | datetime | time | timedelta)
        or (isinstance(cell, int) and abs(cell) < _WHOLE)
    ):
        return cast(datetime | None, cell), False
    if isinstance(cell, float) or (not isinstance(cell, str) and hasattr(cell, "isoformat")):
        return cast(datetime, cell), False
    whole = _UNSAFE.sub(lambda match: f"_x{ord(match[0]):04X}_", text(cell))
    return whole[:_LONGEST], len(whole) > _LONGEST


def _sheets(data: bytes) -> dict[str, list[list[Cell]]]:
    """The rows of each sheet: what its formulas gave when it was saved, the formulas where that is not there."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:  # which gives no more of a part than it says here
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise UsageError(say("batch.unpacks", size=_MOST_BYTES))
        sheets = dict(_values(data, data_only=True))
        if _has_formulas(data):
            for name, rows in _values(data, data_only=False):
                for row, said in zip(sheets[name], rows, strict=False):
                    row[:] = [one if value is None else value for value, one in zip(row, said, strict=False)]
        for rows in sheets.values():
            _trim(rows)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError, SyntaxError) as error:
        raise UsageError(say("batch.not_workbook", why=str(error))) from error
    return sheets


def _values(data: bytes, *, data_only: bool) -> Iterator[tuple[str, list[list[Cell]]]]:
    cells = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that it does not know, and of dates out of range
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=data_only)
        try:
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            for sheet in shown or book.worksheets:
                sheet.reset_dimensions()  # some programs write wrong ones
                rows: list[list[Cell]] = []
                for row in sheet.iter_rows():
                    cells += max(1, len(row))
                    if cells > _MOST_CELLS:
                        raise UsageError(say("batch.many_cells", count=_MOST_CELLS))
                    rows.append([_value(cell.value, cell.data_type) for cell in row])
                yield sheet.title, rows
        finally:
            book.close()


def _trim(rows: list[list[Cell]]) -> None:
    """Takes off the empty rows at both ends, and the empty columns at the right."""
    while rows and _empty(rows[-1]):
        rows.pop()
    full = next((n for n, row in enumerate(rows) if not _empty(row)), 0)
    del rows[:full]
    filled = (n for row in rows for n, cell in enumerate(row, start=1) if cell is not None and cell != "")
    width = max(filled, default=0)
    for row in rows:
        del row[width:]


def _empty(row: Sequence[Cell]) -> bool:
    return all(cell is None or cell == "" for cell in row)


def _value(value: object, kind: str) -> Cell:
    if value is None and kind == "str":
        return ""  # what a formula gave
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else value
    if isinstance(value, ArrayFormula):
        return str(value.text)
    return (
        cast(Cell, value) if value is None or isinstance(value, bool | int | float | time | timedelta) else str(value)
    )


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as file:
                    if _holds(file, (b"<f>", b"<f ")):
                        return True
    return False


def _holds(file: IO[bytes], wanted: Sequence[bytes]) -> bool:
    end = b""
    while chunk := file.read(_CHUNK):
        if any(one in end + chunk for one in wanted):
            return True
        end = chunk[-2:]
    return False
