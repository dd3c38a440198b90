"""Presentations that are made to do harm."""

from __future__ import annotations

import io
from functools import cache

from hostile import OLE, WEB, WORDS, Hostile, attacks, packed, parts_of, refused, relation, sound, zipped
from pptx import Presentation

SLIDE, SLIDES = "ppt/slides/slide1.xml", "ppt/presentation.xml"
_RELATIONS = "ppt/slides/_rels/slide1.xml.rels"
_A = "http://schemas.openxmlformats.org/drawingml/2006"
_NAMES = f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="{_A}/main"'


@cache
def parts() -> dict[str, bytes]:
    """The parts of a presentation of two slides."""
    slides = Presentation()
    for title, words in (("Leave", WORDS), ("Sick", "Say so.")):
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = words
    out = io.BytesIO()
    slides.save(out)
    return parts_of(out.getvalue())


def _changed(part: str, old: str, new: str) -> bytes:
    """The presentation, with one thing in one part put in the place of another."""
    text = parts()[part].decode()
    assert old in text
    return zipped({**parts(), part: text.replace(old, new, 1)})


def _with(shapes: str) -> bytes:
    """The presentation, with these shapes on its first slide, too."""
    return _changed(SLIDE, "</p:spTree>", f"{shapes}</p:spTree>")


def _shape(inner: str, place: str = "") -> str:
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="9" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
        f"<p:spPr>{place}</p:spPr><p:txBody><a:bodyPr/>{inner}</p:txBody></p:sp>"
    )


def _said(text: str, settings: str = "") -> str:
    return f"<a:p>{settings}<a:r><a:t>{text}</a:t></a:r></a:p>"


def _grouped(inner: str, times: int) -> str:
    head = '<p:grpSp><p:nvGrpSpPr><p:cNvPr id="8" name="g"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
    return head * times + inner + "</p:grpSp>" * times


def _framed(graphic: str) -> str:
    return (
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="7" name="t"/><p:cNvGraphicFramePr/><p:nvPr/>'
        '</p:nvGraphicFramePr><p:xfrm><a:off x="0" y="0"/><a:ext cx="9" cy="9"/></p:xfrm><a:graphic>'
        f'<a:graphicData uri="{_A}/{graphic}</a:graphicData></a:graphic></p:graphicFrame>'
    )


def _table(settings: str) -> str:
    cell = "<a:tc {}><a:txBody><a:bodyPr/><a:p><a:r><a:t>a</a:t></a:r></a:p></a:txBody></a:tc>"
    rows = (cell.format(settings) + cell.format('hMerge="1"'), cell.format("") * 2)
    body = "".join(f'<a:tr h="1">{row}</a:tr>' for row in rows)
    grid = '<a:tblGrid><a:gridCol w="1"/><a:gridCol w="1"/></a:tblGrid>'
    return _framed(f'table"><a:tbl><a:tblPr/>{grid}{body}</a:tbl>')


_NUMBERED = "".join(
    _said("Item.", f'<a:pPr lvl="{level}"><a:buAutoNum type="{kind}" startAt="{start}"/></a:pPr>')
    for level, kind, start in ((0, "alphaLcPeriod", 999_999_999), (1, "romanUcPeriod", 4_999), (0, "x", "\u00b2"))
)
_FAR = '<a:xfrm><a:off x="-99999999999" y="99999999999999"/><a:ext cx="0" cy="0"/></a:xfrm>'
_AGAIN = "".join(f'<p:sldId id="{n}" r:id="rId7"/>' for n in range(1_000, 4_000))


def files(address: str) -> dict[str, Hostile]:
    """Presentations. The address is one that nothing may be asked of."""
    picture = relation("image", f"{address}/i.png", WEB, id="rId77")
    itself = relation("slide", "slide1.xml", id="rId78")
    away = f'Target="{address}/s.xml" {WEB}'
    blank = f"<p:sld {_NAMES}><p:cSld><p:spTree/></p:cSld></p:sld>"
    chart = f'chart"><c:chart xmlns:c="{_A}/chart" r:id="rId404"/>'
    end = "</Relationships>"
    found = {
        **attacks(parts(), SLIDE, read=(SLIDE, SLIDES, "[Content_Types].xml", "ppt/slideLayouts/slideLayout2.xml")),
        **sound({
            "groups-in-groups": lambda: _with(_grouped(_shape(_said("Deep.")), 60)),
            "cells-as-wide-as-can-be": lambda: _with(_table('gridSpan="99999999" rowSpan="99999999"')),
            "numbers-past-all-letters": lambda: _with(_shape(_NUMBERED)),
            "a-place-off-every-slide": lambda: _with(_shape(_said("Far."), _FAR)),
            "shapes-without-end": lambda: _with(_shape(_said("More.")) * 500),
            "a-long-word": lambda: _with(_shape(_said("a" * 300_000))),
            "linked-from-the-web": lambda: _changed(_RELATIONS, end, picture + end),
            "with-macros": lambda: zipped({**parts(), "ppt/vbaProject.bin": OLE}),
            "a-slide-that-relates-to-itself": lambda: _changed(_RELATIONS, end, itself + end),
            "a-chart-of-nothing": lambda: _with(_framed(chart)),
            "no-size": lambda: _changed(SLIDES, "<p:sldSz", "<p:sldSzX"),
            "one-slide-many-times": lambda: _changed(SLIDES, "</p:sldIdLst>", f"{_AGAIN}</p:sldIdLst>"),
        }),
        **refused("holds no text", nothing_on_any_slide=lambda: zipped(
            {**parts(), **{name: blank for name in (SLIDE, SLIDE.replace("1", "2"))}}
        )),
        **refused(
            "is damaged, or no PowerPoint presentation",
            its_slide_is_on_the_web=lambda: _changed(
                "ppt/_rels/presentation.xml.rels", 'Target="slides/slide1.xml"', away
            ),
            a_document=packed(lambda: {"word/document.xml": "<x/>"}),
        ),
    }  # fmt: skip
    return found
