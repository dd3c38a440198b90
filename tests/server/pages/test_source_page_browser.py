"""The page of a source, and the page where it is published, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from browsing import browsing, emulate, log, violations
from injections import EVERY
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from serving import serving
from test_source_page import CORPUS, MARKDOWN, attack, load, span

from assistant.documents.citations import address, cite
from assistant.documents.files import load_document
from assistant.server import create_app
from assistant.testing import StaticAnswerer
from assistant.types import Document

pytestmark = pytest.mark.browser

HEBREW = "דרישות\nהתפקיד דורש ניסיון:\n- ניסיון בניהול צוותים\n- ידע רב\n"  # noqa: RUF001, it is Hebrew
# As pages are: a list of contents above, and room enough that any line can be scrolled to the middle.
FRAME = "<!doctype html><meta charset=utf-8><title>The guide</title><style>body {{ padding: 1500px 0 }}</style>{}"
TAGS = {"heading": "h2", "item": "li"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def showing(*documents: Document) -> AbstractContextManager[str]:
    """A server of these documents."""
    return serving(create_app(lambda: StaticAnswerer(*documents)))


class Shown:
    """Some documents, and the server that shows them."""

    def __init__(self, url: str, guide: Document, markdown: Document, hebrew: Document) -> None:
        self.url, self.guide, self.markdown, self.hebrew = url, guide, markdown, hebrew


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("corpus")
    [path] = CORPUS.glob("*.txt")
    guide = load_document(path, CORPUS)
    markdown = load(folder, MARKDOWN, url="https://example.org/guide")
    hebrew = load(folder, HEBREW, "hebrew.txt", language="he")
    with showing(guide, markdown, hebrew) as url:
        yield Shown(url, guide, markdown, hebrew)


def visit(browser: Chrome, url: str) -> None:
    """Load it anew, also where only the fragment differs."""
    browser.get("about:blank")
    browser.get(url)


def in_view(browser: Chrome, id: str) -> bool:
    """Whether the element has been scrolled into view."""
    script = """
        const box = document.getElementById(arguments[0]).getBoundingClientRect();
        return scrollY > 0 && box.bottom > 0 && box.top < innerHeight;
    """
    return bool(browser.execute_script(script, id))


@pytest.mark.parametrize("width", [320, 1100])
def test_a_citation_is_followed_to_its_mark(browser: Chrome, shown: Shown, width: int) -> None:
    emulate(browser, width=width)
    log(browser)
    items = [line for line in shown.guide.lines if line.kind == "item"]
    for line in (items[len(items) // 2], items[-1]):
        citation = cite(shown.guide, line.start, line.end)
        visit(browser, shown.url + citation.url)
        assert in_view(browser, "cited")
        mark = browser.find_element(By.ID, "cited")
        assert (mark.tag_name, mark.text) == ("mark", " ".join(citation.cited_text.split()))
    assert log(browser) == []


def test_a_link_of_another_version_says_so_beside_its_mark(browser: Chrome, shown: Shown) -> None:
    emulate(browser)
    citation = cite(shown.guide, shown.guide.lines[-1].start, shown.guide.lines[-1].end)
    visit(browser, shown.url + citation.url.replace(shown.guide.version, "0" * 16))
    notice = browser.find_element(By.CSS_SELECTOR, "[role=status]")
    assert "has changed" in notice.text and in_view(browser, "cited")
    assert browser.execute_script("return arguments[0].getBoundingClientRect().top", notice) == 0


def test_the_contents_and_the_skip_link_lead_on_by_keyboard(browser: Chrome, shown: Shown) -> None:
    emulate(browser)
    visit(browser, shown.url + address(shown.guide))
    browser.switch_to.active_element.send_keys(Keys.TAB)
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the text" and skip.rect["x"] >= 0
    skip.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "document"
    last = browser.find_elements(By.CSS_SELECTOR, "nav a")[-1]
    target = str(last.get_attribute("href")).partition("#")[2]
    last.send_keys(Keys.ENTER)
    WebDriverWait(browser, 5).until(lambda _: in_view(browser, target))
    assert browser.find_element(By.ID, target).text == last.text


def test_a_text_that_runs_from_the_right_is_set_so(browser: Chrome, shown: Shown) -> None:
    visit(browser, shown.url + address(shown.hebrew))
    items = browser.find_elements(By.CSS_SELECTOR, "article ul, article p, article h2")
    assert [item.value_of_css_property("direction") for item in items] == ["rtl"] * 3


def test_what_is_a_mere_mark_is_not_seen(browser: Chrome, shown: Shown) -> None:
    visit(browser, shown.url + address(shown.markdown))
    assert browser.find_element(By.CSS_SELECTOR, "article ul ul, article ol ul").text == "inner one\ninner two"
    assert browser.find_element(By.CSS_SELECTOR, "thead").text == "Role Pay"
    assert browser.find_element(By.CSS_SELECTOR, "blockquote").text == "Quoted words go on."


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1100])
def test_axe_finds_nothing_wrong(browser: Chrome, shown: Shown, width: int, scheme: str) -> None:
    emulate(browser, width=width, prefers_color_scheme=scheme)
    guide, markdown = shown.guide, shown.markdown
    cited = cite(guide, len(guide.text) // 3, len(guide.text) // 3 + 700).url
    pages = {
        "cited": cited,
        "moved": cite(guide, 0, 50).url.replace(guide.version, "0" * 16),
        "gone": cited.replace(guide.version, "0" * 16).replace("quote=", "quote=9"),
        "markdown": cite(markdown, 0, len(markdown.text)).url,
        "plain": address(markdown),
        "hebrew": address(shown.hebrew),
        "missing": "/documents/nowhere/guide.md",
    }
    for name, path in pages.items():
        visit(browser, shown.url + path)
        overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert (name, browser.execute_script(overflow)) == (name, 0)
        assert (name, violations(browser)) == (name, [])


def test_no_injected_script_runs_on_the_page(browser: Chrome) -> None:
    emulate(browser)
    documents = [attack(payload) for payload in EVERY]
    with showing(*documents) as url:
        log(browser)
        for document in documents:
            visit(browser, url + cite(document, 0, len(document.text) - 9).url)
            browser.execute_script("""
                for (const element of document.querySelectorAll("body *"))
                    for (const name of ["mouseover", "focus", "click", "toggle"])
                        element.dispatchEvent(new Event(name, {cancelable: true}));
            """)
            assert browser.execute_script("return window.ran ?? null") is None
            found = browser.execute_script("""
                const alien = "script, img, svg, iframe, form, base, style, a, meta, math, details";
                return [document.querySelectorAll(`:is(article, .title) :is(${alien})`).length,
                        document.querySelectorAll("script").length,
                        [...document.querySelectorAll(".title, article")].map((each) => each.textContent).join(""),
                        location.origin];
            """)
            assert found == [0, 0, document.text, url]
        assert log(browser) == []


# Where the document is published


@contextmanager
def publishing(folder: Path) -> Iterator[str]:
    """The address of the folder's files, on a server of their own."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def html_copy(document: Document) -> str:
    """The document as another site would show it: its headings listed, then its lines, each an element of its own."""
    listed = "".join(f"<li><a href='#'>{escape(section.title)}</a></li>" for section in document.sections)
    lines = "".join(
        f"<{TAGS.get(line.kind, 'p')} id='line-{n}'>{escape(document.text[line.start : line.end])}"
        f"</{TAGS.get(line.kind, 'p')}>\n"
        for n, line in enumerate(document.lines)
    )
    return FRAME.format(f"<h1>{escape(document.title)}</h1><nav><ul>{listed}</ul></nav>{lines}")


