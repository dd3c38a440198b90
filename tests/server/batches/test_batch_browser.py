"""The page for files of questions in a real browser."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from browsing import browsing, emulate, log, violations
from injections import EVERY
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from serving import serving, until

from assistant.server import create_app
from assistant.server.batches.routes import Batches
from assistant.server.batches.runs import Runs
from assistant.server.batches.work import Worker
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Filters, Turn

KEY = "a-key-of-24-characters"
pytestmark = pytest.mark.browser


class Gated(StaticAnswerer):
    """Answers what holds a `slowly` once it is let go."""

    def __init__(self) -> None:
        super().__init__(document("# Pay\nThe median pay is $5.\n"))
        self.go = Event()

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        if "slowly" in question:
            self.go.wait(20)
        return super().ask(question, history=history, filters=filters)


class Site:
    """A browser on the page of a server."""

    def __init__(self, browser: Chrome, url: str, folder: Path, answerer: Gated) -> None:
        self.browser, self.folder, self.answerer = browser, folder, answerer
        self.url = url.replace("://", f"://me:{KEY}@")
        self.load()

    def load(self, query: str = "") -> None:
        self.browser.get(f"{self.url}/admin/batch{query}")

    def one(self, selector: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def seen(self, selector: str) -> list[WebElement]:
        """Those that are shown, found and judged at one time, as the page may change between two looks."""
        script = "return [...document.querySelectorAll(arguments[0])].filter((each) => each.checkVisibility())"
        return list(self.browser.execute_script(script, selector))

    def choose(self, name: str, text: str) -> None:
        """Chooses a file, and waits until it is read."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        before = len(self.seen(".run"))
        self.one("#file").send_keys(str(path))
        until(lambda: len(self.seen(".run")) == before + 1)

    def state(self) -> str:
        return self.one(".run .state").text

    def focus(self) -> Any:
        return self.browser.execute_script("return document.activeElement")

    def overflow(self) -> int:
        script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.browser.execute_script(script))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@contextmanager
def running(folder: Path, answerer: Gated) -> Iterator[str]:
    runs = Runs(folder / "batches", questions=100)
    worker = Worker(runs)
    app = create_app(lambda: answerer, batches=Batches(runs, worker, admin_key=KEY))
    with serving(app) as url:
        try:
            with worker.working():
                yield url
        finally:
            answerer.go.set()


@pytest.fixture
def site(browser: Chrome, tmp_path: Path) -> Iterator[Site]:
    answerer = Gated()
    downloads = {"behavior": "allow", "downloadPath": str(tmp_path / "downloads")}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)
    emulate(browser)
    log(browser)
    with running(tmp_path, answerer) as url:
        yield Site(browser, url, tmp_path, answerer)
        answerer.go.set()
        browser.get("about:blank")


def test_a_file_is_seen_asked_watched_and_downloaded_by_keyboard_alone(site: Site) -> None:
    site.choose("plan.csv", "no,question\n1,median pay\n2,zebra slowly\n3,\n")
    assert site.one("#said").text == "plan.csv is read. 2 questions would be asked."
    assert site.focus() == site.one(".run") and site.state() == "Nothing is asked yet."
    told = "The column 'question' would be asked: 2 questions, 2 of them different; 1 row without one."
    assert [each.text for each in site.seen(".told li")] == [told]
    keys = ActionChains(site.browser)
    keys.send_keys(Keys.TAB).perform()  # the column
    assert site.focus().get_attribute("name") == "column"
    keys.send_keys(Keys.TAB, Keys.ENTER).perform()  # the questions
    assert [each.text.split("\n") for each in site.seen(".shown li")] == [
        ["row 1", "median pay"],
        ["row 2", "zebra slowly"],
    ]
    keys.send_keys(Keys.TAB).perform()
    if site.focus().tag_name == "ul":  # which a browser may take for something to scroll
        keys.send_keys(Keys.TAB).perform()
    assert site.focus().text == "Ask 2 questions"
    keys.send_keys(Keys.ENTER).perform()
    until(lambda: site.one(".count").text == "1 of 2 questions asked.")
    assert site.one("progress").get_property("value") == 1 and site.state().startswith("Is being asked.")
    assert site.focus() == site.one(".run")  # its button has gone, the place is kept
    site.load()  # what runs is there again after a reload
    until(lambda: site.seen(".count") and site.one(".count").text.startswith("1 of 2 questions asked."))
    site.answerer.go.set()
    until(lambda: site.state().startswith("Done. 3 rows: 1 answered, 1 refused"))
    assert site.one("#said").text == "plan.csv is done. The answers can be downloaded."
    site.browser.execute_script("arguments[0].focus()", site.one(".run a"))
    ActionChains(site.browser).send_keys(Keys.ENTER).perform()
    answers = site.folder / "downloads" / "plan-answers.csv"
    until(answers.exists)
    with answers.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [(row["no"], row["status"]) for row in rows] == [("1", "answered"), ("2", "refused"), ("3", "skipped")]
    assert log(site.browser) == []


