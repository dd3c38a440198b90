"""The page of answers in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from batches import Near, asked
from browsing import browsing, emulate, log, violations
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from assistant.batch import compare, formats, review
from assistant.batch.journal import Earlier, Journal
from assistant.testing import document

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)><script>window.ran = true</script>"
TEXT = f"# Pay\nMedian salary: $336,500\n# Duties {HOSTILE}\nLead the team {HOSTILE}\nשכר המנהל\n"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def page(journal: Journal, tmp_path: Path) -> str:
    """The address of a page of answers and refusals."""
    asker = Near(document(TEXT, title=f"Guide {HOSTILE}"))
    questions = ["median salary", f"lead the team {HOSTILE}", "שכר המנהל", "zebra", "x" * 3000]
    with (tmp_path / "answers.html").open("wb") as file:
        formats.write(file, asked(journal, questions, asker), "html", base="https://example.org")
    return (tmp_path / "answers.html").as_uri()


@pytest.fixture
def changes(journal: Journal, tmp_path: Path) -> str:
    """The address of a page of what has changed, with a question of each kind."""
    before = Near(document(f"# Pay\nMedian salary: $1\nBonus paid\n# Duties {HOSTILE}\nLead the team {HOSTILE}\n"))
    after = Near(document(TEXT, title=f"Guide {HOSTILE}"), index_id="two")
    asked_before = ["median salary", f"lead the team {HOSTILE}", "bonus paid", "zebra", f"gone {HOSTILE}", "שכר המנהל"]
    with closing(Journal(tmp_path / "before")) as first, (tmp_path / "before.jsonl").open("wb") as file:
        formats.write(file, asked(first, asked_before, before), "jsonl")
    with closing(Earlier(tmp_path / "before.jsonl")) as earlier:
        results = asked(journal, [*asked_before[:4], "שכר המנהל", "pay"], after, earlier=earlier)
        difference = compare.compare(results, earlier, after)
        page = "".join(review.page(results, earlier, difference, base="https://example.org"))
    (tmp_path / "changes.html").write_text(page, encoding="utf-8")
    return (tmp_path / "changes.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1100])
def test_axe_finds_nothing_wrong(browser: Chrome, page: str, changes: str, width: int, scheme: str) -> None:
    emulate(browser, width=width, prefers_color_scheme=scheme)
    for address in (page, changes):
        browser.get(address)
        overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert browser.execute_script(overflow) == 0
        assert violations(browser) == []


def test_a_page_runs_nothing_and_loads_nothing(browser: Chrome, page: str, changes: str) -> None:
    for address in (page, changes):
        log(browser)
        browser.get(address)
        assert browser.execute_script("return window.ran") is None
        assert log(browser) == []
        assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
        assert browser.execute_script("return document.querySelectorAll('script, img').length") == 0
        style = "return getComputedStyle(document.querySelector('article')).borderTopStyle"
        assert browser.execute_script(style) == "solid"  # the policy lets the page's own style in


def test_old_and_new_stand_side_by_side(browser: Chrome, changes: str) -> None:
    emulate(browser, width=1100, prefers_color_scheme="light")
    browser.get(changes)
    assert [one.text for one in browser.find_elements(By.CSS_SELECTOR, "nav a")] == [
        "newly answered: 1",
        "newly refused: 1",
        "other answer: 1",
        "same answer from another place: 1",
        "new questions: 1",
        "questions that are not asked any more: 1",
    ]
    before, now = browser.find_elements(By.CSS_SELECTOR, "#q1 .pair > div")
    assert before.location["y"] == now.location["y"] and before.location["x"] < now.location["x"]
    assert (before.find_element(By.TAG_NAME, "del").text, now.find_element(By.TAG_NAME, "ins").text) == ("1", "336,500")
    browser.find_element(By.LINK_TEXT, "other answer: 1").click()
    assert browser.current_url.endswith("#other-answer")
    emulate(browser, width=320, prefers_color_scheme="light")
    assert before.location["x"] == now.location["x"]


def test_a_source_is_shown_by_its_number(browser: Chrome, page: str) -> None:
    browser.get(page)
    browser.find_element(By.CSS_SELECTOR, "#q1 p a").click()
    assert browser.current_url.endswith("#q1s1")
    assert "Median salary: $336,500" in browser.find_element(By.ID, "q1s1").text
