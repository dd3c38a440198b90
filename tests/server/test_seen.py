"""Rights per document: a reply is the very one that a server of the documents that may be seen would give."""

from __future__ import annotations

import json
import random
import re
import time
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.access.keys import KeyRing
from assistant.access.rights import may_see, sign
from assistant.server import Limits, create_app
from assistant.server.command import unguarded
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document

GROUPS = ("hr", "it", "law")
SECRET = "a-secret-of-sixteen-or-more"
THINGS = "salary holiday laptop contract office travel".split()  # noqa: SIM905, read as words


def shelf() -> StaticAnswerer:
    """60 documents, a quarter for everyone and the rest for one group each; each names its group in all its fields."""
    documents = []
    for n in range(60):
        group = (*GROUPS, "everyone")[n % 4]
        mark = f"{group}mark"
        asked = "" if group == "everyone" else f"What is the duty of {mark} {n}"
        text = f"# {asked}?\n{asked}, it is this.\n" if asked else ""
        text += f"# Of {mark} {n}\nThe {THINGS[n % 6]} of {mark} is {n} units.\nAll {mark} rules are kept.\n"
        metadata: dict[str, Any] = {"owner": mark} | ({} if group == "everyone" else {"groups": [group]})
        documents.append(document(text, id=f"{mark}/{n}.txt", title=f"{mark} guide {n}", metadata=metadata))
    return StaticAnswerer(*documents)


WHOLE = shelf()


def only(*groups: str) -> StaticAnswerer:
    return WHOLE.part(frozenset(id for id, each in WHOLE.documents.items() if may_see(each, groups)))


def requests(seed: int, count: int) -> list[tuple[str, str, Any]]:
    """(method, path, body): every route, about documents of every group and of none."""
    chance = random.Random(seed)
    ids = [*WHOLE.documents, "nope.txt", "hrmark/999.txt", "hrmark", "lawmark/2"]
    made: list[tuple[str, str, Any]] = [("GET", "/v1/documents", None), ("GET", "/v1/suggestions", None)]
    while len(made) < count:
        id, other = chance.choice(ids), chance.choice(ids)
        mark = f"{chance.choice((*GROUPS, 'everyone'))}mark"
        question = chance.choice(
            (
                f"the {chance.choice(THINGS)} of {mark} is",
                f"All {mark} rules are kept",
                f"{mark}",
                "salary units",
                "zebra",
            )
        )
        filters = chance.choice(
            ({}, {"document_ids": [id, other]}, {"metadata": {"owner": mark}}, {"sections": [mark]})
        )
        messages = [{"role": "user", "content": question}]
        made.append(
            chance.choice(
                (
                    ("POST", "/v1/ask", {"question": question, "filters": filters}),
                    ("POST", "/v1/ask", {"question": question, "stream": True}),
                    ("POST", "/v1/search", {"question": question, "k": chance.randint(1, 100), "filters": filters}),
                    ("POST", "/v1/chat/completions", {"messages": messages, "stream": chance.random() < 0.5}),
                    ("GET", f"/v1/documents/{id}", None),
                    ("GET", f"/v1/documents/{id}/text", None),
                    ("GET", f"/documents/{id}?start=0&end=5", None),
                    ("GET", f"/documents/{id}", None),
                    ("GET", "/v1/documents", None),
                    ("GET", "/v1/suggestions", None),
                    ("POST", "/v1/suggestions", {"question": question}),
                    ("GET", "/", None),
                    ("GET", "/documents", None),
                    ("GET", f"/documents?q={mark}", None),
                    ("GET", "/v1/promise", None),
                    ("GET", "/readyz", None),
                )
            )
        )
    return made


def plain(reply: Any) -> tuple[int, dict[str, str], str]:
    """A reply without what differs each time: times, and ids of requests and chats."""
    text = re.sub(r'"timings_ms":\s*\{[^}]*\}|chatcmpl-\w+|"created":\s*\d+', "", reply.text)
    dropped = ("x-request-id", "content-length")  # the times are of different lengths
    return reply.status_code, {k: v for k, v in reply.headers.items() if k not in dropped}, text


