from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.shadowroot import ShadowRoot
from selenium.webdriver.support.wait import WebDriverWait
from served import Served, served

from assistant.server.problems import Problem

ROUTES = len(json.loads((Path(__file__).parent / "golden" / "openapi.json").read_text("utf-8"))["paths"])

pytestmark = pytest.mark.browser

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --window-size=900,900"""


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    for flag in (*FLAGS.split(), f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=ChromeService(shutil.which("chromedriver"))) as browser:
        yield browser


@pytest.fixture
def widget(browser: Chrome, server: Served) -> ShadowRoot:
    """The widget on its page, with its events kept in `window.told`."""
    browser.get(server.url)
    browser.execute_script("""
        window.told = [];
        for (const name of ["answer", "error"])
            document.addEventListener(`role-assistant:${name}`, (event) => window.told.push([name, event.detail]));
    """)
    return browser.find_element(By.CSS_SELECTOR, "role-assistant").shadow_root


def texts(root: ShadowRoot, selector: str) -> list[str]:
    return [element.text for element in root.find_elements(By.CSS_SELECTOR, selector)]


def log(browser: Chrome, kind: str) -> list[dict[str, Any]]:
    """What the browser has logged since the last look."""
    return list(browser.get_log(kind))  # type: ignore[no-untyped-call]  # selenium leaves it without types


def ask(browser: Chrome, widget: ShadowRoot, question: str) -> None:
    """Type the question, press Enter, and wait for what comes back."""
    widget.find_element(By.CSS_SELECTOR, "textarea").send_keys(question, Keys.ENTER)
    button = widget.find_element(By.CSS_SELECTOR, "button")
    WebDriverWait(browser, 5).until(lambda _: button.is_enabled())


def reply_with(browser: Chrome, body: Any, status: int = 200) -> None:
    """Make the widget's next answers this one, by overriding its `fetch`."""
    browser.execute_script(
        "const [body, status] = arguments;"
        "document.querySelector('role-assistant').fetch = async (...asked) => {"
        "  window.asked = asked; return new Response(body, {status}); };",
        body if isinstance(body, str) else json.dumps(body),
        status,
    )


def test_an_answer_is_shown_with_its_numbered_source(browser: Chrome, widget: ShadowRoot, server: Served) -> None:
    ask(browser, widget, "median salary of a head of AI")
    assert texts(widget, ".question") == ["median salary of a head of AI"]
    assert texts(widget, ".block") == ["The median salary of a head of AI is $234,750.1"]
    assert texts(widget, "li .number, li a, li .path, li blockquote") == [
        "1",
        "Head of AI",
        "Salary Ranges",
        "The median salary of a head of AI is $234,750.",
    ]
    told = browser.execute_script("return window.told")
    assert [(name, detail["answer"]["status"]) for name, detail in told] == [("answer", "answered")]
    link = widget.find_element(By.CSS_SELECTOR, "li a")
    browser.get(str(link.get_property("href")))
    mark = browser.find_element(By.ID, "cited")
    assert mark.text == "The median salary of a head of AI is $234,750."
    assert 0 < mark.rect["y"] < 900 and browser.current_url.startswith(
        f"{server.url}/documents/roles/head%20of%20ai.txt"
    )


def test_a_refusal_shows_its_message_and_the_closest_passages(browser: Chrome, widget: ShadowRoot) -> None:
    ask(browser, widget, "budget of zebras and lions")
    assert texts(widget, ".message") == ["The documents do not say."]
    assert texts(widget, "summary") == ["Closest passages (3)"]
    assert texts(widget, ".block") == []


def test_what_documents_and_people_write_is_text_and_never_markup(browser: Chrome, widget: ShadowRoot) -> None:
    ask(browser, widget, "<img src=x onerror=alert(1)> figures for the US market before tax")
    assert texts(widget, ".question") == ["<img src=x onerror=alert(1)> figures for the US market before tax"]
    assert texts(widget, "blockquote") == ["Figures are for the US market & <b>before</b> tax."]
    assert widget.find_elements(By.CSS_SELECTOR, "img, b") == []


def test_a_link_leads_to_the_web_only(browser: Chrome, widget: ShadowRoot) -> None:
    ask(browser, widget, "median salary of a head of AI")
    answer = browser.execute_script("return window.told[0][1].answer")
    answer["citations"][0]["url"] = "javascript:alert(1)"
    reply_with(browser, answer)
    ask(browser, widget, "again")
    assert [a.get_attribute("href") for a in widget.find_elements(By.CSS_SELECTOR, "article:last-child a")] == [
        None,
        None,
    ]


def test_differing_documents_are_pointed_out(browser: Chrome, widget: ShadowRoot) -> None:
    ask(browser, widget, "median salary of a head of AI")
    answer = browser.execute_script("return window.told[0][1].answer")
    reply_with(browser, answer | {"citations": answer["citations"] * 2, "conflicts": [[[0], [1]]]})
    ask(browser, widget, "again")
    assert texts(widget, ".note") == ["The documents differ about this."]
    assert texts(widget, "article:last-child .number") == ["1", "2"]


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (422, {"detail": "question: should be shorter"}, "This cannot be asked: question: should be shorter."),
        (503, {"detail": "no index"}, "The documents are not ready yet. Wait a moment, then ask again."),
        (500, {"detail": "x"}, "Something went wrong at the assistant, so there is no answer. Ask again in a moment."),
        (502, "<html>", "Something went wrong at the assistant, so there is no answer. Ask again in a moment."),
        (200, "[]", "Something went wrong at the assistant, so there is no answer. Ask again in a moment."),
        (
            200,
            {"status": "odd"},
            "Something went wrong at the assistant, so there is no answer. Ask again in a moment.",
        ),
    ],
)
def test_a_failure_is_told_in_words_and_the_question_is_kept(
    browser: Chrome, widget: ShadowRoot, status: int, body: Any, said: str
) -> None:
    reply_with(browser, body, status)
    ask(browser, widget, "pay?")
    assert texts(widget, ".error") == [said]
    assert widget.find_element(By.CSS_SELECTOR, "textarea").get_property("value") == "pay?"
    [[name, detail]] = browser.execute_script("return window.told")
    assert (name, detail["question"], detail["message"]) == ("error", "pay?", said)


