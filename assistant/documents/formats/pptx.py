"""PowerPoint presentations: a page a slide, with its title, text, tables, figures of charts and notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PackageNotFoundError, PythonPptxError
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.slide import Slide
from pptx.table import Table as SlideTable
from pptx.text.text import TextFrame

from assistant.documents.content import Content
from assistant.documents.formats.blocks import LINE, Block, Break, Heading, Item, Paragraph, Parsed
from assistant.documents.formats.canonical import content
from assistant.documents.formats.docx_styles import counted
from assistant.documents.formats.grids import Cell, plain_table
from assistant.documents.formats.numbers import whole
from assistant.documents.formats.office_properties import properties
from assistant.documents.formats.packages import BROKEN, Package
from assistant.documents.formats.runs import joined, spaced
from assistant.errors import DamagedDocument

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_EDGES = (PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER)
_BODIES = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY, PP_PLACEHOLDER.VERTICAL_OBJECT)
_ROW = 250_000  # EMU, in which shapes count as side by side
_MAX_DEPTH = 20  # of groups
_MOST_SAID = 20  # warnings
_NUMBERS = {"alphaLc": "lowerLetter", "alphaUc": "upperLetter", "romanLc": "lowerRoman", "romanUc": "upperRoman"}


def load(data: bytes, name: str) -> Content:
    """The content of a presentation. Slides that are hidden are empty pages."""
    package = Package(data, name)
    broken: list[int] = []  # the slides of shapes that are left out
    try:
        slides = [*{slide.part: slide for slide in Presentation(io.BytesIO(data)).slides}.values()]
        pages = [list(_slide(slide, n, broken)) for n, slide in enumerate(slides, start=1)]
    except (*BROKEN, PackageNotFoundError, PythonPptxError) as error:
        raise DamagedDocument(f"{name}: is damaged, or no PowerPoint presentation: save it anew as PPTX") from error
    blocks: list[Block] = []
    for n, page in enumerate(pages):
        blocks += [Break()] * (n > 0)
        blocks += page
    title, metadata = properties(package)
    said = tuple(f"slide {n}: shapes that are damaged are left out" for n in [*dict.fromkeys(broken)][:_MOST_SAID])
    return content(Parsed(tuple(blocks), title, metadata, paged=True, warnings=said), name)


def _slide(slide: Slide, number: int, broken: list[int]) -> Iterator[Block]:
    """The blocks of a slide; its number is put down among the broken ones for each shape that cannot be read."""
    if slide._element.get("show") == "0":
        return
    shapes = [*_shapes(slide.shapes)]
    titled = [shape for shape in shapes if _kind(shape) in _TITLES and _text(shape)]
    for shape in titled[:1]:
        level = 1 if number == 1 and _kind(shape) == PP_PLACEHOLDER.CENTER_TITLE else 2
        yield Heading(level, _text(shape))
    for shape in sorted(shapes, key=lambda shape: ((shape.top or 0) // _ROW, shape.left or 0)):
        if shape not in titled[:1] and _kind(shape) not in _EDGES:
            try:
                yield from list(_shape(shape))
            except (*BROKEN, PythonPptxError):
                broken.append(number)
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None and frame.text.strip():
        yield Paragraph("Notes:")
        yield from _frame(frame, listed=False)


def _shapes(shapes: Iterable[BaseShape], depth: int = 0) -> Iterator[BaseShape]:
    """The shapes, those in groups one by one."""
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < _MAX_DEPTH:
            yield from _shapes(shape.shapes, depth + 1)
        elif shape._element.xpath("boolean(.//p:cNvPr[@hidden='1' or @hidden='true'])") is not True:
            yield shape


def _kind(shape: BaseShape) -> object:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _shape(shape: BaseShape) -> Iterator[Block]:
    if isinstance(shape, GraphicFrame) and shape.has_table:
        yield from _table(shape.table)
    elif isinstance(shape, GraphicFrame) and shape.has_chart:
        yield from _chart(shape.chart)
    elif isinstance(shape, Shape):
        yield from _frame(shape.text_frame, listed=_kind(shape) in _BODIES)


def _text(shape: BaseShape) -> str:
    return " ".join(shape.text_frame.text.replace("\v", " ").split()) if isinstance(shape, Shape) else ""


def _frame(frame: TextFrame, *, listed: bool) -> Iterator[Block]:
    """The paragraphs of a frame; `listed` is whether they are items unless they say otherwise."""
    counts: dict[int, int] = {}
    several = sum(bool(paragraph.text.strip()) for paragraph in frame.paragraphs) > 1
    for paragraph in frame.paragraphs:
        runs = []
        for part in paragraph._p.iter(f"{_A}r", f"{_A}br", f"{_A}fld"):
            if part.tag == f"{_A}br":
                runs.append((LINE, False))
                continue
            settings = part.find(f"{_A}rPr")
            bold = settings is not None and settings.get("b") in ("1", "true")
            runs.append((spaced(part.findtext(f"{_A}t") or ""), bold))
        text, length = joined(runs)
        if not text:
            continue
        settings = paragraph._p.find(f"{_A}pPr")
        auto = settings.find(f"{_A}buAutoNum") if settings is not None else None
        is_bullet = settings is not None and settings.find(f"{_A}buChar") is not None
        is_none = settings is not None and settings.find(f"{_A}buNone") is not None
        level = paragraph.level
        for deeper in [at for at in counts if at > level]:
            del counts[deeper]
        if auto is not None:
            counts[level] = counts.get(level, whole(auto.get("startAt"), 1) - 1) + 1
            form = next((form for kind, form in _NUMBERS.items() if auto.get("type", "").startswith(kind)), "")
            number = counted(counts[level], form)
            yield Item(text, number if number.isdigit() else f"{number})", length, level)
        elif is_bullet or (listed and several and not is_none):
            yield Item(text, "", length, level)
        else:
            counts.clear()
            yield Paragraph(text, length)


def _table(table: SlideTable) -> Iterator[Block]:
    rows = []
    for row in table.rows:
        cells = []
        for cell in row.cells:
            if not cell.is_spanned:
                text = LINE.join(" ".join(part.text.replace("\v", " ").split()) for part in cell.text_frame.paragraphs)
                merged = cell.is_merge_origin
                cells.append(Cell(text.strip(), cell.span_width if merged else 1, cell.span_height if merged else 1))
        rows.append(cells)
    yield from plain_table(rows, headers=1 if table.first_row and len(rows) > 1 else None)


def _chart(chart: object) -> Iterator[Block]:
    """The figures of a chart, as a table."""
    title = ""
    if getattr(chart, "has_title", False) and chart.chart_title.has_text_frame:  # type: ignore[attr-defined]
        title = chart.chart_title.text_frame.text.strip()  # type: ignore[attr-defined]
    try:
        plots = list(chart.plots)  # type: ignore[attr-defined]
        names = [str(name) for name in plots[0].categories] if plots else []
        series = [(each.name, list(each.values)) for plot in plots for each in plot.series]
    except (KeyError, ValueError, AttributeError, IndexError, TypeError):  # a kind of chart that it does not know
        names, series = [], []
    if not names or not series:
        if title:
            yield Paragraph(title)
        return
    rows = [[Cell(""), *(Cell(str(name), head=True) for name, _ in series)]]
    for n, name in enumerate(names):
        said = [values[n] if n < len(values) else None for _, values in series]
        rows.append([Cell(name), *(Cell("" if value is None else format(value, ".15g")) for value in said)])
    yield from plain_table(rows, caption=title, headers=1)
