"""What can be told of the widget's files without a browser. `test_widget_browser.py` opens it."""

from __future__ import annotations

import gzip
import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.languages.catalogue import english, shipped
from assistant.languages.messages import Language
from assistant.server import create_app
from assistant.server.pages.home import widget_words
from assistant.testing import StaticAnswerer

FOLDER = Path(__file__).parent.parent / "assistant" / "widget"
ENTRY = FOLDER / "widget.js"


def modules(entry: Path = ENTRY) -> dict[Path, str]:
    """A module and all that it imports, with their text."""
    text = entry.read_text("utf-8")
    found = {entry: text}
    for name in re.findall(r"""from "\./([\w-]+\.js)";""", text):
        found |= modules(entry.parent / name)
    return found


@pytest.mark.parametrize("language", shipped().all, ids=lambda language: str(language.tag))
def test_all_that_a_page_loads_weighs_at_most_20_kb_compressed(language: Language) -> None:
    assert len(modules()) > 3
    loaded = [*(path.read_bytes() for path in FOLDER.iterdir()), bytes(widget_words(language).body)]
    assert sum(len(gzip.compress(each, 9)) for each in loaded) <= 20_000


def test_the_words_of_one_language_are_served_and_kept_apart_from_the_others() -> None:
    client = TestClient(create_app(lambda: StaticAnswerer()))
    for language in shipped():
        for reply in (
            client.get("/widget/words.json", headers={"Accept-Language": language.tag}),
            client.get("/widget/words.json", params={"lang": language.tag}),
        ):
            body = reply.json()
            assert (body["language"], body["direction"]) == (language.tag, language.direction)
            assert body["words"]["page"] == language.words["widget.page"]
            assert reply.headers["content-language"] == language.tag and "Accept-Language" in reply.headers["vary"]


def test_no_text_becomes_markup_or_code_and_nothing_is_kept_or_foreign() -> None:
    together = "\n".join(modules().values())
    for forbidden in (
        r"(inner|outer)HTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML",
        r"\beval\b|new Function|setAttribute\(.style|\.style\b|javascript:",
        r"localStorage|sessionStorage|indexedDB|\.cookie|sendBeacon|navigator\.serviceWorker|\bcaches\b",
        r"\bimport\(|from \"(?!\./)",
    ):
        assert not re.search(forbidden, together), forbidden
    assert set(re.findall(r"\w+://[\w.]*", together)) == {"http://www.w3.org"}  # the name of SVG, which is not fetched


def test_every_word_is_used_and_every_word_used_is_there() -> None:
    there = {key.removeprefix("widget.") for key in english().words if key.startswith("widget.")}
    others = "\n".join(modules().values())
    used = set(re.findall(r"(?<!/)words\.(\w+)", others)) | set(re.findall(r"Failure\(\"(\w+)\"", others))
    used |= {"up", "down", "offline", "unreachable", "tooLong", "count"}  # chosen while it runs
    assert there == used


def test_the_files_are_served_as_what_they_are() -> None:
    client = TestClient(create_app(lambda: StaticAnswerer()))
    for path in modules():
        response = client.get(f"/widget/{path.name}")
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/javascript")


def test_the_first_page_is_the_widget_and_tells_the_line_that_puts_it_on_another() -> None:
    html = TestClient(create_app(lambda: StaticAnswerer())).get("/").text
    line = '<script type="module" src="{}/widget/widget.js"></script>'
    assert line.format("") in html and html.count('<role-assistant full open title="Role Assistant">') == 1
    assert f"{line.format('https://your.host')}\n<role-assistant></role-assistant>" in unescape(html)
