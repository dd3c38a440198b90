from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from injections import EVERY
from starlette.testclient import TestClient

from assistant.documents import markdown
from assistant.documents import plain as plain_text
from assistant.documents.citations import address, cite
from assistant.documents.files import FORMATS, load_document
from assistant.errors import IndexNotFound
from assistant.languages.catalogue import english
from assistant.server import create_app
from assistant.server.pages.article import Article, article
from assistant.testing import StaticAnswerer, document
from assistant.types import Document

CORPUS = Path(__file__).parent.parent.parent.parent / "corpus"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
VOID = {"br", "hr", "link", "meta"}
MARKDOWN = """Before all.

# Pay & <b>perks</b>
The median pay is *$5*,
said\x20\x20
by us.

> Quoted words
> go on.

1. First
2. Second:
   - inner one
   - inner two

   More of the second.
3. Third

- [x] other list

| Role | Pay |
|------|----:|
| Head \\| lead | $9 |
| Hand | $2 |

Setext
------
```py
if a < b:
    print("&")
```

***
[ref]: https://example.org "a definition"
## Pay & <b>perks</b> ##
<div onclick="alert(1)">raw</div>

    indented code
"""
PLAIN = """The Role\r
Overview\r
The role is one\r
of many.\r
Core Duties\r
The head, also known as chief, has these areas:\r
1. Leadership\r
- Lead people\r
- Set goals\r
2. Money\r
- Plan budgets\r
  over years\r
- Report This role requires a blend of talents and much patience.\r
"""


