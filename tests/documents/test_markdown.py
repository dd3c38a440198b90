from __future__ import annotations

import pytest
from counting import calls
from hypothesis import given, settings
from hypothesis import strategies as st
from structures import hold

from assistant.documents import markdown, plain
from assistant.documents.markdown import structure, title
from assistant.documents.structure import nest, sentences

PIECES = st.sampled_from([
    "# ", "## ", "### Title", " ##", "- ", "* ", "1. ", "2) ", "> ", "    ", "\t", "|", "| a | b |", "| --- | --- |",
    "---", "===", "```", "~~~", "\n", "\n", "\n\n", "\r\n", "\r", "a", "word ", "One. Two. ", "As follows:", "**b**",
    "\\", "\\|", "  \n", "[x](y)", "[r]: /u", "<!-- c -->", "<div>", "&amp;", "😀", "e\u0301", "\u00a0", "\u2028",
    "你好。", "\0", "\x0c", "\x1c",
])  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=40).map("".join), st.text(max_size=60))


def lines(text: str) -> list[tuple[str, str, int | None]]:
    return [(line.kind, text[line.start : line.end], line.parent) for line in structure(text).lines]


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_the_lines_and_sections_of_any_markdown_hold(text: str) -> None:
    hold(text, structure(text))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_lines_and_sections_of_any_plain_text_hold(text: str) -> None:
    hold(text, plain.structure(text))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_sentences_of_any_text_are_stripped_in_order_and_leave_out_only_white_space(text: str) -> None:
    spans = sentences(text, 0, len(text))
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert all(text[a:b] and text[a:b] == text[a:b].strip() for a, b in spans)


@pytest.mark.parametrize(("text", "found"), [
    ("The manager's job. It's paid. It isn't easy.", ["The manager's job.", "It's paid.", "It isn't easy."]),
    ("J.\u00a0B. Smith\u2028spoke. Then he left.", ["J.\u00a0B. Smith\u2028spoke.", "Then he left."]),
    ("A Ph.D. helps.\r\nPay is $1.5M. 😀 e\u0301.", ["A Ph.D. helps.", "Pay is $1.5M.", "😀 e\u0301."]),
    ("你好。是的。", ["你好。", "是的。"]),
])  # fmt: skip
def test_sentences_are_found_in_code_points(text: str, found: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text, 0, len(text))] == found


def test_a_section_ends_where_the_next_of_its_level_or_above_starts() -> None:
    sections = nest([(1, "A", 0), (3, "B", 5), (2, "C", 9), (1, "D", 12)], 20)
    assert [(section.path, section.start, section.end) for section in sections] == [
        (("A",), 0, 12), (("A", "B"), 5, 9), (("A", "C"), 9, 12), (("D",), 12, 20),
    ]  # fmt: skip


def test_headings_open_sections_and_their_titles_have_no_markup() -> None:
    text = "Intro.\n\n# **Pay** [link](x) `c` &amp; \\* ##\n\nText.\n\nSet *ext*\ntitle\n---\n\n## #\n\n###\n\n# Next\n"
    read = structure(text)
    assert [(section.path, text[section.start :][:5]) for section in read.sections] == [
        (("Pay link c & *",), "# **P"), (("Pay link c & *", "Set ext title"), "Set *"), (("Next",), "# Nex"),
    ]  # fmt: skip
    assert lines(text) == [
        ("sentence", "Intro.", None),
        ("heading", "**Pay** [link](x) `c` &amp; \\*", None),
        ("sentence", "Text.", None),
        ("heading", "Set *ext*\ntitle", None),
        ("heading", "Next", None),
    ]
    assert [line.section_path[-1:] for line in read.lines][:3] == [(), ("Pay link c & *",), ("Pay link c & *",)]
    assert title(text, read) == "Pay link c & *"


def test_list_items_stand_under_their_lead_in_and_their_item() -> None:
    text = "Know this. Duties:\n\n1. one:\n   - nested\n     more\n\n     Two. Three.\n2. two:\n\n"
    text += "After:\n\n- x\n\nEnd:\n\nNo list.\n"
    assert lines(text) == [
        ("sentence", "Know this.", None),
        ("lead", "Duties:", None),
        ("lead", "one:", 1),
        ("item", "nested\n     more", 2),
        ("sentence", "Two.", 3),
        ("sentence", "Three.", 3),
        ("item", "two:", 1),
        ("lead", "After:", None),
        ("item", "x", 7),
        ("sentence", "End:", None),
        ("sentence", "No list.", None),
    ]


