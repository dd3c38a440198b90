"""What blocks become as canonical text, and that Markdown reads them back as what they were."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import markdown
from assistant.documents.formats.blocks import (
    PAGE,
    Block,
    Break,
    Closing,
    Code,
    Footnote,
    Heading,
    Item,
    Opening,
    Paragraph,
    Table,
    definition,
    reference,
)
from assistant.documents.formats.writing import write
from assistant.documents.shown import shown


def lines(*blocks: Block) -> list[tuple[str, str, int | None]]:
    """The lines of these blocks: kind, what is shown, parent."""
    text = write(blocks).text
    return [(n.kind, shown(text[n.start : n.end], n.kind), n.parent) for n in markdown.structure(text).lines]


def test_a_list_keeps_its_depth_and_its_numbers() -> None:
    blocks: list[Block] = [
        Paragraph("Do this:"),
        Item("Open the box", number="3"),
        Item("with a knife", depth=1),
        Paragraph("Mind the edge.", depth=2),
        Item("Close it", number="4"),
        Paragraph("Done."),
    ]
    assert write(blocks).text == (
        "Do this:\n\n3. Open the box\n   - with a knife\n\n     Mind the edge.\n\n4. Close it\n\nDone.\n"
    )
    assert lines(*blocks) == [
        ("lead", "Do this:", None),
        ("item", "Open the box", 0),
        ("item", "with a knife", 1),
        ("sentence", "Mind the edge.", 2),
        ("item", "Close it", 0),
        ("sentence", "Done.", None),
    ]


def test_letters_of_a_list_stay_in_its_items() -> None:
    assert write([Item("Apples", number="a)"), Item("Done", done=True)]).text == "- a) Apples\n- [x] Done\n"


def test_a_table_keeps_header_rows_and_bars_in_cells() -> None:
    table = Table(("Plan", "Price"), (("Basic", "$10"), ("Pro | Team", "one\ntwo")))
    assert write([table]).text == ("| Plan | Price |\n| --- | --- |\n| Basic | $10 |\n| Pro \\| Team | one; two |\n")
    assert lines(table) == [
        ("row", "Plan · Price", None),
        ("row", "Basic · $10", 0),
        ("row", "Pro | Team · one; two", 0),
    ]


def test_a_table_without_a_header_is_rows() -> None:
    assert lines(Table(None, (("Grade", "L5"), ("Team", "Data")))) == [
        ("row", "Grade · L5", None),
        ("row", "Team · Data", None),
    ]


def test_a_bold_question_has_its_answer_below() -> None:
    question = "Can I cancel?"
    assert lines(Paragraph(question, len(question)), Paragraph("Yes, at any time.")) == [
        ("lead", question, None),
        ("sentence", "Yes, at any time.", 0),
    ]


def test_a_bold_label_stands_apart_from_what_it_labels() -> None:
    assert write([Paragraph("Math skills. They count.", 12)]).text == "**Math skills.** They count.\n"
    assert write([Paragraph("Notes\nof all kinds", 5)]).text == "**Notes**\nof all kinds\n".replace("**\n", "**  \n")


def test_meanings_and_what_is_folded_away_stand_under_their_names() -> None:
    assert lines(definition(["Grade"]), Item("L5"), Opening("Shipping <fast>"), Paragraph("Two days."), Closing()) == [
        ("lead", "Grade:", None),
        ("item", "L5", 0),
        ("lead", "Shipping <fast>", None),
        ("sentence", "Two days.", 2),
    ]


def test_a_footnote_has_the_mark_of_its_place() -> None:
    text = write([Paragraph(f"It is paid{reference('2')} monthly."), Footnote("2", "Since 2020.")]).text
    assert text == "It is paid[^2] monthly.\n\n[^2]: Since 2020.\n"


def test_code_is_fenced_by_more_ticks_than_it_holds() -> None:
    assert write([Code("a\n```\n\tb\n")]).text == "````\na\n```\n    b\n````\n"


def test_pages_begin_where_their_first_word_stands() -> None:
    end: list[Block] = [Heading(2, "Two"), Paragraph(f"It goes{PAGE} on."), Break()]
    blocks: list[Block] = [Paragraph("One and"), Break(), Break(), *end]
    written = write(blocks, paged=True)
    assert written.text == "One and\n\n## Two\n\nIt goes on.\n"
    starts = written.page_starts
    assert [written.text[start:].split()[:1] for start in starts] == [["One"], ["##"], ["##"], ["on."], []]


def test_blanks_to_fill_in_and_dots_that_lead_to_a_number_are_short() -> None:
    assert write([Paragraph("Name: ______ Age: ____"), Paragraph("Scope . . . . . . . 3 ........ 4")]).text == (
        "Name: Age:\n\nScope \u2026 3 \u2026 4\n"
    )


MARKS = "ab1 .*_`#>-+|[]()<>&;\\=~!:^\n\u00a0\u00e9\U0001f469"

texts = st.text(st.sampled_from(MARKS)).filter(lambda text: not re.search(r"_{4}|(?:\.[ \u00a0]?){5}", text))


@given(texts, st.integers(0, 5))
def test_what_looks_like_marks_is_shown_as_it_is(text: str, bold: int) -> None:
    written = write([Paragraph("Before."), Paragraph(text, bold), Paragraph("After.")]).text
    found = markdown.structure(written)
    stands_alone = not text[bold:].lstrip(" \u00a0").split("\n")[0]  # and is a heading, if it is bold
    assert stands_alone or not found.sections
    inner = [n for n in found.lines if n.start > 0 and n.end < len(written) - 3]
    assert {n.kind for n in inner} <= {"sentence", "lead", "row", *(["heading"] if stands_alone else [])}
    said = "".join(shown(written[len("Before.") : written.rindex("After.")]).split())
    assert said == "".join(text.split())


@given(texts, texts)
def test_cells_are_shown_as_they_are(first: str, second: str) -> None:
    written = write([Table(("Name", "Value"), ((f"k{first}", f"v{second}"),))]).text
    found = markdown.structure(written).lines
    assert [n.kind for n in found] == ["row", "row"]
    said = shown(written[found[1].start : found[1].end], "row")
    assert "".join(said.replace(";", "").split()) == "".join(f"k{first}\u00b7v{second}".replace(";", "").split())