class Tree(HTMLParser):
    """Reads a page into (path of open tags, attributes, text) and fails where tags do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names))
        if self.open and self.open[-1] in ("ul", "ol"):
            assert tag == "li"
        if tag in ("p", "div", "ul", "ol", "table", "pre", "h2", "h3"):
            assert "p" not in self.open
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() or not self.open or self.open[-1] in ("ul", "ol", "table", "tr"):
            assert not self.open or self.open[-1] not in ("ul", "ol", "table", "thead", "tbody", "tr"), data
        self.texts.append((tuple(self.open), data))


def load(tmp_path: Path, text: str, name: str = "guide.md", **metadata: str) -> Document:
    (tmp_path / name).write_bytes(text.encode())
    if metadata:
        (tmp_path / f"{name}.meta.json").write_text(json.dumps(metadata))
    return load_document(tmp_path / name, tmp_path)


def load_text(text: str, name: str) -> Document:
    """The document that a file of this text gives, without the file."""
    read = (markdown if name.endswith(".md") else plain_text).structure(text)
    made = document(text, id=name)
    kind = FORMATS[Path(name).suffix][0]
    return replace(made, sections=read.sections, lines=read.lines, media_type=kind)


def visit(*shown: Document, path: str = "", **headers: str) -> Any:
    client = TestClient(create_app(lambda: StaticAnswerer(*shown)))
    return client.get(path or address(shown[0]), headers=headers or None)


def inside(page: str) -> str:
    """The HTML of the document: its title, where that stands in it, and the article."""
    title = re.search('<div class="title" lang="[^"]*">(.*?)</div>\n<p class="origin">', page, re.DOTALL)
    return (title[1] if title else "") + re.split("<article[^>]*>", page)[1].partition("</article>")[0]


def whole(made: Article) -> str:
    """The HTML of a document."""
    return made.title + made.html


def bare(markup: str) -> str:
    """The text of HTML, what is hidden in it included."""
    return html.unescape(re.sub("<[^>]+>", "", markup))


def seen(markup: str) -> str:
    """The text of HTML without what is hidden, in one row."""
    return " ".join(bare(re.sub("<span hidden>.*?</span>", "", markup, flags=re.DOTALL)).split())


def marked(markup: str) -> str:
    return html.unescape("".join(re.findall("<mark[^>]*>(.*?)</mark>", markup, re.DOTALL)))


# The document as it is structured


def test_markdown_is_shown_by_its_structure(tmp_path: Path) -> None:
    shown = whole(article(load(tmp_path, MARKDOWN), 0, 0, english()))
    Tree(shown)
    for wanted in (
        '<p dir="auto">Before all.</p>',
        '<h2 id="s-pay-perks" dir="auto"><span hidden># </span>Pay &amp; &lt;b&gt;perks&lt;/b&gt;</h2>',
        "said  \n<br>by us.</p>",
        '<blockquote><p dir="auto"><span hidden>&gt; </span>Quoted words\n',
        "\n<span hidden>&gt; </span>go on.</p></blockquote>",
        '<ol role="list" dir="auto"><li><span class="number">1.</span> First\n</li>',
        '<ul role="list" dir="auto"><li><span hidden>   - </span>inner one\n</li><li>',
        '</li></ul><p dir="auto">   More of the second.</p>\n</li>',
        '<span class="number">3.</span> Third\n\n</li></ol><ul role="list"',
        '"auto"><li><span hidden>- </span>[x] other list',
        '<thead><tr><th scope="col" dir="auto"><span hidden>| </span>Role </th>',
        '<td dir="auto"><span hidden>| </span>Head \\| lead </td>',
        '<td dir="auto"><span hidden>|</span> $9<span hidden> |\n</span></td></tr>',
        '<h3 id="s-setext" dir="auto">Setext</h3>',
        "<pre><code>if a &lt; b:\n    print(&#34;&amp;&#34;)</code></pre>",
        "<span hidden>***</span><hr>",
        "[ref]: https://example.org &#34;a definition&#34;</p>",
        'id="s-pay-perks.2" dir="auto"><span hidden>## </span>Pay &amp; &lt;b&gt;',
        "perks&lt;/b&gt;<span hidden> ##</span></h3>",
        "&lt;div onclick=&#34;alert(1)&#34;&gt;raw&lt;/div&gt;</p>",
        "<pre><code>    indented code</code></pre>",
    ):
        assert wanted in shown, wanted
    assert bare(shown) == MARKDOWN


def test_plain_text_is_shown_by_its_structure(tmp_path: Path) -> None:
    shown = article(load(tmp_path, PLAIN, "role.txt", title="The Role"), 0, 0, english())
    Tree(whole(shown))
    markup = whole(shown).replace("\r\n", "\n")
    for wanted in (
        '<h1 id="s-the-role" dir="auto">The Role</h1>',
        '<h2 id="s-overview" dir="auto">Overview</h2>',
        '<p dir="auto" class="rows">The role is one\nof many.</p>',
        '<h3 id="s-leadership" dir="auto"><span class="number">1.</span> Leadership</h3>',
        "<li><span hidden>- </span>Plan budgets\n  over years\n</li>",
        '</li></ul><p dir="auto"> This role requires a blend of talents and much patience.</p>',
    ):
        assert wanted in markup, wanted
    assert bare(whole(shown)) == PLAIN
    assert shown.title and [(each.title, each.depth) for each in shown.contents] == [
        ("Overview", 1),
        ("Core Duties", 1),
        ("Leadership", 2),
        ("Money", 2),
    ]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Pay of all:\n\n| Role | Pay |\n|---|---|\n| Head | $9 |\n", ["th Role", "th Pay", "td Head", "td $9"]),
        ("Pay of all:\n\nRole | Pay\nHead | $9\n", ["td Role", "td Pay", "td Head", "td $9"]),
        ("Pay of all.\n\nhead\t$9\t1\nhand\t$2\t2\n", ["td head", "td $9", "td 1", "td hand", "td $2", "td 2"]),
        ("Pay | all\nis fine\n", []),
    ],
)
def test_rows_of_plain_text_are_a_table_where_they_have_as_many_cells(
    tmp_path: Path, text: str, cells: list[str]
) -> None:
    shown = whole(article(load(tmp_path, text, "pay.txt"), 0, 0, english()))
    Tree(shown)
    found = re.findall("<(t[hd])[^>]*>(.*?)</t[hd]>", shown, re.DOTALL)
    assert [f"{tag} {seen(cell)}" for tag, cell in found] == cells
    assert bare(shown) == text


def test_columns_set_with_spaces_keep_their_places(tmp_path: Path) -> None:
    text = "The figures:\n\nhead of all     $9     1\nhand at last    $2     2\n"
    assert '<p dir="auto" class="columns">head of all     $9' in whole(
        article(load(tmp_path, text, "a.txt"), 0, 0, english())
    )


ROWS = [
    "# ",
    "## ",
    "- ",
    "  - ",
    "1. ",
    "2) ",
    "> ",
    "| ",
    " | ",
    "|---|",
    "```",
    "***",
    "===",
    "    ",
    "\t",
    ". ",
    ": ",
]
TEXTS = st.lists(
    st.sampled_from(
        [*ROWS, "\n", "\r\n", "\r", "\n\n", "<b>", "&", '"', "\u00a0", "é", "👩", "Two words", "ends.", "\\\n"]
    )
    | st.text("ab#<>&\"'|-* \t\r\n", max_size=4),
    min_size=1,
).map("".join)


@settings(max_examples=300)
@given(text=TEXTS.filter(str.strip), name=st.sampled_from(["a.txt", "a.md"]), data=st.data())
def test_any_text_is_shown_whole_and_in_order_with_its_span_marked(text: str, name: str, data: st.DataObject) -> None:
    shown = load_text(text, name)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    made = article(shown, start, end, english())
    Tree(whole(made))
    assert bare(whole(made)) == shown.text
    assert marked(whole(made)) == shown.text[start:end]
    assert whole(made).count('<mark id="cited">') == 1 and made.is_marked


@settings(max_examples=200)
@given(text=TEXTS.filter(str.strip), name=st.sampled_from(["a.txt", "a.md"]))
@example(text="1. ```\\\n\t<", name="a.md")
def test_nothing_is_hidden_but_marks(text: str, name: str) -> None:
    made = article(load_text(text, name), 0, 0, english())
    hidden = html.unescape("".join(re.findall("<span hidden>(.*?)</span>", whole(made), re.DOTALL)))
    hidden = re.sub(r"(?:`{3,}|~{3,})[^\r\n]*", "", hidden)  # the language of a block of code is a mark too
    assert [c for c in hidden if c.isalnum()] == []
    assert not made.is_marked and "<mark" not in whole(made)


def test_a_heading_has_an_id_of_its_own_and_the_contents_lead_to_it(tmp_path: Path) -> None:
    page = visit(load(tmp_path, MARKDOWN + "\n#### Überblick: 職務\n")).text
    ids = [attributes["id"] for _, attributes in Tree(page).tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    nav = page.partition('<nav class="contents"')[2].partition("</nav>")[0]
    links = [unquote(link) for link in re.findall('href="#([^"]*)"', nav)]
    assert links == ["s-pay-perks", "s-setext", "s-pay-perks.2", "s-überblick-職務"] and set(links) <= set(ids)
    assert seen(nav.partition("</h2>")[2]) == "Pay & perksSetextPay & perksÜberblick: 職務"
    assert nav.count("<ol>") == 3


def test_a_document_of_one_heading_or_none_has_no_contents(tmp_path: Path) -> None:
    assert 'class="contents"' not in visit(load(tmp_path, "Only words.\n")).text
    assert 'class="contents"' not in visit(load(tmp_path, "# One\nOnly words.\n")).text


def test_the_page_has_one_first_heading_and_landmarks(tmp_path: Path) -> None:
    for text, title in (("# The role\nText\n## Pay\n$5\n", "The role"), ("# Pay\nText\n# Else\n$5\n", "Other")):
        tree = Tree(visit(load(tmp_path, text, title=title)).text)
        names = [tag for tag, _ in tree.tags]
        assert [names.count(name) for name in ("h1", "main", "article")] == [1, 1, 1]
        assert "".join(data for path, data in tree.texts if "h1" in path).removeprefix("# ") == title
        skip = next(attributes for tag, attributes in tree.tags if tag == "a")
        assert skip["href"] == "#document" and ("article", "document") in [(t, a.get("id")) for t, a in tree.tags]


@pytest.mark.parametrize(
    ("metadata", "wanted"),
    [({"language": "he"}, "he"), ({"lang": "pt-BR"}, "pt-BR"), ({}, ""), ({"language": 'x" onload="'}, "")],
)
def test_the_language_is_named_where_it_is_known(tmp_path: Path, metadata: dict[str, str], wanted: str) -> None:
    tree = Tree(visit(load(tmp_path, "# A\nText.\n", title="B", **metadata)).text)
    languages = {tag: attributes["lang"] for tag, attributes in tree.tags if "lang" in attributes}
    assert languages == {"html": "en", "h1": wanted, "article": wanted}


# The cited place


def span(shown: Document, words: str) -> tuple[int, int]:
    start = shown.text.index(words)
    return start, start + len(words)


def test_a_citation_leads_to_its_marked_span(tmp_path: Path) -> None:
    shown = load(tmp_path, MARKDOWN)
    citation = cite(shown, *span(shown, "First\n2. Second:\n   - inner"))
    page = visit(shown, path=citation.url).text
    assert marked(inside(page)) == citation.cited_text
    assert '<li><span class="number">1.</span> <mark id="cited">First</mark><mark>\n</mark></li>' in page
    assert 'role="status"' not in page and 'href="#cited"' in page


def test_the_mark_that_is_scrolled_to_can_be_seen(tmp_path: Path) -> None:
    shown = load(tmp_path, "# A\n\n- one\n- two\n")
    assert '<mark id="cited">one' in whole(article(shown, 3, 10, english()))  # the list mark before it is hidden
    assert '<span hidden><mark id="cited">- </mark></span>' in whole(article(shown, 5, 7, english()))


def test_a_link_of_start_and_end_alone_marks_them() -> None:
    page = visit(document("The pay is $5."), path="/documents/guide.txt?start=4&end=7").text
    assert marked(page) == "pay" and 'role="status"' not in page


BEFORE = "# Pay\nThe median pay is $5.\nIt is paid\nin May.\n"


def follow(then: str, now: str, words: str) -> tuple[str, str]:
    """The notice and the marked text that a link made of one text gives on another."""
    old = document(then)
    page = visit(document(now), path=cite(old, *span(old, words)).url)
    assert page.status_code == 200
    notice = re.search('<p class="notice" role="status">(.*?)</p>', page.text)
    return notice[1] if notice else "", marked(inside(page.text))


def test_a_link_outlives_a_new_build_of_the_same_text() -> None:
    assert follow(BEFORE, BEFORE, "median pay is $5.") == ("", "median pay is $5.")


def test_a_changed_document_is_said_to_be_so_and_the_quotation_is_marked_where_it_stands_now() -> None:
    notice, mark = follow(BEFORE, f"# New\nBefore it.\n{BEFORE}", "median pay is $5.")
    assert re.search("has changed.*is marked", notice) and mark == "median pay is $5."


def test_white_space_that_changed_hides_no_quotation() -> None:
    notice, mark = follow(BEFORE, "# Pay\r\nMore. It is\r\n\tpaid in\u00a0May.", "It is paid\nin May.")
    assert "has changed" in notice and mark == "It is\r\n\tpaid in\u00a0May."


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("# Pay\nThe median pay is $6.\n", "no longer stands"),
        (f"{BEFORE}{BEFORE}", "more than once"),
        ("x", "no longer stands"),
    ],
)
def test_a_quotation_that_is_gone_or_stands_twice_is_not_marked(now: str, said: str) -> None:
    notice, mark = follow(BEFORE, now, "median pay is $5.")
    assert "has changed" in notice and said in notice and mark == ""


@pytest.mark.parametrize(
    "query", ["", "&quote=", "&quote=no-mark", "&quote=99999999-" + "f" * 16, "&quote=3-" + "f" * 16]
)
def test_a_changed_document_is_shown_whatever_the_link_says_of_the_quotation(query: str) -> None:
    page = visit(document("The pay."), path=f"/documents/guide.txt?start=900&end=999&version=0{query}")
    assert page.status_code == 200 and "has changed" in page.text and "<mark" not in page.text


def test_a_version_without_a_span_tells_only_whether_the_document_has_changed() -> None:
    shown = document("The pay.")
    assert 'role="status"' not in visit(shown, path=f"{address(shown)}?version={shown.version}").text
    assert "has changed" in visit(shown, path=f"{address(shown)}?version=0").text


def test_the_links_of_an_answer_are_short() -> None:
    shown = document(BEFORE * 50)
    assert len(cite(shown, 0, len(shown.text)).url) < 120


@pytest.mark.parametrize(
    "query", ["start=1", "end=1", "start=2&end=2", "start=0&end=999", "start=-1&end=2", "start=x&end=2"]
)
def test_a_span_that_is_not_there_cannot_be_marked(query: str) -> None:
    reply = visit(document("The pay."), path=f"/documents/guide.txt?{query}")
    assert reply.status_code == 422 and reply.json()["code"] == "invalid_request"
    assert re.search("start|end", reply.json()["detail"])


# Where it is published


def test_the_page_links_to_the_place_where_the_document_is_published(tmp_path: Path) -> None:
    shown = load(tmp_path, "# Pay\n\nThe median pay is $5.\n", url="https://example.org/h?a=1&b=2")
    assert '<a href="https://example.org/h?a=1&amp;b=2" rel' in visit(shown).text
    citation = cite(shown, *span(shown, "median pay"))
    page = visit(shown, path=citation.url).text
    assert '<a href="https://example.org/h?a=1&amp;b=2#:~:text=median%20pay" rel="noreferrer">' in page


# No such page


def test_a_browser_is_shown_a_page_where_there_is_no_document() -> None:
    page = visit(document("Text", id="roles/head.txt", title="Head <b>"), path="/documents/Head.txt", **BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.headers["vary"] == "Accept, Accept-Language"
    assert "There is no document at this address" in page.text and "Did you mean" in page.text
    assert '<a href="/documents/roles/head.txt" dir="auto">Head &lt;b&gt;</a>' in page.text
    other = visit(document("Text", id="roles/head.txt"), path="/documents/", **BROWSER)
    assert other.status_code == 404 and "The documents that there are" in other.text
    many = [document("Text", id=f"{n}.txt") for n in range(50)]
    assert visit(*many, path="/documents/x", **BROWSER).text.count("<li>") == 0


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/html", ""])
def test_a_program_is_told_a_problem_where_there_is_no_document(accept: str) -> None:
    reply = visit(document("Text"), path="/documents/nope", accept=accept)
    assert (reply.status_code, reply.json()["code"]) == (404, "document_not_found")
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["vary"] == "Accept, Accept-Language"


def test_a_browser_is_shown_a_page_for_any_other_failure() -> None:
    def nothing() -> StaticAnswerer:
        raise IndexNotFound("no index in <b>: run `assistant index`")

    page = TestClient(create_app(nothing)).get("/documents/a.txt", headers=BROWSER)
    assert page.status_code == 503 and "no index in &lt;b&gt;: run `assistant index`" in page.text
    page = visit(document("The pay."), path="/documents/guide.txt?start=5&end=2", **BROWSER)
    assert page.status_code == 422 and "<h1>Invalid request</h1>" in page.text


# Nothing in a document is more than text

TAGS = {"html", "head", "meta", "title", "link", "body", "a", "p", "div", "nav", "h1", "h2", "h3", "main", "header"}
TAGS |= {"article", "ol", "ul", "li", "span", "mark", "bdi", "table", "tbody", "tr", "td", "pre", "code", "br", "hr"}
ATTRIBUTES = {"lang", "charset", "name", "content", "rel", "href", "class", "id", "dir", "role", "hidden", "tabindex"}
ATTRIBUTES |= {"aria-labelledby", "aria-label"}


def attack(payload: str) -> Document:
    """A document that has the payload in its id, title, headings, lines, table and metadata."""
    text = f"# {payload}\n{payload}\n\n| {payload} | {payload} |\n| {payload} | b |\n\n## {payload}\nThe end.\n"
    made = document(text, id=f"{payload}/{payload}.txt", title=payload)
    return replace(made, source=payload, metadata={"url": payload, "language": payload, payload: payload})


@pytest.fixture(scope="module")
def hostile() -> Iterator[TestClient]:
    with TestClient(create_app(lambda: StaticAnswerer(*map(attack, EVERY)))) as client:
        yield client


def plain(page: str) -> Tree:
    """The page, in which nothing stands that we do not write."""
    tree = Tree(page)
    for tag, attributes in tree.tags:
        assert tag in TAGS and set(attributes) <= ATTRIBUTES, (tag, attributes)
        if link := attributes.get("href"):
            assert re.match("#|data:,$|/(?!/)", link), link
    return tree


@pytest.mark.parametrize("payload", EVERY)
def test_what_a_document_says_of_itself_is_text(payload: str, hostile: TestClient) -> None:
    shown = attack(payload)
    half = len(shown.text) // 2
    for place in (cite(shown, 0, half), cite(shown, half, len(shown.text))):
        page = hostile.get(place.url)
        assert page.status_code == 200 and place.published_url is None
        tree = plain(page.text)
        assert (
            "".join(data for path, data in tree.texts if "article" in path or ("div" in path and "h1" in path))
            == shown.text
        )
        assert [data for path, data in tree.texts if "title" in path] == [payload]


@pytest.mark.parametrize("payload", EVERY)
def test_what_an_address_says_is_text(payload: str, hostile: TestClient) -> None:
    tree = plain(hostile.get(f"/documents/{quote(payload, safe='')}", headers=BROWSER).text)
    assert payload in [data for path, data in tree.texts if "code" in path]
    query = f"start=0&end=2&version={quote(payload)}&quote={quote(payload)}"
    page = hostile.get(f"{address(attack(EVERY[0]))}?{query}").text
    assert [data for path, data in plain(page).texts if path == ("html", "body", "p")] == [english().say("pages.gone")]


@pytest.mark.parametrize(
    "url",
    ['https://example.org/" onclick="alert(1)', "https://[", "https://example.org/'><script>", "data:text/html,x"],
)
def test_an_address_that_no_browser_should_be_sent_to_is_no_link(url: str) -> None:
    shown = document(f"# At\n{url}\n", metadata={"url": url})
    assert cite(shown, 0, 4).published_url is None
    plain(visit(shown, path=cite(shown, 0, 4).url).text)
