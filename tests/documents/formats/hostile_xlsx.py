"""Workbooks that are made to do harm."""

from __future__ import annotations

import io
from datetime import date
from functools import cache

from hostile import OLE, WEB, Hostile, Parts, attacks, packed, parts_of, refused, related, relation, sound, zipped
from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"
WORDS = "| Annual | 27 |"
_STRINGS, _TYPES = "xl/sharedStrings.xml", "[Content_Types].xml"
_SHARED = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


@cache
def parts() -> dict[str, bytes]:
    """The parts of a workbook."""
    book = Workbook()
    for row in (("Kind", "Days"), ("Annual", 27), (date(2026, 3, 1), 1)):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return parts_of(out.getvalue())


def _c(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def _book(rows: str = "", before: str = "", after: str = "", more: Parts | None = None) -> bytes:
    """A workbook of one sheet with two rows, and with these after them; and with more parts."""
    first = f'<row r="1">{_c("A1", "Kind")}{_c("B1", "Days")}</row>'
    first += f'<row r="2">{_c("A2", "Annual")}<c r="B2"><v>27</v></c></row>'
    sheet = f"<worksheet {_S}>{before}<sheetData>{first}{rows}</sheetData>{after}</worksheet>"
    return zipped({**parts(), SHEET: sheet, **(more or {})})


def _row(first: str, second: str = "<v>1</v>", kind: str = "") -> str:
    return f'<row r="3"><c r="A3" {kind}>{first}</c><c r="B3">{second}</c></row>'


def _merged(*places: str) -> bytes:
    areas = "".join(f'<mergeCell ref="{place}"/>' for place in places)
    return _book(after=f"<mergeCells>{areas}</mergeCells>")


def _shared() -> bytes:
    """A workbook in which one long string is that of many cells."""
    types = parts()[_TYPES].replace(
        b"</Types>", f'<Override PartName="/{_STRINGS}" ContentType="{_SHARED}"/></Types>'.encode()
    )
    strings = f"<sst {_S}><si><t>{'long ' * 100_000}</t></si></sst>"
    cells = '<row><c t="s"><v>0</v></c></row>' * 5_000
    return zipped({**parts_of(_book(cells)), _STRINGS: strings, _TYPES: types})


def files(address: str) -> dict[str, Hostile]:
    """Workbooks. The address is one that nothing may be asked of."""
    linked = related(relation("externalLink", f"{address}/x.xlsx", WEB))
    hidden = parts()["xl/workbook.xml"].replace(b'state="visible"', b'state="hidden"')
    return {
        **attacks(parts(), SHEET, read=(SHEET, "xl/workbook.xml", _TYPES, "docProps/core.xml"), words=WORDS),
        **sound({
            "as-large-as-can-be": lambda: _book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
            "that-says-it-is-large": lambda: _book(before='<dimension ref="A1:XFD1048576"/>'),
            "merged-from-end-to-end": lambda: _merged("A4:XFD1048576"),
            "merged-without-end": lambda: _merged(*(f"C{n}:D{n}" for n in range(1, 22_000))),
            "columns-past-the-last": lambda: _book(
                before='<cols><col min="1" max="999999999" width="9" hidden="0"/></cols>'
            ),
            "a-cell-without-end": lambda: _book(f'<row r="3">{_c("A3", "word " * 50_000)}</row>'),
            "cells-past-the-last-column": lambda: _book(f'<row r="3">{"<c><v>1</v></c>" * 20_000}</row>'),
            "values-out-of-range": lambda: _book(_row("<v>#REF!</v>", "<v>1e999</v>", 't="e"')),
            "dates-past-all-years": lambda: _book(_row("<v>1e15</v>", kind='s="1"')),
            "a-formula-that-calls-out": lambda: _book(_row(f'<f>WEBSERVICE("{address}")</f><v>1</v>')),
            "a-formula-of-itself": lambda: _book(_row("<f>A3+1</f>")),
            "linked-from-the-web": lambda: _book(more={"xl/externalLinks/_rels/externalLink1.xml.rels": linked}),
            "with-macros": lambda: _book(more={"xl/vbaProject.bin": OLE}),
            "rows-out-of-order": lambda: _book('<row r="9"><c r="B9"/></row><row r="3"><c r="C9"><v>1</v></c></row>'),
        }, "Annual | 27"),
        **refused("holds more than", a_long_string_many_times=_shared),
        **refused("holds no text", every_sheet_hidden=packed(lambda: {**parts(), "xl/workbook.xml": hidden})),
        **refused(
            "is damaged, or no Excel workbook",
            a_string_out_of_range=lambda: _book(_row("<v>99999999</v>", kind='t="s"')),
            a_date_that_is_none=lambda: _book(_row("<v>9999-99-99</v>", kind='t="d"')),
            places_that_are_none=lambda: _book('<row r="x"><c r="??"><v>1</v></c></row>'),
            a_document=packed(lambda: {"word/document.xml": "<x/>"}),
        ),
    }  # fmt: skip
