"""Answers come out in every format, with nothing of the input lost or changed."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from contextlib import closing
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from batches import GUIDE, Near, asked, asked_table
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant.batch import bodies, formats
from assistant.batch.endings import READ, WRITTEN
from assistant.batch.journal import Earlier, Journal
from assistant.batch.run import Results
from assistant.batch.worker import reply
from assistant.documents.citations import cite
from assistant.spreadsheets import delimited, files, workbooks
from assistant.spreadsheets.formulas import guarded, unguarded
from assistant.spreadsheets.tables import Cell, Table, text
from assistant.testing import document

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["=1+1", "'=1", "''-x", "-5", "a\r\nb", "_x000D_", "\x07", " a ", "#N/A", "\ufeff", "\uffff", "\t", "007", '"']
)


def link(start: int, end: int) -> str:
    """Where the page of the guide shows these characters."""
    return cite(GUIDE, start, end).url


PAY = link(6, 29)


def written(results: Results, format: str, base: str = "") -> bytes:
    out = io.BytesIO()
    formats.write(out, results, format, base=base)
    return out.getvalue()


def test_a_row_of_a_table_has_its_own_cells_and_six_more(journal: Journal) -> None:
    table = Table(("id", "question"), (("1", "median salary"), ("2", "zebra"), ("3", ""), ("4", "x" * 10_000)))
    found = list(csv.DictReader(io.StringIO(written(asked_table(journal, table), "csv").decode(), newline="")))
    assert found[0] == {
        "id": "1",
        "question": "median salary",
        "status": "answered",
        "answer": "Median salary: $336,500",
        "confidence": "1.0",
        "sources": f'Guide \u203a Pay: "Median salary: $336,500" ({PAY})',
        "index": "one",
        "reason": "",
    }
    assert [row["status"] for row in found] == ["answered", "refused", "skipped", "error"]
    assert found[1]["reason"] == "unrelated: The documents do not say."
    assert found[3]["reason"].startswith("invalid_request: a question has 1 to 2000 characters, this one has 10000")
    assert [row["confidence"] for row in found] == ["1.0", "0.0", "", ""]


def test_columns_that_have_our_names_are_kept_and_ours_get_others(journal: Journal) -> None:
    names = ("question", "Answer", "answer", "status", "answer_status")
    table = Table(names, (("median salary", "a", "b", "c", "d"),))
    head, row = csv.reader(io.StringIO(written(asked_table(journal, table), "csv").decode(), newline=""))
    assert (*head,) == (*names, "answer_answer_status", "answer_answer", "confidence", "sources", "index", "reason")
    assert row[:6] == ["median salary", "a", "b", "c", "d", "answered"]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-x", "@sum", "\tx", "\rx", "\nx", "-", "+1+1", "-2+3", "'=1", "\uff1d1"]
)
def test_formulas_get_a_quote_that_is_taken_off_again(cell: str) -> None:
    assert guarded(cell) == "'" + cell
    assert unguarded("'" + cell) == cell


@pytest.mark.parametrize("cell", ["-5", "+3.25", "-1,000", "-12%", "+4e3", "-.5", "", "a=b", "'twas", "1"])
def test_numbers_and_words_stay_as_they_are(cell: str) -> None:
    assert guarded(cell) == cell == unguarded(cell)


@given(TEXTS)
def test_a_guarded_cell_is_no_formula_and_comes_back(cell: str) -> None:
    kept = guarded(cell)
    assert unguarded(kept) == cell
    assert not kept.startswith(("=", "@", "\t", "\r", "\n"))


@given(st.lists(st.lists(TEXTS.filter(lambda cell: "\0" not in cell), min_size=2, max_size=3), min_size=1, max_size=4))
def test_a_table_comes_back_from_csv_and_from_a_workbook(rows: list[list[str]]) -> None:
    width = max(map(len, rows))
    records: list[list[Cell]] = [["question", *(f"n{n}" for n in range(1, width))]]
    records += [[*row, *[""] * (width - len(row))] for row in rows]
    data = b"".join(delimited.lines(records, delimiter=",", mark=False))
    assert delimited.read(data).rows == tuple(map(tuple, records[1:]))
    out = io.BytesIO()
    workbooks.write(out, [*records, ["end"] * width])
    back = workbooks.read(out.getvalue()).rows[:-1]
    assert [list(map(text, row)) for row in back] == records[1:]


@pytest.mark.parametrize("format", ["csv", "tsv", "xlsx", "jsonl"])
def test_answers_are_read_again_with_nothing_lost(format: str, journal: Journal) -> None:
    questions = ["median salary", "=zebra", "-5", "line\nbreak", " padded ", "median salary", "", "x" * 3000]
    table = Table(("id", "question", "note"), tuple((str(n), one, "'=1") for n, one in enumerate(questions)))
    results = asked_table(journal, table)
    back = files.read(written(results, format), format)
    assert back.columns[:3] == table.columns
    assert [tuple(map(text, row[:3])) for row in back.rows] == list(table.rows)
    position = back.columns.index("answer")
    assert [text(row[position]) for row in back.rows] == [one.body.answer for one in results]


def test_a_workbook_keeps_types_and_runs_no_formula(journal: Journal) -> None:
    row: tuple[Cell, ...] = (
        "=median salary",
        7,
        2.5,
        True,
        date(2026, 1, 31),
        datetime(2026, 1, 31, 8, 30),
        "007",
        "-5",
    )
    table = Table(("question", "i", "f", "b", "d", "t", "s", "n"), (row,))
    data = written(asked_table(journal, table), "xlsx")
    assert workbooks.read(data).rows[0][:8] == row
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f" not in archive.read("xl/worksheets/sheet1.xml")


def test_a_cell_that_a_workbook_cannot_hold_is_cut_and_said(journal: Journal) -> None:
    table = Table(("question", "note"), (("median salary", "x" * 40_000),))
    notes = formats.write(io.BytesIO(), asked_table(journal, table), "xlsx")
    assert notes == ("cut, since a workbook takes no more: 1 cell; write JSONL to keep them",)


def test_a_line_of_json_is_the_whole_answer_without_timings(journal: Journal) -> None:
    asker = Near()
    results = asked(journal, ["median salary", "zebra", ""], asker)
    answered, refused, skipped = map(json.loads, written(results, "jsonl").splitlines())
    for line, question in ((answered, "median salary"), (refused, "zebra")):
        whole = reply(asker.answerer, question).model_dump(mode="json")
        del whole["timings_ms"]
        assert line == whole
    assert skipped["status"] == "skipped" and skipped.keys() == answered.keys()


def test_a_line_of_json_keeps_the_cells_and_their_types(journal: Journal) -> None:
    data = b'{"id": 7, "Question ": "median salary", "tags": ["a"], "none": null}\n{"Question ": "zebra"}\n'
    read = files.read(data, "jsonl")
    table = Table(tuple(name.strip().lower() for name in read.columns), read.rows)
    one, two = map(json.loads, written(asked_table(journal, table), "jsonl").splitlines())
    assert (one["id"], one["tags"], one["none"]) == (7, ["a"], None)
    assert one["answer_id"].startswith("ans_")
    assert "id" not in two and two["question"] == "zebra"


def test_columns_of_one_name_become_different_keys(journal: Journal) -> None:
    table = Table(("question", "note", "note", "", "note 2"), (("zebra", "a", "b", "c", "d"),))
    line = json.loads(written(asked_table(journal, table), "jsonl"))
    assert [line[key] for key in list(line)[:5]] == ["zebra", "a", "b", "c", "d"]


def test_answers_of_our_lines_are_found_again_under_any_names(journal: Journal, tmp_path: Path) -> None:
    table = Table(("question", "id", "status", "answer_answer", "answer"), (("median salary", "1", "s", "x", "y"),))
    results = asked_table(journal, table)
    (tmp_path / "earlier.jsonl").write_bytes(written(results, "jsonl"))
    with closing(Earlier(tmp_path / "earlier.jsonl")) as earlier:
        assert earlier.get("median salary") == next(iter(results)).body


HOSTILE = '<script>alert(1)</script> & "quotes" [link](javascript:alert(1)) `code` | *bold* # \\ <b>'


class Page(HTMLParser):
    """What stands in a page."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def hostile(journal: Journal) -> Results:
    title = 'Guide "><img src=x onerror=alert(1)>'
    found = document(f"# Pay {HOSTILE}\nmedian {HOSTILE}\n", id='a"><b>.txt', title=title)
    return asked(journal, [f"median {HOSTILE}", f"zebra {HOSTILE}", "zebra"], Near(found))