def test_another_column_is_chosen_and_the_file_deleted(site: Site) -> None:
    site.choose("plan.csv", "one,two\na,b\n")
    assert site.state() == "No column looks like questions: choose it."
    assert not site.one("[name=start]").is_enabled()
    column = site.one("[name=column]")
    assert column.find_elements(By.TAG_NAME, "option")[0].text == "Choose one"
    column.send_keys("two")
    until(lambda: site.one("[name=start]").is_enabled())
    assert site.one("[name=start]").text == "Ask 1 question" and site.focus() == column
    site.one("[name=delete]").click()
    until(lambda: not site.seen(".run"))
    assert site.one("#said").text == "plan.csv is deleted." and site.focus() == site.one("#file")


def test_in_arabic_all_is_said_from_right_to_left(site: Site) -> None:
    site.load("?lang=ar")
    site.choose("plan.csv", "no,question\n1,median pay\n2,zebra slowly\n")
    assert site.one("#said").text == "قُرئ \u2068plan.csv\u2069. سيُطرح سؤالان."
    assert site.browser.execute_script("return getComputedStyle(document.body).direction") == "rtl"
    assert site.state() == "لم يُسأل شيء بعد." and site.one("[name=start]").text == "اطرح سؤالين"
    assert site.one(".told li").text.startswith("يُطرح العمود \u2068'question'\u2069: سؤالان")
    name, card = site.one(".run h3 bdi").rect, site.one(".run").rect
    assert name["x"] + name["width"] > card["x"] + card["width"] - 40  # though it is in Latin letters
    start, delete = (site.one(f"[name={name}]").rect for name in ("start", "delete"))
    assert start["x"] > delete["x"]
    for details in site.seen("details"):
        site.browser.execute_script("arguments[0].open = true", details)
    number, question = (site.one(".shown li").rect, site.one(".shown bdi").rect)
    gap = number["x"] + number["width"] - question["x"] - question["width"]
    assert 40 < gap < 80  # the row's number is to the right of it
    site.one("[name=start]").click()
    until(lambda: site.one(".count").text == "طُرح 1 من سؤالين.")
    assert violations(site.browser) == [] and site.overflow() == 0
    site.answerer.go.set()
    until(lambda: site.state().startswith("انتهى. عدد الصفوف 2: بجواب 1"))
    assert site.one(".run a").text == "تنزيل plan-answers.csv"
    assert log(site.browser) == []
    (site.folder / "plan.xls").write_bytes(b"\xd0\xcf")
    site.one("#file").send_keys(str(site.folder / "plan.xls"))
    until(lambda: site.one("#wrong").text.endswith("احفظه بصيغة XLSX أو CSV وحاول مرة أخرى."))
    assert "?lang=ar" in str(site.one(".ways a").get_attribute("href"))


def test_what_cannot_be_read_is_said_and_nothing_is_kept(site: Site) -> None:
    (site.folder / "plan.xls").write_bytes(b"\xd0\xcf")
    site.one("#file").send_keys(str(site.folder / "plan.xls"))
    until(lambda: site.one("#wrong").text != "")
    assert site.one("#wrong").text == "Plan.xls: xls is not read: save it as XLSX or CSV and run again."
    assert site.one("#said").text == "" and not site.seen(".run")


def test_a_file_can_be_dropped(site: Site) -> None:
    script = """
        const data = new DataTransfer();
        data.items.add(new File(["question\\nmedian pay\\n"], "dropped.csv"));
        document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}))
    """
    site.browser.execute_script(script)
    until(lambda: bool(site.seen(".run")))
    assert site.one(".run h3").text == "dropped.csv"


def test_nothing_in_a_file_becomes_markup(site: Site) -> None:
    rows = "\n".join('"' + text.replace('"', '""')[:1500] + '"' for text in EVERY[:80])
    site.choose(
        "&lt;img src=x onerror=ran=1&gt;.csv",
        f'"question <script>window.ran=1</script>"\n{rows}\n',
    )
    for details in site.seen("details"):
        site.browser.execute_script("arguments[0].open = true", details)
    assert site.browser.execute_script("return window.ran") is None
    assert (
        site.browser.execute_script("return document.querySelectorAll('.run :is(script, img, svg, iframe)').length")
        == 0
    )
    assert log(site.browser) == [] and site.overflow() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1100])
def test_axe_finds_nothing_wrong(site: Site, width: int, scheme: str) -> None:
    emulate(site.browser, width=width, height=900, prefers_color_scheme=scheme)
    site.load()
    for name, text in (
        (
            "candidate questions of the spring 2026.csv",
            "No,Candidate question\n1,What is the pay?\n2,dürfen Hunde ins Büro?\n",
        ),
        ("running.txt", "median pay\nzebra slowly\nanother?\n"),
        ("done.txt", "median pay\nzebra\n"),
    ):
        site.choose(name, text)
    for n, state in ((0, "Done."), (1, "Is being asked.")):
        site.seen(".run")[n].find_element(By.CSS_SELECTOR, "[name=start]").click()
        until(lambda n=n, state=state: site.seen(".run .state")[n].text.startswith(state))
    for details in site.seen("details"):
        site.browser.execute_script("arguments[0].open = true", details)
    time.sleep(0.1)  # what is being drawn
    assert violations(site.browser) == [] and site.overflow() == 0
    folder = site.folder / "pictures"
    folder.mkdir()
    site.browser.save_screenshot(str(folder / f"{width}-{scheme}.png"))
