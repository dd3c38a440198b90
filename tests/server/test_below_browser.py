"""The server below a path, behind a real nginx, in a real browser."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from browsing import browsing, emulate, log, violations
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from served import GUIDE
from serving import serving, until
from test_widget_browser import Widget

from assistant.server import Limits, create_app
from assistant.testing import StaticAnswerer, document

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("nginx", path="/usr/sbin:/usr/bin") is None, reason="nginx is not on this machine"),
]
CONFIG = """
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /assistant/ {{
            proxy_pass {url}/;
            proxy_http_version 1.1;
            proxy_buffering off;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $http_host;
            proxy_set_header X-Forwarded-Prefix /assistant;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server below a path, as nginx has it."""
    folder = tmp_path_factory.mktemp("nginx")
    answerer = StaticAnswerer(document(GUIDE, id="roles/head of ai.txt", title="Head of AI"))
    limits = Limits(trusted_proxies=("127.0.0.1/32",), allowed_hosts=("localhost",))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with serving(create_app(lambda: answerer, limits=limits)) as inner:
        config = folder / "nginx.conf"
        config.write_text(CONFIG.format(folder=folder, port=port, url=inner))
        nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
        command = [str(nginx), "-p", str(folder), "-c", str(config), "-g", "daemon off;"]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                until(lambda: _listens(port))
                yield f"http://127.0.0.1:{port}/assistant/"
            finally:
                process.terminate()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def test_from_the_question_to_the_marked_place(browser: Chrome, url: str) -> None:
    emulate(browser)
    browser.get(url)
    log(browser)
    assert violations(browser) == []
    widget = Widget(browser)
    widget.ask("median salary of a head of AI")
    assert widget.texts(".block .text") == ["The median salary of a head of AI is $234,750."]
    widget.one(".ref").click()
    widget.wait(lambda: "Figures are" in widget.texts("blockquote")[0])
    browser.get(str(widget.one(".card a").get_property("href")))
    assert browser.find_element(By.ID, "cited").text == "The median salary of a head of AI is $234,750."
    assert browser.current_url.startswith(f"{url}documents/roles/head%20of%20ai.txt")
    assert violations(browser) == []
    assert log(browser) == []


def test_the_documentation_of_the_api_is_shown_and_asks_below_the_path(browser: Chrome, url: str) -> None:
    browser.get(f"{url}docs")
    WebDriverWait(browser, 10).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, ".opblock")) > 10)
    block = browser.find_element(By.CSS_SELECTOR, "[id$=healthz]")
    block.click()
    for name in (".try-out__btn", ".execute"):
        WebDriverWait(browser, 10).until(lambda b, name=name: b.find_elements(By.CSS_SELECTOR, name))[0].click()  # type: ignore[misc]  # a default binds the name
    shown = WebDriverWait(browser, 10).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".request-url pre"))
    assert shown[0].text == f"{url}healthz"
    assert log(browser) == []


def test_links_of_chat_replies_open(url: str) -> None:
    asked = json.dumps({"messages": [{"role": "user", "content": "median salary AI"}]}).encode()
    request = Request(f"{url}v1/chat/completions", asked, {"content-type": "application/json"})
    with urlopen(request) as reply:
        [annotation, *_] = json.load(reply)["choices"][0]["message"]["annotations"]
    link = annotation["url_citation"]["url"]
    assert link.startswith(f"{url}documents/roles/head%20of%20ai.txt") and urlsplit(link).scheme == "http"
    with urlopen(link) as page:
        assert b'id="cited"' in page.read()
