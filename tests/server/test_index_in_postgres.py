"""A server over an index in PostgreSQL answers from what is in force, or says that it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bakery
import pytest
from database import Server
from starlette.testclient import TestClient

from assistant.compose import open_store
from assistant.documents.chunking import line_in_context, passages_of
from assistant.index.folder import FolderStore
from assistant.index.store import IndexStore
from assistant.question.acronyms import Known
from assistant.server import create_app
from assistant.server.live import Live
from assistant.settings import load_settings

pytest.importorskip("psycopg_pool")

from assistant.index.postgres.store import PostgresStore

MILLER = "Duties\nThe miller grinds the corn.\nThe sails turn at dawn.\n"
BOTH = {"Baker": bakery.BAKERY, "Miller": MILLER}
QUESTIONS = [
    "Who lights the ovens?",
    "What is the median wage of a Master Baker?",
    "Which duties does the baker have?",
    "Who grinds the corn?",
    "What does schooling take?",
    "zebras in winter",
]


def put(store: IndexStore, texts: Mapping[str, str]) -> None:
    documents = sorted(bakery.of_titles(texts), key=lambda one: one.id)
    passages = [passage for one in documents for passage in passages_of(one, budgets=[bakery.BUDGET])]
    with store.building() as building:
        building.write(
            documents=documents,
            passages=passages,
            embedded=[passage.text for passage in passages],
            lines=[line_in_context(one, line) for one in documents for line in one.lines],
            vocabulary={},
            encoder=bakery.ENCODER,
            settings={},
            receipt={},
            acronyms=Known(),
        )


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.database()


@pytest.fixture
def store(url: str, tmp_path: Path) -> PostgresStore:
    made = PostgresStore(url, name="the indexer's", exports=tmp_path)
    put(made, BOTH)
    return made


@pytest.fixture
def live(store: PostgresStore, url: str, tmp_path: Path) -> Live:
    """The index in force as a server of its own sees it."""
    settings = load_settings({"index": url, "cache": tmp_path})
    theirs = open_store(settings)
    return Live(settings, store=theirs, opener=lambda: bakery.over(theirs.open()))


@pytest.fixture
def client(live: Live) -> TestClient:
    return TestClient(create_app(live), base_url="http://localhost")


def ask(client: TestClient, question: str, **fields: object) -> tuple[int, Any]:
    reply = client.post("/v1/ask", json={"question": question, **fields})
    return reply.status_code, reply.json()


def test_answers_are_those_of_an_index_in_a_folder(client: TestClient, tmp_path: Path) -> None:
    here = FolderStore(tmp_path / "here")
    put(here, BOTH)
    local = TestClient(create_app(lambda: bakery.over(here.open())), base_url="http://localhost")
    answered = 0
    for question in QUESTIONS:
        for more in (
            {},
            {"filters": {"document_ids": ["baker.txt"]}},
            {"history": [{"role": "user", "content": "Who?"}]},
        ):
            (_, one), (_, other) = (ask(each, question, **more) for each in (client, local))
            answered += one["status"] == "answered"
            assert {**one, "timings_ms": {}} == {**other, "timings_ms": {}}
        found, known = (each.post("/v1/search", json={"question": question}).json() for each in (client, local))
        assert found == known
    assert answered > 5


def test_a_document_that_is_deleted_is_in_no_answer_from_then_on(client: TestClient, store: PostgresStore) -> None:
    assert ask(client, "Who grinds the corn?")[1]["citations"][0]["document_id"] == "miller.txt"
    put(store, {"Baker": bakery.BAKERY})
    status, said = ask(client, "Who grinds the corn?")
    assert (status, said["status"]) == (200, "refused")
    assert {place["document_id"] for place in said["closest"]} <= {"baker.txt"}
    assert client.get("/v1/documents/miller.txt").status_code == 404
    assert [row["id"] for row in client.get("/v1/documents").json()["documents"]] == ["baker.txt"]


def test_a_change_while_a_question_is_answered_is_taken_up_before_the_reply(
    client: TestClient, live: Live, store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "Who lights the ovens?")
    changed: list[str | None] = []

    def at_first(whole: Callable[..., Any]) -> Callable[..., Any]:
        def search(*given: Any, **named: Any) -> Any:
            if not changed:
                put(store, {"Baker": bakery.BAKERY})
                changed.append(store.current())
            return whole(*given, **named)

        return search

    retriever = live()._retriever
    object.__setattr__(retriever, "encode", at_first(retriever.encode))
    status, said = ask(client, "Who grinds the corn?")
    assert (status, said["status"], [said["index_id"]]) == (200, "refused", changed)


def test_a_database_that_is_away_is_503_and_nothing_wrong_is_kept(
    client: TestClient, postgres: Server, store: PostgresStore
) -> None:
    before = ask(client, QUESTIONS[1])
    postgres.stop()
    try:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["code"]) == (503, "index_unreachable")
        for question in QUESTIONS[:2]:
            status, said = ask(client, question)
            assert (status, said["code"]) == (503, "index_unreachable")
            assert "does not answer" in said["detail"]
        assert client.get("/healthz").status_code == 200
    finally:
        postgres.start()
    again = ask(client, QUESTIONS[1])
    assert {**again[1], "timings_ms": {}} == {**before[1], "timings_ms": {}}
    assert (again[0], client.get("/readyz").status_code) == (200, 200)


def test_an_index_that_cannot_be_opened_is_not_answered_from_as_it_was(
    client: TestClient, store: PostgresStore, url: str
) -> None:
    import psycopg

    assert ask(client, QUESTIONS[0])[0] == 200
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute("DELETE FROM assistant.collection")
    for _ in range(2):
        status, said = ask(client, QUESTIONS[0])
        assert (status, said["code"]) == (503, "index_not_found")
