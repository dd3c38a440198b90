"""PDF pages with text side by side: forms with their labels to the left, columns of text, and tables."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import zip_longest

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from assistant.documents.formats.pdf import load

JOB = (
    ("Job title", "Senior engineer"),
    ("Department", "Research and development"),
    ("Reports to", "Head of engineering"),
    ("Location", "Building 4, Oslo"),
    ("Grade", "E7"),
    ("Hours a week", "37.5"),
    ("Starting date", "1 May 2026"),
    ("Salary range", "EUR 62,000 to 71,000"),
    ("Line manager", "Ingrid Haugen"),
    ("Contract", "Permanent"),
    ("Travel", "Up to 10 days a year"),
    ("Reference", "ENG-2026-014"),
)
PURPOSE = (
    "Plans and builds the control software of the pumps, from the first draft to the day on which it is handed over, "
    "and keeps what is written about it in order"
)
DUTIES = (
    "Leads a team of four engineers, reviews what they write, and speaks with the customers about what they need "
    "before the work is planned"
)
LONG_JOB = (
    JOB[0],
    ("Purpose of the role", PURPOSE),
    JOB[1],
    ("Duties", DUTIES),
    JOB[4],
    ("What we look for", "At least five years of work with control software, and the patience to explain it"),
)
GRADES = tuple((f"Grade {n}", f"{24 + n}") for n in range(1, 12))
TASKS = (
    ("Planning", "The head of the department decides after a talk with the works council and with those concerned"),
    ("Buying of goods for more than a thousand euros", "Two offers are asked for, and the cheaper one is taken unless"
     " the board says otherwise in writing"),
    ("Hiring", "The team meets each person who is asked to come, and says whom it would like to work with"),
    ("Travel to customers who are in another country", "The manager says yes beforehand, and the tickets are bought by"
     " the office"),
    ("Leave", "The team agrees among its members, and the manager is told a week before it begins"),
)  # fmt: skip
LONG_CELLS = (
    (
        "The boiler makes a noise like a kettle when it starts in the morning, and the pressure falls below one bar",
        "Let the air out of the radiators on the top floor first, then fill up the water until the needle is at green",
    ),
    (
        "Water drips from the valve below the tank, or the floor under it is wet after a night without any heating, "
        "which can be seen best before breakfast",
        "Close the main tap and call the number on the tank",
    ),
    ("The display stays dark", "Press the reset button for ten seconds. If nothing is shown after that, the fuse in "
     "the box behind the door has to be changed by an electrician"),
)  # fmt: skip
NEWS = (
    "The canteen opens again after the summer, with a new cook and a kitchen that has room for twice as many people as "
    "before. There are three dishes each day, one of them without meat, and the prices stay as they were in spring.",
    "The bicycle shed behind the gate is full on most mornings, so a second one is built beside the car park until the "
    "end of the month. Please take home what stands there without air in its tyres, for the space is needed by others.",
    "Whoever wants to learn Norwegian can come on Tuesdays at four to the small room on the second floor, where a "
    "teacher from the town helps beginners and those who know a little. No books are needed, and it costs nothing.",
    "The choir sings in the hall on the last Friday before the holidays, and all are asked to bring cake. It looks for "
    "two more basses and a pianist who can stand in when the old one is away, as happens now and then in the winter.",
)


def drawn(
    rows: Sequence[Sequence[str]],
    xs: Sequence[float],
    widths: Sequence[float],
    *,
    bold: Sequence[int] = (),
    header: bool = False,
    rules: str = "none",
    pad: float = 6,
    above: Sequence[str] = (),
) -> str:
    """What is read of cells that are drawn at these places and wrapped to these widths."""  # fmt: skip
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    y = 760.0
    for line in above:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, y, line)
        y -= 26
    for n, row in enumerate(rows):
        most = 1
        if rules == "rows" or (rules == "header" and n == 1):
            canvas.line(xs[0], y + 9 + pad / 2, xs[-1] + widths[-1], y + 9 + pad / 2)
        for k, (x, width, cell) in enumerate(zip(xs, widths, row, strict=False)):
            font = "Helvetica-Bold" if k in bold or (header and not n) else "Helvetica"
            canvas.setFont(font, 10)
            lines = simpleSplit(cell, font, 10, width)
            for at, line in enumerate(lines):
                canvas.drawString(x, y - 12 * at, line)
            most = max(most, len(lines))
        y -= 12 * most + pad
    canvas.save()
    return load(out.getvalue(), "a.pdf").text


def set_by_library(
    rows: Sequence[Sequence[str]], widths: Sequence[float], *, style: str, head: int = 0, keys: bool = False
) -> str:
    """What is read of a table that a library sets, between two paragraphs."""
    body = getSampleStyleSheet()["BodyText"]
    cells = [
        [Paragraph(f"<b>{cell}</b>" if n < head or (keys and k % 2 == 0) else cell, body) for k, cell in enumerate(row)]
        for n, row in enumerate(rows)
    ]
    rules = {
        "grid": [("GRID", (0, 0), (-1, -1), 0.5, colors.grey)],
        "rows": [("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey)],
        "none": [],
    }
    table = Table(cells, colWidths=widths, style=TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *rules[style]]))
    before = Paragraph("This is what holds for the people of the company and for all who come to see it.", body)
    after = Paragraph("This is what comes after it, a sentence of its own that stands across the page.", body)
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title="untitled").build([before, table, Spacer(1, 12), after])
    return load(out.getvalue(), "a.pdf").text


def fields(rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"{label.rstrip(':')}: {value}" for label, value in rows]


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


def table(text: str) -> list[tuple[str, ...]]:
    rows = [line for line in text.splitlines() if line.startswith("|") and "---" not in line]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows]


@pytest.mark.parametrize("count", [2, 3, 5, 8, 12])
@pytest.mark.parametrize("marked", ["bold", "colon", "plain"])
@pytest.mark.parametrize("rules", ["none", "rows"])
def test_a_form_is_a_field_for_each_of_its_labels(count: int, marked: str, rules: str) -> None:
    rows = [(f"{label}:" if marked == "colon" else label, value) for label, value in JOB[:count]]
    found = drawn(rows, (72, 220), (140, 300), bold=(0,) if marked == "bold" else (), rules=rules)
    assert lines(found) == fields(rows)


@pytest.mark.parametrize("marked", ["bold", "colon", "plain"])
@pytest.mark.parametrize("style", ["none", "rows", "grid"])
def test_a_value_of_several_lines_is_one(marked: str, style: str) -> None:
    rows = [(f"{label}:" if marked == "colon" else label, value) for label, value in LONG_JOB]
    found = set_by_library(rows, (120, 230), style=style, keys=marked == "bold")
    assert lines(found)[1:-1] == fields(rows)
    found = drawn(rows, (72, 220), (140, 240), bold=(0,) if marked == "bold" else (), rules="none")
    assert lines(found) == fields(rows)


@pytest.mark.parametrize(
    ("marked", "count"),  # two rows of four plain cells may as well be a header and its row
    [("bold", 4), ("bold", 6), ("bold", 12), ("colon", 4), ("colon", 8), ("plain", 6), ("plain", 8), ("plain", 12)],
)
def test_a_form_may_have_two_pairs_side_by_side(marked: str, count: int) -> None:
    rows = [(f"{label}:" if marked == "colon" else label, value) for label, value in JOB[:count]]
    pairs = [(*a, *b) for a, b in zip(rows[::2], rows[1::2], strict=True)]
    found = drawn(pairs, (60, 150, 310, 400), (85, 150, 85, 150), bold=(0, 2) if marked == "bold" else ())
    assert sorted(lines(found)) == sorted(fields(rows))


@pytest.mark.parametrize("style", ["none", "rows", "grid"])
def test_pairs_side_by_side_may_have_values_of_several_lines(style: str) -> None:
    rows = [LONG_JOB[0], LONG_JOB[1], LONG_JOB[4], LONG_JOB[3], LONG_JOB[2], LONG_JOB[5]]
    pairs = [(*a, *b) for a, b in zip(rows[::2], rows[1::2], strict=True)]
    found = set_by_library(pairs, (80, 110, 80, 160), style=style, keys=True)
    assert sorted(lines(found)[1:-1]) == sorted(fields(rows))


def columns(left: Sequence[str], right: Sequence[str], *, pad: float = 6, title: str = "", width: float = 215) -> str:
    """What is read of paragraphs in two columns, each set for itself."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    if title:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 790, title)
    drawn_lines: list[list[tuple[float, float, str]]] = []
    for x, side in ((72.0, left), (310.0, right)):
        y, held = 750.0, []
        for paragraph in side:
            for line in simpleSplit(paragraph, "Helvetica", 10, width):
                held.append((x, y, line))
                y -= 12
            y -= pad
        drawn_lines.append(held)
    canvas.setFont("Helvetica", 10)
    for pair in zip_longest(*drawn_lines):
        for each in filter(None, pair):
            canvas.drawString(*each)
    canvas.save()
    return load(out.getvalue(), "a.pdf").text


