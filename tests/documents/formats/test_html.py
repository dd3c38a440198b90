"""Web pages: what is read of them, as what, and what is left out."""

from __future__ import annotations

import pytest

from assistant.documents.content import Content
from assistant.documents.formats.html import load
from assistant.documents.shown import shown
from assistant.errors import TextlessDocument, UnreadableDocument


def read(html: str | bytes) -> Content:
    return load(html.encode() if isinstance(html, str) else html, "a.html")


def text(html: str | bytes) -> str:
    return read(html).text


def lines(html: str) -> list[tuple[str, str, int | None]]:
    """The lines of a page: kind, what is shown, parent."""
    found = read(html)
    return [(n.kind, shown(found.text[n.start : n.end], n.kind), n.parent) for n in found.structure.lines]


def test_headings_paragraphs_and_lists_are_what_they_are() -> None:
    html = """<h1>Guide</h1><p>It is <b>short</b>,
      and <a href="/x">linked</a>.<h2>Steps</h2><p>Do this:<ol start=2><li>Open<ul><li><p>slowly</ul>
      <li value=7>Close</ol>"""
    assert text(html) == (
        "# Guide\n\nIt is short, and linked.\n\n## Steps\n\nDo this:\n\n2. Open\n   - slowly\n7. Close\n"
    )
    assert [section.path for section in read(html).structure.sections] == [("Guide",), ("Guide", "Steps")]
    assert read(html).title == "Guide"


def test_a_definition_list_gives_terms_with_their_meanings() -> None:
    html = "<dl><div><dt>Grade</dt><dd>L5</dd></div><dt>Team<dt>Unit<dd><p>Data</p><p>It is new.</p></dl>"
    assert lines(html) == [
        ("lead", "Grade:", None),
        ("item", "L5", 0),
        ("lead", "Team, Unit:", None),
        ("item", "Data", 2),
        ("sentence", "It is new.", 3),
    ]


def test_what_is_folded_away_stands_under_its_summary() -> None:
    html = "<details><summary>Can I cancel?</summary><p>Yes.</p><ul><li>At once</ul></details><p>After."
    assert lines(html) == [
        ("lead", "Can I cancel?", None),
        ("sentence", "Yes.", 0),
        ("item", "At once", 0),
        ("sentence", "After.", None),
    ]


def test_pairs_of_questions_and_answers_stay_pairs() -> None:
    html = """<p><strong>Q: Who pays?</strong><br>A: We do.</p><p><b>And when?</b></p><p>In May.</p>
      <div role=button></div><button aria-expanded=false aria-controls=p>What else?</button>
      <div id=p hidden>Nothing.</div>"""
    assert lines(html) == [
        ("lead", "Who pays?", None),
        ("sentence", "We do.", 0),
        ("lead", "And when?", None),
        ("sentence", "In May.", 2),
        ("lead", "What else?", None),
        ("sentence", "Nothing.", 4),
    ]


def test_a_table_keeps_its_header_its_caption_and_lists_in_cells() -> None:
    html = """<table><caption>Prices</caption><thead><tr><th>Plan<th>Has</thead><tbody>
      <tr><th scope=row>Basic<td><ul><li>mail<li>chat</ul><tr><th scope=row>Pro<td>all</table>"""
    assert text(html) == "Prices:\n\n| Plan | Has |\n| --- | --- |\n| Basic | mail; chat |\n| Pro | all |\n"
    assert [line.parent for line in read(html).structure.lines] == [None, 0, 1, 1]


def test_a_table_for_the_layout_is_read_as_what_stands_in_it() -> None:
    assert text("<table><tr><td><h2>Left</h2><p>One.<td><p>Two.</table>") == "## Left\n\nOne.\n\nTwo.\n"
    assert text("<table role=presentation><tr><td>One.<td>Two.<tr><td>3<td>4</table>") == "One.\n\nTwo.\n\n3\n\n4\n"


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>HIDDEN</p>",
        "<p style='color: red; DISPLAY : none'>HIDDEN</p>",
        "<p style=visibility:hidden>HIDDEN</p>",
        "<p style='color:#fff; background-color:#fff'>HIDDEN</p>",
        "<p style='background: white; margin: 0; color: white'>HIDDEN</p>",
        "<p style='position:absolute;left:-9999px'>HIDDEN</p>",
        "<p style='color:transparent'>HIDDEN</p>",
        "<p style='display:/* not */ none'>HIDDEN</p>",
        "<p style='font-size:0'>HIDDEN</p>",
        "<span aria-hidden=true>HIDDEN</span>",
        "<div class='b ad'>HIDDEN</div>",
        "<dialog>HIDDEN</dialog>",
        "<script>HIDDEN</script><style>HIDDEN{}</style><template>HIDDEN</template><!-- HIDDEN -->",
        "<noscript>HIDDEN</noscript><svg><text>HIDDEN</text></svg><iframe>HIDDEN</iframe><select><option>HIDDEN</select>",
        "<details hidden><summary>HIDDEN</summary>HIDDEN</details>",
        "<ul><li hidden>HIDDEN</ul><table><tr hidden><td>HIDDEN<td>x</table>",
    ],
)
def test_what_a_reader_cannot_see_is_left_out(hidden: str) -> None:
    style = """<style>.ad, #x { display: none } @media print { .seen { display:none } }
      .tab{display:none} .tab.on{display:block}</style>"""
    assert text(f"{style}<p class=seen>One.</p>{hidden}<p class=tab>Two.</p>") == "One.\n\nTwo.\n"


