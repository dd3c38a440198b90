"""Questions are found in whatever people's spreadsheets and lists hold."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.worksheet.formula import ArrayFormula

from assistant.batch.endings import format_read, format_written
from assistant.errors import UsageError
from assistant.spreadsheets import delimited, files, jsonl, lists, workbooks
from assistant.spreadsheets.tables import Missing, Table, expected_column, question_column, text


def columns(*names: str, rows: tuple[tuple[str, ...], ...] = ()) -> Table:
    return Table(names, rows)


@pytest.mark.parametrize(
    ("names", "name", "position"),
    [
        (["id", "Question"], None, 1),
        (["FAQ", "note"], None, 0),
        (["q", "question"], None, 1),
        (["id", "QUESTION:"], None, 1),
        (["nr", "customer_question"], None, 1),
        (["question id", "The question asked"], None, 1),
        (["anything"], None, 0),
        (["Thema", "Frage"], None, 1),
        (["id", " Customer asks "], "customer asks", 1),
        (["id", "Customer_asks"], "customer asks", 1),
        (["id", "text"], "2", 1),
        (["Timestamp", "What is your question?"], None, 1),
        (["question", "Question"], None, 0),
    ],
)
def test_the_question_column_is_found_by_name(names: list[str], name: str | None, position: int) -> None:
    assert question_column(columns(*names), name) == position


def test_the_question_column_is_found_by_its_question_marks() -> None:
    rows = (("1", "Who leads?"), ("2", "What pays?"), ("3", "the median"))
    assert question_column(columns("id", "text", rows=rows)) == 1


@pytest.mark.parametrize("name", [None, "ask", "3", "0"])
def test_without_a_question_column_the_error_lists_the_columns(name: str | None) -> None:
    with pytest.raises(UsageError, match="'id', 'text': name one of them with --question-column"):
        question_column(columns("id", "text"), name)


def test_the_expected_column_is_found_or_named() -> None:
    assert expected_column(columns("question", "Expected answer")) == 1
    assert expected_column(columns("question", "answer")) is None
    assert expected_column(columns("question", "answer"), "answer") == 1


def test_reads_quotes_line_breaks_marks_and_short_and_long_rows() -> None:
    table = delimited.read('\ufeffid,question\r\n1,"a ""b"",\nc"\r\n2\r\n\r\n3,d,e\r\n\r\n'.encode())
    assert table.columns == ("id", "question", "")
    assert table.rows == (("1", 'a "b",\nc', ""), ("2", "", ""), ("", "", ""), ("3", "d", "e"))
    assert table.mark


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_told_from_the_rows_and_kept(delimiter: str, end: str) -> None:
    other = ";" if delimiter == "," else ","
    data = f'"a{other}b"{delimiter}question{end}1{delimiter}x{other} y{end}'.encode()
    table = delimited.read(data)
    assert (table.columns, table.rows, table.delimiter) == (
        (f"a{other}b", "question"),
        (("1", f"x{other} y"),),
        delimiter,
    )


def test_a_first_line_that_names_the_delimiter_is_obeyed() -> None:
    assert delimited.read(b"sep=;\r\nquestion;note\r\na,b;c\r\n").rows == (("a,b", "c"),)


@pytest.mark.parametrize("head", ["question", "Frage", "What is asked"])
def test_a_lone_column_keeps_its_commas_without_quotes(head: str) -> None:
    data = f'{head}\nWhich languages, and which platforms?\n"Who, and why?"\nWhat; when?\n'.encode()
    table = delimited.read(data)
    assert table.columns == (head,)
    assert table.rows == (("Which languages, and which platforms?",), ("Who, and why?",), ("What; when?",))


def test_a_first_row_that_asks_is_no_row_of_names() -> None:
    assert delimited.read(b"Who leads?\nWhat pays?\n").rows == (("Who leads?",), ("What pays?",))
    table = delimited.read(b"1,Who leads?\n2,What pays?\n")
    assert table.columns == ("column 1", "question") and len(table.rows) == 2
    assert "no row names the columns" in table.notes[0]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("utf-16", ""),
        ("utf-16-le", "UTF-16-LE"),
        ("utf-16-be", "UTF-16-BE"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_the_encodings_of_spreadsheets_are_read(encoding: str, said: str) -> None:
    table = delimited.read("id;question\r\n1;Où est “Zoë”, für €5?\r\n".encode(encoding))
    assert table.rows == (("1", "Où est “Zoë”, für €5?"),)
    assert said in " ".join(table.notes) and bool(said) == bool(table.notes)


@pytest.mark.parametrize(
    ("encoding", "question"),
    [
        ("cp1251", "Какова средняя заработная плата руководителя отдела искусственного интеллекта?"),
        ("cp932", "人工知能部門の責任者の平均年収はいくらですか。また、どのような経験が必要ですか。"),
    ],
)
def test_other_alphabets_are_told_by_their_letters_or_by_name(encoding: str, question: str) -> None:
    data = f"id,question\r\n1,{question}\r\n2,{question}\r\n".encode(encoding)
    assert delimited.read(data).rows[0] == ("1", question)
    assert delimited.read(data, encoding=encoding).rows[0] == ("1", question)
    with pytest.raises(UsageError, match="name another encoding"):
        delimited.read(data, encoding="utf-8")


@pytest.mark.parametrize("format", ["csv", "tsv", "jsonl", "md", "txt"])
@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused_in_words(format: str, data: bytes) -> None:
    with pytest.raises(UsageError, match="empty"):
        files.read(data, format)


def test_what_is_no_text_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="--encoding"):
        files.read(bytes(range(256)) * 4, "csv")
    with pytest.raises(UsageError, match="not an XLSX workbook"):
        files.read(b"PK\x03\x04 nothing", "xlsx")


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_gives_its_cells_with_their_types() -> None:
    row: list[object] = [1, 2.5, True, date(2026, 1, 31), datetime(2026, 1, 31, 8, 30), "007"]
    data = workbook(("Sheet", [[None] * 6, ["n", "x", "b", "d", "t", "question"], row, [None] * 6, row, [None] * 6]))
    table = workbooks.read(data)
    assert table.columns[5] == "question"
    assert (table.rows[0], table.rows[2], len(table.rows)) == (tuple(row), tuple(row), 3)
    assert not any(map(text, table.rows[1]))
    assert list(map(text, table.rows[0])) == ["1", "2.5", "true", "2026-01-31", "2026-01-31 08:30:00", "007"]
    assert text(time(8, 30)) == "08:30:00"


def test_a_formula_is_read_as_what_it_gave_or_as_it_stands() -> None:
    data = workbook(("Sheet", [["question", "sum"], ["a", "=1+1"], ["b", "=2+2"]]))
    assert workbooks.read(data).rows == (("a", "=1+1"), ("b", "=2+2"))
    source, out = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:  # as a spreadsheet saves it: with the value beside the formula
        for name in source.namelist():
            target.writestr(
                name,
                source.read(name)
                .replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
                .replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"),
            )
    assert workbooks.read(out.getvalue()).rows == (("a", 2), ("b", "=2+2"))


def test_the_sheet_with_questions_is_read_and_others_are_said_or_named() -> None:
    data = workbook(("Notes", [["about"], ["x"]]), ("FAQ", [["id", "Question"], [1, "a"]]), ("Empty", []))
    table = workbooks.read(data)
    assert table.rows == ((1, "a"),)
    assert (table.sheet, table.sheets, table.notes) == ("FAQ", ("Notes", "FAQ"), ())
    assert workbooks.read(data, sheet="notes").rows == (("x",),)
    with pytest.raises(UsageError, match="'Notes', 'FAQ', 'Empty'"):
        workbooks.read(data, sheet="Nowhere")


def test_lines_of_json_keep_their_keys_values_and_gaps() -> None:
    lines = [{"question": "a", "n": 1, "tags": ["x"]}, "b", {"note": None, "question": "c"}]
    table = jsonl.read("\n".join(map(json.dumps, lines)).encode() + b"\n\n")
    gap = Missing.CELL
    assert table.columns == ("question", "n", "tags", "note")
    assert table.rows == (("a", 1, ["x"], gap), ("b", gap, gap, gap), ("c", gap, gap, None))
    assert [text(cell) for cell in table.rows[0]] == ["a", "1", '["x"]', ""]


@pytest.mark.parametrize("line", ["{", "3", "[1]", "{} {}"])
def test_a_line_that_is_no_object_is_named(line: str) -> None:
    with pytest.raises(UsageError, match="line 2"):
        jsonl.read(f'{{"question": "a"}}\n{line}\n'.encode())


def test_markdown_gives_its_items_headings_and_tables() -> None:
    listed = (
        b"# FAQ\n\nWords.\n\n- [ ] Who **leads**?\n- pay\n  - What is `pay`?\n  - When?\n* Which\n  way?\n\n1. one\n"
    )
    questions = ["Who leads?", "What is pay?", "When?", "Which way?", "one"]
    assert lists.read_markdown(listed).rows == tuple((one,) for one in questions)
    noted = b"- Who leads?\n  - the head does\n"
    assert lists.read_markdown(noted).rows == (("Who leads?",),)
    assert lists.read_markdown(b"# FAQ\n## Who leads?\nShe does.\n## What pays?\n").rows == (
        ("Who leads?",),
        ("What pays?",),
    )
    table = lists.read_markdown(b"| id | Question |\n|---|---|\n| 1 | Who *leads*? |\n")
    assert (table.columns, table.rows) == (("id", "Question"), (("1", "Who leads?"),))
    assert lists.read_markdown(b"who leads\nwhat pays\n").rows == (("who leads",), ("what pays",))


def test_text_gives_its_lines_without_marks() -> None:
    data = "1. Who leads?\n\n\u2022 What pays?\n(3) When?\n- [x] Why?\nQ: How?\n3.5 is what?\n-5 is what?\n".encode()
    found = [text(row[0]) for row in lists.read_text(data).rows]
    assert found == ["Who leads?", "What pays?", "When?", "Why?", "How?", "3.5 is what?", "-5 is what?"]


LETTER = """Questions for the bakers
========================