@pytest.mark.parametrize("pad", [0, 6, 12])
@pytest.mark.parametrize("title", ["", "What is new in the house"])
@pytest.mark.parametrize("count", [1, 2])
def test_columns_of_a_newsletter_are_read_down_each(pad: float, title: str, count: int) -> None:
    found = columns(NEWS[:count], NEWS[count : 2 * count], pad=pad, title=title)
    said = " ".join(found.replace(f"# {title}", "").split())
    assert "|" not in found
    assert said == " ".join(NEWS[: 2 * count])


def test_a_paper_in_two_columns_is_read_down_each() -> None:
    for left, right in ((NEWS * 3, NEWS[::-1] * 3), (NEWS * 3, NEWS[:2])):
        found = columns(left, right, title="On the keeping of bicycles at work", pad=4)
        assert "|" not in found
        assert " ".join(found.split("\n", 1)[1].split()) == " ".join([*left, *right])


@pytest.mark.parametrize("style", ["none", "rows", "grid"])
@pytest.mark.parametrize("count", [2, 5, 11])
def test_a_table_of_names_and_figures_keeps_its_header(style: str, count: int) -> None:
    rows = [("Level", "Days"), *GRADES[:count]]
    assert table(set_by_library(rows, (150, 150), style=style, head=1)) == rows
    assert table(set_by_library(rows, (150, 150), style=style)) == rows