def test_what_a_reader_can_open_counts_as_seen() -> None:
    html = "<a href='#pay'>Pay</a> <div id=pay style='display:none'>It pays.</div><div role=tabpanel hidden>Tab.</div>"
    assert text(html) == "Pay\n\nIt pays.\n\nTab.\n"


def test_what_leads_about_the_site_is_left_out() -> None:
    html = """<body><a href="#main">Skip to content</a><header><ul><li><a href=/>Home</a></ul><h1>Guide</h1></header>
      <nav><p>Menu</nav><div class="site-breadcrumb">You are here</div><aside>Ad</aside>
      <div role=navigation>Menu</div><ul><li><a href=#a>One</a><li><a href=#b>Two</a></ul>
      <h2 id=a>One <a class=headerlink href=#a>¶</a></h2><p>Text.<aside>x</aside></p><footer>© 2026</footer>"""
    assert text(html) == "# Guide\n\n## One\n\nText.\n"


def test_only_the_main_part_of_a_page_is_read_with_the_headline_above_it() -> None:
    words = "These words are the content of the page. " * 8
    html = f"<div><h1>Guide</h1></div><div>Other things.</div><main><p>{words}<aside>Note well.</aside></main>"
    assert text(html) == f"# Guide\n\n{words.strip()}\n\nNote well.\n"


def test_a_heading_within_a_list_or_a_quotation_opens_no_section() -> None:
    html = "<h2>A</h2><ul><li><h3>Point</h3><p>Text.</ul><blockquote><h3>Said</h3></blockquote>"
    assert [section.title for section in read(html).structure.sections] == ["A"]


def test_code_keeps_its_lines_and_raised_figures_stay_raised() -> None:
    assert text("<pre>a\n  b</pre><p>10<sup>6</sup> m<sup>2</sup>, 1<sup>st</sup>, CO<sub>2</sub>") == (
        "```\na\n  b\n```\n\n10\u2076 m\u00b2, 1st, CO2\n"
    )


def test_a_task_keeps_its_state() -> None:
    assert text("<ul><li><input type=checkbox checked> Done<li><input type=checkbox> Open</ul>") == (
        "- [x] Done\n- [ ] Open\n"
    )


def test_address_language_and_title_come_from_the_head() -> None:
    html = "<html lang=en-GB><head><title>Leave | Acme</title><link rel=canonical href='{}'></head><p>Text."
    found = read(html.format("https://acme.example/leave"))
    assert (found.title, dict(found.metadata)) == ("Leave", {"url": "https://acme.example/leave", "language": "en-GB"})
    assert "url" not in read(html.format("javascript:alert(1)")).metadata
    assert "url" not in read(html.format("/leave")).metadata
    based = html.replace("<title>", "<base href='https://acme.example/x/'><title>").format("leave")
    assert read(based).metadata["url"] == "https://acme.example/x/leave"


def test_the_encoding_is_the_one_that_the_page_names() -> None:
    page = "<meta charset={}><p>Grüße, мир"
    assert text(page.format("windows-1251").replace("ü", "u").replace("ß", "s").encode("cp1251")) == "Gruse, мир\n"
    assert text(page.format("latin-1").replace("мир", "").encode("latin-1")) == "Grüße,\n"
    assert text(page.format("x").encode()) == "Grüße, мир\n"
    assert text(page.format("utf-8").encode("utf-16")) == "Grüße, мир\n"


def test_an_address_or_an_encoding_that_is_none_costs_itself_only() -> None:
    page = "<base href='http://['><link rel=canonical href='//[x'><meta charset={}><p>Caf\u00e9.</p>"
    for charset in ("punycode", "unicode_escape", "x-none", "hex"):
        content = load(page.format(charset).encode("cp1252"), "a.html")
        assert (content.text, dict(content.metadata)) == ("Caf\u00e9.\n", {})


def test_marks_of_our_own_in_a_page_are_no_marks() -> None:
    assert text("<p>a\fb \x02c\x03 d</p>") == "a b c d\n"


def test_a_color_from_above_hides_nothing() -> None:
    assert text("<p style='color: inherit; background: inherit'>One.</p>") == "One.\n"


def test_a_page_without_text_is_said() -> None:
    with pytest.raises(TextlessDocument, match=r"^a.html: holds no text: write some,"):
        read("<p><script>x</script></p>")


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "details><summary>x</summary", "dl><dd", "blockquote"])
def test_text_in_two_thousand_nested_elements_is_kept(tag: str) -> None:
    assert "deep" in text(f"<{tag}>" * 2_000 + "deep")


def test_a_page_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="nested more than 3,000 deep"):
        read("<div>" * 100_000)
    assert text("<ul>" + "<li>one" * 5_000 + "</ul>").count("- one") == 5_000


def test_text_is_never_a_tag_or_a_mark() -> None:
    assert lines("<p>Use &lt;b&gt; and *this* or _that_ &amp;amp; 1) or # x<p># no heading<p>- no item") == [
        ("sentence", "Use <b> and *this* or _that_ &amp; 1) or # x", None),
        ("sentence", "# no heading", None),
        ("sentence", "- no item", None),
    ]
