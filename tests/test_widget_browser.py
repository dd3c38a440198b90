"""The widget in Chromium, on the page of another host, under a policy that lets it talk to its own host alone."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsing import browsing, emulate, log, violations
from scripted import DEGREES, NEAR, PUBLISHED, QUESTIONS, RANGES, Scripted, scripted
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from served import Served, served

from assistant.server.problems import Problem

pytestmark = pytest.mark.browser

PATHS = json.loads((Path(__file__).parent / "golden" / "openapi.json").read_text("utf-8"))["paths"]
ROUTES = sum(map(len, PATHS.values()))
WHERE = "Head of AI & Machine Learning › Salary Ranges (US Market, 2024) › Head of AI"
BROKEN = "Something went wrong at the assistant, so there is no answer. Try again in a moment."
CUT = "The answer broke off before its end. Try again."
PAGE = """<!doctype html><html lang="en" {html}><head><meta charset="utf-8"><title>Careers</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>Careers</h1>
<p><a href="#jobs">All jobs</a></p></main><script type="module" src="{host}/widget/{file}"></script>
<role-assistant {attributes}></role-assistant></body></html>"""
POLICY = "default-src 'none'; script-src {host}; connect-src {host}"  # constructed style sheets need no more
WIDE, PHONE = (1100, 820), (320, 640)
OPENS = "return root.querySelector('.launcher').title"  # what the button says
ASKS = "q=median+salary+of+a+head+of+AI"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture(scope="module")
def host() -> Iterator[Scripted]:
    with scripted() as host:
        yield host


@pytest.fixture(scope="module")
def site() -> Iterator[Scripted]:
    with scripted() as site:
        yield site


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


class Widget:
    """The widget on a page, as a person meets it."""

    def __init__(self, browser: Chrome) -> None:
        self.browser = browser

    @property
    def element(self) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, "role-assistant")

    def all(self, selector: str) -> list[WebElement]:
        return self.element.shadow_root.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        found: list[WebElement] = self.wait(lambda: self.all(selector))
        return found[0]

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.all(selector)]

    def wait(self, found: Callable[[], Any], seconds: float = 5) -> Any:
        return WebDriverWait(self.browser, seconds, 0.02).until(lambda _: found())

    def js(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(
            f"const widget = document.querySelector('role-assistant'), root = widget.shadowRoot; {script}", *arguments
        )

    def open(self) -> Widget:
        self.one("button.launcher").click()
        self.wait(lambda: self.texts(".greeting .pill"))
        return self

    def type(self, text: str) -> None:
        self.one("textarea").send_keys(text, Keys.ENTER)

    def ask(self, question: str) -> None:
        """Type a question, press Enter, and wait until it is dealt with."""
        before = len(self.all("article"))
        self.type(question)
        self.wait(lambda: len(self.all("article")) > before and not self.js("return widget.busy"))

    def last(self, selector: str) -> list[str]:
        return self.texts(f"article:last-child {selector}")

    def focused(self) -> str:
        """Which element of the widget has the focus: its classes, or its tag."""
        return str(self.js("return root.activeElement?.className || root.activeElement?.localName || ''"))


@pytest.fixture
def page(browser: Chrome, host: Scripted, site: Scripted) -> Callable[..., Widget]:
    """Opens the page of another host with the widget on it."""

    def page(
        attributes: str = "", *, size: tuple[int, int] = WIDE, html: str = "", file: str = "widget.js", **media: str
    ) -> Widget:
        host.seen.clear()
        host.go_on.clear()
        host.votes = host.tokens = True
        host.languages.clear()
        text = PAGE.format(host=host.url, attributes=attributes, html=html, file=file)
        site.pages["/"] = (text, POLICY.format(host=host.url))
        emulate(browser, width=size[0], height=size[1], **media)
        browser.get(site.url)
        log(browser)
        widget = Widget(browser)
        if file == "widget.js":
            widget.wait(lambda: widget.js("return root !== null"))
        browser.execute_script("""
            window.told = [];
            for (const name of ["answer", "error"])
                document.addEventListener(`role-assistant:${name}`, (event) => window.told.push([name, event.detail]));
        """)
        return widget

    return page


# Opening and closing


def test_nothing_is_fetched_before_it_is_opened_and_nothing_is_ever_kept(
    page: Callable[..., Widget], host: Scripted, browser: Chrome
) -> None:
    widget = page()
    assert {path.split("/")[1] for _, path, _ in host.seen} == {"widget"}
    assert not widget.one("dialog").is_displayed()
    widget.open()
    assert host.asked("/v1/suggestions") == [None]
    widget.ask("What is the median salary?")
    kept = "return [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    assert browser.execute_script(f"return (async () => {{ {kept} }})()") == ["", 0, 0, 0]
    assert browser.get_cookies() == []


def test_it_opens_with_the_focus_in_the_field_and_escape_gives_it_back(page: Callable[..., Widget]) -> None:
    widget = page().open()
    assert widget.focused() == "textarea" and not widget.one(".launcher").is_displayed()
    assert widget.js("return widget.open")
    widget.one("textarea").send_keys("a draft", Keys.ESCAPE)
    assert not widget.one("dialog").is_displayed() and widget.focused() == "launcher"
    widget.one(".launcher").send_keys(Keys.ENTER)
    assert widget.one("textarea").get_property("value") == "a draft"
    assert widget.texts(".greeting .pill") == QUESTIONS[:4]
    widget.one("button[aria-label=Close]").click()
    assert widget.focused() == "launcher" and widget.element.get_attribute("open") is None


def test_a_page_can_open_it_and_gets_its_focus_back(page: Callable[..., Widget], browser: Chrome) -> None:
    widget = page()
    browser.find_element(By.CSS_SELECTOR, "a").send_keys("")
    browser.execute_script("document.querySelector('a').focus(); document.querySelector('role-assistant').open = true")
    assert widget.focused() == "textarea"
    widget.one("textarea").send_keys(Keys.ESCAPE)
    assert browser.switch_to.active_element.text == "All jobs"


def test_the_attribute_opens_it_without_taking_the_focus(page: Callable[..., Widget], browser: Chrome) -> None:
    widget = page("open")
    widget.wait(lambda: widget.texts(".greeting .pill"))
    assert widget.one("dialog").is_displayed()
    assert browser.execute_script("return document.activeElement.localName") == "body"


def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus_inside(
    page: Callable[..., Widget], browser: Chrome
) -> None:
    widget = page(size=PHONE, prefers_reduced_motion="reduce").open()
    assert widget.one("dialog").rect == {"x": 0, "y": 0, "width": 320, "height": 640}
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 320
    seen = set()
    for _ in range(15):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        seen.add(browser.execute_script("return document.activeElement.localName"))
    assert "a" not in seen and "role-assistant" in seen
    widget.one("textarea").send_keys(Keys.ESCAPE)
    assert widget.focused() == "launcher"


def test_a_phone_that_is_turned_keeps_what_was_said(page: Callable[..., Widget], browser: Chrome) -> None:
    widget = page(size=PHONE).open()
    widget.ask("median salary")
    emulate(browser, width=1000, height=700)
    widget.wait(lambda: not widget.js("return root.querySelector('dialog').matches(':modal')"))
    assert widget.js("return widget.open") and widget.texts(".block .text") == list(RANGES)
    emulate(browser, width=320, height=640)
    widget.wait(lambda: widget.js("return root.querySelector('dialog').matches(':modal')"))
    assert widget.one("dialog").is_displayed()


def test_it_is_used_with_the_keyboard_alone(page: Callable[..., Widget], browser: Chrome) -> None:
    widget = page()

    def press(*keys: str) -> None:
        ActionChains(browser).send_keys(*keys).perform()

    def back_to(name: str) -> None:
        for _ in range(20):
            if widget.focused() == name:
                return
            ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
        pytest.fail(f"{name} cannot be reached")

    press(Keys.TAB)
    press(Keys.TAB)
    assert widget.focused() == "launcher"
    press(Keys.ENTER)
    widget.wait(lambda: widget.texts(".pill"))
    press("What is the median salary?", Keys.ENTER)
    widget.wait(lambda: widget.texts(".actions"))
    assert widget.focused() == "textarea"
    back_to("ref")
    press(Keys.ENTER)
    widget.wait(lambda: widget.texts(".card"))
    press(Keys.TAB)
    assert widget.js("return root.activeElement.href").endswith("#cited")
    back_to("ref")
    press(Keys.SPACE)
    assert widget.texts(".card") == []
    back_to("icon down")
    press(Keys.SPACE)
    widget.wait(lambda: widget.texts(".why"))
    press(Keys.ESCAPE)
    assert widget.focused() == "launcher"


# Asking


def test_blocks_are_shown_as_they_stream_in_and_each_once(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.type("slowly: what is the median?")
    widget.wait(lambda: widget.texts(".block"))
    assert widget.texts(".block .text") == list(RANGES[:1])
    assert widget.texts(".busy") == ["Looking it up…"]
    assert widget.one(".stop").is_displayed() and not widget.one(".send").is_displayed()
    host.go_on.set()
    widget.wait(lambda: not widget.js("return widget.busy"))
    assert widget.texts(".block .text") == list(RANGES)
    assert widget.texts(".label") == ["Head of AI"] and widget.texts(".path") == []
    assert widget.texts(".busy") == [] and widget.one(".send").is_displayed()
    [[name, detail]] = widget.js("return window.told")
    assert (name, detail["answer"]["status"]) == ("answer", "answered")


def test_a_server_that_does_not_stream_is_understood_too(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("all at once")
    assert widget.texts(".block .text") == list(RANGES)
    assert widget.texts(".block .ref") == ["1", "2"]


def test_a_source_opens_as_a_card_with_its_surroundings(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.ask("What is the median salary?")
    number = widget.one(".ref")
    assert (number.accessible_name, number.get_attribute("aria-expanded")) == ("Source 1", "false")
    number.click()
    widget.wait(lambda: "Salary range" in widget.texts("blockquote")[0])
    # There is an emoji above, which JavaScript counts as five and the offsets as three.
    assert widget.texts("blockquote") == [
        "Salary range: $245,000 - $438,000\n## Head of AI\nMedian salary: $234,750\n"
        "Salary range: $195,000 - $283,800\n# Education"
    ]
    assert widget.texts("mark") == ["Median salary: $234,750"]
    assert widget.texts(".card .path") == [
        "Head of AI & Machine Learning › Salary Ranges (US Market, 2024) › Head of AI"
    ]
    links = [(link.get_attribute("href"), link.get_attribute("rel")) for link in widget.all(".card a")]
    assert links[0][0] and links[0][0].startswith(f"{host.url}/documents/roles/head%20of%20ai.txt?start=")
    assert links[1] == (PUBLISHED, "noopener noreferrer")
    assert number.get_attribute("aria-expanded") == "true"
    number.click()
    assert widget.texts(".card") == []


def test_a_document_that_has_changed_since_is_said(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("What has moved?")
    widget.one(".ref").click()
    widget.wait(lambda: widget.texts(".card .note") == ["The document has changed since."])
    assert widget.texts("blockquote") == ["Median salary: $234,750"]


def test_a_refusal_shows_its_message_folded_passages_and_what_is_answered_near_it(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("How many days of holiday are there, beside salary?")
    assert widget.texts(".message") == ["The documents speak of salary ranges, and say nothing of “holiday”."]
    assert not widget.one(".near").is_displayed() and widget.texts(".copy, .block") == []
    widget.one("summary").click()
    assert widget.texts(".near .text") == ["Salary range: $245,000 - $438,000", DEGREES[1]]
    widget.all(".near .ref")[1].click()
    widget.wait(lambda: widget.texts("mark") == [DEGREES[1]])
    assert widget.texts(".instead .pill") == NEAR
    widget.all(".instead .pill")[0].click()
    widget.wait(lambda: len(widget.all("article")) == 2)
    assert widget.texts(".question .text")[-1] == NEAR[0]


def test_where_nothing_is_about_it_no_passage_is_shown_but_a_person_is_named(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("zebra")
    assert widget.texts(".message") == ["Nothing in the documents is about this."]
    assert widget.all("details, .near, .instead .pill") == []
    assert widget.texts(".handoff")[0].startswith("Ask Ada at ada@example.org or see https://people.example.org/ask")
    links = [link.get_attribute("href") for link in widget.all(".handoff a")]
    assert links == ["mailto:ada@example.org"]


def test_a_greeting_is_answered_with_what_can_be_asked(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("hello")
    assert widget.texts(".message") == ["Hello! Ask me about pay."]
    assert widget.texts(".reply .pill") == QUESTIONS[:4]
    assert widget.all("details, .votes") == []


def test_an_unlikely_answer_says_that_it_may_not_fit(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("unsure")
    assert widget.texts(".blocks > .note") == ["This may not fit the question."]


def test_what_is_compared_stands_under_its_own_headings(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("compare")
    assert widget.texts(".label") == ["Head of Machine Learning 1", "Head of AI 3"]
    assert widget.texts(".block .text") == ["Median salary: $336,500", "Median salary: $234,750"]
    assert widget.texts(".block b") == ["Median salary:", "Median salary:"]
    widget.one(".wider").click()
    first, second = (group.rect for group in widget.all(".group"))
    assert first["y"] == second["y"] and first["x"] + first["width"] < second["x"]


def test_rows_are_a_table_with_the_names_of_their_columns(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("table")
    assert widget.texts("th") == ["Job", "Pay"]
    assert [text.strip() for text in widget.texts("td")] == ["Head of AI", "$234,750 2", "Head of ML", "3"]
    widget.all("td .ref")[1].click()
    widget.wait(lambda: widget.texts(".table > .card"))


def test_where_several_documents_answer_one_is_chosen(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.ask("in which guide is the salary?")
    assert widget.last(".examples .pill") == ["Head of AI & Machine Learning", "Head of Sales"]
    widget.all("article .pill")[1].click()
    widget.wait(lambda: len(host.asked()) == 2)
    assert host.asked()[-1]["filters"] == {"document_ids": ["other.txt"]}
    widget.wait(lambda: widget.last(".question .note") == ["In: Head of Sales"])


def test_differing_places_are_shown_side_by_side(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("Which degree is required?")
    assert widget.texts(".conflict > p") == ["The documents differ about this:"]
    assert widget.texts(".conflict .text") == list(DEGREES)
    assert widget.texts(".conflict .ref") == ["1", "2"]


def test_a_follow_up_is_sent_with_what_was_said_and_shown_as_it_was_understood(
    page: Callable[..., Widget], host: Scripted
) -> None:
    widget = page().open()
    widget.ask("What is the median salary?")
    assert widget.texts(".blocks > .note") == []
    widget.ask("And the range?")
    assert widget.texts(".blocks > .note") == ["Understood as: What is the range of the Head of AI?"]
    widget.ask("crowded")
    widget.one("button[aria-label='Start over']").click()
    assert widget.texts("article") == [] and widget.texts(".greeting .pill") == QUESTIONS[:4]
    widget.ask("afresh")
    said = [
        {"role": "user", "content": "What is the median salary?"},
        {"role": "assistant", "content": "\n".join(RANGES)},
    ]
    sent = host.asked()
    assert sent[0] == {"question": "What is the median salary?", "history": [], "stream": True}
    assert sent[1] == {"question": "And the range?", "history": said, "stream": True}
    assert sent[3]["history"] == []


def test_a_long_talk_stays_within_what_the_server_takes(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    long = "👩" * 1999
    for _ in range(6):
        widget.js("widget.ask(arguments[0])", long)
        widget.wait(lambda: not widget.js("return widget.busy"))
    body = host.asked()[-1]
    assert len(body["history"]) == 8
    assert len(json.dumps(body, ensure_ascii=False).encode()) < 64 * 1024
    assert {len(turn["content"]) for turn in body["history"]} == {1500, len("\n".join(RANGES))}


def test_an_answer_is_copied_with_its_sources(page: Callable[..., Widget], browser: Chrome, site: Scripted) -> None:
    rights = {"origin": site.url, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}
    browser.execute_cdp_cmd("Browser.grantPermissions", rights)
    widget = page().open()
    widget.ask("What is the median salary?")
    widget.one(".copy").click()
    widget.wait(lambda: widget.texts(".told") == ["Copied."])
    text = browser.execute_script("return navigator.clipboard.readText()")
    assert text.splitlines() == [
        "Head of AI",
        f"- {RANGES[0]} [1]",
        f"- {RANGES[1]} [2]",
        "",
        "Sources:",
        f"[1] {WHERE}: {PUBLISHED}",
        f"[2] {WHERE}: {PUBLISHED}",
    ]
    browser.execute_script("navigator.clipboard.writeText = () => Promise.reject(new Error('no'))")
    widget.one(".copy").click()
    widget.wait(lambda: widget.texts(".told") == ["Copied."])


def test_a_vote_is_sent_and_shown(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.ask("What is the median salary?")
    assert [each.accessible_name for each in widget.all(".votes button")] == ["Helpful", "Not helpful"]
    widget.one(".down").click()
    widget.wait(lambda: widget.texts(".told") == ["Thank you."])
    vote = {"answer_id": "ans_1", "token": "token", "vote": "down"}
    assert host.asked("/v1/feedback") == [vote]
    widget.one(".why input").send_keys("last year's", Keys.ENTER)
    widget.wait(lambda: widget.texts(".told") == ["Noted. Thank you."])
    reason = {"answer_id": "ans_1", "token": "token", "vote": "comment", "comment": "last year's"}
    assert host.asked("/v1/feedback")[1:] == [reason] and widget.all(".why") == []
    assert [each.get_attribute("aria-pressed") for each in widget.all(".votes button")] == ["false", "true"]


def test_a_vote_against_an_answer_is_asked_for_a_reason(
    page: Callable[..., Widget], host: Scripted, browser: Chrome
) -> None:
    widget = page().open()
    widget.ask("What is the median salary?")
    widget.one(".down").click()
    field = widget.one(".why input")
    assert field.accessible_name == "What is wrong or missing?" and violations(browser) == []
    field.send_keys("  ", Keys.ENTER)
    field.send_keys("last year's", Keys.ENTER)
    widget.wait(lambda: widget.all(".why") == [])
    voted = {"answer_id": "ans_1", "token": "token"}
    assert host.asked("/v1/feedback")[1:] == [{**voted, "vote": "comment", "comment": "last year's"}]
    widget.one(".down").click()
    widget.wait(lambda: len(widget.all(".why")) == 1)
    widget.one(".up").click()
    widget.wait(lambda: widget.all(".why") == [])
    assert host.asked("/v1/feedback")[3:] == [{**voted, "vote": "up"}]


def test_a_reason_for_an_answer_that_is_kept_no_more_ends_voting(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.ask("What is the median salary?")
    widget.one(".down").click()
    field = widget.one(".why input")
    host.votes = False
    field.send_keys("last year's", Keys.ENTER)
    widget.wait(lambda: widget.all(".why") == [])
    assert widget.all(".votes") == [] and widget.texts(".told") == ["Thank you."]


def test_where_votes_are_not_kept_nobody_is_asked_for_one(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    host.tokens = False
    widget.ask("What is the median salary?")
    assert widget.all(".votes") == [] and len(widget.all(".copy")) == 1


def test_where_the_server_takes_no_votes_the_thumbs_go_quietly(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    host.votes = False
    widget.ask("What is the median salary?")
    widget.one(".up").click()
    widget.wait(lambda: widget.all(".votes") == [])
    assert widget.texts(".told, .error") == [""]
    widget.ask("once more")
    assert widget.all(".votes") == [] and len(widget.all(".copy")) == 2


# The field


def test_shift_and_enter_begin_a_line_and_an_empty_question_is_not_sent(
    page: Callable[..., Widget], host: Scripted
) -> None:
    widget = page().open()
    box = widget.one("textarea")
    box.send_keys("one", Keys.SHIFT, Keys.ENTER, Keys.NULL, "two")
    assert box.get_property("value") == "one\ntwo"
    box.clear()
    box.send_keys("   ", Keys.ENTER)
    assert widget.all("article") == [] and host.asked() == []


def test_the_limit_is_told_and_counted_in_whole_characters(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    box = widget.one("textarea")

    def put(text: str) -> str:
        widget.js("root.querySelector('textarea').value = arguments[0]", text)
        box.send_keys(Keys.SPACE)
        return widget.one("#hint").text

    assert box.accessible_name == "Your question"
    assert not widget.one("#hint").is_displayed()
    assert put("👩" * 1900) == "1900 of 2000 characters"
    assert put("👩" * 2003) == "3 characters too many: shorten the question."
    box.send_keys(Keys.ENTER)
    assert host.asked() == [] and box.get_attribute("aria-invalid") == "true"
    assert put("👩" * 2000) == "2000 of 2000 characters"
    box.send_keys(Keys.ENTER)
    widget.wait(lambda: len(host.asked()) == 1)
    assert host.asked()[0]["question"] == "👩" * 2000


def test_what_is_typed_meanwhile_waits_in_the_field(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.type("slowly")
    widget.wait(lambda: widget.texts(".block"))
    widget.type("the next one")
    assert len(host.asked()) == 1 and widget.all(".greeting .pill") == []
    assert widget.one("textarea").get_property("value") == "the next one"
    host.go_on.set()
    widget.wait(lambda: not widget.js("return widget.busy"))
    widget.one("textarea").send_keys(Keys.ENTER)
    widget.wait(lambda: len(host.asked()) == 2)


# What goes wrong


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("crowded", "Too many questions at the moment. Try again in 7 s."),
        ("overloaded", "Too many questions at the moment. Try again in 3 s."),
        ("unready", "The documents are not ready yet. Try again in a moment."),
        ("unfit", "This cannot be asked: question: should be shorter."),
        ("garbled", BROKEN),
        ("odd", BROKEN),
        ("gateway", BROKEN),
        ("it fails once", BROKEN),
    ],
)
def test_a_failure_is_told_in_words_and_can_be_tried_again(
    page: Callable[..., Widget], host: Scripted, question: str, said: str
) -> None:
    widget = page().open()
    widget.ask(question)
    assert widget.texts(".error") == [said]
    assert widget.texts(".question .text") == [question]
    [[name, detail]] = widget.js("return window.told")
    assert (name, detail["question"], detail["message"]) == ("error", question, said)
    widget.one(".reply .pill").click()
    widget.wait(lambda: len(host.asked()) == 2 and not widget.js("return widget.busy"))
    assert widget.texts(".question .text") == [question]
    assert widget.texts(".error") == ([] if "once" in question else [said])
    assert len(widget.texts(".block")) == (2 if "once" in question else 0)


@pytest.mark.parametrize(("question", "said"), [("cut", CUT), ("fault", BROKEN)])
def test_a_server_that_goes_down_midway_loses_nothing_that_came(
    page: Callable[..., Widget], question: str, said: str
) -> None:
    widget = page().open()
    widget.ask(question)
    assert widget.texts(".block .text") == list(RANGES[:1])
    assert widget.texts(".error") == [said]
    assert widget.texts(".reply .pill") == ["Try again"]


def test_a_server_that_is_down_is_told_in_words_and_asked_again(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.js("widget.fetch = () => Promise.reject(new TypeError('Failed to fetch'))")
    widget.ask("pay?")
    assert widget.texts(".error") == ["The assistant cannot be reached. Try again in a moment."]
    widget.js("widget.fetch = (...asked) => fetch(...asked)")
    widget.one(".reply .pill").click()
    widget.wait(lambda: widget.texts(".block"))
    assert widget.texts(".error") == []


def test_a_server_killed_in_the_middle_is_told_in_words(browser: Chrome) -> None:
    with served() as server:
        browser.get(server.url)
        widget = Widget(browser)
        widget.type("slowly, what is the median salary of a head of AI?")
        widget.wait(lambda: widget.texts(".busy"))
        os.kill(server.process.pid, signal.SIGKILL)
        widget.wait(lambda: widget.texts(".error"))
        assert widget.texts(".question .text") == ["slowly, what is the median salary of a head of AI?"]


def test_an_answer_is_stopped_and_what_came_stays(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page().open()
    widget.type("slowly")
    widget.wait(lambda: widget.texts(".block"))
    stop = widget.one(".stop")
    assert stop.accessible_name == "Stop"
    stop.click()
    widget.wait(lambda: widget.texts(".error") == ["Stopped."])
    assert widget.texts(".block .text") == list(RANGES[:1]) and widget.focused() == "textarea"
    assert widget.js("return window.told") == []
    host.go_on.set()
    widget.one(".reply .pill").click()
    widget.wait(lambda: widget.texts(".block .text") == list(RANGES))


def test_a_slow_server_is_waited_for_with_a_word_and_not_for_ever(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.js("const set = setTimeout; window.setTimeout = (f, ms) => set(f, ms / 30);")
    widget.type("slowly")
    widget.wait(lambda: widget.texts(".busy") == ["Still looking. You can wait, or stop."])
    widget.wait(lambda: widget.texts(".error") == ["The assistant did not answer in time. Try again in a moment."])


# Safety


def test_what_documents_and_people_write_is_text_and_never_markup(page: Callable[..., Widget], browser: Chrome) -> None:
    markup = "markup <img src=x onerror=\"window.hit='question'\"><svg onload=\"window.hit='question'\">"
    widget = page(f"""title="{markup.replace('"', "&quot;")}" """)
    widget.open()
    widget.ask(markup)
    for number in widget.all(".ref"):
        number.click()
    widget.wait(lambda: any("onerror" in text for text in widget.texts("blockquote")))
    assert widget.texts(".question .text") == [markup] and widget.texts("h2") == [markup]
    assert len(widget.all(".card")) == 4
    assert widget.all("img, script, iframe, svg[onload], [onerror]") == []
    assert widget.js("return [...root.querySelectorAll('*')].some((each) => each.attributes.onload)") is False
    schemes = {urlsplit(str(each.get_attribute("href"))).scheme for each in widget.all("a")}
    assert schemes <= {"http", "https"}
    assert browser.execute_script("return window.hit") is None
    assert log(browser) == []


