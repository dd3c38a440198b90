"""The same content as a file of each format, made from Markdown by the libraries that people use."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from html import escape as html_escape

import docx
from docx.document import Document as WordDocument
from docx.text.paragraph import Paragraph as WordParagraph
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import Flowable, ListFlowable, ListItem, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

_CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
_BOOK = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0">
<metadata><dc:title>{title}</dc:title><dc:language>en</dc:language></metadata><manifest>{items}
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>
<spine><itemref idref="nav"/>{spine}</spine></package>"""


def html(markdown: str) -> bytes:
    """A web page."""
    body = _parser().render(markdown)
    return f"<!doctype html><html lang=en><head><title>x</title></head><body>{body}</body></html>".encode()


def epub(*chapters: str, title: str = "Book", extra: dict[str, str] | None = None) -> bytes:
    """A book of these chapters."""
    parts = {f"c{n}.xhtml": html(chapter).decode() for n, chapter in enumerate(chapters)}
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in parts)
    spine = "".join(f'<itemref idref="{name}"/>' for name in parts)
    parts["nav.xhtml"] = "<nav><ol><li><a href=c0.xhtml>Contents</a></ol></nav>"
    files = {f"OPS/{name}": text for name, text in parts.items()} | (extra or {})
    book = _BOOK.format(title=title, items=items, spine=spine)
    return zipped({"META-INF/container.xml": _CONTAINER, "OPS/book.opf": book, **files})


def zipped(files: dict[str, str]) -> bytes:
    """An archive of these texts, by their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return out.getvalue()


def word(markdown: str) -> bytes:
    """A Word document."""
    document = docx.Document()
    for node in _tree(markdown):
        _word(document, node, 1)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def odt(markdown: str) -> bytes:
    """An OpenDocument text."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{long or name}:1.0"'
        for name, long in {"office": "", "text": "", "table": "", "style": "", "fo": "xsl-fo-compatible"}.items()
    )
    bold = '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
    numbers = '<text:list-level-style-number text:level="1" style:num-format="1"/>'
    styles = f'{bold}<text:list-style style:name="N">{numbers}</text:list-style>'
    body = "".join(_odt(node) for node in _tree(markdown))
    return zipped({
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": (
            f"<office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
            f"<office:text>{body}</office:text></office:body></office:document-content>"
        ),
    })  # fmt: skip


def _odt(node: SyntaxTreeNode) -> str:
    inner = "".join(map(_odt, node.children))
    if node.type == "heading":
        return f'<text:h text:outline-level="{node.tag[1:]}">{_spans(node)}</text:h>'
    if node.type == "paragraph":
        return f"<text:p>{_spans(node)}</text:p>"
    if node.type in ("bullet_list", "ordered_list"):
        return f'<text:list text:style-name="{"L" if node.type == "bullet_list" else "N"}">{inner}</text:list>'
    if node.type in ("th", "td"):
        return f"<table:table-cell><text:p>{_spans(node)}</text:p></table:table-cell>"
    names = {
        "list_item": "text:list-item",
        "table": "table:table",
        "thead": "table:table-header-rows",
        "tr": "table:table-row",
    }
    name = names.get(node.type)
    return f"<{name}>{inner}</{name}>" if name else inner


def _spans(node: SyntaxTreeNode) -> str:
    said = ""
    for text, bold in _runs(node):
        text = html_escape(text).replace("\n", "<text:line-break/>")
        said += f'<text:span text:style-name="B">{text}</text:span>' if bold else text
    return said


def _word(document: WordDocument, node: SyntaxTreeNode, depth: int) -> None:
    deep = f" {depth}" if depth > 1 else ""
    if node.type == "heading":
        document.add_heading("".join(text for text, _ in _runs(node)), int(node.tag[1:]))
    elif node.type == "paragraph":
        _fill(document.add_paragraph(), node)
    elif node.type in ("bullet_list", "ordered_list"):
        style = "List Bullet" if node.type == "bullet_list" else "List Number"
        for item in node.children:
            for n, child in enumerate(item.children):
                if child.type == "paragraph":
                    _fill(document.add_paragraph(style=(style if n == 0 else "List Continue") + deep), child)
                else:
                    _word(document, child, depth + 1)
    elif node.type == "table":
        rows = [row.children for part in node.children for row in part.children]
        table = document.add_table(len(rows), len(rows[0]))
        for n, row in enumerate(rows):
            for k, cell in enumerate(row):
                _fill(table.cell(n, k).paragraphs[0], cell)


def _fill(paragraph: WordParagraph, node: SyntaxTreeNode) -> None:
    for text, bold in _runs(node):
        paragraph.add_run(text).bold = bold or None


def pdf(markdown: str, *, times: int = 1, head: bool = True) -> bytes:
    """A PDF of the text so many times, as reports are set: with a running head and a page number on each page."""
    out = io.BytesIO()
    template = SimpleDocTemplate(out, pagesize=A4, title="untitled")
    styles = getSampleStyleSheet()

    def edge(canvas: object, _: object) -> None:
        if head:
            canvas.drawString(72, 800, "Acme handbook, internal")  # type: ignore[attr-defined]
        canvas.drawString(290, 30, str(canvas.getPageNumber()))  # type: ignore[attr-defined]

    story = [flowable for node in _tree(markdown) for flowable in _flowables(node, styles)]
    template.build(story * times, onFirstPage=edge, onLaterPages=edge)
    return out.getvalue()


def _flowables(node: SyntaxTreeNode, styles: object) -> Iterator[Flowable]:
    style = styles["BodyText"]  # type: ignore[index]
    if node.type == "heading":
        yield Paragraph(_markup(node), styles[f"Heading{node.tag[1:]}"])  # type: ignore[index]
    elif node.type == "paragraph":
        yield Paragraph(_markup(node), style)
    elif node.type in ("bullet_list", "ordered_list"):
        items = [
            ListItem([part for child in item.children for part in _flowables(child, styles)]) for item in node.children
        ]
        kind = {"bulletType": "bullet", "start": "\u2022"} if node.type == "bullet_list" else {"bulletType": "1"}
        yield ListFlowable(items, bulletFormat=None if node.type == "bullet_list" else "%s.", **kind)
    elif node.type == "table":
        rows = [[_markup(cell) for cell in row.children] for part in node.children for row in part.children]
        cells = [[Paragraph(f"<b>{cell}</b>" if not n else cell, style) for cell in row] for n, row in enumerate(rows)]
        yield Spacer(1, 8)
        yield Table(cells, style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey)]), repeatRows=1)
        yield Spacer(1, 8)


def _markup(node: SyntaxTreeNode) -> str:
    said = ""
    for text, bold in _runs(node):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br/>")
        said += f"<b>{text}</b>" if bold else text
    return said


def _runs(node: SyntaxTreeNode) -> Iterator[tuple[str, bool]]:
    """The text of a block in runs, each with whether it is bold."""
    bold = False
    for token in (node.children[0].to_tokens()[0].children or []) if node.children else []:
        if token.type in ("strong_open", "strong_close"):
            bold = token.type == "strong_open"
        elif token.type in ("softbreak", "hardbreak"):
            yield (" " if token.type == "softbreak" else "\n"), bold
        elif token.content:
            yield token.content, bold


def _tree(markdown: str) -> list[SyntaxTreeNode]:
    return SyntaxTreeNode(_parser().parse(markdown)).children


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")
