"""Answers as server-sent events."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bakery import BAKERY, assistant
from serving import asking, events, serving, until
from starlette.testclient import TestClient

from assistant.errors import AssistantError, IndexNotFound
from assistant.server import Limits, create_app
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Answerer, Block, Citation, Filters, Follower, Passage, ReadPassage, Turn

GOLDEN = Path(__file__).parent.parent / "golden" / "stream.txt"
GUIDE = "# Pay\nThe median pay is $5.\n# Duties\nHire people 👩\u200d🚀\nLead people\n"


class SlowAnswerer(StaticAnswerer):
    """Says the first block at once, the rest when it is let go; meanwhile it looks whether someone still waits."""

    def __init__(self) -> None:
        super().__init__(document(GUIDE))
        self.go = threading.Event()
        self.working = threading.Semaphore(0)
        self.ended: list[str] = []
        self.fault: Exception | None = None

    def follow(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), follower: Follower
    ) -> Answer:
        answer = self.ask(question, history=history, filters=filters)
        try:
            if "quietly" not in question:
                follower.hear(answer.blocks[0], answer.citations[:1])
            self.working.release()
            while not self.go.wait(0.01):
                follower.check()
            if self.fault is not None:
                raise self.fault
        finally:
            self.ended.append(question)
        return answer

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        answer = super().ask("people", filters=filters)
        cited = [self._cite(hit) for hit in self.search("people")]
        blocks = tuple(Block(citation.cited_text, (n,)) for n, citation in enumerate(cited))
        return replace(answer, blocks=blocks, citations=tuple(cited))


@pytest.fixture
def slow() -> Iterator[SlowAnswerer]:
    answerer = SlowAnswerer()
    yield answerer
    answerer.go.set()


class OddAnswerer(StaticAnswerer):
    """Fails on `breakage`, and cites what is not there on `forgery`."""

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        if question == "breakage":
            raise RuntimeError("a secret")
        answer = super().ask("median pay" if question == "forgery" else question, history=history, filters=filters)
        if question == "forgery":
            return replace(answer, citations=(replace(answer.citations[0], cited_text="The median pay is $6."),))
        return answer


@pytest.fixture(scope="module")
def client() -> TestClient:
    answerer = OddAnswerer(document(GUIDE))
    return TestClient(create_app(lambda: answerer), raise_server_exceptions=False)


def asked(client: TestClient, question: str, **fields: object) -> Any:
    return client.post("/v1/ask", json={"question": question, "stream": True, **fields})


def test_a_stream_is_the_blocks_and_then_the_whole_answer(client: TestClient) -> None:
    said = asked(client, "median pay", history=[{"role": "user", "content": "hello"}])
    whole = client.post("/v1/ask", json={"question": "median pay", "history": [{"role": "user", "content": "hello"}]})
    (first, block), (last, answer) = events(said.text)
    assert (first, last) == ("block", "answer")
    assert block == {
        "index": 0,
        "text": "The median pay is $5.",
        "citations": whole.json()["citations"],
        "label": None,
        "kind": "sentence",
        "cells": [],
        "generated": False,
    }
    assert list(answer) == list(whole.json())
    assert {**answer, "timings_ms": {}} == {**whole.json(), "timings_ms": {}}


def test_the_stream_on_file_is_what_is_sent(client: TestClient) -> None:
    sent = re.sub(r'"total":[\d.e-]+', '"total":0.1', asked(client, "median pay").text)
    if not GOLDEN.exists() or GOLDEN.read_text("utf-8") != sent:
        GOLDEN.write_text(sent, "utf-8")
        pytest.fail(f"a stream has changed and {GOLDEN.name} is written anew: review its diff")


def test_a_stream_is_kept_by_no_proxy_and_held_back_by_none(client: TestClient) -> None:
    headers = asked(client, "median pay").headers
    assert headers["content-type"].partition(";")[0] == "text/event-stream"
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert headers["x-request-id"] and headers["x-content-type-options"] == "nosniff"


def test_a_refusal_is_streamed_without_blocks(client: TestClient) -> None:
    [(name, answer)] = events(asked(client, "zebra").text)
    assert (name, answer["status"], answer["message"]) == ("answer", "refused", "The documents do not say.")


def test_the_reply_without_a_stream_is_as_before(client: TestClient) -> None:
    reply = client.post("/v1/ask", json={"question": "median pay", "stream": False})
    assert reply.headers["content-type"] == "application/json" and reply.json()["status"] == "answered"
    assert re.fullmatch(r'\{"id":"ans_\w+","question":"median pay",.*"timings_ms":\{"total":[\d.e-]+\}\}', reply.text)


@pytest.mark.parametrize(
    ("question", "status", "code"),
    [
        ("", 422, "invalid_request"),
        ("breakage", 500, "internal_error"),
        ("forgery", 500, "unverified_citation"),
    ],
)
def test_what_fails_before_the_first_byte_is_an_ordinary_problem(
    client: TestClient, question: str, status: int, code: str
) -> None:
    reply = asked(client, question)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json()["code"] == code and "secret" not in reply.text and "$6" not in reply.text


def test_without_an_index_a_stream_is_an_ordinary_problem() -> None:
    def current() -> Answerer:
        raise IndexNotFound("run `assistant index`")

    reply = asked(TestClient(create_app(current)), "pay")
    assert (reply.status_code, reply.json()["code"]) == (503, "index_not_found")


@pytest.mark.parametrize(
    ("fault", "code", "detail"),
    [
        (AssistantError("the disk is full: make room"), "internal_error", "the disk is full: make room"),
        (RuntimeError("a secret"), "internal_error", "something went wrong: try again"),
    ],
)
def test_what_fails_after_the_first_byte_is_the_last_event(
    slow: SlowAnswerer, caplog: pytest.LogCaptureFixture, fault: Exception, code: str, detail: str
) -> None:
    slow.fault = fault
    slow.go.set()
    with caplog.at_level(logging.INFO, "assistant.server"):
        reply = asked(TestClient(create_app(lambda: slow)), "people")
    (first, _), (last, problem) = events(reply.text)
    assert (reply.status_code, first, last) == (200, "block", "error")
    assert list(problem) == ["type", "title", "status", "detail", "code"]
    assert (problem["status"], problem["code"], problem["detail"]) == (500, code, detail)
    assert ("RuntimeError" in caplog.text) is isinstance(fault, RuntimeError)


def test_a_block_is_sent_while_the_rest_is_worked_out(slow: SlowAnswerer) -> None:
    with serving(create_app(lambda: slow)) as url:
        connection = asking(url, "people", stream=True)
        reply = connection.getresponse()
        first = b""
        while not first.endswith(b"\n\n"):
            first += reply.read1()
        assert not slow.ended
        slow.go.set()
        said = events((first + reply.read()).decode())
        connection.close()
    assert [name for name, _ in said] == ["block", "block", "answer"]
    assert [data["text"] for _, data in said[:2]] == ["Hire people 👩\u200d🚀", "Lead people"]
    assert [data["index"] for _, data in said[:2]] == [0, 1]
    assert [block["citations"][0] for _, block in said[:2]] == said[2][1]["citations"]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("question", ["people", "people quietly"])
def test_a_client_that_goes_away_stops_the_work(slow: SlowAnswerer, question: str, stream: bool) -> None:
    with serving(create_app(lambda: slow)) as url:
        connection = asking(url, question, stream=stream)
        assert slow.working.acquire(timeout=5) and not slow.ended
        connection.close()
        until(lambda: slow.ended == [question])
        assert not slow.go.is_set()


def test_what_waits_for_a_client_that_has_gone_leaves_the_queue(slow: SlowAnswerer) -> None:
    with serving(create_app(lambda: slow, limits=Limits(max_concurrent=1, max_queue=1))) as url:

        def turned_away() -> bool:
            with closing(asking(url, "probe")) as probe:
                probe.sock.settimeout(0.2)
                try:
                    return probe.getresponse().status == 503
                except TimeoutError:  # it waits
                    return False

        busy = asking(url, "people first")
        assert slow.working.acquire(timeout=5)
        waiting = asking(url, "people second")
        until(turned_away)
        waiting.close()
        until(lambda: not turned_away())
        slow.go.set()
        assert busy.getresponse().status == 200
        busy.close()
    assert "people first" in slow.ended and "people second" not in slow.ended


# What the assistant says while it works


class Listener:
    """Writes down what it hears, and ends the work at the n-th check."""

    def __init__(self, ends_at: int = 0) -> None:
        self.heard: list[str] = []
        self.checks = 0
        self._ends_at = ends_at

    def check(self) -> None:
        self.checks += 1
        if self.checks == self._ends_at:
            raise InterruptedError

    def hear(self, block: Block, citations: Sequence[Citation]) -> None:
        assert len(citations) == len(block.citations)
        self.heard.append(block.text)


class CountingReader:
    """Sees no answer anywhere, and counts what it has read."""

    fingerprint = "counting"

    def __init__(self) -> None:
        self.read_passages = 0

    def read(self, question: str, passage: Passage) -> ReadPassage:
        self.read_passages += 1
        return ReadPassage(passage, (), -9.0)


def test_the_assistant_says_each_block_of_the_answer_that_it_gives() -> None:
    baker, listener = assistant({"Baker": BAKERY}), Listener()
    answer = baker.follow("What are the late duties?", follower=listener)
    assert listener.heard == [block.text for block in answer.blocks] == ["Sweep the floor", "Count the till"]
    assert replace(answer, timings_ms={}) == replace(baker.ask("What are the late duties?"), timings_ms={})


@pytest.mark.parametrize(("ends_at", "read"), [(1, 0), (2, 0), (3, 1), (4, 2), (0, 4)])
def test_no_further_passage_is_read_once_the_work_is_ended(ends_at: int, read: int) -> None:
    reader = CountingReader()
    baker = assistant({"Baker": BAKERY}, reader=lambda _: reader)
    try:
        baker.follow("What is the median wage of a Master Baker?", follower=Listener(ends_at))
    except InterruptedError:
        assert ends_at
    assert reader.read_passages == read
