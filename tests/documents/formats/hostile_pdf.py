"""PDF files that are made to do harm, written object by object."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Mapping
from functools import partial

from hostile import HERE, LOCKED, OLE, WORDS, Hostile, blown, refused, sound, zipped
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

_CATALOG = "<< /Type /Catalog /Pages 2 0 R {} >>"
_PAGES = "<< /Type /Pages /Kids [{}] /Count {} >>"


def said(text: str = WORDS, *, x: float = 72, y: float = 700, size: str = "12") -> str:
    """What a page draws to say this."""
    return f"BT /F {size} Tf {x} {y} Td ({text}) Tj ET "


def stream(data: str | bytes, more: str = "") -> bytes:
    """A stream, packed."""
    packed = zlib.compress(data.encode("latin-1") if isinstance(data, str) else data)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode {more} >>\nstream\n"
    return head.encode() + packed + b"\nendstream"


def written(objects: Mapping[int, str | bytes], trailer: str = "") -> bytes:
    """A file of these objects, by their numbers."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, each in objects.items():
        places[number] = len(out)
        body = each.encode("latin-1") if isinstance(each, str) else each
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start, size = len(out), max(objects) + 1
    out += f"xref\n0 {size}\n0000000000 65535 f \n".encode()
    for number in range(1, size):
        out += f"{places.get(number, 0):010} 00000 {'n' if number in places else 'f'} \n".encode()
    out += f"trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def paper(
    content: str | bytes = "",
    *more: str | bytes,
    page: str = "",
    catalog: str = "",
    pages: str = _PAGES.format("3 0 R", 1),
    box: str = "0 0 595 842",
    fonts: str = "",
    things: str = "",
    trailer: str = "",
) -> bytes:
    """A file with one page, which draws its words and this. More objects have numbers from 6 on."""
    resources = f"/Resources << /Font << /F 5 0 R {fonts} >> /XObject << {things} >> >>"
    objects: dict[int, str | bytes] = {
        1: _CATALOG.format(catalog),
        2: pages,
        3: f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R {resources} {page} >>",
        4: content if isinstance(content, bytes) else stream(said() + content),
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **dict(enumerate(more, start=6)),
    }
    return written(objects, trailer)


def _bomb(megabytes: int, letter: bytes) -> bytes:
    """A stream of so many megabytes, packed."""
    data = b"\x78\x9c" + blown(megabytes, letter)[0] + b"\0\0\0\0"
    return f"<< /Length {len(data)} /Filter /FlateDecode >>\nstream\n".encode() + data + b"\nendstream"


def _locked(user: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption(user, "owner", canCopy=0))
    canvas.drawString(72, 700, WORDS)
    canvas.save()
    return out.getvalue()


def _scattered(count: int) -> str:
    """So many words, each where no other is."""
    return "".join(said(f"w{n}", x=n * 7919 % 560 + 10, y=n * 104729 % 820 + 10, size="4") for n in range(count))


def _gridded(rows: int, columns: int) -> str:
    """A table of so many figures."""
    width, height = 550 / columns, 660 / rows
    places = ((n, k) for n in range(rows) for k in range(columns))
    return "".join(said(str(n * k), x=20 + width * k, y=20 + height * n, size="2") for n, k in places)


_FORM = (
    "<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> /Length 5 >>\n"
    "stream\n/X Do\nendstream"
)
_LETTER = (
    "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 97 /LastChar 97 "
    "/Widths [9] /Encoding << /Differences [97 /a] >> /CharProcs << /a 7 0 R >> /Resources << /Font << /F 6 0 R >> "
    ">> >>"
)
_STRUCTURE = (
    "<< /Type /StructTreeRoot /K 7 0 R >>",
    "<< /Type /StructElem /S /P /P 6 0 R /K [7 0 R 8 0 R] >>",
    "<< /Type /StructElem /S /Table /P 7 0 R /K [7 0 R 8 0 R 0] >>",
)
_CIRCLE = "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 6 0 R 3 0 R] /Count 9 >>"
_LONG_LETTER = f"/CIDInit begincmap 1 beginbfchar <61> <{'0061' * 500}> endbfchar endcmap"
_PICTURE = (
    "/Type /XObject /Subtype /Image /Width 999999999 /Height 999999999 /BitsPerComponent 8 /ColorSpace /DeviceRGB"
)
_BOXES = ("0 0 1e30 1e30", "0 0 0 0", "nan nan nan nan", "842 595 0 0", "-99999999 -99999999 99999999 99999999")
_RULES = "".join(f"0 {n % 840} m 595 {n % 840} l S " for n in range(20_000))
_LINES = "(aaaaaaaaaa bbbbbbbbb) Tj 0 0.01 Td " * 60_000
_FILTERS = f"<< /Length 9 /Filter [{'/FlateDecode ' * 10_000}] >>\nstream\nxxxxxxxxx\nendstream".encode()