def test_no_word_goes_to_the_console_under_the_strict_policy(
    page: Callable[..., Widget], browser: Chrome, host: Scripted
) -> None:
    log(browser, "performance")
    widget = page().open()
    widget.ask("What is the median salary?")
    widget.one(".ref").click()
    widget.ask("How many days of holiday are there?")
    widget.ask("Which degree?")
    widget.ask("cut")
    widget.one(".down").click()
    widget.wait(lambda: "Thank you." in widget.texts(".told"))
    assert log(browser) == []
    asked = [json.loads(entry["message"])["message"] for entry in log(browser, "performance")]
    urls = [urlsplit(m["params"]["request"]["url"]) for m in asked if m["method"] == "Network.requestWillBeSent"]
    site = urlsplit(browser.current_url).netloc
    assert {url.netloc for url in urls if url.path.startswith(("/v1", "/widget"))} == {urlsplit(host.url).netloc}
    assert {url.netloc for url in urls if url.scheme != "data"} == {urlsplit(host.url).netloc, site}


# Looks


def bring(widget: Widget, state: str) -> None:
    """Bring a closed widget into a state."""
    if state == "closed":
        return
    widget.open()
    if state == "waiting":
        widget.type("slowly")
        widget.wait(lambda: widget.texts(".block"))
    elif state == "too long":
        put = "box.value = 'x'.repeat(2001); box.dispatchEvent(new Event('input'))"
        widget.js(f"const box = root.querySelector('textarea'); {put}")
    elif state != "open":
        widget.ask(STATES[state])
    if state == "refusal":
        widget.one("summary").click()
    if state in ("answer", "refusal"):
        widget.one(".ref").click()
        widget.wait(lambda: widget.texts(".card"))


