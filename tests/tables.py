"""A table of 400 rows as a file of each format."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping

from openpyxl import Workbook

HEADER = ("Part", "Price", "Weight", "Shelf", "Supplier")
_SUPPLIERS = ("Nordlund", "Ferrum", "Castello", "Brandt", "Okafor", "Vale", "Ito")
ROWS = tuple(
    (
        f"{'ABCDEFGHKLMNPRST'[n % 16]}{'XYZUVW'[n % 6]}-{1000 + 17 * n}",
        f"{(n * 37) % 900 + 12}.{(n * 7) % 90 + 10} EUR",
        f"{(n * 53) % 780 + 20} g",
        f"{'ABCDEFGH'[n % 8]}{n // 8 + 1}",
        _SUPPLIERS[(n * n + 3 * n) % 7],
    )
    for n in range(400)
)


def markdown() -> bytes:
    rows = ["| " + " | ".join(row) + " |" for row in (HEADER, ("---",) * len(HEADER), *ROWS)]
    return ("# Parts\n\n" + "\n".join(rows) + "\n").encode()


def html() -> bytes:
    head = "".join(f"<th>{cell}</th>" for cell in HEADER)
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in ROWS)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<!doctype html><title>Parts</title><main><h1>Parts</h1>{table}</main>".encode()


def comma() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEADER, *ROWS])
    return out.getvalue().encode()


def workbook() -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Parts"
    for row in (HEADER, *ROWS):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FILES: Mapping[str, Callable[[], bytes]] = {
    "parts.md": markdown,
    "parts.html": html,
    "parts.csv": comma,
    "parts.xlsx": workbook,
}