def test_a_page_shows_everything_as_text_and_runs_nothing(journal: Journal) -> None:
    page = Page(written(hostile(journal), "html", base="javascript:alert(1)"))
    assert {tag for tag, _ in page.tags} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "section", "article", "h1", "h2", "h3"),
        *("p", "ul", "li", "ol", "a", "span", "blockquote"),
    }
    assert not any(name.startswith("on") or name == "src" for _, attributes in page.tags for name in attributes)
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in page.tags)
    assert page.text.count(HOSTILE) >= 4
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    assert policy and "default-src 'none'" in policy and "unsafe" not in policy


def test_a_page_links_to_its_sources_where_they_can_be_opened(journal: Journal) -> None:
    page = Page(written(asked(journal, ["median salary"]), "html", base="https://example.org"))
    links = [attributes["href"] for tag, attributes in page.tags if tag == "a"]
    assert links == ["#q1s1", f"https://example.org{PAY}"]


def test_a_page_of_refusals_alone_says_so(journal: Journal) -> None:
    page = Page(written(asked(journal, ["zebra", ""]), "html"))
    assert "Answered: 0 of 1." in page.text and "The documents do not say." in page.text


def test_markdown_has_no_marks_of_the_text_and_is_read_again(journal: Journal) -> None:
    data = written(hostile(journal), "md")
    rendered = MarkdownIt("commonmark").enable("table").render(data.decode())
    page = Page(rendered.encode())
    assert {tag for tag, _ in page.tags} <= {"h1", "h2", "p", "blockquote", "br"}
    assert page.text.count(" ".join(HOSTILE.split())) >= 4
    assert [row[0] for row in files.read(data, "md").rows] == [f"median {HOSTILE}", f"zebra {HOSTILE}", "zebra"]


