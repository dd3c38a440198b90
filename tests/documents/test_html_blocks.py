from __future__ import annotations

import html
import re
import time
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structures import hold

from assistant.documents.markdown import structure, title

NAMES = """dl dt dd ul ol li table thead tbody tr th td p div details summary blockquote h1 h2 h3 pre br hr b span
script style custom-tag"""
PIECES = st.sampled_from([
    *(f"<{name}>" for name in NAMES.split()), *(f"</{name}>" for name in NAMES.split()),
    '<div hidden>', '<p style="display: none">', "<a\nhref='x > y'>", "<!-- ", " -->", "<host>", "<", ">", "&nbsp;",
    "\n", "\n", "\n\n", "\r\n", "\r", "- ", "> ", "    ", "# ", "| a | b |\n|---|---|\n| c | d |", "word ",
    "One. Two. ", "As follows:", "`<b>`", "\\", "**Who?**", "Q: ", "A: ", "**Q:** ", "😀", "\0", "\u2028", "&amp;",
])  # fmt: skip


def lines(text: str) -> list[tuple[str, str, int | None]]:
    return [(line.kind, text[line.start : line.end], line.parent) for line in structure(text).lines]


@settings(max_examples=600, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_the_lines_and_sections_of_any_html_hold(text: str) -> None:
    read = structure(text)
    hold(text, read)
    title(text, read)
    assert len([line for line in read.lines if line.kind == "heading"]) == len(read.sections)


def test_what_comes_after_a_heading_within_a_heading_opens_no_section() -> None:
    assert lines("<h2><h1>Pay</h1> by band</h2>") == [("heading", "Pay", None), ("sentence", "by band", None)]


# Trees of elements whose words are numbered, so that each can be found again.
Tree = tuple[str, list["Tree"]]
_FLOW = ["p", "div", "blockquote", "ul", "ol", "dl", "table", "details", "h2", "section", "b", "br", "script", "hidden"]
TREES: st.SearchStrategy[list[Tree]] = st.recursive(
    st.just([]),
    lambda below: st.lists(st.tuples(st.sampled_from(_FLOW), below), max_size=4),
    max_leaves=12,
)


def written(trees: list[Tree], numbers: count[int], *, hidden: bool = False) -> str:
    """The elements as HTML; the words of what is hidden begin with another letter."""
    parts: list[str] = []

    def word() -> str:
        return f"{'hidden' if hidden else 'seen'}{next(numbers)}"

    for name, below in trees:
        inner = f"{word()} {written(below, numbers, hidden=hidden)}"
        match name:
            case "ul" | "ol":
                parts.append(f"<{name}><li>{inner}</li>\n<li>{word()}</{name}>")
            case "dl":
                parts.append(f"<dl><dt>{word()}</dt>\n<dd>{inner}</dd></dl>")
            case "table":
                row = f"<td>{word()}</td><td>{word()}</td>"
                parts.append(f"<table><tr><th>{word()}</th><th>{word()}</th></tr>\n<tr>{row}</tr></table>")
            case "details":
                parts.append(f"<details><summary>{word()}</summary>\n{inner}</details>")
            case "br":
                parts.append(f"{word()}<br>{word()}")
            case "script":
                parts.append(f"<script>hidden{next(numbers)} < '</p>' <!-- </script><!-- hidden{next(numbers)} -->")
            case "hidden":
                parts.append(f"<div hidden>{written([('p', below)], numbers, hidden=True)}</div>")
            case _:
                parts.append(f"<{name}>{inner}</{name}>")
    return "\n".join(parts)


@settings(max_examples=300, deadline=None)
@given(TREES)
def test_each_word_that_is_seen_is_in_one_line_and_what_is_hidden_in_none(trees: list[Tree]) -> None:
    text = f"Before.\n\n<div>\n{written(trees, count())}\n</div>\n\nAfter.\n"
    found = [said for _, said, _ in lines(text)]
    words = re.findall(r"(?:seen|hidden)\d+", " ".join(re.sub("<[^<>]*>", " ", said) for said in found))
    assert words == re.findall(r"seen\d+", text)
    assert found[0] == "Before." and found[-1] == "After."


def test_a_definition_stands_under_its_term() -> None:
    text = '# Role\n\n<dl class="a">\n  <div class="row">\n    <dt>\n      Grade\n    </dt>\n'
    text += "    <dd>\n      G6\n    </dd>\n"
    text += "  </div>\n <dt>Place<dd>Leeds<dd><p>York.</p><p>Or home.</p></dl>\n\nText.\n"
    assert lines(text) == [
        ("heading", "Role", None),
        ("lead", "Grade", None),
        ("item", "G6", 1),
        ("lead", "Place", None),
        ("item", "Leeds", 3),
        ("item", "York.", 3),
        ("sentence", "Or home.", 5),
        ("sentence", "Text.", None),
    ]


def test_items_stand_under_their_lead_in_and_their_item() -> None:
    text = "Duties:\n\n<ul>\n<li>One:\n<ol><li>inner</li></ol>\n<li><b>Two</b> of them<br>and more\n</ul>\n"
    text += "<p>First. Then these:</p>\n<ul><li><p>three</p></li></ul>\n"
    assert lines(text) == [
        ("lead", "Duties:", None),
        ("lead", "One:", 0),
        ("item", "inner", 1),
        ("item", "<b>Two</b> of them", 0),
        ("sentence", "and more", 3),
        ("sentence", "First.", None),
        ("lead", "Then these:", None),
        ("item", "three", 6),
    ]


def test_rows_stand_under_their_header_and_the_header_under_its_caption() -> None:
    text = "<table><caption>Fees</caption>\n<thead><tr><th>Berth</th><th>Fee</th></tr></thead>\n"
    text += (
        "<tr><th>North</th><td>18&nbsp;euros</td></tr>\n\n<tr><td>South<td><p>27</p><p>euros</p>\n</table>\n\nAfter.\n"
    )
    assert lines(text) == [
        ("lead", "Fees", None),
        ("row", "Berth</th><th>Fee", 0),
        ("row", "North</th><td>18&nbsp;euros", 1),
        ("row", "South<td><p>27</p><p>euros", 1),
        ("sentence", "After.", None),
    ]


def test_a_table_for_the_layout_holds_sentences() -> None:
    assert lines("<table><tr><td>One. Two.</td></tr></table>\n") == [
        ("sentence", "One.", None),
        ("sentence", "Two.", None),
    ]


def test_what_is_in_details_stands_under_its_summary() -> None:
    text = "<details>\n<summary><b>Who</b> has the <i>keys?</i></summary>\n\nIlse has. "
    text += "Ask:\n\n- her\n\n</details>\n\nAfter.\n"
    assert lines(text) == [
        ("lead", "<b>Who</b> has the <i>keys?</i>", None),
        ("sentence", "Ilse has.", 0),
        ("lead", "Ask:", 0),
        ("item", "her", 2),
        ("sentence", "After.", None),
    ]


def test_details_that_never_end_hold_their_own_block_only() -> None:
    assert lines("<details><summary>More</summary>\nIn it.\n\nAfter.\n") == [
        ("lead", "More", None),
        ("sentence", "In it.", 0),
        ("sentence", "After.", None),
    ]


def test_headings_open_sections_but_for_those_within_something() -> None:
    text = '<h1 align="center">\n  The <em>A &amp; B</em> guide\n</h1>\n\nText.\n\n<h2>Pay</h2>\n<p>Much.</p>\n'
    text += "<ul><li>Item <h3>Head</h3></ul>\n\n## Next\n\nText.\n"
    read = structure(text)
    assert [section.path for section in read.sections] == [
        ("The A & B guide",),
        ("The A & B guide", "Pay"),
        ("The A & B guide", "Next"),
    ]
    assert title(text, read) == "The A & B guide"
    assert [(kind, said) for kind, said, _ in lines(text)] == [
        ("heading", "The <em>A &amp; B</em>" + " guide"),
        ("sentence", "Text."),
        ("heading", "Pay"),
        ("sentence", "Much."),
        ("item", "Item"),
        ("sentence", "Head"),
        ("heading", "Next"),
        ("sentence", "Text."),
    ]


@pytest.mark.parametrize("text", [
    "<script>\nvar x = '<p>no</p>';\n</script>\n", "<style>\np {}\n</style>\n", "<!-- no\n\nno -->\n",
    "<div hidden>\n\nNo.\n\n- no\n\n# No\n\n</div>\n", '<div style="color: red; display:none">\nNo.\n</div>\n',
    "<template><p>No</p></template>\n", '<span id="a"></span>\n<span id="b"></span>\n', '<p><img alt="x">&nbsp;</p>\n',
    "<br><br/></br>\n", "<svg><text>No</text></svg>\n", "<video src=x>No video.</video>\n",
])  # fmt: skip
def test_what_is_not_seen_gives_no_lines(text: str) -> None:
    assert lines(text) == []
    assert lines(f"{text}\nSeen.\n") == [("sentence", "Seen.", None)]


def test_tags_in_a_paragraph_part_its_lines_and_stand_at_none_of_their_ends() -> None:
    text = '<span id="a"></span>Hours: 40<br>Pay: <b>$5</b>.<br/>\nAs said. <!-- no -->\n\n'
    text += "See <span hidden>no</span> it.\n"
    assert [said for _, said, _ in lines(text)] == ["Hours: 40", "Pay: <b>$5</b>.", "As said.", "See", "it."]
    assert [said for _, said, _ in lines("- <nobr>one</nobr>\n- <a id=x></a> two <br>\n")] == [
        "one",
        "two",
    ]


def test_placeholders_and_code_are_text() -> None:
    text = "Open <host>\n\nEnd with `<br>` here\n\n<https://example.org> is it\n\nA \\<br> B\n\n1 < 2 > 0\n"
    assert [said for _, said, _ in lines(text)] == [
        "Open <host>", "End with `<br>` here", "<https://example.org> is it", "A \\<br> B", "1 < 2 > 0",
    ]  # fmt: skip


def test_html_in_a_quotation_or_an_item_leaves_its_marks_out() -> None:
    assert lines("> <ul>\n> <li>one\n> <li>two\n> </ul>\n") == [("item", "one", None), ("item", "two", None)]
    assert lines("- Item\n\n  <p>More.</p>\n") == [("item", "Item", None), ("sentence", "More.", 0)]


def test_code_is_one_line() -> None:
    assert lines("<pre><code>a = 1\n<b>b</b>\n</code></pre>\n") == [("code", "a = 1\n<b>b", None)]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_change_offsets_only(end: str) -> None:
    text = "<dl>\n<dt>a\n<dd>b\n</dl>\n\nOne<br>\ntwo:\n\n<ul>\n<li>x\n y\n</ul>\n\n**Who?**\n\nMe.\n"
    changed = text.replace("\n", end)
    assert [(kind, found.replace(end, "\n"), parent) for kind, found, parent in lines(changed)] == lines(text)


# Questions and their answers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("**Who?**\n\nMe. You.\n", ["**Who?**", "Me.", "You."]),
        ("**Who?**\nMe. You.\n", ["**Who?**", "Me.", "You."]),
        ("__Who?__ Me. You.\n", ["__Who?__", "Me.", "You."]),
        ("**Who**?<br>Me. You.\n", ["**Who**?", "Me.", "You."]),
        ("Q: Who?\nA: Me. You.\n", ["Who?", "Me.", "You."]),
        ("Q: Who?\n\nA: Me. You.\n", ["Who?", "Me.", "You."]),
        ("**Q:** Who?\n**A:** Me. You.\n", ["Who?", "Me.", "You."]),
        ("**Q: Who?**\n\nA: Me.\n\nYou.\n", ["Who?", "Me.", "You."]),
        ("**Question 1:** Who?\n\n**Answer:** Me. You.\n", ["Who?", "Me.", "You."]),
        ("- Q: Who?\n  A: Me. You.\n", ["Who?", "Me.", "You."]),
        ("- **Who?** Me. You.\n", ["**Who?**", "Me.", "You."]),
    ],
)
def test_the_answer_stands_under_its_question(text: str, said: list[str]) -> None:
    want = [("lead", said[0], None), *(("sentence", each, 0) for each in said[1:])]
    assert lines(text) == want
    again = [(kind, each, None if parent is None else len(want)) for kind, each, parent in want]
    assert lines(f"{text}\n{text}") == [*want, *again]
    assert lines(f"{text}\n## Next\n\nText.\n") == [*want, ("heading", "Next", None), ("sentence", "Text.", None)]
    assert lines(f"{text}\n**Next**\n\nText.\n")[-1] == ("sentence", "Text.", None)


