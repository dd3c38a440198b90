"""Documents are added and deleted over HTTP by those who may, and the index is built again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.access.keys import KeyRing
from assistant.documents.corpus import load_corpus
from assistant.documents.files import parse
from assistant.documents.shelf import Shelf
from assistant.server import create_app
from assistant.server.access import WRONG
from assistant.server.limits import Limits
from assistant.server.uploads import Uploads
from assistant.testing import StaticAnswerer, document

ADMIN_KEY = "a-key-of-sixteen-or-more"
BEARER = {"Authorization": f"Bearer {ADMIN_KEY}"}


class Site:
    """A server over a folder, whose index is what the folder held when it was last built."""

    def __init__(self, folder: Path, keys: KeyRing | None = None, *, rights: bool = False) -> None:
        self.corpus = folder / "corpus"
        self.corpus.mkdir()
        (self.corpus / "a.md").write_text("The median pay is $5.")
        self.builds = 0
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.build()
        uploads = Uploads(
            Shelf(self.corpus, parse),
            self.build,
            lambda: self.answerer.documents,
            lambda what, **fields: self.events.append((what, fields)),
            ADMIN_KEY,
            most=100,
        )
        app = create_app(lambda: self.answerer, keys=keys, uploads=uploads, rights=rights)
        self.client = TestClient(app, client=("192.0.2.7", 5000))

    def build(self) -> None:
        self.builds += 1
        self.answerer = StaticAnswerer(*load_corpus(self.corpus, allow_empty=True).documents)

    def add(self, id: str, data: bytes, headers: dict[str, str] = BEARER) -> Any:
        return self.client.post("/v1/documents", params={"id": id}, content=data, headers=headers)

    def delete(self, id: str, headers: dict[str, str] = BEARER) -> Any:
        return self.client.delete(f"/v1/documents/{id}", headers=headers)

    def ids(self) -> list[str]:
        return [one["id"] for one in self.client.get("/v1/documents", headers=BEARER).json()["documents"]]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_document_is_added_replaced_and_deleted(site: Site) -> None:
    reply = site.add("team/b c.md", b"Lead the team.")
    assert (reply.status_code, reply.json()) == (
        202,
        {"id": "team/b c.md", "status": "added", "url": "/v1/documents/team/b%20c.md"},
    )
    assert site.ids() == ["a.md", "team/b c.md"]
    assert site.client.get(f"{reply.json()['url']}/text").text == "Lead the team."
    site.add("team/b c.md", b"Hire people.")
    assert site.client.get(f"{reply.json()['url']}/text").text == "Hire people."
    assert site.delete("team/b%20c.md").json()["status"] == "deleted"
    assert site.ids() == ["a.md"] and site.builds == 4


def test_the_last_document_can_be_deleted(site: Site) -> None:
    assert site.delete("a.md").status_code == 202
    assert site.ids() == [] and list(site.corpus.iterdir()) == []
    assert site.client.post("/v1/ask", json={"question": "What is the pay?"}).json()["status"] == "refused"


def test_each_is_accounted_for(site: Site) -> None:
    site.add("b.md", b"Two.")
    site.delete("b.md")
    site.delete("b.md")
    who = {"document": "b.md", "key": "ASSISTANT_ADMIN_KEY", "client": "192.0.2.7"}
    assert site.events == [("document added", {**who, "bytes": 4}), ("document deleted", who)]


@pytest.mark.parametrize(
    ("id", "data", "status", "code"),
    [
        ("../b.md", b"Two.", 422, "invalid_request"),
        ("b.exe", b"Two.", 422, "invalid_request"),
        ("", b"Two.", 422, "invalid_request"),
        ("b.md", b"", 422, "empty_document"),
        ("b.md", b"\0", 422, "unreadable_document"),
        ("b.md", b"x" * 101, 413, "request_too_large"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_builds_nothing(
    site: Site, id: str, data: bytes, status: int, code: str
) -> None:
    reply = site.add(id, data)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert site.builds == 1 and [path.name for path in site.corpus.iterdir()] == ["a.md"]


def test_a_body_in_pieces_is_held_to_the_limit(site: Site) -> None:
    pieces = (b"x" * 60 for _ in range(1000))
    reply = site.client.post("/v1/documents?id=b.md", content=pieces, headers=BEARER)
    assert (reply.status_code == 413 and next(pieces, None) is None) or reply.status_code == 413
    assert site.builds == 1


def test_what_is_not_there_cannot_be_deleted_but_what_only_the_index_holds_can(site: Site) -> None:
    assert site.delete("b.md").json()["code"] == "document_not_found"
    (site.corpus / "a.md").unlink()
    assert site.delete("a.md").status_code == 202
    assert site.ids() == []


def test_without_keys_the_admin_key_is_asked_for(site: Site) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        assert site.add("b.md", b"Two.", headers).status_code == 401
        assert site.delete("a.md", headers).status_code == 401
    page = {**BEARER, "Sec-Fetch-Site": "cross-site"}
    assert site.add("b.md", b"Two.", page).status_code == 401
    assert site.ids() == ["a.md"] and site.events == []


def test_with_keys_one_for_writing_is_asked_for(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    secrets = {scope: ring.add(scope, [scope]) for scope in ("ask", "read", "write", "admin")}
    site = Site(tmp_path, ring)
    for scope, status in (("ask", 403), ("read", 403), ("admin", 403), ("write", 202)):
        headers = {"Authorization": f"Bearer {secrets[scope]}"}
        assert site.add("b.md", b"Two.", headers).status_code == status
        assert site.delete("b.md", headers).status_code == status
    assert site.add("b.md", b"Two.").status_code == 401
    assert [fields["key"] for _, fields in site.events] == ["write", "write"]


def test_a_document_that_a_key_may_not_see_it_may_not_write(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    secret = ring.add("team", ["write", "read"], ["sales"])
    site = Site(tmp_path, ring, rights=True)
    site.answerer = StaticAnswerer(document("x", id="a.md", metadata={"groups": ["hr"]}), document("y", id="b.md"))
    headers = {"Authorization": f"Bearer {secret}"}
    assert site.add("a.md", b"Two.", headers).status_code == 403
    assert site.delete("a.md", headers).status_code == 403
    assert (site.corpus / "a.md").read_text() == "The median pay is $5."
    assert site.add("c.md", b"Two.", headers).status_code == 202


def test_wrong_keys_are_counted_for_all_processes_together(tmp_path: Path) -> None:
    uploads = Uploads(Shelf(tmp_path, parse), lambda: None, dict, admin_key=ADMIN_KEY)
    limits = Limits(shared=str(tmp_path / "limits.sqlite"))
    clients = [TestClient(create_app(StaticAnswerer, uploads=uploads, limits=limits)) for _ in range(2)]
    wrong = {"Authorization": "Bearer a-wrong-key-of-16-or-more"}
    replies = [clients[n % 2].delete("/v1/documents/a.md", headers=wrong).status_code for n in range(WRONG + 1)]
    assert replies == [401] * WRONG + [429]


def test_there_are_no_such_routes_where_nobody_asked_for_them() -> None:
    client = TestClient(create_app(lambda: StaticAnswerer(document("x", id="a.md"))))
    assert client.post("/v1/documents?id=b.md", content=b"Two.").status_code == 405
    assert client.delete("/v1/documents/a.md").status_code == 405
