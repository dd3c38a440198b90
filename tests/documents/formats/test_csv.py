"""CSV and TSV files."""

from __future__ import annotations

import pytest

from assistant.documents.formats.csv import load, records


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_parts_the_cells_is_told_from_the_file(delimiter: str) -> None:
    rows = [["Plan", "Price"], ["Basic", "9, or 10; more"], ['Pro "x"', "20"]]
    text = "\r\n".join(delimiter.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)
    assert records(text) == rows


def test_rows_keep_the_names_of_their_columns() -> None:
    data = "Prices of 2026\n\nPlan;Price;Unit\nBasic;9,50;EUR\nAll others\nPro;20\n".encode("utf-8-sig")
    assert load(data, "a.csv").text == (
        "Prices of 2026\n\n| Plan | Price | Unit |\n| --- | --- | --- |\n| Basic | 9,50 | EUR |\n\n"
        "All others:\n\n| Plan | Price | Unit |\n| --- | --- | --- |\n| Pro | 20 |  |\n"
    )


def test_a_named_delimiter_counts() -> None:
    assert records("sep=;\na,b;c,d\n") == [["a,b", "c,d"]]


def test_one_column_is_paragraphs() -> None:
    assert load(b"Industry\nSales\nHealth\n", "a.csv").text == "Industry\n\nSales\n\nHealth\n"


def test_columns_that_are_left_out_are_said() -> None:
    content = load(f"{','.join(f'c{n}' for n in range(302))}\n{','.join(map(str, range(302)))}\n".encode(), "a.csv")
    assert content.warnings == ("columns past the 300th are left out",)
    assert content.text.splitlines()[-1].endswith("| 298 | 299 |")
    assert load(f"a,b{',' * 400}\n1,2\n".encode(), "a.csv").warnings == ()


def test_four_hundred_rows_each_have_the_header_above() -> None:
    rows = "".join(f"key {n},{n * 7},{n % 5}\n" for n in range(400))
    content = load(f"Key,Value,Class\n{rows}".encode(), "a.csv")
    lines = content.structure.lines
    assert [line.kind for line in lines] == ["row"] * 401
    assert {line.parent for line in lines[1:]} == {0}
    assert content.text[lines[300].start : lines[300].end] == "key 299 | 2093 | 4"
