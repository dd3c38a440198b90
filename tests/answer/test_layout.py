"""Blocks say under which heading they belong and what they are, so that an answer can be laid out."""

from __future__ import annotations

import pytest

from assistant.answer.layout import pair
from assistant.answer.quote import Quotations
from assistant.answer.select import Selection, Unit
from assistant.documents import markdown
from assistant.documents.outline import Outline
from assistant.types import Block, Document

SHOP = """# Shop

We bake every day.

## **Ovens**

They are:

- Red oven: 300 degrees
- Blue one with a stone floor

## Wages

| Job | Pay | Note |
| --- | --- | --- |
| *Baker* | $61,000 | |
| Driver | $40,000 | nights |
| | $9 | |

### Extra

Nights are paid double.
"""
READ = markdown.structure(SHOP)
OUTLINE = Outline(Document("shop.md", "v", "Shop", "shop.md", "text/markdown", SHOP, READ.sections, READ.lines))


def said(*units: tuple[str, ...]) -> list[Block]:
    """The blocks of an answer of these lines, each named by words in it."""

    def line(words: str) -> int:
        return next(n for n in range(len(OUTLINE.document.lines)) if words in OUTLINE.text(n))

    made = Quotations({"shop.md": OUTLINE})
    made.add(Selection(tuple(Unit("shop.md", tuple(map(line, words)), 1.0) for words in units)))
    return made.blocks


def test_a_block_is_labelled_with_its_section_and_says_what_it_is() -> None:
    [lead, pair, item] = said(("They are", "Red oven", "Blue one"))
    assert [(block.label, block.kind) for block in (lead, pair, item)] == [
        ("Ovens", "lead"),
        ("Ovens", "pair"),
        ("Ovens", "item"),
    ]
    [sentence] = said(("every day",))
    assert (sentence.label, sentence.kind, sentence.cells) == ("Shop", "sentence", ())


def test_headings_that_are_said_are_labelled_with_what_they_stand_under() -> None:
    assert [(block.text, block.label, block.kind) for block in said(("Ovens", "Wages"))] == [
        ("Ovens", "Shop", "heading"),
        ("Wages", "Shop", "heading"),
    ]


def test_a_row_names_its_columns_also_where_a_cell_is_empty() -> None:
    [header, baker, driver, nobody] = said(("Job", "Baker", "Driver", "$9"))
    assert (header.kind, header.cells) == ("header", (("", "Job"), ("", "Pay"), ("", "Note")))
    assert (baker.kind, baker.text) == ("row", "Baker · $61,000")
    assert baker.cells == (("Job", "Baker"), ("Pay", "$61,000"), ("Note", ""))
    assert driver.cells[2] == ("Note", "nights")
    assert nobody.cells == (("Job", ""), ("Pay", "$9"), ("Note", ""))


def test_what_comes_from_several_sections_is_labelled_with_the_heading_that_its_text_begins_with() -> None:
    red, blue, night = said(("Red oven", "Blue one"), ("paid double",))
    assert (red.text, red.label) == ("Ovens: Red oven: 300 degrees", "Ovens")
    assert (blue.text, blue.label) == ("Blue one with a stone floor", "Ovens")
    assert (night.text, night.label) == ("Wages: Nights are paid double.", "Wages")  # not "Extra", which it stands in


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("Median salary: $234,750", ("Median salary", "$234,750")),
        ("Opening hours (summer): 9 to 17", ("Opening hours (summer)", "9 to 17")),
        ("It opens at 9:30 today", None),
        ("12: the number", None),
        ("One is open. The other: closed", None),
        ("All of the people who work in the shop: a cake", None),
        ("Nothing here", None),
        ("Ends with it:", None),
    ],
)
def test_a_pair_has_a_short_label_before_its_colon(text: str, sides: tuple[str, str] | None) -> None:
    assert pair(text) == sides