STATES = {  # the question that leads to it
    "closed": "",
    "open": "",
    "answer": "What is the median?",
    "refusal": "holiday",
    "ambiguous": "in which guide?",
    "conflict": "Which degree?",
    "comparison": "compare",
    "table": "table",
    "greeting": "hello",
    "unsure": "unsure",
    "error": "crowded",
    "waiting": "slowly",
    "too long": "",
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_wrong(
    page: Callable[..., Widget], browser: Chrome, size: tuple[int, int], scheme: str, state: str
) -> None:
    widget = page(size=size, prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    bring(widget, state)
    assert violations(browser) == []


def test_the_parts_have_names_and_roles_for_those_who_do_not_see_them(page: Callable[..., Widget]) -> None:
    widget = page()
    assert widget.one(".launcher").accessible_name == "Ask a question"
    widget.open()
    assert (widget.one("dialog").aria_role, widget.one("dialog").accessible_name) == ("dialog", "Ask the documents")
    log = widget.one("[role=log]")
    assert (log.aria_role, log.accessible_name, log.get_attribute("aria-live")) == (
        "log",
        "Questions and answers",
        "polite",
    )
    assert widget.one("textarea").accessible_name == "Your question"
    names = [button.accessible_name for button in widget.all("dialog button") if button.is_displayed()]
    assert names == ["Wider", "Start over", "Close", *QUESTIONS[:4], "Send"]


def test_colours_follow_the_hour_and_the_page(page: Callable[..., Widget], browser: Chrome) -> None:
    def background(widget: Widget) -> str:
        return widget.one("dialog").value_of_css_property("background-color")

    assert background(page("open", prefers_color_scheme="dark")) == "rgba(23, 28, 38, 1)"
    widget = page("open", prefers_color_scheme="light")
    assert background(widget) == "rgba(255, 255, 255, 1)"
    widget.js("widget.style.setProperty('--role-assistant-surface', 'rgb(1, 2, 3)')")
    assert background(widget) == "rgba(1, 2, 3, 1)"
    sheet = "role-assistant::part(launcher) { border-radius: 7px } * { font-size: 5px; text-align: right }"
    widget.js(
        "const sheet = new CSSStyleSheet(); sheet.replaceSync(arguments[0]); document.adoptedStyleSheets = [sheet]",
        sheet,
    )
    assert widget.one(".launcher").value_of_css_property("border-radius") == "7px"
    assert widget.one("textarea").value_of_css_property("font-size") == "5px"  # only what is said of the element itself


def test_motion_is_left_out_for_those_who_ask_for_less(page: Callable[..., Widget]) -> None:
    assert page("open").one("dialog").value_of_css_property("animation-name") == "rise"
    still = page("open", prefers_reduced_motion="reduce")
    assert still.one("dialog").value_of_css_property("animation-name") == "none"


def test_in_forced_colours_the_buttons_have_edges(page: Callable[..., Widget]) -> None:
    widget = page(forced_colors="active")
    edge = widget.one(".launcher").value_of_css_property("border-top-color")
    back = widget.one(".launcher").value_of_css_property("background-color")
    assert edge != back


def test_from_right_to_left_it_stands_on_the_left(page: Callable[..., Widget]) -> None:
    assert page(html='dir="rtl"').one(".launcher").rect["x"] < 100
    assert page().one(".launcher").rect["x"] > 900


def test_words_title_and_language_are_the_pages_to_choose(page: Callable[..., Widget]) -> None:
    strings = json.dumps({"label": "Ihre Frage", "open": "Fragen"}).replace('"', "&quot;")
    widget = page(f'lang="de" title="Fragen Sie uns" strings="{strings}"')
    assert widget.one(".launcher").accessible_name == "Fragen"
    widget.open()
    assert widget.one("textarea").accessible_name == "Ihre Frage" and widget.texts("h2") == ["Fragen Sie uns"]
    assert widget.one("section").get_attribute("lang") == "de"
    widget.js("widget.title = 'Anders'")
    assert widget.texts("h2") == ["Anders"]
    broken = page('strings="no"')
    assert broken.one(".launcher").accessible_name == "Ask a question"


def test_it_speaks_the_language_of_its_element_else_of_its_page_else_of_the_browser(
    page: Callable[..., Widget], browser: Chrome
) -> None:
    said = {"de": "Eine Frage stellen", "fr": "Poser une question", "es": "Hacer una pregunta"}
    assert page('lang="de-AT"').one(".launcher").accessible_name == said["de"]
    assert page().one(".launcher").accessible_name == "Ask a question"
    widget = page()
    browser.execute_script("document.documentElement.lang = 'fr'")
    widget.js("widget.lang = 'de'; widget.removeAttribute('lang')")
    widget.wait(lambda: widget.js(OPENS) == said["fr"])
    browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": "x", "acceptLanguage": "es-MX,es;q=0.9"})
    try:
        widget = page()
        browser.execute_script("document.documentElement.removeAttribute('lang')")
        widget.js("widget.lang = 'xx'")  # which there is not
        widget.wait(lambda: widget.js(OPENS) == said["es"])
        assert widget.one("section").get_attribute("lang") == "es"
    finally:
        browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": ""})


def test_it_asks_in_its_language(page: Callable[..., Widget], host: Scripted) -> None:
    widget = page('lang="de"').open()
    widget.ask("What about the holidays?")
    assert host.languages == ["de"]


def test_in_arabic_it_is_set_from_right_to_left_and_stands_where_the_page_has_it(page: Callable[..., Widget]) -> None:
    widget = page('lang="ar"')
    assert widget.one(".launcher").rect["x"] > 900
    widget.open()
    assert widget.one("dialog").rect["x"] > 500
    assert widget.one("section").get_attribute("lang") == "ar"
    assert widget.js("return getComputedStyle(root.querySelector('form')).direction") == "rtl"
    assert widget.one("button.send").rect["x"] < widget.one("textarea").rect["x"]
    title, close, dialog = (widget.one(each).rect for each in ("h2", "dialog header button:last-child", "dialog"))
    assert close["x"] < dialog["x"] + 30 and title["x"] + title["width"] > dialog["x"] + dialog["width"] - 30
    assert page(html='dir="rtl"').js("return getComputedStyle(root.querySelector('form')).direction") == "ltr"


def test_counts_have_the_forms_of_the_language(page: Callable[..., Widget]) -> None:
    widget = page('lang="ar"').open()
    told = []
    for over in (1, 2, 3, 11, 100):
        type = "field.value = 'x'.repeat(2000 + arguments[0]); field.dispatchEvent(new Event('input'))"
        widget.js(f"const field = root.querySelector('textarea'); {type}", over)
        told.append(widget.one("#hint").text)
    assert told[0] == "حرف زائد (1): اختصر السؤال." and told[3] == "11 حرفًا زائدًا: اختصر السؤال."
    assert len({re.sub(r"\d+", "", each) for each in told}) == 5


def test_another_language_keeps_what_was_said_and_typed(page: Callable[..., Widget]) -> None:
    widget = page().open()
    widget.ask("What is the median salary?")
    said = widget.last(".text")
    widget.one("textarea").send_keys("And of")
    widget.js("widget.lang = 'de'")
    widget.wait(lambda: widget.js(OPENS) == "Eine Frage stellen")
    assert widget.one("textarea").accessible_name == "Ihre Frage"
    assert widget.last(".text") == said and widget.one("textarea").get_attribute("value") == "And of"
    assert widget.one("dialog").is_displayed() and len(widget.all("dialog")) == 1
    widget.one("textarea").send_keys(" a director?", Keys.ENTER)
    widget.wait(lambda: len(widget.all("article")) == 2)


def test_words_that_did_not_come_are_asked_for_again(page: Callable[..., Widget], host: Scripted) -> None:
    host.wordless = 1
    widget = page()
    assert widget.all(".launcher") == []
    widget.js("widget.ask('What is the median salary?')")
    widget.wait(lambda: widget.last(".block"), seconds=9)
    assert host.wordless == 0


def test_importing_the_class_registers_nothing(page: Callable[..., Widget], browser: Chrome, host: Scripted) -> None:
    page(file="role-assistant.js")
    script = """
        const [host, done] = arguments;
        import(`${host}/widget/role-assistant.js`).then(({ RoleAssistant }) => {
            const before = customElements.get("role-assistant") ?? null;
            customElements.define("other-name", RoleAssistant);
            done([before, new RoleAssistant().server.href]);
        }, (error) => done(String(error)));
    """
    assert browser.execute_async_script(script, host.url) == [None, f"{host.url}/"]


def test_the_server_attribute_names_another_host_and_a_folder_of_it(page: Callable[..., Widget]) -> None:
    widget = page('server="https://a.example/base"')
    widget.js("""
        window.asked = [];
        widget.fetch = async (url) => { window.asked.push(url); return new Response('{}', {status: 500}); };
    """)
    widget.one(".launcher").click()
    widget.ask("pay?")
    assert widget.js("return window.asked") == [
        "https://a.example/base/v1/suggestions",
        "https://a.example/base/v1/ask",
    ]


# With the real server


def test_from_the_question_to_the_marked_place_in_the_document(browser: Chrome, server: Served) -> None:
    emulate(browser)
    browser.get(server.url)
    log(browser)
    widget = Widget(browser)
    widget.ask("median salary of a head of AI")
    assert widget.texts(".block .text") == ["The median salary of a head of AI is $234,750."]
    widget.one(".ref").click()
    widget.wait(lambda: "Figures are" in widget.texts("blockquote")[0])
    browser.get(str(widget.one(".card a").get_property("href")))
    mark = browser.find_element(By.ID, "cited")
    assert mark.text == "The median salary of a head of AI is $234,750."
    assert 0 < mark.rect["y"] < 820 and browser.current_url.startswith(
        f"{server.url}/documents/roles/head%20of%20ai.txt"
    )
    assert log(browser) == []


def test_a_real_refusal_and_a_real_problem_are_shown(browser: Chrome, server: Served) -> None:
    browser.get(server.url)
    widget = Widget(browser)
    browser.execute_script(
        "addEventListener('role-assistant:error', (event) => { window.problem = event.detail.problem; })"
    )
    widget.ask("budget of zebras and lions")
    assert widget.texts(".message") == ["The documents do not say."] and len(widget.all(".near")) == 2
    widget.ask("breakage")
    assert widget.texts(".error") == [BROKEN]
    assert Problem(**browser.execute_script("return window.problem")).code == "internal_error"


def test_no_page_breaks_its_policy_or_loads_from_elsewhere(browser: Chrome, server: Served) -> None:
    log(browser)
    log(browser, "performance")
    for path in ("/", "/docs", "/documents", "/documents/roles/head%20of%20ai.txt?start=2&end=15#cited"):
        browser.get(server.url + path)
        if path == "/docs":
            WebDriverWait(browser, 10).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, ".opblock")) == ROUTES)
        elif path == "/":
            widget = Widget(browser)
            widget.ask("median salary AI")
    assert log(browser) == []
    asked = [json.loads(entry["message"])["message"] for entry in log(browser, "performance")]
    urls = [urlsplit(m["params"]["request"]["url"]) for m in asked if m["method"] == "Network.requestWillBeSent"]
    assert len(urls) > 8
    assert {url.netloc for url in urls if url.scheme != "data"} == {urlsplit(server.url).netloc}