def test_a_browser_follows_the_link_to_the_place_where_it_is_published(
    browser: Chrome, shown: Shown, tmp_path: Path
) -> None:
    emulate(browser)
    (tmp_path / "guide.html").write_text(html_copy(shown.guide), "utf-8")
    lines = shown.guide.lines
    with publishing(tmp_path) as url:
        guide = replace(shown.guide, metadata={"url": f"{url}/guide.html"})
        missed = []
        for n in range(0, len(lines) - 3, 7):
            for m in (n, n + 2):  # one line, and a range over three
                link = cite(guide, lines[n].start, lines[m].end).published_url
                assert link is not None
                visit(browser, link)
                assert browser.execute_script("return 'fragmentDirective' in document")
                try:
                    WebDriverWait(browser, 1, 0.02).until(partial(in_view, id=f"line-{n}"))
                except TimeoutException:  # every miss is told at the end
                    missed.append((n, m, link))
        assert missed == []
        visit(browser, f"{url}/guide.html#:~:text=nowhere%20to%20be%20found")
        assert browser.execute_script("return scrollY") == 0


def test_the_source_page_leads_on_to_the_published_place(browser: Chrome, tmp_path: Path) -> None:
    text = "# Pay\n\nThe median pay is $5.\n\n" + "Filler.\n\n" * 200 + "# Perks\n\nThere is a *company* car.\n"
    body = text.replace("\n\n", "</p><p>").replace("# ", "").replace("*company*", "<em id='car'>company</em>")
    (tmp_path / "guide.html").write_text(FRAME.format(f"<p>{body}</p>"), "utf-8")
    with publishing(tmp_path) as published:
        document = load(tmp_path, text, url=f"{published}/guide.html")
        with showing(document) as url:
            visit(browser, url + cite(document, *span(document, "a *company* car")).url)
            browser.find_element(By.LINK_TEXT, "Read it where it is published").click()
            WebDriverWait(browser, 5).until(lambda _: browser.current_url.startswith(published))
            WebDriverWait(browser, 5).until(lambda _: in_view(browser, "car"))
