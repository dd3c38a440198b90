"""OpenDocument texts."""

from __future__ import annotations

import made
import pytest

from assistant.documents.content import Content
from assistant.documents.formats.odt import load
from assistant.errors import DamagedDocument, ProtectedDocument

NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for short, name in {
        "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing",
        "fo": "xsl-fo-compatible", "meta": "meta",
    }.items()
)  # fmt: skip


def read(body: str, styles: str = "", **parts: str) -> Content:
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return load(made.zipped({"content.xml": content, **parts}), "a.odt")


def text(body: str, styles: str = "") -> str:
    return read(body, styles).text


def test_headings_stand_below_the_title() -> None:
    body = """<text:p text:style-name="Title">Guide</text:p><text:h text:outline-level="1">One</text:h>
      <text:table-of-content><text:index-body><text:p>One 1</text:p></text:index-body></text:table-of-content>
      <text:section><text:h text:outline-level="2">Deep</text:h></text:section>
      <text:p>A<text:s text:c="3"/>b.</text:p>"""
    assert text(body) == "# Guide\n\n## One\n\n### Deep\n\nA b.\n"


def test_lists_keep_their_depth_their_numbers_and_what_stands_in_them() -> None:
    styles = """<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"
      text:start-value="3"/><text:list-level-style-bullet text:level="2"/></text:list-style>"""
    body = """<text:list text:style-name="L"><text:list-item><text:p>Open</text:p><text:list><text:list-item>
      <text:p>slowly</text:p></text:list-item></text:list><text:p>Mind it.</text:p></text:list-item></text:list>
      <text:p>Then:</text:p><text:list text:style-name="L" text:continue-numbering="true"><text:list-item>
      <text:p>Close</text:p></text:list-item></text:list>"""
    assert text(body, styles) == "3. Open\n   - slowly\n\n   Mind it.\n\nThen:\n\n4. Close\n"


def test_a_table_keeps_spans_repeated_cells_and_its_header() -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(said: str, more: str = "") -> str:
        return f"<table:table-cell {more}><text:p>{said}</text:p></table:table-cell>"

    body = (
        "<table:table><table:table-header-rows>"
        + row(cell("Plan"), cell("Region"), cell("Price"))
        + "</table:table-header-rows>"
        + row(cell("Basic", 'table:number-rows-spanned="2"'), cell("9", 'table:number-columns-repeated="2"'))
        + row("<table:covered-table-cell/>", cell("US"), cell("10"))
        + "</table:table>"
    )
    assert text(body) == ("| Plan | Region | Price |\n| --- | --- | --- |\n| Basic | 9 | 9 |\n| Basic | US | 10 |\n")


def test_bold_starts_notes_and_boxes_are_kept_and_deleted_text_is_not() -> None:
    styles = """<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>"""
    body = """<text:tracked-changes><text:p>GONE</text:p></text:tracked-changes>
      <text:p><text:span text:style-name="B">Who pays?</text:span></text:p><text:p>We do<text:note><text:note-citation>1
      </text:note-citation><text:note-body><text:p>Since 2020.</text:p></text:note-body></text:note>.<draw:frame>
      <draw:text-box><text:p>Boxed.</text:p></draw:text-box></draw:frame></text:p>"""
    assert text(body, styles) == "**Who pays?**\n\nWe do[^1].\n\nBoxed.\n\n[^1]: Since 2020.\n"


def test_title_and_language_come_from_the_metadata() -> None:
    meta = """<office:document-meta {} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta><dc:title>Leave</dc:title>
      <dc:language>en-GB</dc:language></office:meta></office:document-meta>"""
    content = read("<text:p>Hello.</text:p>", **{"meta.xml": meta.format(NAMES)})
    assert (content.title, dict(content.metadata)) == ("Leave", {"language": "en-GB"})


def test_a_file_that_cannot_be_read_says_why() -> None:
    with pytest.raises(DamagedDocument, match="is no OpenDocument text"):
        load(made.zipped({"x": "y"}), "a.odt")
    with pytest.raises(ProtectedDocument, match="opens with a password only"):
        load(made.zipped({"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "a.odt")
