"""Which routes ask for which key, and what is told to whoever has another."""

from __future__ import annotations

import base64
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from serving import serving
from starlette.testclient import TestClient

from assistant.access.keys import KeyRing
from assistant.access.scopes import SCOPES, Scope
from assistant.client import Remote, ServerFault
from assistant.server import Limits, create_app
from assistant.server.access import WRONG, scope_needed
from assistant.server.feedback import Feedback
from assistant.testing import StaticAnswerer, document

GUIDE = StaticAnswerer(document("The median pay is $5."))
HERE, THERE = "https://careers.example.org", "https://evil.example"
ADMIN_KEY = "a-key-of-sixteen-or-more"
OPEN = ("/", "/docs", "/openapi.json", "/healthz", "/readyz", "/widget/widget.js", "/static/page.css")
ROUTES: tuple[tuple[str, str, Scope], ...] = (
    ("POST", "/v1/ask", "ask"),
    ("POST", "/v1/search", "ask"),
    ("POST", "/v1/chat/completions", "ask"),
    ("GET", "/v1/models", "ask"),
    ("GET", "/v1/models/role-assistant", "ask"),
    ("GET", "/v1/promise", "ask"),
    ("GET", "/v1/suggestions", "ask"),
    ("POST", "/v1/feedback", "ask"),
    ("GET", "/v1/documents", "read"),
    ("GET", "/v1/documents/guide.txt", "read"),
    ("GET", "/v1/documents/guide.txt/text", "read"),
    ("GET", "/documents/guide.txt", "read"),
    ("POST", "/v1/documents", "write"),
    ("DELETE", "/v1/documents/guide.txt", "write"),
    ("GET", "/v1/nope", "ask"),
    ("GET", "/admin", "admin"),
    ("GET", "/admin/gaps.csv", "admin"),
)


class Site:
    """A server with a key for each scope."""

    def __init__(self, folder: Path, *origins: str, admin_key: str = "") -> None:
        ring = KeyRing(folder / "keys.json")
        self.secrets = {scope: ring.add(scope, [scope]) for scope in SCOPES}
        limits = Limits(allowed_origins=origins)
        self.app = create_app(lambda: GUIDE, limits=limits, keys=ring, feedback=Feedback(admin_key=admin_key))
        self.ring = ring
        self.client = TestClient(self.app)

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> Any:
        return self.client.request(method, path, headers=headers)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def basic(secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"me:{secret}".encode()).decode()}


def told(reply: Any) -> str:
    body = reply.json()
    return str(body["error"]["code"] if "error" in body else body["code"])


def test_each_route_asks_for_the_scope_that_it_needs(site: Site) -> None:
    for (method, path, needed), scope in product(ROUTES, SCOPES):
        for given in (bearer(site.secrets[scope]), basic(site.secrets[scope])):
            reply = site.ask(method, path, given)
            assert (reply.status_code == 403) == (scope != needed), (method, path, scope)
            assert reply.status_code not in (401, 500)
            if scope != needed:
                assert told(reply) == "forbidden"


def test_without_a_key_nothing_is_told_but_how_to_give_one(site: Site) -> None:
    for method, path, _ in ROUTES:
        reply = site.ask(method, path)
        assert (reply.status_code, told(reply)) == (401, "unauthorized")
        scheme = "Basic" if path.startswith(("/documents", "/admin")) else "Bearer"
        assert reply.headers["www-authenticate"].startswith(scheme)


def test_pages_and_health_are_open(site: Site) -> None:
    assert {path: site.ask("GET", path).status_code for path in OPEN} == dict.fromkeys(OPEN, 200)


def test_a_document_that_is_not_there_is_told_only_to_who_may_read(site: Site) -> None:
    replies = [site.ask("GET", f"/v1/documents/{id}").json() for id in ("guide.txt", "nope.txt")]
    assert replies[0] == replies[1]


def test_wrong_keys_are_told_so_and_then_slowed_and_a_right_one_still_opens(site: Site) -> None:
    statuses = [site.ask("GET", "/v1/documents", bearer(f"ra_{n}")).status_code for n in range(WRONG + 3)]
    assert statuses == [401] * WRONG + [429] * 3
    slowed = site.ask("POST", "/v1/chat/completions", bearer("ra_x"))
    assert (slowed.status_code, told(slowed)) == (429, "rate_limited") and int(slowed.headers["retry-after"]) > 0
    assert site.ask("GET", "/v1/documents", bearer(site.secrets["read"])).status_code == 200
    assert site.ask("GET", "/v1/documents").status_code == 401


def test_wrong_admin_keys_make_the_right_one_wait(tmp_path: Path) -> None:
    site = Site(tmp_path, admin_key=ADMIN_KEY)
    assert site.ask("GET", "/admin", basic(ADMIN_KEY)).status_code == 200
    for n in range(WRONG):
        assert site.ask("GET", "/admin", basic(f"guess {n}")).status_code == 401
    assert site.ask("GET", "/admin", basic(ADMIN_KEY)).status_code == 429


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": HERE}, 200),
        ({"Referer": f"{HERE}/jobs?id=1"}, 200),
        ({"Origin": THERE}, 401),
        ({"Origin": THERE, "Referer": f"{HERE}/"}, 401),
        ({"Referer": f"{THERE}/{HERE}"}, 401),
        ({"Referer": "http://[/"}, 401),
        ({"Origin": "null"}, 401),
        ({}, 401),
    ],
)
def test_pages_of_listed_sites_ask_and_read_without_a_key(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    site = Site(tmp_path, HERE)
    assert site.ask("GET", "/v1/suggestions", headers).status_code == status
    assert site.ask("GET", "/v1/documents/guide.txt/text", headers).status_code == status
    assert site.client.post("/v1/ask", json={"question": "median pay"}, headers=headers).status_code == status
    assert site.ask("POST", "/v1/documents", headers).status_code == 401
    assert site.ask("GET", "/admin", headers).status_code == 401


def test_a_star_lets_nobody_ask_without_a_key(tmp_path: Path) -> None:
    site = Site(tmp_path, "*")
    assert site.ask("GET", "/v1/suggestions", {"Origin": HERE}).status_code == 401


def test_a_key_that_is_taken_out_opens_nothing_from_then_on(site: Site) -> None:
    given = bearer(site.secrets["read"])
    assert site.ask("GET", "/v1/documents", given).status_code == 200
    site.ring.remove("read")
    assert site.ask("GET", "/v1/documents", given).status_code == 401


def test_no_reply_and_no_log_holds_a_key(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    wrong = "ra_wrong-secret"
    for secret in (*site.secrets.values(), wrong):
        for method, path, _ in ROUTES:
            reply = site.ask(method, path, bearer(secret))
            assert secret not in reply.text + str(reply.headers)
        assert secret not in caplog.text


def test_the_client_gives_its_key(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    secret = ring.add("client")
    with serving(create_app(lambda: GUIDE, keys=ring)) as url:
        assert Remote(url, api_key=secret).ask("median pay").status == "answered"
        with pytest.raises(ServerFault, match="401: give a key"):
            Remote(url)


def test_a_route_that_is_not_known_yet_needs_a_key_too() -> None:
    assert scope_needed("PUT", "/v1/documents/x") == "write"
    assert scope_needed("GET", "/v1/anything") == "ask"
    assert scope_needed("GET", "/metrics") == "admin"