@pytest.mark.parametrize("style", ["none", "rows", "grid"])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_a_table_of_names_and_sentences_keeps_its_header(style: str, count: int) -> None:
    rows = [("Task", "Who decides"), *TASKS[:count]]
    assert table(set_by_library(rows, (130, 230), style=style, head=1)) == rows
    assert table(set_by_library(rows, (180, 180), style=style, head=1)) == rows


@pytest.mark.parametrize("style", ["none", "rows", "grid"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_table_of_two_long_cells_is_one(style: str, count: int) -> None:
    rows = [("What you see", "What to do"), *LONG_CELLS[:count]]
    assert table(set_by_library(rows, (210, 210), style=style, head=1)) == rows
    if count > 1:
        assert table(drawn(rows, (72, 300), (210, 210), header=True, rules="header")) == rows


@pytest.mark.parametrize("rules", ["none", "rows", "header"])
@pytest.mark.parametrize("header", [True, False])
def test_a_table_of_four_columns_is_no_form(rules: str, header: bool) -> None:
    rows = [
        ("Name", "Team", "City", "Room"), ("Anderson", "Research", "Oslo", "4.12"), ("Meyer", "Sales", "Rome", "2.01"),
        ("Lopez", "Support", "Paris", "1.07"),
    ]  # fmt: skip
    assert table(drawn(rows, (60, 180, 310, 420), (100, 100, 100, 100), header=header, rules=rules)) == rows
