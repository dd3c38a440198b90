"""The text of a PDF page as it is printed: pieces of a line, each with its place, its type size and its weight."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from assistant.documents.formats.pdf_tags import UNTAGGED, Tag, page_tags

_APART = 1.0  # of the type size: a wider gap parts two pieces
_WORD_GAP = 0.18
_CELL_GAP = 0.5  # that may part two cells
_SAME_LINE = 0.35
_BOLD_WEIGHT = 600
_UPRIGHT = 0.2  # radians
_HYPHENS = (2, 0xFFFE, 0xAD)  # what PDFium and fonts give for a hyphen at the end of a line
_MAX_CHARACTERS = 400_000  # of a page
_LONGEST = 10_000  # characters of a piece; more are no line of print, and adding to it takes ever longer
_DOT = 9.0  # points, the largest bullet
_MAX_DOTS = 200  # more are a drawing


@dataclass(slots=True)
class Piece:
    """Text of one line without wide gaps. Places are in points, from the top left of the page as it is shown."""

    text: str
    left: float
    right: float
    base: float  # of the letters
    size: float
    lead: int = 0  # so many characters at its start are bold
    tag: Tag = UNTAGGED
    # Where each word but the first begins: in the text, on the page; and how wide the gap before it is.
    words: list[tuple[int, float, float]] = field(default_factory=list)

    @property
    def bold(self) -> bool:
        return self.lead == len(self.text)

    def split(self, places: list[float]) -> list[Piece]:
        """The piece, parted before the first word that begins at or after each of these places, if a gap is there."""
        cuts = [next(((at, left) for at, left, gap in self.words if left >= place), None) for place in places]
        wide = {at for at, _, gap in self.words if gap > _CELL_GAP * self.size}
        parts: list[Piece] = []
        begin, left, lead = 0, self.left, self.lead
        for end, stop in [
            *(cut for cut in dict.fromkeys(cuts) if cut and cut[0] in wide),
            (len(self.text), self.right),
        ]:
            text = self.text[begin:end].rstrip()
            right = stop - _CELL_GAP * self.size if end < len(self.text) else stop
            parts.append(Piece(text, left, right, self.base, self.size, min(lead, len(text)), self.tag))
            begin, left, lead = end, stop, max(lead - (end - begin), 0)
        return parts


@dataclass(frozen=True, slots=True)
class PageText:
    width: float
    height: float
    pieces: list[Piece]
    rules: list[tuple[float, float, float]]  # horizontal lines: left, right, height on the page


@dataclass(frozen=True, slots=True)
class _Font:
    size: float
    bold: bool
    angle: float
    tag: Tag


def page_text(page: pdfium.PdfPage) -> PageText:
    """The pieces of a page in the order in which the file draws them."""
    turn = page.get_rotation()
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox() if hasattr(page, "get_bbox") else page.get_mediabox()

    def place(x: float, y: float) -> tuple[float, float]:
        """A point of the file as a place on the page that is shown."""
        match turn:
            case 90:
                return y - bottom, x - left
            case 180:
                return right - x, y - bottom
            case 270:
                return top - y, right - x
        return x - left, top - y

    textpage = page.get_textpage()
    try:
        drawn = _pieces(textpage.raw, place, math.radians(turn), page_tags(page))
        # Some programs draw text twice, a little apart, to make it bold.
        pieces = list({(each.text, round(each.left), round(each.base)): each for each in drawn}.values())
    finally:
        textpage.close()
    rules, dots = [], []
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        a, b, c, d = item.get_bounds() if hasattr(item, "get_bounds") else item.get_pos()
        (x0, y0), (x1, y1) = place(a, b), place(c, d)
        if abs(y1 - y0) <= 2.5 and abs(x1 - x0) > 15:
            rules.append((min(x0, x1), max(x0, x1), (y0 + y1) / 2))
        elif 1 < abs(x1 - x0) < _DOT and abs(abs(x1 - x0) - abs(y1 - y0)) < 1:
            dots.append((min(x0, x1), max(x0, x1), (y0 + y1) / 2))
    if len(dots) <= _MAX_DOTS:
        pieces += _bullets(pieces, dots)
    return PageText(width, height, pieces, rules)


def _bullets(pieces: list[Piece], dots: list[tuple[float, float, float]]) -> Iterator[Piece]:
    """The bullets that are drawn and not written: those with text to their right."""
    for left, right, height in dots:
        beside = (
            piece
            for piece in pieces
            if 0 < piece.left - right < 2.5 * piece.size and 0 < piece.base - height < 0.8 * piece.size
        )
        if first := min(beside, key=lambda piece: piece.left, default=None):
            yield Piece("\u2022", left, right, first.base, first.size, 1)


def _pieces(textpage: raw.FPDF_TEXTPAGE, place: object, turn: float, tags: dict[int, Tag]) -> Iterator[Piece]:
    count = min(raw.FPDFText_CountChars(textpage), _MAX_CHARACTERS)
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    fonts: dict[int, _Font] = {}
    piece: Piece | None = None
    sizes: dict[float, tuple[int, float]] = {}  # of its letters: how many, and their base line
    space = False
    high = 0
    for n in range(count):
        code = raw.FPDFText_GetUnicode(textpage, n)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, high = (0x10000 + ((high - 0xD800) << 10) + code - 0xDC00 if high else 0), 0
        if code in (0, 0xFFFD):
            continue
        if code in _HYPHENS:
            code = 0x2D
        letter = chr(code)
        if letter.isspace():
            space = True
            continue
        font = _font(textpage, n, fonts, tags)
        if abs(math.remainder(font.angle - turn, 2 * math.pi)) > _UPRIGHT or font.size < 1:
            continue  # written up the side of the page, or across it, or too small to see
        raw.FPDFText_GetLooseCharBox(textpage, n, box)
        raw.FPDFText_GetCharOrigin(textpage, n, x, y)
        _, base = place(x.value, y.value)  # type: ignore[operator]
        (x0, _), (x1, _) = place(box.left, box.bottom), place(box.right, box.top)  # type: ignore[operator]
        start, end = min(x0, x1), max(x0, x1)
        if piece is not None and _goes_on(piece, start, end, base, font):
            gap = start - piece.right
            bold = piece.bold and (font.bold or not letter.isalnum())
            if (space or gap > _WORD_GAP * font.size) and piece.text[-1:] != " ":
                piece.text += " "
                piece.words.append((len(piece.text), start, gap))
            piece.text += letter
            piece.left, piece.right = min(piece.left, start), max(piece.right, end)
            piece.size = max(piece.size, font.size)
            sizes[font.size] = (sizes.get(font.size, (0, base))[0] + 1, base)
            if bold:
                piece.lead = len(piece.text)
        else:
            if piece is not None:
                yield _settled(piece, sizes)
            sizes = {font.size: (1, base)}
            piece = Piece(letter, start, end, base, font.size, int(font.bold), font.tag)
        space = False
    if piece is not None:
        yield _settled(piece, sizes)


def _settled(piece: Piece, sizes: dict[float, tuple[int, float]]) -> Piece:
    """The piece in the size, and on the base line, of most of its letters."""
    piece.size, (_, piece.base) = max(sizes.items(), key=lambda item: item[1][0])
    return piece


def _goes_on(piece: Piece, start: float, end: float, base: float, font: _Font) -> bool:
    """Whether a letter belongs to the piece: on its line, right after it, or before it where text runs leftwards."""
    size = max(piece.size, font.size)
    if len(piece.text) > _LONGEST:
        return False
    if piece.tag is not font.tag and (piece.tag.column or font.tag.column) and piece.tag != font.tag:
        return False
    if abs(base - piece.base) > _SAME_LINE * size:
        return False
    return -1.2 * size < start - piece.right < _APART * size or abs(piece.left - end) < _APART * size


def _font(textpage: raw.FPDF_TEXTPAGE, n: int, fonts: dict[int, _Font], tags: dict[int, Tag]) -> _Font:
    found = raw.FPDFText_GetTextObject(textpage, n)
    address = ctypes.cast(found, ctypes.c_void_p).value or 0
    known = fonts.get(address)
    if known is not None and address:
        return known
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, n, matrix)
    size = raw.FPDFText_GetFontSize(textpage, n) * (math.hypot(matrix.b, matrix.d) or 1.0)
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage, n, name, 128, flags)
    said = name.value.lower()
    bold = raw.FPDFText_GetFontWeight(textpage, n) >= _BOLD_WEIGHT or any(
        word in said for word in (b"bold", b"black", b"heavy", b"-bd", b"demi", b"cmbx")
    )
    tag = tags.get(raw.FPDFPageObj_GetMarkedContentID(found), UNTAGGED) if tags and found else UNTAGGED
    fonts[address] = _Font(round(size, 1), bold, math.atan2(matrix.b, matrix.a), tag)
    return fonts[address]
