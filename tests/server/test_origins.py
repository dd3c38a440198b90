"""What pages of other sites may do."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.errors import SettingsError
from assistant.server import Limits, create_app
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer

HERE, THERE = "https://careers.example.org", "https://evil.example"


class Breaking(StaticAnswerer):
    def ask(self, question: str, **fields: Any) -> Answer:
        if question == "breakage":
            raise RuntimeError
        return super().ask(question, **fields)


def client(*origins: str, rate: int = 0) -> TestClient:
    answerer = Breaking(document("The median pay is $5."))
    app = create_app(lambda: answerer, limits=Limits(allowed_origins=origins, rate_limit=rate))
    return TestClient(app, raise_server_exceptions=False)


def preflight(client: TestClient, origin: str, method: str = "POST", headers: str = "content-type") -> Any:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return client.options("/v1/ask", headers=asked)


def test_an_allowed_page_may_ask_and_read_what_it_needs() -> None:
    reply = client(HERE).post("/v1/ask", json={"question": "median pay"}, headers={"Origin": HERE})
    assert reply.status_code == 200
    assert reply.headers["access-control-allow-origin"] == HERE
    assert "Origin" in reply.headers["vary"]
    exposed = reply.headers["access-control-expose-headers"].lower().split(", ")
    assert {"x-request-id", "retry-after"} <= set(exposed)
    assert "access-control-allow-credentials" not in reply.headers


def test_a_preflight_says_what_may_be_asked_and_for_how_long() -> None:
    reply = preflight(client(HERE), HERE, headers="content-type, authorization, x-stainless-lang")
    assert (reply.status_code, reply.content) == (204, b"")
    assert reply.headers["access-control-allow-origin"] == HERE
    assert "POST" in reply.headers["access-control-allow-methods"]
    allowed = {name.strip() for name in reply.headers["access-control-allow-headers"].lower().split(",")}
    assert {"content-type", "authorization", "x-stainless-lang"} <= allowed
    assert int(reply.headers["access-control-max-age"]) >= 600
    assert {"Origin", "Access-Control-Request-Method"} <= {name.strip() for name in reply.headers["vary"].split(",")}
    assert "access-control-allow-credentials" not in reply.headers


@pytest.mark.parametrize(
    "origin", [THERE, "null", "http://careers.example.org", f"{HERE}.evil.example", f"{HERE}:8443", ""]
)
def test_another_page_may_not_ask(origin: str) -> None:
    asking = client(HERE)
    refused = preflight(asking, origin)
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
    assert refused.json()["code"] == "origin_not_allowed" and "ASSISTANT_ALLOWED_ORIGINS" in refused.json()["detail"]
    assert "access-control-allow-origin" not in refused.headers
    reply = asking.post("/v1/ask", json={"question": "median pay"}, headers={"Origin": origin})
    assert "access-control-allow-origin" not in reply.headers and "Origin" in reply.headers["vary"]


def test_by_default_only_this_servers_own_pages_may_ask() -> None:
    same = client()
    assert preflight(same, HERE).status_code == 405
    reply = same.post("/v1/ask", json={"question": "median pay"}, headers={"Origin": "http://testserver"})
    assert reply.status_code == 200
    assert not [name for name in reply.headers if name.startswith("access-control")]


def test_a_star_lets_every_page_ask() -> None:
    everyone = client("*")
    assert preflight(everyone, THERE).headers["access-control-allow-origin"] == "*"
    reply = everyone.post("/v1/ask", json={"question": "median pay"}, headers={"Origin": THERE})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers


def test_a_stream_and_the_widgets_files_can_be_read_from_an_allowed_page() -> None:
    allowed = client(HERE)
    asked = {"question": "median pay", "stream": True}
    for reply in (
        allowed.post("/v1/ask", json=asked, headers={"Origin": HERE}),
        allowed.get("/widget/widget.js", headers={"Origin": HERE}),
        allowed.get("/v1/documents/guide.txt/text", headers={"Origin": HERE}),
    ):
        assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, HERE)


def test_every_failure_can_be_read_from_an_allowed_page() -> None:
    allowed = client(HERE, rate=4)
    replies = [
        allowed.post("/v1/ask", json={"question": question}, headers={"Origin": HERE})
        for question in ("", "breakage", "pay", "pay", "pay")
    ]
    assert [reply.status_code for reply in replies] == [422, 500, 200, 200, 429]
    assert {reply.headers["access-control-allow-origin"] for reply in replies} == {HERE}


def test_a_preflight_is_not_counted_as_a_request() -> None:
    limited = client(HERE, rate=1)
    assert [preflight(limited, HERE).status_code for _ in range(3)] == [204] * 3
    assert limited.get("/v1/documents").status_code == 200


def test_what_may_ask_may_also_frame_the_page_with_the_widget_and_no_other_page() -> None:
    def policy(origins: tuple[str, ...], path: str) -> str:
        return client(*origins).get(path).headers["content-security-policy"]

    assert policy((), "/").endswith("frame-ancestors 'none'")
    assert policy((HERE, "http://localhost:3000"), "/").endswith(f"frame-ancestors 'self' {HERE} http://localhost:3000")
    for path in ("/docs", "/documents/guide.txt"):
        assert policy((HERE,), path).endswith("frame-ancestors 'none'")


def test_origins_are_written_as_browsers_send_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_ALLOWED_ORIGINS", "https://A.example/, http://b.example:80,https://[::1]:8443")
    assert load_settings().allowed_origins == ("https://a.example", "http://b.example", "https://[::1]:8443")
    monkeypatch.setenv("ASSISTANT_ALLOWED_ORIGINS", "*")
    assert load_settings().allowed_origins == ("*",)


@pytest.mark.parametrize("value", ["example.org", "https://a.example/path", "null", "https://*.a.example", "ftp://a"])
def test_what_is_no_origin_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("ASSISTANT_ALLOWED_ORIGINS", value)
    with pytest.raises(SettingsError, match=r"scheme and host of a site, such as https://example\.org"):
        load_settings()