@pytest.mark.parametrize("group", [*GROUPS, None])
def test_nothing_of_another_group_is_told(tmp_path: Path, group: str | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    ring = KeyRing(tmp_path / "keys.json")
    groups = [group] if group else []
    headers = {"Authorization": f"Bearer {ring.add('person', ['ask', 'read'], groups)}", "Accept": "text/html"}
    guarded = TestClient(create_app(lambda: WHOLE, keys=ring, rights=True), raise_server_exceptions=False)
    view = only(*groups)
    alone = TestClient(create_app(lambda: view, keys=ring), raise_server_exceptions=False)
    hidden = re.compile("|".join(f"{each}mark" for each in GROUPS if each != group))
    for method, path, body in requests(len(group or ""), 75):
        caplog.clear()
        reply = guarded.request(method, path, json=body, headers=headers)
        logged = caplog.text
        assert plain(reply) == plain(alone.request(method, path, json=body, headers=headers)), (method, path, body)
        said = json.dumps([path, body])  # what was asked may be said back
        for found in hidden.findall(reply.text + str(dict(reply.headers)) + logged):
            assert found in said
        if "documents/" in path and hidden.search(path):
            assert reply.status_code == 404
    admin = {"Authorization": f"Bearer {ring.add('admin', ['admin'])}"}
    metrics = guarded.get("/metrics", headers=admin).text
    assert "mark" not in metrics and "assistant_documents" not in metrics and "assistant_passages" not in metrics


def test_suggestions_are_of_each_ones_own_documents(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    client = TestClient(create_app(lambda: WHOLE, keys=ring, rights=True))
    told = {}
    for group in (*GROUPS, *GROUPS):
        secret = ring.add(f"{group}{len(ring.all()) if ring.path.exists() else 0}", ["ask"], [group])
        told[group] = client.get("/v1/suggestions", headers={"Authorization": f"Bearer {secret}"}).json()["questions"]
    assert all(told.values()) and len({tuple(questions) for questions in told.values()}) == 3
    for group, questions in told.items():
        assert not [q for q in questions for other in GROUPS if other != group and f"{other}mark" in q]


def test_an_answer_has_another_id_for_other_groups(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    client = TestClient(create_app(lambda: WHOLE, keys=ring, rights=True))
    ids = set()
    for name, groups in (("a", ["hr"]), ("b", ["hr"]), ("c", ["it"]), ("d", [])):
        key = {"Authorization": f"Bearer {ring.add(name, ['ask'], groups)}"}
        ids.add(client.post("/v1/ask", json={"question": "zebra"}, headers=key).json()["id"])
    assert len(ids) == 3


def signed(groups: str, secret: str = SECRET) -> dict[str, str]:
    told = {"x-assistant-groups": groups, "x-assistant-signature": sign(groups, secret, int(time.time()))}
    return {**told, "x-forwarded-for": "198.51.100.7"}


@pytest.mark.parametrize("has_keys", [False, True])
def test_a_trusted_proxy_signs_the_groups_of_a_person(tmp_path: Path, has_keys: bool) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    ring.add("somebody")
    limits = Limits(trusted_proxies=("10.0.0.0/8",), groups_secret=SECRET)
    app = create_app(lambda: WHOLE, rights=True, limits=limits, keys=ring if has_keys else None)

    def seen(headers: dict[str, str], peer: str = "10.0.0.1") -> int:
        reply = TestClient(app, client=(peer, 1)).get("/v1/documents", headers=headers)
        return len(reply.json()["documents"]) if reply.status_code == 200 else -reply.status_code

    nobody = -401 if has_keys else 15
    assert [seen(signed("hr")), seen(signed("hr,law")), seen(signed(""))] == [30, 45, 15]
    assert seen(signed("hr"), peer="198.51.100.1") == seen(signed("hr", "another secret!!")) == nobody
    assert seen({"x-assistant-groups": "hr", "x-forwarded-for": "198.51.100.7"}) == seen({}) == nobody


def test_the_first_page_names_only_what_whoever_opens_it_may_see(tmp_path: Path) -> None:
    limits = Limits(trusted_proxies=("10.0.0.0/8",), groups_secret=SECRET)
    client = TestClient(create_app(lambda: WHOLE, rights=True, limits=limits), client=("10.0.0.1", 1))
    assert "30 documents" in (page := client.get("/", headers=signed("hr")).text) and "itmark" not in page
    assert "15 documents" in (page := client.get("/").text) and "hrmark" not in page
    ring = KeyRing(tmp_path / "keys.json")
    ring.add("somebody")
    page = TestClient(create_app(lambda: WHOLE, keys=ring)).get("/").text
    assert "<role-assistant " in page and "60 documents" not in page and "hrmark" not in page


def test_groups_that_nobody_looks_at_are_warned_of() -> None:
    [warning] = unguarded(load_settings(), WHOLE)
    assert warning.startswith("45 documents name groups and are shown to all: set ASSISTANT_RIGHTS")
    assert list(unguarded(load_settings({"rights": True}), WHOLE)) == []


def test_without_rights_groups_are_metadata_like_any_other() -> None:
    listed = TestClient(create_app(lambda: WHOLE)).get("/v1/documents").json()["documents"]
    assert len(listed) == 60
