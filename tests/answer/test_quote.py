"""What is said is made of cited words, and of nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import quote
from assistant.answer.quote import Quotations
from assistant.answer.select import Selection, Unit
from assistant.documents import markdown, plain
from assistant.documents.citations import cite
from assistant.documents.outline import Outline
from assistant.errors import UnverifiedCitation
from assistant.types import Citation, Document

SHOP = """# Shop

Open **every** day, see [the plan](plan.md).

## Ovens

- **Red** oven: 300 degrees
- Blue oven: 200 degrees

### Care:

Clean it on [Sunday](care.md).

## Wages

| Job | Pay |
| --- | --- |
| `Baker` | *$61,000* |

```
run --all
```
"""


def outline(text: str, name: str = "shop.md") -> Outline:
    kind, read = ("text/markdown", markdown.structure(text))
    if PurePath(name).suffix == ".txt":
        kind, read = ("text/plain", plain.structure(text))
    return Outline(Document(name, "v", "Shop", name, kind, text, read.sections, read.lines))


MARKDOWN = outline(SHOP)


def line(words: str, where: Outline = MARKDOWN) -> int:
    """The first line that has these words."""
    return next(n for n in range(len(where.document.lines)) if words in where.text(n))


def unit(*words: str, where: Outline = MARKDOWN) -> Unit:
    """The lines that have these words, said together."""
    return Unit(where.document.id, tuple(line(one, where) for one in words), 1.0)


def quoted(*units: Unit, where: Sequence[Outline] = (MARKDOWN,)) -> Quotations:
    made = Quotations({one.document.id: one for one in where})
    made.add(Selection(units))
    return made


def blocks(made: Quotations) -> list[tuple[str, list[str]]]:
    """The text of each block with the words that it cites."""
    return [(block.text, [made.citations[n].cited_text for n in block.citations]) for block in made.blocks]


def test_the_marks_of_markdown_are_not_said_and_stay_in_what_is_cited() -> None:
    assert blocks(quoted(unit("Open"))) == [
        ("Open every day, see the plan.", ["Open **every** day, see [the plan](plan.md)."])
    ]
    [(said, [header, cited])] = blocks(quoted(unit("61,000")))
    assert (said, header) == ("Job: Baker · Pay: $61,000", "Job | Pay")
    assert "`Baker` | *$61,000*" in cited


def test_the_rows_of_a_whole_table_are_said_below_its_header() -> None:
    assert [text for text, _ in blocks(quoted(unit("Pay", "61,000")))] == ["Job · Pay", "Baker · $61,000"]


def test_a_row_whose_cells_do_not_fit_the_header_is_said_without_it() -> None:
    table = outline("| Job | Pay |\n| --- | --- |\n| Baker | 61,000 | more | cells |\n", "shop.md")
    [(said, cited)] = blocks(quoted(unit("61,000", where=table), where=[table]))
    assert (said, len(cited)) == ("Baker · 61,000 · more · cells", 1)


def test_what_would_be_marks_in_markdown_is_said_as_it_stands_in_a_plain_text() -> None:
    text = outline("Shop\nThe **red** one costs [5](x).\n", "shop.txt")
    words = "The **red** one costs [5](x)."
    assert blocks(quoted(unit("red", where=text), where=[text])) == [(words, [words])]


def test_each_line_is_a_block_and_lines_of_one_section_have_no_label() -> None:
    assert blocks(quoted(unit("Red", "Blue"))) == [
        ("Red oven: 300 degrees", ["**Red** oven: 300 degrees"]),
        ("Blue oven: 200 degrees", ["Blue oven: 200 degrees"]),
    ]
    assert [text for text, _ in blocks(quoted(unit("Red"), unit("Blue")))] == [
        "Red oven: 300 degrees",
        "Blue oven: 200 degrees",
    ]


def test_what_comes_from_several_sections_begins_with_the_heading_that_tells_it_apart() -> None:
    assert blocks(quoted(unit("Red", "Blue"), unit("61,000"))) == [
        ("Ovens: Red oven: 300 degrees", ["Ovens", "**Red** oven: 300 degrees"]),
        ("Blue oven: 200 degrees", ["Blue oven: 200 degrees"]),
        ("Wages: Job: Baker · Pay: $61,000", ["Wages", MARKDOWN.text(line("Pay")), MARKDOWN.text(line("61,000"))]),
    ]


def test_the_second_piece_of_a_section_has_no_label_again() -> None:
    assert [text for text, _ in blocks(quoted(unit("Red"), unit("61,000"), unit("Blue")))] == [
        "Ovens: Red oven: 300 degrees",
        "Wages: Job: Baker · Pay: $61,000",
        "Blue oven: 200 degrees",
    ]


def test_a_heading_that_ends_with_a_colon_is_followed_by_one_colon() -> None:
    said = [text for text, _ in blocks(quoted(unit("Clean"), unit("Blue")))]
    assert said == ["Care: Clean it on Sunday.", "Ovens: Blue oven: 200 degrees"]


def test_a_heading_that_is_said_itself_has_no_label_and_gives_none() -> None:
    assert blocks(quoted(unit("Wages"), unit("Blue"))) == [
        ("Wages", ["Wages"]),
        ("Blue oven: 200 degrees", ["Blue oven: 200 degrees"]),
    ]


def test_what_is_said_already_is_not_said_again() -> None:
    made = quoted(unit("Red", "Blue"))
    made.add(Selection((unit("Blue"), unit("Clean"))))
    assert [text for text, _ in blocks(made)][2:] == ["Care: Clean it on Sunday."]
    assert len(made.citations) == len({(c.start, c.end) for c in made.citations})


def test_a_part_of_a_line_is_said_alone() -> None:
    n = line("Open")
    start = SHOP.index("see [the")
    made = quoted(Unit("shop.md", (n,), 1.0, spans=((start, MARKDOWN.document.lines[n].end),)))
    assert blocks(made) == [("see the plan.", ["see [the plan](plan.md)."])]


def test_code_is_said_on_one_line() -> None:
    [(said, [cited])] = blocks(quoted(unit("run --all")))
    assert said == " ".join(cited.split()) and "run --all" in said


def test_values_that_contradict_each_other_are_grouped_by_the_citations_of_their_lines() -> None:
    made = Quotations({"shop.md": MARKDOWN})
    made.add(Selection((unit("Red"), unit("61,000")), ((0,), (1,))))
    ((first, second),) = made.conflicts
    assert [made.citations[n].cited_text for n in (*first, *second)] == [
        "**Red** oven: 300 degrees",
        MARKDOWN.text(line("61,000")),
    ]


def test_a_label_whose_citation_does_not_hold_is_left_out(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = cite

    def forged(document: Document, start: int, end: int) -> Citation:
        return real(document, start, end - 1 if document.text[start:end] == "Ovens" else end)

    monkeypatch.setattr(quote, "cite", forged)
    monkeypatch.setattr(quote, "verify", lambda citation, document: _whole(citation, document))
    assert [text for text, _ in blocks(quoted(unit("Red"), unit("61,000")))] == [
        "Red oven: 300 degrees",
        "Wages: Job: Baker · Pay: $61,000",
    ]
    assert "a citation was dropped" in caplog.text


def _whole(citation: Citation, document: Document) -> None:
    if not any((line.start, line.end) == (citation.start, citation.end) for line in document.lines):
        raise UnverifiedCitation("not a line")


PIECES = st.sampled_from([
    "# ", "## ", "### ", "- ", "1. ", "> ", "| a | b |\n| - | - |\n", "| ", " | ", "\n", "\n", "\n\n", "**", "*", "_",
    "`", "```\n", "[", "](x y)", "[t](u)", "![i](x)", "<b>", "</b>", "<br>", "<li>", "<!-- c -->", "&amp;", "&#39;",
    "&eacute;", "\\", "word ", "two words ", "don't", "a_b", "3 * 4", "One. Two. ", "Which?", "As follows:", "😀", "é",
    "e\u0301", "İ", "ß",
])  # fmt: skip
WORD = re.compile(r"\w+")


@settings(max_examples=300)
@given(st.lists(PIECES, min_size=1, max_size=30).map("".join), st.randoms(use_true_random=False), st.booleans())
def test_every_word_that_is_said_stands_in_what_is_cited(text: str, random: object, is_markdown: bool) -> None:
    where = outline(text, "d.md" if is_markdown else "d.txt")
    count = len(where.document.lines)
    if not count:
        return
    chosen = sorted(random.sample(range(count), min(count, 6)))  # type: ignore[attr-defined]  # a random.Random
    made = quoted(*(Unit(where.document.id, (n,), 1.0) for n in chosen), where=[where])
    assert made.blocks
    for block in made.blocks:
        cited = "\n".join(made.citations[n].cited_text for n in block.citations)
        assert set(WORD.findall(block.text.casefold())) <= set(WORD.findall(cited.casefold()))
        assert block.text and block.text == " ".join(block.text.split())
    for citation in made.citations:
        assert text[citation.start : citation.end] == citation.cited_text
    said = [made.citations[n] for block in made.blocks for n in block.citations]
    for line in (where.document.lines[n] for n in chosen):
        assert any(citation.start < line.end and line.start < citation.end for citation in said)


NOTES = outline(
    """# Notes

