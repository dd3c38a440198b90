"""PowerPoint presentations: slides as pages."""

from __future__ import annotations

import io
from collections.abc import Callable

import made
import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml import parse_xml
from pptx.presentation import Presentation as Slides
from pptx.util import Inches

from assistant.documents.content import Content
from assistant.documents.formats.pptx import load
from assistant.errors import DamagedDocument

NAMES = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def saved(fill: Callable[[Slides], object]) -> Content:
    slides = Presentation()
    fill(slides)
    out = io.BytesIO()
    slides.save(out)
    return load(out.getvalue(), "a.pptx")


def test_a_shape_that_is_damaged_costs_itself_only() -> None:
    def fill(slides: Slides) -> None:
        slide = slides.slides.add_slide(slides.slide_layouts[5])
        slide.shapes.title.text = "Leave"
        data = CategoryChartData()  # type: ignore[no-untyped-call]  # so it comes
        data.categories = ["a"]
        data.add_series("Days", (27,))  # type: ignore[no-untyped-call]  # so it comes
        frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, Inches(1), Inches(1), data)
        slide.part.drop_rel(frame._element.chart_rId)

    content = saved(fill)
    assert content.text == "## Leave\n"
    assert content.warnings == ("slide 1: shapes that are damaged are left out",)


def test_a_slide_is_a_page_with_its_title_its_points_and_its_notes() -> None:
    def fill(slides: Slides) -> None:
        first = slides.slides.add_slide(slides.slide_layouts[0])
        first.shapes.title.text = "Leave"
        second = slides.slides.add_slide(slides.slide_layouts[1])
        second.shapes.title.text = "Kinds"
        frame = second.placeholders[1].text_frame
        frame.text = "Annual"
        inner = frame.add_paragraph()
        inner.text, inner.level = "27 days", 1
        frame.add_paragraph().text = "Sick"
        second.notes_slide.notes_text_frame.text = "Say more."

    content = saved(fill)
    assert content.text == "# Leave\n\n## Kinds\n\n- Annual\n  - 27 days\n- Sick\n\nNotes:\n\nSay more.\n"
    assert content.title == "Leave"
    assert content.page_starts == (0, content.text.index("## Kinds"))


def test_boxes_are_read_from_the_top_left_and_numbers_are_counted() -> None:
    def fill(slides: Slides) -> None:
        shapes = slides.slides.add_slide(slides.slide_layouts[6]).shapes
        for text, left, top in (("Third.", 1, 4), ("Second.", 5, 1), ("First.", 1, 1)):
            shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1)).text_frame.text = text
        frame = shapes.add_textbox(Inches(1), Inches(5), Inches(2), Inches(1)).text_frame
        frame.text = "one"
        frame.add_paragraph().text = "two"
        for paragraph in frame.paragraphs:
            auto = f'<a:pPr {NAMES}><a:buAutoNum type="arabicPeriod" startAt="4"/></a:pPr>'
            paragraph._p.insert(0, parse_xml(auto))

    assert saved(fill).text == "First.\n\nSecond.\n\nThird.\n\n4. one\n5. two\n"


def test_tables_and_charts_keep_their_figures() -> None:
    def fill(slides: Slides) -> None:
        shapes = slides.slides.add_slide(slides.slide_layouts[6]).shapes
        table = shapes.add_table(3, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
        for n, row in enumerate((("Plan", "Price"), ("Basic", "9"), ("Pro", "20"))):
            for k, text in enumerate(row):
                table.cell(n, k).text = text
        data = CategoryChartData()  # type: ignore[no-untyped-call]  # so it comes
        data.categories = ["2025", "2026"]
        data.add_series("Sales", (3, 4.5))  # type: ignore[no-untyped-call]  # so it comes
        place = (Inches(1), Inches(3), Inches(4), Inches(3))
        chart = shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *place, data).chart
        chart.has_title = True
        chart.chart_title.text_frame.text = "By year"

    assert saved(fill).text == (
        "| Plan | Price |\n| --- | --- |\n| Basic | 9 |\n| Pro | 20 |\n\n"
        "By year:\n\n|  | Sales |\n| --- | --- |\n| 2025 | 3 |\n| 2026 | 4.5 |\n"
    )


def test_hidden_slides_and_shapes_are_left_out() -> None:
    def fill(slides: Slides) -> None:
        for n in range(3):
            slide = slides.slides.add_slide(slides.slide_layouts[6])
            for text in (f"Slide {n}.", f"HIDDEN {n}"):
                box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(2), Inches(1))
                box.text_frame.text = text
            box._element.nvSpPr.cNvPr.set("hidden", "1")
        slides.slides[1]._element.set("show", "0")

    content = saved(fill)
    assert content.text == "Slide 0.\n\nSlide 2.\n"
    assert len(content.page_starts) == 3


def test_a_file_that_is_no_presentation_says_so() -> None:
    with pytest.raises(DamagedDocument, match="no PowerPoint presentation"):
        load(made.zipped({"x": "y"}), "a.pptx")