def test_rows_stand_under_their_header_and_the_header_under_its_lead_in() -> None:
    text = "Pay:\n\n| Job | Pay |\n|:--|--:|\n| Head \\| Chief | $5 |\n| | |\n| open | \\||\nbare\n"
    assert lines(text) == [
        ("lead", "Pay:", None),
        ("row", "Job | Pay", 0),
        ("row", "Head \\| Chief | $5", 1),
        ("row", "open | \\|", 1),
        ("row", "bare", 1),
    ]


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_rows_of_a_table_without_a_header_are_rows(gap: str) -> None:
    text = f"Held 3 jobs. As follows:{gap}| --- | --- |\n| Finance | 78% |\n| Science | 14 |\n\nAfter.\n"
    assert lines(text) == [
        ("sentence", "Held 3 jobs.", None),
        ("lead", "As follows:", None),
        ("row", "Finance | 78%", 1),
        ("row", "Science | 14", 1),
        ("sentence", "After.", None),
    ]


def test_rows_in_a_list_or_a_quotation_leave_its_marks_out() -> None:
    assert lines("- | h | i |\n  |---|---|\n  | j | k |\n") == [("row", "h | i", None), ("row", "j | k", 0)]
    assert lines("> | h |\n> |---|\n> | j |\n") == [("row", "h", None), ("row", "j", 0)]


def test_a_quotation_reads_like_a_paragraph() -> None:
    assert lines("> One. Two\n> spans. Three.\nLazy.\n>\n> - item\n> # Heading\n") == [
        ("sentence", "One.", None),
        ("sentence", "Two\n> spans.", None),
        ("sentence", "Three.", None),
        ("sentence", "Lazy.", None),
        ("item", "item", None),
        ("sentence", "Heading", None),
    ]
    assert structure("> # Heading\n").sections == ()


def test_hard_breaks_end_a_sentence() -> None:
    assert lines("**Hours:** 40  \n**Pay:** $5\\\n**Place:** home\n") == [
        ("sentence", "**Hours:** 40", None),
        ("sentence", "**Pay:** $5", None),
        ("sentence", "**Place:** home", None),
    ]


def test_fields_are_lines_of_their_own_however_they_are_written() -> None:
    fields = [
        "Maker: Rohde",
        "**Chamber volume:** 60 litres",
        "__Price__: 40 EUR",
        "Power ........ 9 kW",
        "Width = 20 cm",
    ]
    assert lines("\n".join(fields)) == [("sentence", field, None) for field in fields]
    assert lines("Price: 40 EUR\nRing the bell.\n") == [
        ("sentence", "Price: 40 EUR", None), ("sentence", "Ring the bell.", None),
    ]  # fmt: skip


def test_wrapped_prose_with_colons_is_no_list_of_fields() -> None:
    text = (
        "The board says: a model phrases what was found, which is then read by someone of the board. It\n"
        "decides nothing: what may be said is settled before.\nSee also: the rules of\nthe house.\n"
    )
    assert [found for _, found, _ in lines(text)] == [
        text[: text.index(" It\n")],
        text[text.index("It\n") : text.index("\nSee")],
        "See also: the rules of\nthe house.",
    ]


def test_terms_introduce_their_meanings() -> None:
    assert lines("Glaze\n: A thin layer.\n: Also a verb.\n\nBisque\n\n:   Clay, fired once.\n\n    Twice: no.\n") == [
        ("lead", "Glaze", None), ("item", "A thin layer.", 0), ("item", "Also a verb.", 0),
        ("lead", "Bisque", None), ("item", "Clay, fired once.", 3), ("sentence", "Twice: no.", 4),
    ]  # fmt: skip


def test_footnotes_stand_under_the_line_that_refers_to_them() -> None:
    text = "Open daily[^1].\n\n- Free[^b]\n\n[^1]: Not in May.\n[^b]: Children\n    only.\n[^c]: Stray.\n"
    assert lines(text) == [
        ("sentence", "Open daily[^1].", None), ("item", "Free[^b]", None), ("sentence", "Not in May.", 0),
        ("sentence", "Children\n    only.", 1), ("sentence", "Stray.", None),
    ]  # fmt: skip