## 2.3.0 - 2024-03-11

### Added

- Export to ODS.

### Fixed

- A crash.

## Work

1. Unscrew the lid.
2. **Rinse:** the filter.

- [x] Order boxes
- [ ] Cancel the lease

Glaze
: A thin layer.

Kinds:

- raku
- salt

| Question | Answer |
| --- | --- |
| Can I cancel? | Up to *two days* before. |
| Insured? | yes |
""",
    "notes.md",
)


@pytest.mark.parametrize(("words", "said", "cited"), [
    (["ODS"], ["2.3.0 - 2024-03-11: Export to ODS."], [["2.3.0 - 2024-03-11", "Export to ODS."]]),
    (
        ["ODS", "crash"],
        ["2.3.0 - 2024-03-11: Export to ODS.", "A crash."],
        [["2.3.0 - 2024-03-11", "Export to ODS."], ["A crash."]],
    ),
    (["2.3.0"], ["2.3.0 - 2024-03-11"], [["2.3.0 - 2024-03-11"]]),
    (["Unscrew"], ["1. Unscrew the lid."], [["1. Unscrew the lid."]]),
    (["Rinse"], ["2. Rinse: the filter."], [["2. **Rinse:** the filter."]]),
    (["Order"], ["[x] Order boxes"], [["[x] Order boxes"]]),
    (["Cancel the"], ["[ ] Cancel the lease"], [["[ ] Cancel the lease"]]),
    (["thin"], ["Glaze: A thin layer."], [["Glaze", "A thin layer."]]),
    (["raku"], ["raku"], [["raku"]]),
    (["Can I"], ["Up to two days before."], [["Up to *two days* before."]]),
    (["Insured"], ["Question: Insured? · Answer: yes"], [["Question | Answer", "Insured? | yes"]]),
])  # fmt: skip
def test_what_a_line_hangs_on_is_said_and_cited_with_it(
    words: list[str], said: list[str], cited: list[list[str]]
) -> None:
    made = quoted(*(unit(word, where=NOTES) for word in words), where=[NOTES])
    assert blocks(made) == list(zip(said, cited, strict=True))


def test_a_numbered_pair_and_the_answer_of_a_row_are_laid_out_as_such() -> None:
    made = quoted(*(unit(word, where=NOTES) for word in ("Rinse", "thin", "Can I")), where=[NOTES])
    assert [block.kind for block in made.blocks] == ["pair", "pair", "sentence"]
