"""Word documents: numbers, notes, changes, tables, and files that are none."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
import made
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml

from assistant.documents.content import Content
from assistant.documents.formats.docx import load
from assistant.errors import DamagedDocument, ProtectedDocument

NAMES = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"""
MAIN = '<Relationship Id="r" Type="http://x/officeDocument" Target="word/document.xml"/>'


def saved(fill: Callable[[WordDocument], object]) -> Content:
    """The content of a document that python-docx makes."""
    document = docx.Document()
    fill(document)
    out = io.BytesIO()
    document.save(out)
    return load(out.getvalue(), "a.docx")


def body(xml: str, *, names: str = NAMES, **parts: str) -> str:
    """The canonical text of a document with this body, and with these further parts."""
    related = "".join(f'<Relationship Id="{kind}" Type="http://x/{kind}" Target="{kind}.xml"/>' for kind in parts)
    files = {
        "_rels/.rels": RELATIONS.format(MAIN),
        "word/_rels/document.xml.rels": RELATIONS.format(related),
        "word/document.xml": f"<w:document {names}><w:body>{xml}</w:body></w:document>",
    }
    files |= {f"word/{kind}.xml": f"<w:{kind} {names}>{part}</w:{kind}>" for kind, part in parts.items()}
    return load(made.zipped(files), "a.docx").text


def p(text: str, settings: str = "") -> str:
    return f"<w:p><w:pPr>{settings}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def in_list(number: int, level: int = 0) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'


NUMBERING = """<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%3"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>"""


def test_numbers_of_lists_are_counted_as_word_does() -> None:
    entries = [(1, 0), (1, 1), (1, 1), (2, 0), (1, 0), (1, 2), (3, 0)]
    xml = "".join(p(f"Step {n}", in_list(number, level)) for n, (number, level) in enumerate(entries))
    assert body(xml, numbering=NUMBERING) == (
        "3. Step 0\n   - a) Step 1\n   - b) Step 2\n- Step 3\n4. Step 4\n   - 4.1 Step 5\n1. Step 6\n"
    )


def test_headings_come_from_styles_outlines_and_the_title_and_keep_their_numbers() -> None:
    styles = """<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>
      <w:style w:type="paragraph" w:styleId="U1"><w:name w:val="heading 1"/></w:style>
      <w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="U1"/></w:style>
      <w:style w:type="paragraph" w:styleId="Toc"><w:name w:val="toc 1"/></w:style>"""
    xml = (
        p("Guide", '<w:pStyle w:val="T"/>')
        + p("Contents", '<w:pStyle w:val="Toc"/>')
        + p("Scope", f'<w:pStyle w:val="Mine"/>{in_list(1)}')
        + p("Deep", '<w:outlineLvl w:val="1"/>')
    )
    assert body(xml, styles=styles, numbering=NUMBERING) == "# Guide\n\n## 3. Scope\n\n### Deep\n"


def test_changes_count_as_accepted_and_hidden_text_is_left_out() -> None:
    xml = (
        """<w:p><w:r><w:t xml:space="preserve">Pay is </w:t></w:r><w:del><w:r><w:delText>5</w:delText></w:r></w:del>
      <w:ins><w:r><w:t>7</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t> SECRET</w:t></w:r>
      <w:r><w:instrText> PAGE </w:instrText></w:r></w:p><w:sdt><w:sdtContent>"""
        + p("Inside.")
        + "</w:sdtContent></w:sdt>"
    )
    assert body(xml) == "Pay is 7\n\nInside.\n"


def test_footnotes_come_last_with_their_marks() -> None:
    notes = '<w:footnote w:id="4"><w:p><w:r><w:t>Before tax.</w:t></w:r></w:p></w:footnote>'
    xml = '<w:p><w:r><w:t>Pay</w:t><w:footnoteReference w:id="4"/><w:t xml:space="preserve"> is 7.</w:t></w:r></w:p>'
    assert body(xml, footnotes=notes) == "Pay[^1] is 7.\n\n[^1]: Before tax.\n"


def test_a_table_keeps_spans_and_bold_headers() -> None:
    def fill(document: WordDocument) -> None:
        table = document.add_table(4, 3)
        for n, row in enumerate(["Plan|Region|Price", "Basic|EU|9", "|US|10", "Pro|EU|20"]):
            for k, cell in enumerate(row.split("|")):
                table.cell(n, k).text = cell
        table.cell(1, 0).merge(table.cell(2, 0))

    assert saved(fill).text == (
        "| Plan | Region | Price |\n| --- | --- | --- |\n| Basic | EU | 9 |\n| Basic | US | 10 |\n| Pro | EU | 20 |\n"
    )


def test_bold_starts_tasks_breaks_and_text_boxes_are_kept() -> None:
    def fill(document: WordDocument) -> None:
        document.add_paragraph().add_run("Who pays?").bold = True
        document.add_paragraph("We do.\nAlways.")
        document.add_paragraph("\u2612 Sign it")
        box = f"<w:r {NAMES}><w:pict><w:txbxContent>{p('Boxed.')}</w:txbxContent></w:pict></w:r>"
        document.add_paragraph("Around.")._p.append(parse_xml(box))

    content = saved(fill)
    assert content.text == "**Who pays?**\n\nWe do.  \nAlways.\n\n- [x] Sign it\n\nAround.\n\nBoxed.\n"


def test_a_frame_of_one_cell_is_read_as_what_stands_in_it() -> None:
    def fill(document: WordDocument) -> None:
        cell = document.add_table(1, 1).cell(0, 0)
        cell.paragraphs[0].text = "Note"
        cell.add_table(2, 2).cell(0, 0).text = "a"

    assert saved(fill).text == "Note\n\na\n"


def test_the_strict_form_is_read_too() -> None:
    strict = 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"'
    assert body(p("Hello."), names=strict) == "Hello.\n"


def test_title_and_language_come_from_the_properties() -> None:
    def fill(document: WordDocument) -> None:
        document.core_properties.title, document.core_properties.language = "Leave", "en-GB"
        document.add_paragraph("Hello.")

    content = saved(fill)
    assert (content.title, dict(content.metadata)) == ("Leave", {"language": "en-GB"})


def test_a_file_that_is_no_word_document_says_so() -> None:
    with pytest.raises(DamagedDocument, match=r"^a.docx: is damaged, or not of the kind"):
        load(b"Hello.", "a.docx")
    with pytest.raises(DamagedDocument, match="is no Word document"):
        load(made.zipped({"x": "y"}), "a.docx")
    with pytest.raises(DamagedDocument, match=r"its part word/document.xml is no sound XML"):
        load(made.zipped({"word/document.xml": "<w:document>"}), "a.docx")
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    with pytest.raises(ProtectedDocument, match="opens with a password only"):
        load(ole + "EncryptedPackage".encode("utf-16-le"), "a.docx")
    with pytest.raises(DamagedDocument, match="of an older format"):
        load(ole, "a.docx")


def test_entities_that_lead_out_of_the_file_are_not_followed() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    part = f"{bomb}<w:document {NAMES}><w:body>{p('Hello &a;.')}</w:body></w:document>"
    assert "root" not in load(made.zipped({"word/document.xml": part}), "a.docx").text
