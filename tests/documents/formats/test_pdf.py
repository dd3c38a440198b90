"""PDF files: pages, reading order, headings, tables, and files that cannot be read."""

from __future__ import annotations

import io
from collections.abc import Callable

import made
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from assistant.documents.citations import cite, page
from assistant.documents.content import Content
from assistant.documents.formats.pdf import load
from assistant.errors import DamagedDocument, ProtectedDocument, TextlessDocument
from assistant.types import Document

PAGE_HEIGHT = A4[1]


def drawn(draw: Callable[[Canvas], None], encrypt: StandardEncryption | None = None) -> bytes:
    """A PDF that is drawn by hand."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=encrypt)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def write(canvas: Canvas, rows: list[str], *, x: float = 72, y: float = 100, size: float = 10) -> None:
    """Lines of text from the place down; `y` counts from the top."""
    canvas.setFont("Helvetica", size)
    for n, row in enumerate(rows):
        canvas.drawString(x, PAGE_HEIGHT - y - n * 1.2 * size, row)


def text(draw: Callable[[Canvas], None]) -> str:
    return load(drawn(draw), "a.pdf").text


def test_each_passage_and_citation_carries_its_page() -> None:
    long = "\n\n".join(f"## Part {n}\n\nThis is what part {n} says of leave." for n in range(60))
    content = load(made.pdf(long), "a.pdf")
    document = Document("a.pdf", "1", "A", "a.pdf", "application/pdf", content.text, page_starts=content.page_starts)
    assert "Acme handbook" not in content.text
    assert content.text.count("# Part") == 60
    starts = [content.text.index(f"part {n} says") for n in range(60)]
    pages = [page(document, start) for start in starts]
    assert pages[0] == 1
    assert pages[-1] == len(content.page_starts) >= 3
    assert pages == sorted(pages, key=lambda number: number or 0)
    end = starts[-1] + 10
    assert cite(document, starts[-1], end).page == pages[-1]


def test_a_published_pdf_is_linked_at_its_page() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, ["One."])
        canvas.showPage()
        write(canvas, ["Two."])

    content = load(drawn(draw), "a.pdf")
    document = Document(
        "a.pdf", "1", "A", "a.pdf", "application/pdf", content.text,
        page_starts=content.page_starts, metadata={"url": "https://acme.example/a.pdf"},
    )  # fmt: skip
    start = content.text.index("Two")
    assert cite(document, start, start + 4).published_url == "https://acme.example/a.pdf#page=2"


def test_columns_are_read_one_after_the_other_below_what_stands_across_them() -> None:
    left = [f"the left column goes on with line number {n}" for n in range(12)]
    right = [f"the right column goes on with line number {n}" for n in range(12)]

    def draw(canvas: Canvas) -> None:
        write(canvas, ["A title that stands across both of the columns"], size=20, y=70)
        for n in range(12):  # line by line, as some programs draw
            write(canvas, [left[n]], y=110 + 12 * n)
            write(canvas, [right[n]], x=310, y=110 + 12 * n)

    found = text(draw)
    assert found == f"# A title that stands across both of the columns\n\n{' '.join(left)} {' '.join(right)}\n"


def test_a_paragraph_goes_on_across_pages_and_hyphens() -> None:
    def draw(canvas: Canvas) -> None:
        rows = ["Everybody who works here can take part in the agree-", "ment on long-term leave and the single-"]
        write(canvas, [*rows, "focus plan, which was made in the spring by all of"])
        canvas.showPage()
        write(canvas, ["the people who came."])

    content = load(drawn(draw), "a.pdf")
    assert content.text == (
        "Everybody who works here can take part in the agreement on long-term leave and the single-focus plan, "
        "which was made in the spring by all of the people who came.\n"
    )
    assert content.page_starts == (0, content.text.index(" the people who"))


def test_numbers_of_pages_and_what_is_written_up_the_side_are_left_out() -> None:
    def draw(canvas: Canvas) -> None:
        for n in (1, 2):
            write(canvas, [f"This is the text of page {n}, which is not the same."])
            write(canvas, [f"Page {n} of 2"], x=280, y=810)
            canvas.saveState()
            canvas.translate(30, 300)
            canvas.rotate(90)
            canvas.drawString(0, 0, "DRAFT")
            canvas.restoreState()
            canvas.showPage()

    assert text(draw) == (
        "This is the text of page 1, which is not the same.\n\nThis is the text of page 2, which is not the same.\n"
    )


def test_a_table_that_goes_on_on_the_next_page_has_its_header_once() -> None:
    rows = "".join(f"| Item {n} | {n * 3} | {n % 7} kg |\n" for n in range(120))
    content = load(made.pdf(f"## Stock\n\n| Name | Price | Weight |\n| --- | --- | --- |\n{rows}"), "a.pdf")
    table = [line for line in content.structure.lines if line.kind == "row"]
    assert len(table) == 121
    assert content.text.count("Weight") == 1
    assert {line.parent for line in table[1:]} == {1}
    assert content.text[table[100].start : table[100].end] == "Item 99 | 297 | 1 kg"
    assert len(content.page_starts) > 2


def test_drawn_bullets_are_bullets() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, ["Bring these things along:"])
        for n, word in enumerate(["a pencil", "some paper"]):
            canvas.circle(80, PAGE_HEIGHT - 117 - 12 * n, 2, fill=1)
            write(canvas, [word], x=90, y=120 + 12 * n)

    assert text(draw) == "Bring these things along:\n\n- a pencil\n- some paper\n"


def test_a_file_that_cannot_be_read_says_why() -> None:
    plain = drawn(lambda canvas: write(canvas, ["Hello."]))
    locked = drawn(lambda canvas: write(canvas, ["Hello."]), StandardEncryption("secret", canPrint=0))
    with pytest.raises(ProtectedDocument, match=r"^a.pdf: opens with a password only: save a copy without one$"):
        load(locked, "a.pdf")
    with pytest.raises(TextlessDocument, match="run text recognition"):
        load(drawn(lambda canvas: canvas.rect(72, 72, 100, 100, fill=1)), "a.pdf")
    with pytest.raises(DamagedDocument, match="is no PDF file"):
        load(b"Hello.", "a.pdf")
    with pytest.raises(DamagedDocument, match="is a damaged PDF file"):
        load(plain[:200], "a.pdf")


def test_pages_without_text_are_said() -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, ["Hello."])
        canvas.showPage()
        canvas.rect(72, 72, 100, 100, fill=1)

    content: Content = load(drawn(draw), "a.pdf")
    assert content.warnings == ("pages without text, which may be pictures: 2",)
    assert content.page_starts == (0, 6)


def test_the_title_of_the_file_counts_where_no_heading_does_and_no_program_made_it_up() -> None:
    def titled(title: str) -> str | None:
        def draw(canvas: Canvas) -> None:
            canvas.setTitle(title)
            write(canvas, ["Hello."])

        return load(drawn(draw), "a.pdf").title

    assert titled("Leave at Acme") == "Leave at Acme"
    assert titled("Microsoft Word - leave3.doc") is None
