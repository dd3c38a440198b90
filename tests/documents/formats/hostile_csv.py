"""Tables in text that are made to do harm."""

from __future__ import annotations

from collections.abc import Callable

from hostile import OLE, Hostile, refused, sound, zipped

_HEAD = "Kind,Days\nAnnual,27\n"


def _table(rows: str) -> Callable[[], bytes]:
    return lambda: (_HEAD + rows).encode()


def _formulas(address: str) -> str:
    return f"=HYPERLINK(\"{address}\"),1\n=cmd|'/c calc'!A0,2\n@SUM(1),3\n+1,4\n-1,5\n"


def files(address: str) -> dict[str, Hostile]:
    """Tables in text. The address is one that nothing may be asked of."""
    return {
        **sound({
            "formulas-of-the-web": _table(_formulas(address)),
            "a-cell-without-end": _table(f"{'word ' * 100_000},1\n"),
            "columns-without-end": _table("a," * 200_000 + "\n"),
            "empty-rows-without-end": _table("\n" * 300_000),
            "empty-cells-without-end": _table(",\n" * 100_000),
            "every-other-row-empty": _table("a,1\n\n" * 3_000),
            "returns-only": lambda: (_HEAD + "Sick,14\n").replace("\n", "\r").encode(),
            "a-mark-in-the-middle": _table("\ufeffSick,14\n"),
            "letters-of-two-kinds": lambda: _HEAD.encode() + b"Caf\xe9,1\nCaf\xc3\xa9,2\n",
            "wide-letters": lambda: _HEAD.encode("utf-16"),
            "marks-of-markdown": _table("**a**|b,`<script>`\n[x](javascript:1),# y\n"),
            "overriding-marks": _table("\u202e\u2066,1\n" * 1_000),
            "parted-by-a-quote": lambda: b'sep="\n' + _HEAD.encode().replace(b",", b'"'),
        }, "| Annual | 27 |"),
        **sound({
            "a-quote-that-never-ends": _table('"open,1\n' + "Sick,14\n" * 10_000),
            "quotes-and-nothing-else": _table('"""' * 100_000),
            "rows-of-all-widths": _table("".join("a," * (n % 200) + "\n" for n in range(400))),
            "titles-without-end": _table("Title\n" * 3_000),
            "parted-by-a-letter": lambda: b"sep=n\n" + _HEAD.encode(),
            "parted-by-a-space": lambda: b"sep= \n" + _HEAD.encode(),
        }, "ual"),
        **refused(
            "is no CSV (field larger than field limit",
            a_cell_of_millions=_table("a" * 3_000_000),
            a_quote_around_millions=_table('"open,' + "Sick,14\n" * 300_000),
        ),
        **refused(
            "is not text",
            null_bytes=_table("a\0b,1\n"),
            an_archive=lambda: zipped({"a.csv": _HEAD}),
            an_older_workbook=lambda: OLE,
            noise=lambda: bytes(range(256)) * 40,
        ),
        **refused("is not utf-16", half_a_pair=lambda: b"\xff\xfe" + b"\x00\xd8" * 1_000),
        **refused("holds no text", nothing_but_commas=lambda: b",,,,\n" * 1_000, empty=lambda: b""),
    }  # fmt: skip
