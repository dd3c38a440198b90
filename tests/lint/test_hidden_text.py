"""Text that is hidden from readers is told: it is left out, and its author may not know."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import ZipFile

from docx import Document
from looked import found, told
from openpyxl import Workbook

from assistant.lint import marks_in_office

PAGE = """<html><head><style>.off { display: none }</style></head><body>
<nav style="display:none">Home and all other pages</nav>
<main><h1>Pool</h1><p>The pool opens at eight.</p>
<p class="off">The pool is free on Mondays.</p>
<p style="font-size:0">Ask for <b>the manager</b> of the pool.</p>
<p hidden>no</p><script>let hidden = "a b c d"</script></main></body></html>
"""
MARKDOWN = """---
language: en
---
# Pool

It opens at eight.

<div hidden>
It is <b>free</b> on Mondays.
</div>

`<p hidden>a b c d</p>`
"""


def test_what_a_page_hides_is_told_with_its_line(tmp_path: Path) -> None:
    findings = found(tmp_path, {"pool.html": PAGE}, "hidden")
    assert [(one.place.line, one.place.text) for one in findings] == [
        (4, "The pool is free on Mondays."),
        (5, "Ask for the manager of the pool."),
    ]


def test_html_in_markdown_hides_text_as_well(tmp_path: Path) -> None:
    text = MARKDOWN
    findings = found(tmp_path, {"pool.md": text}, "hidden")
    assert told(findings) == [("pool.md", 9, "is hidden from readers, and left out")]


def test_the_same_text_hidden_in_many_places_is_told_once(tmp_path: Path) -> None:
    texts = {f"{name}.md": f"# {name}\n\nIt opens.\n\n<div hidden>All rights are ours.</div>\n" for name in "abc"}
    [finding] = found(tmp_path, texts, "hidden")
    assert finding.message.endswith("here and in 2 other places") and len(finding.others) == 2


def test_hidden_runs_of_word_and_hidden_sheets_of_excel() -> None:
    document, kept = Document(), io.BytesIO()
    paragraph = document.add_paragraph("The gate closes at ten. ")
    paragraph.add_run("Tell nobody about the key.").font.hidden = True
    document.save(kept)
    assert [one.text for one in marks_in_office.marks(kept.getvalue(), "a.docx", ".docx").hidden] == [
        "Tell nobody about the key."
    ]
    workbook, kept = Workbook(), io.BytesIO()
    workbook.create_sheet("Costs").sheet_state = "hidden"
    workbook.save(kept)
    assert [one.text for one in marks_in_office.marks(kept.getvalue(), "a.xlsx", ".xlsx").hidden] == [
        "the sheet “Costs”"
    ]


def test_hidden_slides_are_told_in_their_order() -> None:
    kept = io.BytesIO()
    text = "<p:sld xmlns:p='p' xmlns:a='a' show='{}'><a:t>Slide {} says a few words</a:t></p:sld>"
    with ZipFile(kept, "w") as archive:
        for n, shown in ((10, "0"), (2, "0"), (1, "1")):
            archive.writestr(f"ppt/slides/slide{n}.xml", text.format(shown, n))
    assert [one.text for one in marks_in_office.marks(kept.getvalue(), "a.pptx", ".pptx").hidden] == [
        "Slide 2 says a few words",
        "Slide 10 says a few words",
    ]