def test_a_real_problem_reaches_the_page(browser: Chrome, widget: ShadowRoot) -> None:
    ask(browser, widget, "breakage")
    [[_, detail]] = browser.execute_script("return window.told")
    assert Problem(**detail["problem"]).code == "internal_error"


def test_a_server_that_is_down_is_told_in_words(browser: Chrome, widget: ShadowRoot) -> None:
    browser.execute_script("document.querySelector('role-assistant').setAttribute('server', 'http://127.0.0.1:9')")
    ask(browser, widget, "pay?")
    assert texts(widget, ".error") == ["The assistant cannot be reached. Check that it is running, then ask again."]


def test_the_question_alone_is_sent_to_the_server_attribute(browser: Chrome, widget: ShadowRoot) -> None:
    browser.execute_script("document.querySelector('role-assistant').setAttribute('server', 'https://a.example/base')")
    reply_with(browser, {}, 500)
    ask(browser, widget, "  pay?  ")
    url, request = browser.execute_script("return window.asked")
    assert (url, json.loads(request["body"])) == ("https://a.example/base/v1/ask", {"question": "pay?"})


def test_it_is_busy_while_it_waits_and_asks_once(browser: Chrome, widget: ShadowRoot) -> None:
    box = widget.find_element(By.CSS_SELECTOR, "textarea")
    box.send_keys("slowly", Keys.ENTER)
    assert not widget.find_element(By.CSS_SELECTOR, "button").is_enabled()
    assert widget.find_element(By.CSS_SELECTOR, "[role=log]").get_attribute("aria-busy") == "true"
    assert texts(widget, ".busy") == ["Looking it up…"]
    ask(browser, widget, "pay?")
    assert texts(widget, ".question") == ["slowly"]
    assert box.get_property("value") == "pay?"
    assert widget.find_element(By.CSS_SELECTOR, "[role=log]").get_attribute("aria-busy") == "false"


def test_shift_and_enter_begin_a_line_and_an_empty_question_is_not_sent(browser: Chrome, widget: ShadowRoot) -> None:
    box = widget.find_element(By.CSS_SELECTOR, "textarea")
    box.send_keys("one", Keys.SHIFT, Keys.ENTER, Keys.NULL, "two")
    assert box.get_property("value") == "one\ntwo"
    box.clear()
    ask(browser, widget, "   ")
    assert texts(widget, ".question") == []


def test_the_parts_have_names_for_those_who_do_not_see_them(browser: Chrome, widget: ShadowRoot) -> None:
    assert widget.find_element(By.CSS_SELECTOR, "textarea").accessible_name == "Your question"
    assert widget.find_element(By.CSS_SELECTOR, "[role=log]").accessible_name == "Questions and answers"
    ask(browser, widget, "median salary of a head of AI")
    assert widget.find_element(By.CSS_SELECTOR, ".block a").accessible_name == "Source 1"


def test_importing_the_class_registers_nothing(browser: Chrome, server: Served) -> None:
    browser.get(f"{server.url}/documents/roles/head%20of%20ai.txt")
    script = """
        const done = arguments[0];
        import("/widget/role-assistant.js").then(({ RoleAssistant }) => {
            const before = customElements.get("role-assistant") ?? null;
            customElements.define("other-name", RoleAssistant);
            const made = new RoleAssistant();
            done([before, made.server.href, document.querySelector("other-name")]);
        });
    """
    assert browser.execute_async_script(script) == [None, f"{server.url}/", None]


def test_colours_follow_the_page_and_the_hour(browser: Chrome, widget: ShadowRoot) -> None:
    def background(scheme: str) -> str:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        return browser.find_element(By.CSS_SELECTOR, "role-assistant").value_of_css_property("background-color")

    assert (background("dark"), background("light")) == ("rgba(23, 28, 38, 1)", "rgba(255, 255, 255, 1)")
    browser.execute_script(
        "document.querySelector('role-assistant').style.setProperty('--role-assistant-surface', 'rgb(1, 2, 3)')"
    )
    assert background("light") == "rgba(1, 2, 3, 1)"


def test_no_page_breaks_its_policy_or_loads_from_elsewhere(browser: Chrome, server: Served, tmp_path: Path) -> None:
    log(browser, "browser")
    log(browser, "performance")
    for path in ("/", "/docs", "/documents/roles/head%20of%20ai.txt?start=2&end=15#cited"):
        browser.get(server.url + path)
        if path == "/docs":
            WebDriverWait(browser, 10).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, ".opblock")) == ROUTES)
        elif path == "/":
            ask(browser, browser.find_element(By.CSS_SELECTOR, "role-assistant").shadow_root, "median salary AI")
    assert log(browser, "browser") == []
    asked = [json.loads(entry["message"])["message"] for entry in log(browser, "performance")]
    urls = [urlsplit(m["params"]["request"]["url"]) for m in asked if m["method"] == "Network.requestWillBeSent"]
    assert len(urls) > 8
    assert {url.netloc for url in urls if url.scheme != "data"} == {urlsplit(server.url).netloc}
