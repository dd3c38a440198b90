"""PDF files: their printed text in reading order, page by page."""

from __future__ import annotations

import re

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from assistant.documents.content import Content
from assistant.documents.formats.blocks import Parsed
from assistant.documents.formats.canonical import content
from assistant.documents.formats.pdf_blocks import Composer
from assistant.documents.formats.pdf_layout import regions
from assistant.documents.formats.pdf_text import PageText, page_text
from assistant.errors import DamagedDocument, ProtectedDocument, TextlessDocument, UnreadableDocument

_MAX_PAGES = 5_000
_NO_TITLE = re.compile(
    r"(?i)untitled|microsoft word|powerpoint|\.(?:docx?|pptx?|xlsx?|indd|pdf|tex|dvi|html?|odt|rtf)\b|^\W*$|^slide \d"
    r"|^document\d*$"
)


def load(data: bytes, name: str) -> Content:
    """The content of a PDF, with its pages. Raises where it is encrypted or damaged, or its pages are pictures."""
    if b"%PDF-" not in data[:1024]:
        raise DamagedDocument(f"{name}: is no PDF file, though its name says so: save it as PDF")
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise ProtectedDocument(f"{name}: opens with a password only: save a copy without one") from error
        raise DamagedDocument(f"{name}: is a damaged PDF file ({error}): save it anew") from error
    try:
        if len(document) > _MAX_PAGES:
            raise UnreadableDocument(f"{name}: has more than {_MAX_PAGES:,} pages: split it")
        pages = [_page(document, n) for n in range(len(document))]
        title = document.get_metadata_value("Title").strip()
    finally:
        document.close()
    read = [page for page in pages if page is not None]
    if not read:
        raise DamagedDocument(f"{name}: is a damaged PDF file, none of whose pages can be read: save it anew")
    if not any(page.pieces for page in read):
        raise TextlessDocument(f"{name}: its pages are pictures, without text: run text recognition (OCR) over it")
    shown = [page or PageText(0, 0, [], []) for page in pages]
    blocks = Composer(list(regions(shown))).blocks(len(pages))
    parsed = Parsed(
        tuple(blocks),
        title if len(title) > 3 and not _NO_TITLE.search(title) else None,
        paged=True,
        warnings=tuple(_warnings(pages)),
    )
    return content(parsed, name)


def _page(document: pdfium.PdfDocument, number: int) -> PageText | None:
    """What is printed on a page; None where it is damaged."""
    try:
        page = document[number]
        try:
            return page_text(page)
        finally:
            page.close()
    except pdfium.PdfiumError:
        return None


def _warnings(pages: list[PageText | None]) -> list[str]:
    found = []
    damaged = [n for n, page in enumerate(pages, start=1) if page is None]
    empty = [n for n, page in enumerate(pages, start=1) if page is not None and not page.pieces]
    if damaged:
        found.append(f"pages that are damaged are left out: {_numbers(damaged)}")
    if empty:
        found.append(f"pages without text, which may be pictures: {_numbers(empty)}")
    return found


def _numbers(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    return f"{shown} and {len(numbers) - 10} more" if len(numbers) > 10 else shown
