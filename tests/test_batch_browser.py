"""The page of answers in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from batches import Near, asked
from browsing import browsing, emulate, log, violations
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from assistant.batch import formats
from assistant.batch.journal import Journal
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1100])
def test_axe_finds_nothing_wrong(browser: Chrome, page: str, width: int, scheme: str) -> None:
    emulate(browser, width=width, prefers_color_scheme=scheme)
    browser.get(page)
    overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert browser.execute_script(overflow) == 0
    assert violations(browser) == []


def test_the_page_runs_nothing_and_loads_nothing(browser: Chrome, page: str) -> None:
    log(browser)
    browser.get(page)
    assert browser.execute_script("return window.ran") is None
    assert log(browser) == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert browser.execute_script("return document.querySelectorAll('script, img').length") == 0
    style = "return getComputedStyle(document.querySelector('article')).borderTopStyle"
    assert browser.execute_script(style) == "solid"  # the policy lets the page's own style in


def test_a_source_is_shown_by_its_number(browser: Chrome, page: str) -> None:
    browser.get(page)
    browser.find_element(By.CSS_SELECTOR, "#q1 p a").click()
    assert browser.current_url.endswith("#q1s1")
    assert "Median salary: $336,500" in browser.find_element(By.ID, "q1s1").text
