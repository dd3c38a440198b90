"""The operator's page in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browsing import browsing, emulate, log, violations
from injections import EVERY
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from serving import serving
from test_feedback import KEY, Site, hostile, site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browsing(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@contextmanager
def running(made: Site) -> Iterator[str]:
    """The address of the site, the key in it."""
    with serving(made.client.app) as url:
        yield url.replace("://", f"://me:{KEY}@")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose every text is an attack."""
    with site(tmp_path_factory.mktemp("records") / "records.sqlite", hostile()) as made:
        for number, text in enumerate(EVERY):
            made.ask(f"zebra{number} {text}"[:2000], "down", text)
        made.recorder.close()
        with running(made) as url:
            yield url


def test_no_injected_script_runs_on_the_page(browser: Chrome, address: str) -> None:
    log(browser), log(browser, "performance")
    browser.get(f"{address}/admin")
    for details in browser.find_elements(By.CSS_SELECTOR, "details"):
        browser.execute_script("arguments[0].open = true", details)
    for element in browser.find_elements(By.CSS_SELECTOR, "h2, dd, li, summary, a"):
        browser.execute_script(
            "for (const name of ['mouseover', 'focus', 'click'])"
            "  arguments[0].dispatchEvent(new Event(name, {cancelable: true}))",
            element,
        )
    assert browser.execute_script("return window.ran") is None
    assert log(browser) == []
    assert len(browser.find_elements(By.CSS_SELECTOR, "main > ol > li")) > 50
    assert (
        browser.execute_script("return document.querySelectorAll('script, img, svg, iframe, form, base').length") == 0
    )
    hosts = browser.execute_script("return performance.getEntriesByType('resource').map((each) => each.name)")
    assert {urlsplit(host).netloc.rpartition("@")[2] for host in hosts} <= {urlsplit(address).netloc.rpartition("@")[2]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1100])
def test_axe_finds_nothing_wrong(browser: Chrome, tmp_path: Path, width: int, scheme: str) -> None:
    with site(tmp_path / "records.sqlite") as made:
        for question in ("is there a company car", "is there a car", "dürfen Hunde ins Büro?", "هل يوجد مقهى؟"):
            made.ask(question)
        made.ask("median pay", "down", "that was last year")
        made.recorder.close()
        with running(made) as url:
            emulate(browser, width=width, height=900, prefers_color_scheme=scheme)
            browser.get(f"{url}/admin")
            for details in browser.find_elements(By.CSS_SELECTOR, "details"):
                details.find_element(By.CSS_SELECTOR, "summary").click()
            overflow = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert browser.execute_script(overflow) == 0
            assert violations(browser) == []
