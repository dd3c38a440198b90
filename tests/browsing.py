"""A browser, and axe-core in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --window-size=1100,820"""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "role-assistant"
AXE = CACHE / "node_modules" / "axe-core" / "axe.min.js"
MISSING = f"axe-core is not on this machine: run npm install --prefix {CACHE} axe-core"


@contextmanager
def browsing(profile: Path) -> Iterator[Chrome]:
    """A browser of its own profile, whose console and network can be read."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=ChromeService(shutil.which("chromedriver"))) as browser:
        yield browser


def log(browser: Chrome, kind: str = "browser") -> list[dict[str, Any]]:
    """What the browser has logged since the last look."""
    return list(browser.get_log(kind))  # type: ignore[no-untyped-call]  # selenium leaves it without types


def emulate(browser: Chrome, *, width: int = 1100, height: int = 820, **media: str) -> None:
    """Take on a size, and media features such as `prefers_color_scheme="dark"`."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def violations(browser: Chrome) -> list[str]:
    """What axe-core finds wrong with the page as it is, by every rule that it has on. Skips where it is missing."""
    if not AXE.is_file():
        pytest.skip(MISSING)
    browser.execute_script(AXE.read_text("utf-8"))
    script = "axe.run({resultTypes: ['violations']}).then((found) => arguments[0](found.violations))"
    found = browser.execute_async_script(script)
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]