@pytest.mark.parametrize("text", [
    "> [!WARNING]\n> Do not lift.\n",
    '!!! danger "WARNING"\n    Do not lift.\n',
    "!!! WARNING\n\n    Do not lift.\n",
    ":::WARNING\nDo not lift.\n:::\n",
    ":::::: danger WARNING\nDo not lift.\n\n::::::\n",
])  # fmt: skip
def test_what_stands_in_an_admonition_stands_under_its_title(text: str) -> None:
    assert lines(text) == [("lead", "WARNING", None), ("sentence", "Do not lift.", 0)]


def test_containers_for_the_layout_say_nothing_and_hold_sections() -> None:
    text = "# A\n\n::: columns\n\n## B\n\nText.\n\n:::\n"
    assert lines(text) == [("heading", "A", None), ("heading", "B", None), ("sentence", "Text.", None)]
    assert [section.path for section in structure(text).sections] == [("A",), ("A", "B")]


def test_a_bold_line_is_a_heading_below_all_others() -> None:
    text = "## Work\n\n**Safety**\n\nWear goggles.\n\n**Firing plan**\nHeat slowly.\n\n### Tools\n\nTongs.\n"
    read = structure(text)
    assert [(line.kind, text[line.start : line.end], line.section_path) for line in read.lines] == [
        ("heading", "Work", ("Work",)),
        ("heading", "**Safety**", ("Work", "Safety")),
        ("sentence", "Wear goggles.", ("Work", "Safety")),
        ("heading", "**Firing plan**", ("Work", "Firing plan")),
        ("sentence", "Heat slowly.", ("Work", "Firing plan")),
        ("heading", "Tools", ("Work", "Tools")),
        ("sentence", "Tongs.", ("Work", "Tools")),
    ]


@pytest.mark.parametrize("text", [
    "**Safety.**\n\nWear goggles.\n",  # a sentence
    "**40 EUR**\n\nPer person.\n",  # a value
    "**Jane Doe**\n\n**Director**\n",  # an address
    "**Note:**\n\nIt is late.\n",
    "**Ware that is fired in the large kiln**\nis fetched on Monday.\n",  # emphasis in a sentence
    "**The end**\n",
    "> **Safety**\n>\n> Wear goggles.\n",
])  # fmt: skip
def test_other_bold_lines_open_no_section(text: str) -> None:
    assert structure(text).sections == ()


def test_code_is_one_line_and_what_is_no_text_is_none() -> None:
    text = "```py\nx = 1\n\ny\n```\n\n<!-- note -->\n\n[ref]: http://x\n\n---\n\n\tindented\n\tcode\n"
    assert lines(text) == [("code", "x = 1\n\ny", None), ("code", "indented\n\tcode", None)]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_change_offsets_only(end: str) -> None:
    text = "# A ##\n\nOne. Two:\n\n- x\n  y\n-\tz\n\n| a |\n|---|\n| b |\n\nSet\n===\n\n> q\n> r\n"
    changed = text.replace("\n", end)
    assert [(kind, found.replace(end, "\n"), parent) for kind, found, parent in lines(changed)] == lines(text)
    assert [section.path for section in structure(changed).sections] == [("A",), ("Set",)]


@pytest.mark.parametrize("text", ["", " \n", "\u00a0\n", "word " * 5000, "- a\n- b\n", "Prose. More.\n\nProse."])
def test_texts_without_headings_have_no_sections(text: str) -> None:
    assert structure(text).sections == ()
    assert "".join("".join(found for _, found, _ in lines(text)).split()) == "".join(text.replace("- ", "").split())


@pytest.mark.parametrize(
    ("before", "part", "after", "times"),
    [
        ("", ">", "", 50_000),
        ("", "[", "", 50_000),
        ("", "- ", "a", 2_000),
        ("", "> - ", "", 2_000),
        ("# ", "*a **b ", "", 9_000),
        ("|" * 50_000 + "\n", "|-", "", 50_000),
        ("", "“a. ", "", 50_000),
    ],
)
def test_hostile_markdown_that_is_twice_as_long_is_twice_the_work_at_most(
    before: str, part: str, after: str, times: int
) -> None:
    def work(times: int) -> int:
        return calls(lambda: markdown.structure(before + part * times + after))

    assert work(2 * times // 5) < 2.2 * work(times // 5) + 20_000
    whole = before + part * times + after
    hold(whole, markdown.structure(whole))