# from the meeting in May

Pay
---
1. What is the median wage?
2. When is it paid?
3. bonus for night shifts

Leave:
a) How many days are there?
b) Can they be carried over?
tell me about sick leave

--
Ada Brandt
Head of People
"""


def test_titles_rules_comments_and_a_signature_are_not_asked_and_are_told() -> None:
    table = lists.read_text(LETTER.encode())
    assert [text(row[0]) for row in table.rows] == [
        "What is the median wage?",
        "When is it paid?",
        "bonus for night shifts",
        "How many days are there?",
        "Can they be carried over?",
        "tell me about sick leave",
    ]
    assert table.notes == ("left out, as they ask nothing: 3 lines ('Questions for the bakers', 'Pay', 'Leave:')",)


def test_a_workbook_that_would_fill_the_memory_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[object]] = [[*[None] * 99, "x"] for _ in range(11)]
    far = workbook(("Far", [["question"], *rows]))
    monkeypatch.setattr(workbooks, "_MOST_CELLS", 1_101)
    assert len(workbooks.read(far).rows) == 11
    monkeypatch.setattr(workbooks, "_MOST_CELLS", 1_100)
    with pytest.raises(UsageError, match="over 1,100 cells"):
        workbooks.read(far)
    monkeypatch.setattr(workbooks, "_MOST_BYTES", 1_000)
    with pytest.raises(UsageError, match="unpacks to more than 1,000 bytes"):
        workbooks.read(far)


def test_lines_without_question_marks_are_all_asked() -> None:
    table = lists.read_text(b"median wage\n---\nsick leave\nWho bakes?\n")
    assert [text(row[0]) for row in table.rows] == ["median wage", "sick leave", "Who bakes?"] and table.notes == ()


def test_the_sheet_of_which_a_column_asks_is_read_where_no_name_says_so() -> None:
    data = workbook(("Cover", [["FAQ of the year"], ["x"]]), ("Data", [["No", "Asked"], [1, "Who?"], [2, "Why?"]]))
    table = workbooks.read(data)
    assert [*table.texts(question_column(table))] == ["Who?", "Why?"]
    assert (table.sheet, table.sheets, table.notes) == ("Data", ("Cover", "Data"), ())


@pytest.mark.parametrize("cover", [["Questions of the candidates"], ["Questions, spring", "Collected by AB"]])
def test_a_cover_that_speaks_of_questions_is_not_read_before_a_sheet_that_asks_some(cover: list[str]) -> None:
    asked: list[list[object]] = [["No", "Candidate question"], [1, "Who?"], [2, "Why?"]]
    data = workbook(("Read me", [[line] for line in cover]), ("Data", asked))
    assert workbooks.read(data).sheet == "Data"


@pytest.mark.parametrize(
    ("name", "data", "format"),
    [
        ("a.CSV", b"", "csv"),
        ("a.tab", b"", "tsv"),
        ("a.markdown", b"", "md"),
        ("-", b'\xef\xbb\xbf {"question": "a"}', "jsonl"),
        ("-", b"question\na\n", "csv"),
        ("-", b"PK\x03\x04", "xlsx"),
        ("a.csv", b"PK\x03\x04", "xlsx"),
    ],
)
def test_the_format_is_told_by_ending_or_content(name: str, data: bytes, format: str) -> None:
    assert format_read(name, data) == format


def test_other_endings_are_refused_in_words() -> None:
    with pytest.raises(UsageError, match="save it as XLSX or CSV"):
        format_read("a.xls", b"")
    for name in ("answers", "answers.pdf", "answers.txt"):
        with pytest.raises(UsageError, match=r"\.csv, \.tsv, \.xlsx"):
            format_written(name)
    assert [format_written(name) for name in ("a.XLSX", "a.htm", "a.json")] == ["xlsx", "html", "jsonld"]


def asked_in(content: str, format: str = "csv") -> list[str]:
    table = files.read(content.encode(), format)
    return [*table.texts(question_column(table))]


@pytest.mark.parametrize("names", [("Question Number", "Text"), ("Text", "Question Date"), ("Question ID", "Text")])
def test_a_column_that_numbers_or_dates_questions_is_not_theirs(names: tuple[str, str]) -> None:
    rows = tuple(tuple("Who?" if name == "Text" else "1" for name in names) for _ in range(2))
    assert [*Table(names, rows).texts(question_column(Table(names, rows)))] == ["Who?", "Who?"]


@pytest.mark.parametrize(
    ("content", "asked", "said"),
    [
        ("id,Question,owner,note\n1,Who?\n2,What?\n3,Why?\n", ["Who?", "What?", "Why?"], ""),
        ("FAQ of the year\n\nid,Question,owner\n1,Who?,x\n", ["Who?"], "above the names of the columns: 2 rows"),
        ("id,Question\n1,What is a, b?\n", ["What is a"], "row 1 has more cells than there are names"),
        ('id,Question\n1,"Who?\n2,Why?\n', ['"Who?', "Why?"], "is opened and never closed"),
        ('id,Question,x\n1, "What is a, b?", y\n', ["What is a, b?"], ""),
        ("Our FAQ,,\nid,Candidate question,owner\n1,Who?,x\n2,What?,y\n", ["Who?", "What?"], "above the names"),
        ("FAQ 2026,,\nNo,Asked,Owner\n1,Who?,x\n2,Pay?,y\n", ["Who?", "Pay?"], "above the names"),
        ("All that people ask\nQuestion\nWho?\npay of bakers\n", ["Who?", "pay of bakers"], "above the names"),
        ("Timestamp,What is your question?\n1,Who?\n", ["Who?"], ""),
        ('"sep=;"\rid;Question\r1;Who?\r', ["Who?"], ""),
        ("sep=; \nid;Question\n1;Who?\n", ["Who?"], ""),
        ("question\n'quoted'\n\"a, b\"\n", ["'quoted'", "a, b"], ""),
    ],
)
def test_tables_as_people_write_them(content: str, asked: list[str], said: str) -> None:
    assert asked_in(content) == asked
    notes = files.read(content.encode(), "csv").notes
    assert [said in note for note in notes] == [True] * bool(said)


def test_a_text_that_names_columns_between_tabs_is_a_table() -> None:
    assert asked_in("id\tQuestion\n1\tWho?\n", "txt") == ["Who?"]
    assert asked_in("1.\tWho?\n2.\tWhy?\n", "txt") == ["Who?", "Why?"]


def test_only_marks_at_the_beginning_of_a_line_are_taken_off() -> None:
    kept = [
        "What does the plan - the new one - say?",
        "Who is John F. Kennedy?",
        "Is (a) better?",
        "In 2024. And then?",
    ]
    assert asked_in("".join(f"- {line}\n" for line in kept), "txt") == kept
    assert asked_in("".join(f"{n}) {line}\n" for n, line in enumerate(kept)), "txt") == kept


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        ("1. Who pays?\n   - Does HR?\n   - or so\n2. Why?\n", ["Who pays?", "Does HR?", "Why?"]),
        ("## Who pays?\n- HR\n- or: who else?\n\n## Why?\n", ["Who pays?", "or: who else?", "Why?"]),
        ("---\ntags:\n- a\n---\n- Who pays?\n", ["Who pays?"]),
        ("**Who** pays?\nWhy?\n\nWhen?\n", ["Who pays?", "Why?", "When?"]),
        ("```\n- Who pays?\n```\n", ["Who pays?"]),
        ("| Nr | Asked |\n|--|--|\n| 1 | Who? |\n", ["Who?"]),
    ],
)
def test_markdown_as_people_write_it(content: str, asked: list[str]) -> None:
    assert asked_in(content, "md") == asked


def test_what_is_left_beside_a_table_is_said() -> None:
    [note] = files.read(b"- Who?\n\n| Question |\n|--|\n| Why? |\n", "md").notes
    assert note == "a table is read, and nothing else of the file"


def test_one_array_of_json_is_read_as_its_lines_are() -> None:
    rows = [{"id": 1, "question": "Who?"}, "Why?"]
    assert asked_in(json.dumps(rows, indent=1), "jsonl") == ["Who?", "Why?"]
    assert format_read("in.json", b"[") == "jsonl"
    with pytest.raises(UsageError, match="question 2 is neither"):
        jsonl.read(b'["a", 2]')


def reckoned(data: bytes, formula: str, value: str) -> bytes:
    """The workbook as a spreadsheet saves it: what a formula gave, a text, stands beside it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            plain = source.read(name).decode().replace("<v />", "<v></v>")
            told = plain.replace(f"><f>{formula}</f><v></v>", f' t="str"><f>{formula}</f><v>{value}</v>')
            target.writestr(name, told)
    return out.getvalue()


