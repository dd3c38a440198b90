"""Word documents that are made to do harm."""

from __future__ import annotations

import hostile_xlsx
from hostile import HERE, OLE, WEB, WORDS, Hostile, attacks, packed, refused, related, relation, sound, zipped

ODD = ("x", "\u00b2", "-1", "9" * 6_000, "")  # what is no number that anything is counted by
MAIN = "word/document.xml"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def parts(body: str = "", *, main: str = MAIN, links: str = "", **more: str) -> dict[str, str | bytes]:
    """The parts of a Word document, with this body after its words."""
    return {
        "_rels/.rels": related(relation("officeDocument", main)),
        "word/_rels/document.xml.rels": related(*(relation(kind, f"{kind}.xml") for kind in more), links),
        MAIN: f"<w:document {_W}><w:body>{_p(WORDS)}{body}</w:body></w:document>",
        **{f"word/{kind}.xml": f"<w:{kind} {_W}>{part}</w:{kind}>" for kind, part in more.items()},
    }


def _p(text: str = "", settings: str = "") -> str:
    return f"<w:p><w:pPr>{settings}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def _cell(inner: str, settings: str = "") -> str:
    return f"<w:tc><w:tcPr>{settings}</w:tcPr>{inner}</w:tc>"


def _nested(times: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * times + _p("Deep.") + "</w:tc></w:tr></w:tbl>" * times


_BOXED = "<w:p><w:r><w:txbxContent>" * 70 + _p("Deep.") + "</w:txbxContent></w:r></w:p>" * 70
_STYLES = "".join(
    f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/></w:style>'
    for name, base in (("a", "b"), ("b", "a"))
)
_LEVELS = "".join(
    f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="{odd}"><w:start w:val="{odd}"/><w:numFmt w:val="decimal"/>'
    f'<w:lvlText w:val="%9%1."/></w:lvl></w:abstractNum><w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/>'
    f'<w:lvlOverride w:ilvl="{odd}"><w:startOverride w:val="{odd}"/></w:lvlOverride></w:num>'
    for n, odd in enumerate(ODD)
)
_LISTED = "".join(
    _p("Item.", f'<w:outlineLvl w:val="{odd}"/><w:numPr><w:ilvl w:val="{odd}"/><w:numId w:val="{n}"/></w:numPr>')
    for n, odd in enumerate(ODD)
)
_SPANS = "".join(_table(_cell(_p("a"), f'<w:gridSpan w:val="{odd}"/>') + _cell(_p("b"))) for odd in ODD)
_WIDE = _cell(_p("a"), '<w:gridSpan w:val="300"/>')
_NOTED = '<w:r><w:footnoteReference w:id="2"/></w:r>'
_NOTES = f'<w:footnote w:id="2"><w:p><w:r><w:t>Note.</w:t></w:r>{_NOTED}</w:p></w:footnote>'


def files(address: str) -> dict[str, Hostile]:
    """Word documents. The address is one that nothing may be asked of."""
    outer = relation("attachedTemplate", f"{address}/t.dotm", WEB) + relation("image", f"{address}/i.png", WEB)
    lost = related(relation("officeDocument", f"{address}/d.xml", WEB))
    away = relation("styles", "../../../../../../etc/passwd") + relation("numbering", HERE)
    merged = _table(_cell(_p("a"), "<w:vMerge/>") + _cell(_p("b"), '<w:gridSpan w:val="999999999"/>'))
    return {
        **attacks(parts(), MAIN, read=(MAIN, "_rels/.rels", "word/_rels/document.xml.rels")),
        **sound({
            "styles-in-a-circle": packed(lambda: parts(_p("Item.", '<w:pStyle w:val="a"/>'), styles=_STYLES)),
            "numbers-that-are-none": packed(lambda: parts(_LISTED + _SPANS, numbering=_LEVELS)),
            "tables-in-tables": packed(lambda: parts(_nested(60))),
            "boxes-in-boxes": packed(lambda: parts(_BOXED)),
            "a-note-in-its-own-note": packed(lambda: parts(f"<w:p>{_NOTED}</w:p>", footnotes=_NOTES)),
            "merged-with-nothing-above": packed(lambda: parts(merged)),
            "empty-paragraphs-without-end": packed(lambda: parts("<w:p/>" * 50_000)),
            "a-long-word": packed(lambda: parts(_p("a" * 300_000))),
            "a-part-that-relates-to-itself": packed(lambda: parts(links=relation("styles", "document.xml"))),
            "parts-that-lead-out": packed(lambda: parts(links=away)),
            "linked-from-the-web": packed(lambda: parts(links=outer)),
            "its-main-part-is-on-the-web": packed(lambda: {**parts(), "_rels/.rels": lost}),
            "with-macros": packed(lambda: {**parts(), "word/vbaProject.bin": OLE, "word/vbaData.xml": "<x/>"}),
            "with-another-file-inside": packed(
                lambda: {**parts('<w:altChunk w:id="r"/>'), "word/embeddings/x.docx": zipped(parts("Other."))}
            ),
        }),
        **refused("holds no text", no_text=packed(lambda: {MAIN: f"<w:document {_W}><w:body/></w:document>"})),
        **refused("holds more than", rows_of_wide_cells=packed(lambda: parts(_table(_WIDE * 2, *[_WIDE] * 22_500)))),
        **refused("is no sound XML", nested_past_all_bounds=packed(lambda: parts(_nested(5_000)))),
        **refused("is no Word document", a_workbook=packed(hostile_xlsx.parts)),
    }  # fmt: skip