@pytest.mark.parametrize("path", ["/", "/documents", f"/?{ASKS}", "/documents?lang=ar", f"/?lang=ar&{ASKS}"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_wrong_with_the_pages(
    browser: Chrome, server: Served, size: tuple[int, int], scheme: str, path: str
) -> None:
    emulate(browser, width=size[0], height=size[1], prefers_color_scheme=scheme, prefers_reduced_motion="reduce")
    browser.get(server.url + path)
    if ASKS in path:
        WebDriverWait(browser, 5).until(lambda _: Widget(browser).texts(".actions"))
    assert violations(browser) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= size[0]


def test_the_first_page_asks_what_its_address_holds_and_folds_to_the_button(browser: Chrome, server: Served) -> None:
    emulate(browser)
    browser.get(f"{server.url}/?q=median+salary+of+a+head+of+AI")
    widget = Widget(browser)
    widget.wait(lambda: widget.texts(".block .text") == ["The median salary of a head of AI is $234,750."])
    assert widget.one("dialog").rect["width"] == 1100 and widget.focused() == "textarea"
    assert [link.text for link in browser.find_elements(By.CSS_SELECTOR, "[slot=links]")] == ["Documents", "API"]
    assert browser.find_element(By.CSS_SELECTOR, ".about").text == "It answers from Head of AI."
    copy = widget.one("button[aria-label='Copy a link to the question']")
    browser.execute_script("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    copy.click()
    shared = "/?q=median%20salary%20of%20a%20head%20of%20AI"
    widget.wait(lambda: browser.execute_script("return window.copied") == server.url + shared)
    widget.one("textarea").send_keys(Keys.ESCAPE)
    assert widget.focused() == "launcher" and browser.find_element(By.CSS_SELECTOR, "main h1").is_displayed()


def test_on_paper_the_first_page_is_the_answers_and_their_sources(browser: Chrome, server: Served) -> None:
    emulate(browser)
    browser.get(f"{server.url}/?q=median+salary+of+a+head+of+AI")
    widget = Widget(browser)
    widget.wait(lambda: widget.texts(".actions"))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert widget.one(".printed").is_displayed() and widget.one(".block").is_displayed()
    assert not widget.one("header").is_displayed() and not widget.one(".ask").is_displayed()
    assert "documents/roles/head%20of%20ai.txt" in widget.one(".printed").text
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