def test_a_list_that_answers_stands_under_its_question() -> None:
    assert lines("**What?**\n\n- one\n- two\n\n| a | b |\n|---|---|\n| c | d |\n") == [
        ("lead", "**What?**", None),
        ("item", "one", 0),
        ("item", "two", 0),
        ("row", "a | b", 0),
        ("row", "c | d", 3),
    ]


@pytest.mark.parametrize(
    "text",
    ["A: one.\n", "Q: is a letter.\n", "Why? Because.\n", "So **really?** is said.\n", "A. Smith.\n", "**Who?**\n"],
)
def test_what_is_no_question_with_an_answer_stays_a_paragraph(text: str) -> None:
    assert {kind for kind, _, _ in lines(text)} == {"sentence"}
    assert "".join(said for _, said, _ in lines(text)).replace(" ", "") == text.strip().replace(" ", "")


@pytest.mark.parametrize("piece", [
    "<div>", "<p>", "<li>", "<td>", "<table><tr><td>", "<!--", "<script>", '<a "', "<a '\"", "</div>", "<b>x ",
    "<details>",    "<div hidden>", "`<br>``", "<!", "<?", "<ul><li>a:", "<dt>x<dd>y", "<br>x", "<b>x.</b> ",
    "a <b>x", "x</b> ", "x <b>y. Z</b>\n",
])  # fmt: skip
@pytest.mark.parametrize("before", ["", "<div>\n", "- "])
def test_hostile_html_takes_seconds(piece: str, before: str) -> None:
    text = before + piece * (200_000 // len(piece))
    started = time.process_time()
    hold(text, structure(text))
    assert time.process_time() - started < 10


def test_entities_stay_as_they_are() -> None:
    assert html.unescape(lines("<p>Fish &amp; chips&nbsp;</p>\n")[0][1]) == "Fish & chips"
