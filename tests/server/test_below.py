"""Below a path: pages, files, links and the API's own document, whether a proxy takes the path off or not."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from assistant.server import Limits, create_app
from assistant.server.feedback import Feedback
from assistant.server.peers import put_below, route_path
from assistant.testing import StaticAnswerer, document

GUIDE = StaticAnswerer(document("The median pay is $5.", id="assistant/a guide.txt", title="Guide"))
KEY = {"Authorization": "Bearer a-key-of-sixteen-or-more"}
TOLD = {"x-forwarded-prefix": "/assistant/", "x-forwarded-proto": "https", "x-forwarded-host": "host.example"}
PAGES = ("/", "/docs", "/documents/assistant/a%20guide.txt?start=0&end=10", "/documents/nope", "/admin")
HTML = {"accept": "text/html"}


def app(**limits: Any) -> ASGIApp:
    return create_app(lambda: GUIDE, limits=Limits(**limits), feedback=Feedback(admin_key=KEY["Authorization"][7:]))


def by_setting(path: str, prefix: str = "") -> Any:
    return TestClient(app(root_path="/assistant")).get(prefix + path, headers={**KEY, **HTML})


def by_proxy(path: str, prefix: str = "") -> Any:
    client = TestClient(app(trusted_proxies=("10.0.0.0/8",)), client=("10.0.0.1", 1))
    return client.get(prefix + path, headers={**KEY, **HTML, **TOLD})


def by_mount(path: str, prefix: str = "") -> Any:
    return TestClient(Starlette(routes=[Mount("/assistant", app())])).get("/assistant" + path, headers={**KEY, **HTML})


@pytest.mark.parametrize("get", [by_setting, by_proxy, by_mount])
@pytest.mark.parametrize("prefix", ["", "/assistant"])
def test_the_links_of_every_page_lead_below_the_path(get: Any, prefix: str) -> None:
    for path in PAGES:
        page = get(path, prefix)
        assert page.status_code == (404 if path.endswith("nope") else 200)
        assert int(page.headers["content-length"]) == len(page.content)
        for link in re.findall(r'(?:href|src)="([^"]*)"', page.text):
            assert link.startswith(("/assistant/", "#", "data:,"))
            if link.startswith("/"):
                assert get(link.removeprefix("/assistant"), prefix).status_code == 200, link


@pytest.mark.parametrize("get", [by_setting, by_proxy])
def test_the_path_itself_is_the_first_page(get: Any) -> None:
    assert "<role-assistant " in get("/assistant").text and "<role-assistant " in get("/assistant/").text
    assert get("/assistant/healthz").json() == get("/healthz").json() == {"status": "ok"}
    assert get("/assistantx").status_code == 404


@pytest.mark.parametrize("get", [by_setting, by_proxy, by_mount])
def test_the_openapi_document_names_the_path(get: Any) -> None:
    assert get("/openapi.json").json()["servers"] == [{"url": "/assistant"}]
    assert get("/static/docs.js").text.count('url: "openapi.json"') == 1


def test_at_the_root_nothing_is_named() -> None:
    client = TestClient(app())
    assert "servers" not in client.get("/openapi.json").json()
    assert 'href="/docs"' in client.get("/").text


def links(client: TestClient, headers: dict[str, str]) -> tuple[str, str]:
    asked = {"messages": [{"role": "user", "content": "median pay"}]}
    message = client.post("/v1/chat/completions", json=asked, headers=headers).json()["choices"][0]["message"]
    [written] = re.findall(r"\]\((\S+)/documents/", message["content"])
    return written, message["annotations"][0]["url_citation"]["url"].partition("/documents/")[0]


@pytest.mark.parametrize(
    ("limits", "peer", "base"),
    [
        ({}, "10.0.0.1", "http://testserver"),
        ({"trusted_proxies": ("10.0.0.0/8",)}, "10.0.0.1", "https://host.example/assistant"),
        ({"trusted_proxies": ("10.0.0.0/8",)}, "198.51.100.1", "http://testserver"),
        ({"root_path": "/a"}, "198.51.100.1", "http://testserver/a"),
        ({"public_url": "https://b.example/c"}, "198.51.100.1", "https://b.example/c"),
        ({"public_url": "https://b.example", "trusted_proxies": ("10.0.0.0/8",)}, "10.0.0.1", "https://b.example"),
    ],
)
def test_links_of_chat_replies_are_made_of_what_can_be_trusted(limits: Any, peer: str, base: str) -> None:
    client = TestClient(app(**limits), client=(peer, 1))
    assert links(client, {**TOLD, "host": "evil.example"}) == (base, base)


def test_citations_stay_paths_below_the_server() -> None:
    client = TestClient(app(root_path="/assistant"))
    [citation] = client.post("/v1/ask", json={"question": "median pay"}).json()["citations"]
    assert citation["url"].startswith("/documents/assistant/a%20guide.txt?start=0")


def test_failures_and_the_rate_are_those_of_the_route() -> None:
    client = TestClient(app(root_path="/assistant", rate_limit=1))
    assert client.get("/assistant/v1/models/nope").json()["error"]["code"] == "model_not_found"
    assert [client.get(f"/assistant{path}").status_code for path in ("/healthz", "/", "/v1/documents")] == [
        200,
        200,
        429,
    ]


@pytest.mark.parametrize("prefix", ["assistant", "//evil.example", '/a"b', "/a b", "/../x?", "javascript:x", "/a//b"])
def test_a_path_that_is_none_is_not_believed(prefix: str) -> None:
    client = TestClient(app(trusted_proxies=("10.0.0.0/8",)), client=("10.0.0.1", 1))
    assert 'href="/docs"' in client.get("/", headers={**TOLD, "x-forwarded-prefix": prefix}).text


@pytest.mark.parametrize(
    ("prefix", "path", "whole", "route"),
    [
        ("/a", "/v1/ask", "/a/v1/ask", "/v1/ask"),
        ("/a", "/a/v1/ask", "/a/v1/ask", "/v1/ask"),
        ("/a/b", "/a/b", "/a/b/", "/"),
        ("/docs", "/docs", "/docs/docs", "/docs"),
        ("/documents", "/documents/x", "/documents/documents/x", "/documents/x"),
    ],
)
def test_a_request_is_put_below_once(prefix: str, path: str, whole: str, route: str) -> None:
    scope = {"type": "http", "path": path}
    put_below(scope, prefix)
    assert (scope["path"], route_path(scope)) == (whole, route)