def files(address: str) -> dict[str, Hostile]:
    """PDF files. The address is one that nothing may be asked of."""
    good = paper()
    uri = f"<< /S /URI /URI ({address}/u) >>"
    catalog = (
        f"/OpenAction << /S /JavaScript /JS (app.launchURL\\('{address}/j'\\)) >> /AA << /WC {uri} >> "
        "/AcroForm << /XFA 6 0 R /Fields [] >>"
    )
    links = "".join(
        f"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A {action} >>"
        for action in (uri, f"<< /S /Launch /F ({HERE}) >>")
    )
    outside = f"<< /Type /EmbeddedFile /F << /FS /URL /F ({address}/f) >> /Length 0 >>\nstream\n\nendstream"
    packed = stream("3 0 2 9 << >> << >>", "/Type /ObjStm /N 2 /First 8 /Extends 3 0 R")
    place = good.rindex(b"xref", 0, good.rindex(b"startxref"))
    either: dict[str, Callable[[], bytes]] = {
        **{f"a-page-of-{box.replace(' ', '-')}": partial(paper, box=box) for box in _BOXES},
        "cut-in-the-middle": lambda: good[: len(good) // 2],
        "cut-near-the-end": lambda: good[:-40],
        "a-bomb-of-spaces": lambda: paper(_bomb(100, b" ")),
        "a-bomb-of-brackets": lambda: paper(_bomb(20, b"[")),
        "filters-upon-filters": lambda: paper(_FILTERS),
        "one-page-many-times": lambda: paper(pages=_PAGES.format("3 0 R " * 1_000, 1_000)),
        "letters-without-end": lambda: paper(f"BT /F 1 Tf 1 1 Td {_LINES} ET"),
        "a-count-that-lies": lambda: paper(pages=_PAGES.format("3 0 R", 999_999_999)),
        "a-count-below-nothing": lambda: paper(pages=_PAGES.format("3 0 R", -7)),
        "objects-in-a-circle": lambda: written({1: _CATALOG.format(""), 2: "3 0 R", 3: "2 0 R"}),
        "a-packed-object-in-itself": lambda: written({1: _CATALOG.format(""), 3: packed}),
        "names-in-names": lambda: paper(catalog="/Names " + "<< /A " * 20_000 + ">> " * 20_000),
        "locked-by-nobody": lambda: paper(trailer="/Encrypt << /Filter /NoSuch /V 99 >> /ID [<00> <00>]"),
    }
    return {
        **{name: Hostile(make, "either") for name, make in either.items()},
        **sound({
            "pages-in-a-circle": lambda: paper("", _CIRCLE, pages=_PAGES.format("3 0 R 6 0 R", 2)),
            "actions-of-the-web": lambda: paper("", outside, catalog=catalog, page=f"/Annots [{links}]"),
            "a-form-in-itself": lambda: paper("/X Do", _FORM, things="/X 6 0 R"),
            "a-letter-in-itself": lambda: paper(
                "BT /G 12 Tf (aaa) Tj ET", _LETTER, stream("9 0 d0 BT /F 9 Tf (a) Tj ET"), fonts="/G 6 0 R"
            ),
            "a-letter-that-says-much": lambda: paper(
                f"BT /G 4 Tf 72 600 Td ({'a' * 100}) Tj ET",
                "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>", stream(_LONG_LETTER),
                fonts="/G 6 0 R",
            ),
            "a-structure-in-itself": lambda: paper(
                "", *_STRUCTURE, page="/StructParents 0", catalog="/StructTreeRoot 6 0 R /MarkInfo << /Marked true >>"
            ),
            "arrays-in-arrays": lambda: paper("[" * 100_000),
            "states-without-end": lambda: paper("q " * 300_000),
            "operators-that-are-none": lambda: paper("nosuch 1e999 - -- 99999999999999999999 << >> ]] " * 1_000),
            "letters-of-no-size": lambda: paper("".join(said(size=size) for size in ("0", "1e30", "-12"))),
            "letters-far-off": lambda: paper(said("Far.", x=1e15, y=-1e15)),
            "a-turn-that-is-none": lambda: paper(page="/Rotate 45 /UserUnit 1e30"),
            "words-all-over": lambda: paper(_scattered(3_000)),
            "a-table-of-dust": lambda: paper(_gridded(60, 60)),
            "lines-all-over": lambda: paper(_RULES),
            "a-length-that-lies": lambda: good.replace(b"/Length ", b"/Length 9", 1),
            "places-that-lie": lambda: good.replace(b" 00000 n ", b" 00007 n "),
            "a-start-that-is-nowhere": lambda: good[: good.rindex(b"startxref")] + b"startxref\n99999999\n%%EOF",
            "an-update-of-itself": lambda: paper(trailer=f"/Prev {place}"),
            "a-picture-beyond-all-bounds": lambda: paper("/I Do", stream("x", _PICTURE), things="/I 6 0 R"),
            "another-file-inside": lambda: paper("", stream(good, "/Type /EmbeddedFile")),
            "a-file-before-it": lambda: b"GIF89a" + b"\0" * 500 + good,
            "with-an-owner-only": partial(_locked, ""),
        }),
        **refused(LOCKED, with_a_password=partial(_locked, "user")),
        **refused("its pages are pictures", pictures_only=lambda: paper(stream("0 0 9 9 re f"))),
        **refused(
            "is a damaged PDF file",
            a_head_and_nothing_else=lambda: b"%PDF-1.7\n",
            no_pages=lambda: paper(pages=_PAGES.format("", 0)),
        ),
        **refused(
            "is no PDF file",
            a_web_page=lambda: b"<!doctype html><p>a",
            an_archive=lambda: zipped({"a.pdf": good}),
            an_older_document=lambda: OLE,
            noise=lambda: bytes(range(256)) * 40,
            empty=lambda: b"",
        ),
    }  # fmt: skip
