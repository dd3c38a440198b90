"""Tables of a PDF whose cells have several lines, wherever in their row these stand, and tables that pages part."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from assistant.documents.citations import cite
from assistant.documents.content import Content
from assistant.documents.formats.pdf import load
from assistant.types import Document

HEADER = ("Grade", "Who decides", "Days")
LONG_HEADER = ("Grade of the person who asks for leave", "Who decides", "Days in a year")
DECIDES = "The head of the department decides after a talk with the person who asks and with the works council"
ROWS = (
    ("Junior", "The manager decides alone", "25"),
    ("Senior engineer with a team of more than five people", DECIDES, "27"),
    ("Principal", f"{DECIDES}, and the board is told", "30 days, or 31 in a leap year for those with a long service"),
    ("Fellow", "The board", "35"),
)
PAIRS = (
    ("Junior engineer who has just come", "The manager"),
    ("Senior", "The head of the department decides after a talk with the works council"),
    ("Principal engineer with a team of people", "The board"),
)
RULES = {
    "all": ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
    "rows": ("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey),
    "header": ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.grey),
    "none": ("TOPPADDING", (0, 0), (-1, -1), 3),
}


def printed(
    rows: Sequence[Sequence[str]],
    header: Sequence[str] = HEADER,
    *,
    align: str = "TOP",
    rules: str = "none",
    repeat: bool = True,
    above: int = 0,
    split: bool = False,
) -> Content:
    """A table between two paragraphs, read again."""  # fmt: skip
    style = getSampleStyleSheet()["BodyText"]
    cells = [[Paragraph(f"<b>{cell}</b>", style) for cell in header]]
    cells += [[Paragraph(cell, style) for cell in row] for row in rows]
    set_as = TableStyle([("VALIGN", (0, 0), (-1, -1), align), ("BOTTOMPADDING", (0, 0), (-1, -1), 6), RULES[rules]])
    widths = (110, 200, 100)[: len(header)]
    table = Table(cells, colWidths=widths, repeatRows=int(repeat), splitInRow=int(split), style=set_as)
    before = Paragraph("This is what holds for each grade of the company and its people.", style)
    after = Paragraph("This is what comes after the table, a sentence of its own.", style)
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title="untitled").build(
        [before, *[Spacer(1, above)][: above > 0], table, Spacer(1, 12), after]
    )
    return load(out.getvalue(), "a.pdf")


def drawn(rows: Sequence[Sequence[str]], *, group: float) -> Content:
    """A table without lines, its rows as near as those of a text, with so much more room after each third one."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    y = 700.0
    for n, row in enumerate([HEADER, *rows]):
        canvas.setFont("Helvetica-Bold" if n == 0 else "Helvetica", 10)
        for x, cell in zip((72, 220, 360), row, strict=True):
            canvas.drawString(x, y, cell)
        y -= 12 + (group if n % 3 == 0 else 0)
    canvas.save()
    return load(out.getvalue(), "a.pdf")


def table(content: Content) -> list[tuple[str, ...]]:
    """The rows of the only table, its header first."""
    rows = [line for line in content.text.splitlines() if line.startswith("|") and "---" not in line]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("align", ["TOP", "MIDDLE", "BOTTOM"])
def test_a_row_is_one_wherever_its_cells_stand_in_it(align: str, rules: str) -> None:
    assert table(printed(ROWS, align=align, rules=rules)) == [HEADER, *ROWS]
    assert table(printed(PAIRS, HEADER[:2], align=align, rules=rules)) == [HEADER[:2], *PAIRS]


@pytest.mark.parametrize("align", ["TOP", "MIDDLE", "BOTTOM"])
def test_a_header_of_several_lines_is_one(align: str) -> None:
    for rules in ("rows", "none"):
        assert table(printed(ROWS, LONG_HEADER, align=align, rules=rules)) == [LONG_HEADER, *ROWS]


@pytest.mark.parametrize("align", ["TOP", "MIDDLE", "BOTTOM"])
def test_a_table_goes_on_on_the_next_page_with_its_header_repeated_or_not(align: str) -> None:
    for repeat in (True, False):
        content = printed(ROWS * 8, align=align, rules="header", repeat=repeat)
        assert len(content.page_starts) > 1
        assert table(content) == [HEADER, *ROWS * 8]


@pytest.mark.parametrize("rules", RULES)
def test_a_cell_goes_on_on_the_next_page(rules: str) -> None:
    long = " ".join(f"Sentence {n} tells what holds." for n in range(18))
    rows = (ROWS[0], ("Senior", long, "27"), ROWS[3], ("Chief", "The owners", "40"))
    content = printed(rows, rules=rules, above=500, split=True, repeat=False)
    assert table(content) == [HEADER, *rows]
    document = Document("a", "1", "A", "a", "application/pdf", content.text, page_starts=content.page_starts)
    pages = {
        words: cite(document, (at := content.text.index(words)), at + 5).page for words in ("Sentence 0", "Sentence 17")
    }
    assert pages == {"Sentence 0": 1, "Sentence 17": 2}


@pytest.mark.parametrize("rules", RULES)
def test_the_last_row_alone_on_the_next_page_is_one_of_the_table(rules: str) -> None:
    rows = [(f"Item {n}", f"The manager of part {n}", f"{n * 3}") for n in range(12)]
    for above in range(400, 460, 4):
        content = printed(rows, rules=rules, above=above, repeat=False)
        assert (above, table(content)) == (above, [HEADER, *rows])


@pytest.mark.parametrize("group", [0, 4, 9])
def test_rows_that_lack_a_cell_stay_rows_however_near_they_are(group: float) -> None:
    rows = [("Basic", "9", "EUR"), ("Pro", "20", ""), ("Team", "45", ""), ("Max", "90", "USD")] * 3
    assert table(drawn(rows, group=group)) == [HEADER, *rows]
    named = [("Anderson Smith", "Oslo", "EUR"), ("Johannes Meyer", "Rome", ""), ("Maria Lopez", "Paris", "USD")] * 3
    assert table(drawn(named, group=group)) == [HEADER, *named]


def test_values_under_each_other_are_rows_though_their_key_stands_beside_both() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("Helvetica", 10)
    for x, cell in zip((72, 220, 360), ("Layers", "Language", "Score"), strict=True):
        canvas.drawString(x, 700, cell)
    for n, (key, first, second) in enumerate(
        (("6", "0.965", "0.969"), ("4", "0.938", "0.952"), ("2", "0.923", "0.945"))
    ):
        y = 680 - 30 * n
        canvas.line(72, y + 12, 450, y + 12)
        canvas.drawString(72, y - 6, key)
        for down, language, score in ((0, "OTSL", first), (12, "HTML", second)):
            canvas.drawString(220, y - down, language)
            canvas.drawString(360, y - down, score)
    canvas.save()
    assert table(load(out.getvalue(), "a.pdf")) == [
        ("Layers", "Language", "Score"),
        ("6", "OTSL", "0.965"), ("", "HTML", "0.969"),
        ("4", "OTSL", "0.938"), ("", "HTML", "0.952"),
        ("2", "OTSL", "0.923"), ("", "HTML", "0.945"),
    ]  # fmt: skip