def test_formulas_above_the_table_shift_nothing() -> None:
    data = workbook(("Sheet", [["=UPPER(1)", None], ["question", "sum"], ["a", "=1+1"], ["b", 4]]))
    assert workbooks.read(data).columns == ("question", "sum")
    assert workbooks.read(data).rows == (("a", "=1+1"), ("b", 4))


def test_a_formula_that_gave_nothing_is_an_empty_cell() -> None:
    data = reckoned(workbook(("Sheet", [["id", "question"], [1, "=A9"], [2, "Who?"]])), "A9", "")
    assert workbooks.read(data).rows == ((1, ""), (2, "Who?"))


def test_a_formula_of_an_array_is_read_as_it_stands() -> None:
    data = workbook(("Sheet", [["question", "n"], ["a", ArrayFormula("B2", "=SUM(A1:A2)")]]))
    assert workbooks.read(data).rows == (("a", "=SUM(A1:A2)"),)


def test_hidden_sheets_and_empty_columns_at_the_right_are_left_out() -> None:
    book = load_workbook(io.BytesIO(workbook(("Old", [["question"], ["old"]]), ("New", [["question"], ["new"]]))))
    book["Old"].sheet_state = "hidden"
    book["New"]["Z1"].font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    table = workbooks.read(out.getvalue())
    assert (table.columns, table.rows, table.notes) == (("question",), (("new",),), ())
