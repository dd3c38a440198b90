"""Plain text has no marks, and still is found to have headings, lists and sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.documents.plain import structure

ROOT = Path(__file__).parent.parent.parent
GUIDES = [*(ROOT / "corpus").glob("*.txt"), *(ROOT / "tests" / "data" / "other-guide").glob("*.txt")]


def lines(text: str) -> list[tuple[str, str]]:
    return [(line.kind, text[line.start : line.end]) for line in structure(text).lines]


def paths(text: str) -> list[tuple[str, ...]]:
    return [section.path for section in structure(text).sections]


GARDEN = """Overview
A garden needs care. It repays it.
Tasks
- Water the beds
- Cut the hedge
Seasons
Each season has its own work. These are the seasons:
1. Spring
- Sow peas
- Prune roses
2. Autumn
- Rake leaves
- Plant bulbs This work prepares the garden for the cold months ahead.
Tools
Hand Tools
* Spades, including:
* Digging spade
* Border spade
* Good gloves that fit your own hands well
"""


def test_sees_sections_in_what_headings_hold() -> None:
    assert paths(GARDEN) == [
        ("Overview",),
        ("Overview", "Tasks"),
        ("Seasons",),
        ("Seasons", "Spring"),
        ("Seasons", "Autumn"),
        ("Tools",),
        ("Tools", "Hand Tools"),
    ]


def test_cuts_a_closing_sentence_from_the_last_item() -> None:
    found = lines(GARDEN)
    assert ("item", "Plant bulbs") in found
    assert ("sentence", "This work prepares the garden for the cold months ahead.") in found


def test_a_closing_sentence_belongs_to_the_section_above() -> None:
    read = structure(GARDEN)
    tail = next(line for line in read.lines if GARDEN[line.start :].startswith("This work"))
    autumn = next(section for section in read.sections if section.title == "Autumn")
    assert tail.section_path == ("Seasons",)
    assert autumn.end == tail.start


def test_a_name_with_a_capital_starts_no_sentence() -> None:
    text = "Skills\n- Work with Apache\n- Work with Kubernetes and Apache Airflow in large teams of many people.\n"
    assert ("item", "Work with Kubernetes and Apache Airflow in large teams of many people.") in lines(text)


def test_items_below_a_flattened_lead_in_are_its_own_until_a_longer_one_comes() -> None:
    read = structure(GARDEN)
    parents = {
        GARDEN[line.start : line.end]: line.parent
        and GARDEN[read.lines[line.parent].start : read.lines[line.parent].end]
        for line in read.lines
    }
    assert parents["Digging spade"] == parents["Border spade"] == "Spades, including:"
    assert parents["Good gloves that fit your own hands well"] is None


def test_nests_by_indent_and_by_marker() -> None:
    text = "We need:\n1. Bread\n   a) white\n   b) brown\n2. Eggs\n"
    read = structure(text)
    texts = [text[line.start : line.end] for line in read.lines]
    assert texts == ["We need:", "Bread", "white", "brown", "Eggs"]
    assert [line.parent for line in read.lines] == [None, 0, 1, 1, 0]


def test_numbered_items_are_no_headings_and_numbered_headings_no_items() -> None:
    assert lines("1. Milk\n2. Bread\n3. Eggs\n") == [("item", "Milk"), ("item", "Bread"), ("item", "Eggs")]
    assert [kind for kind, _ in lines("1. Milk\n- fresh\n2. Bread\n- dark\n")] == ["heading", "item", "heading", "item"]


def test_wrapped_prose_is_no_heading() -> None:
    text = (
        "The first line of a wrapped paragraph runs on to about here and\n"
        "Then continues with a capital on the next. It ends.\n\nAnother paragraph.\n"
    )
    assert [kind for kind, _ in lines(text)] == ["sentence", "sentence", "sentence"]


def test_many_short_lines_are_lines_and_not_headings() -> None:
    assert {kind for kind, _ in lines("Roses\nTulips\nPeonies\nIrises\nAsters\n")} == {"sentence"}


@pytest.mark.parametrize(
    "text", ["", " \n\t\n", "-----\n=====\n", "- \n* \n", "Just one line", "x" * 20_000, "a: b: c\r\r\n"]
)
def test_reads_anything(text: str) -> None:
    read = structure(text)
    assert all(0 <= line.start < line.end <= len(text) for line in read.lines)


def test_line_ends_make_no_difference() -> None:
    assert [(kind, text) for kind, text in lines(GARDEN.replace("\n", "\r\n"))] == lines(GARDEN)


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_guide_has_ten_sections_with_sections_in_them(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len([path for path in paths(text) if len(path) == 1]) == 10
    assert {len(path) for path in paths(text)} == {1, 2}


def test_an_answer_stands_under_its_question() -> None:
    hens = "Q: May I keep hens?\nA: Yes, up to six. Cockerels are not allowed.\n"
    text = f"Allotments\n\n{hens}\nQ: Who pays?\n\nA: You do.\n"
    found = structure(text).lines
    said = [(line.kind, text[line.start : line.end], line.parent) for line in found]
    assert said == [
        ("heading", "Allotments", None),
        ("lead", "Q: May I keep hens?", None),
        ("sentence", "A: Yes, up to six.", 1),
        ("sentence", "Cockerels are not allowed.", 1),
        ("lead", "Q: Who pays?", None),
        ("sentence", "A: You do.", 4),
    ]


def test_a_question_without_an_answer_is_a_sentence() -> None:
    assert lines("Notes\n\nQ: Who pays? We do not know yet, and ask.\nQ: And when?\n")[-1] == (
        "sentence",
        "Q: And when?",
    )


def test_rows_with_dots_or_an_equals_sign_are_fields_and_no_headings() -> None:
    text = "Kiln\n\nPower ........ 9 kW\nWeight ....... 140 kg\n\nHeight = 40 cm\n\nIt is heavy.\n"
    assert lines(text) == [
        ("heading", "Kiln"), ("sentence", "Power ........ 9 kW"), ("sentence", "Weight ....... 140 kg"),
        ("sentence", "Height = 40 cm"), ("sentence", "It is heavy."),
    ]  # fmt: skip


def test_versions_over_lists_are_headings() -> None:
    text = "Changes\n\n2.3.0 - 2024-03-11\n* Export to ODS.\n* A crash.\n\nv1.9.0\n------\n- Old.\n- Older.\n"
    assert [line.section_path[-1] for line in structure(text).lines] == [
        "Changes", *["2.3.0 - 2024-03-11"] * 3, *["v1.9.0"] * 3,
    ]  # fmt: skip


def test_questions_that_stand_in_rows_of_their_own_are_answered_below() -> None:
    text = "Stay\n\nIs there Wi-Fi?\nIn the caf\u00e9 only.\n\nCan I park?\n\nYes, behind the house. It is free.\n"
    assert [(line.kind, line.parent) for line in structure(text).lines] == [
        ("heading", None), ("lead", None), ("sentence", 1), ("lead", None), ("sentence", 3), ("sentence", 3),
    ]  # fmt: skip


def test_one_question_alone_is_a_sentence() -> None:
    assert lines("Stay\n\nWhy here?\nIt is quiet.\n")[1] == ("sentence", "Why here?")
