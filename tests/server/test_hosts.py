"""Under which names the server may be asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Scope

from assistant.errors import SettingsError
from assistant.server import Limits, create_app
from assistant.server.command import limits_of, warnings
from assistant.server.hosts import Target, bare
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document

GUIDE = StaticAnswerer(document("The median pay is $5."))


def client(*hosts: str, peer: str = "198.51.100.1") -> TestClient:
    limits = Limits(allowed_hosts=hosts or ("localhost",), trusted_proxies=("10.0.0.0/8",))
    return TestClient(create_app(lambda: GUIDE, limits=limits), client=(peer, 1))


def status(asking: TestClient, host: str, path: str = "/v1/documents") -> int:
    return asking.get(path, headers={"host": host}).status_code


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "localhost.",
        "docs.localhost:80",
        "127.0.0.1:8000",
        "[::1]:8000",
        "[::1]",
        "192.168.1.7:8000",
        "[fd00::1]:8000",
    ],
)
def test_loopback_names_and_addresses_are_always_taken(host: str) -> None:
    assert status(client(), host) == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example:8000",
        "notlocalhost",
        "",
        ":80",
    ],
)
@pytest.mark.parametrize("path", ["/", "/docs", "/v1/documents", "/documents/guide.txt", "/widget/widget.js", "/nope"])
def test_another_name_is_refused_wherever_it_asks(host: str, path: str) -> None:
    reply = client().get(path, headers={"host": host})
    assert (reply.status_code, reply.json()["code"]) == (421, "host_not_allowed")
    assert "ASSISTANT_ALLOWED_HOSTS" in reply.json()["detail"] and reply.headers["x-request-id"]


def test_chat_clients_are_told_so_as_they_read_it() -> None:
    reply = client().get("/v1/models", headers={"host": "evil.example"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (421, "host_not_allowed")


def test_probes_may_use_any_name() -> None:
    assert [status(client(), "pod-7.cluster", path) for path in ("/healthz", "/readyz")] == [200, 200]


def test_names_that_are_listed_are_taken_with_those_below_a_star() -> None:
    listed = client("docs.example.org", "*.example.net")
    names = ("docs.example.org:443", "DOCS.example.org", "a.example.net", "example.net", "a.b.example.net", "x.org")
    assert [status(listed, name) for name in names] == [200, 200, 200, 421, 421, 421]
    assert status(client("*"), "evil.example") == 200


def test_what_a_trusted_proxy_forwards_is_taken() -> None:
    told = {"host": "docs.example.org", "x-forwarded-host": "docs.example.org"}
    for peer, code in (("10.0.0.1", 200), ("198.51.100.1", 421)):
        assert client(peer=peer).get("/v1/documents", headers=told).status_code == code
    assert status(client(peer="10.0.0.1"), "evil.example") == 421  # it forwards nothing


def seen(path: str, host: str = "localhost") -> Scope:
    found: list[Scope] = []

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        found.append(scope)

    scope = {"type": "http", "path": path, "raw_path": path.encode(), "headers": [(b"host", host.encode())]}
    asyncio.run(Target(app)(scope, None, None))  # type: ignore[arg-type]  # nothing is received or sent
    return found[0]


@pytest.mark.parametrize(
    ("target", "path", "host"),
    [
        ("http://a.example:8/v1/ask", "/v1/ask", b"a.example:8"),
        ("HTTPS://a.example", "/", b"a.example"),
        ("http://me@a.example/", "/", b"a.example"),
        ("http:///x", "/x", b""),
        ("/http://a.example/", "/http://a.example/", b"localhost"),
        ("*", "*", b"localhost"),
    ],
)
def test_a_target_that_is_a_whole_url_names_the_host_and_the_path(target: str, path: str, host: bytes) -> None:
    scope = seen(target)
    assert (scope["path"], scope["raw_path"], dict(scope["headers"])[b"host"]) == (path, path.encode(), host)


def test_the_host_of_a_whole_url_counts_and_not_that_of_the_header() -> None:
    headers = {"host": "localhost"}
    asking = client()
    scope_path = "http://evil.example/v1/documents"
    reply = asking.request("GET", f"http://testserver/{scope_path}", headers=headers)
    assert reply.status_code == 404  # below a slash it is a path like any other
    assert dict(seen(scope_path)["headers"])[b"host"] == b"evil.example"


@pytest.mark.parametrize(("host", "name"), [("a:1", "a"), ("[::1]:1", "::1"), ("[::1]", "::1"), ("A.b.", "a.b")])
def test_a_name_is_compared_without_its_port(host: str, name: str) -> None:
    assert bare(host) == name


# The settings


def test_the_names_in_the_settings_are_those_that_it_goes_by() -> None:
    named = {
        "host": "myhost.lan",
        "public_url": "https://Docs.example.org/assistant/",
        "allowed_hosts": "a.b, *.c.d:80",
    }
    settings = load_settings(named)
    limits = limits_of(settings)
    assert limits.allowed_hosts == ("a.b", "*.c.d", "myhost.lan", "docs.example.org")
    assert (limits.public_url, limits.root_path) == ("https://Docs.example.org/assistant", "/assistant")
    assert limits_of(load_settings()).allowed_hosts == ("localhost", "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "https://a.example"),
        ("ALLOWED_HOSTS", "a b"),
        ("ALLOWED_HOSTS", "a.*"),
        ("PUBLIC_URL", "example.org"),
        ("PUBLIC_URL", "https://example.org/?a"),
        ("PUBLIC_URL", "https://me@example.org"),
        ("ROOT_PATH", "assistant"),
        ("ROOT_PATH", '/a"b'),
    ],
)
def test_what_is_no_name_or_address_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ASSISTANT_{name}", value)
    with pytest.raises(SettingsError, match=name.lower()):
        load_settings()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_nothing_is_warned_of_on_loopback(host: str) -> None:
    assert list(warnings(load_settings({"host": host}))) == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "myhost.lan"])
def test_a_server_that_others_reach_warns_of_what_is_not_guarded(host: str) -> None:
    keys, rate = warnings(load_settings({"host": host}))
    assert f"{host}:8000" in keys and "there are no keys" in keys and "assistant keys" in keys
    assert "ASSISTANT_RATE_LIMIT" in rate
    assert list(warnings(load_settings({"host": host, "rate_limit": 60, "keys": "keys.json"}))) == []