def test_json_ld_has_the_shape_of_a_faq_page(journal: Journal) -> None:
    questions = ["median salary", "zebra", "median salary", "lead the\nteam", ""]
    data = written(asked(journal, questions), "jsonld", base="https://example.org")
    page = json.loads(data)
    assert (page["@context"], page["@type"]) == ("https://schema.org", "FAQPage")
    assert page["mainEntity"] == [
        {
            "@type": "Question",
            "name": name,
            "acceptedAnswer": {
                "@type": "Answer",
                "text": answer,
                "citation": [f"https://example.org{link(start, end)}"],
            },
        }
        for name, answer, start, end in (
            ("median salary", "Median salary: $336,500", 6, 29),
            ("lead the team", "Lead the team", 39, 52),
        )
    ]


def test_json_ld_may_stand_in_a_script_and_its_text_is_html(journal: Journal) -> None:
    data = written(hostile(journal), "jsonld")
    assert b"<" not in data
    text = json.loads(data)["mainEntity"][0]["acceptedAnswer"]["text"]
    assert "<" not in text and Page(text.encode()).text == f"median {HOSTILE}"
    assert json.loads(written(asked(journal, ["zebra"], Near(GUIDE)), "jsonld"))["mainEntity"] == []


def test_a_workbook_does_not_tell_when_it_was_written(journal: Journal) -> None:
    data = written(asked(journal, ["median salary"]), "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {one.date_time for one in archive.infolist()} == {workbooks.EPOCH}
        assert archive.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2


def test_a_duration_stays_one_in_a_workbook(journal: Journal) -> None:
    table = Table(("question", "takes"), (("median salary", timedelta(days=1, hours=2)),))
    assert workbooks.read(written(asked_table(journal, table), "xlsx")).rows[0][1] == timedelta(days=1, hours=2)


def test_a_base_of_links_keeps_its_path(journal: Journal) -> None:
    [result] = asked(journal, ["median salary"])
    place = result.body.citations[0].model_copy(update={"url": "/documents/a"})
    assert bodies.link(place, "https://example.org/help/") == "https://example.org/help/documents/a"
    assert bodies.link(place) == "/documents/a"
    published = place.model_copy(update={"published_url": "https://example.org/a"})
    assert bodies.link(published, "https://example.org/help/") == "https://example.org/a"


@pytest.mark.parametrize("format", WRITTEN)
def test_the_same_answers_give_the_same_bytes(format: str, journal: Journal) -> None:
    results = asked(journal, ["median salary", "zebra", ""])
    assert written(results, format) == written(results, format)


def test_every_format_that_is_read_can_be_written_but_text() -> None:
    assert set(READ) - set(WRITTEN) == {"txt"}
