"""How much may be asked: the queue before the models, the time for a request, the rate of one client."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serving import JSON, asking, serving, until
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient
from starlette.types import Message, Scope

from assistant.errors import Busy, SettingsError, TimedOut
from assistant.server import Limits, create_app
from assistant.server.limits import Buckets
from assistant.server.peers import ProxyHeaders, base_url, client_key
from assistant.server.queue import Job, WorkQueue
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Filters, Turn


class Gated(StaticAnswerer):
    """Answers once it is let go."""

    def __init__(self) -> None:
        super().__init__(document("The median pay is $5."))
        self.go = threading.Event()
        self.begun = threading.Semaphore(0)
        self.at_once = self.most_at_once = 0

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        self._work()
        return super().ask(question, history=history, filters=filters)

    def _work(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.begun.release()
        self.go.wait(10)
        self.at_once -= 1


@pytest.fixture
def gated() -> Iterator[Gated]:
    answerer = Gated()
    yield answerer
    answerer.go.set()


def problem(reply: Any, status: int, code: str) -> dict[str, Any]:
    body = dict(json.loads(reply.read() if hasattr(reply, "read") else reply.text))
    assert (reply.status if hasattr(reply, "status") else reply.status_code, body["code"]) == (status, code)
    return body


# The queue


def test_past_the_queue_a_question_is_turned_away_and_told_when_to_come_back(gated: Gated) -> None:
    with serving(create_app(lambda: gated, limits=Limits(max_concurrent=2, max_queue=1))) as url:
        working = [asking(url, "median pay") for _ in range(2)]
        assert gated.begun.acquire(timeout=5) and gated.begun.acquire(timeout=5)
        waiting = asking(url, "median pay")
        until(lambda: full(url))
        for path, fields in (("/v1/ask", {}), ("/v1/ask", {"stream": True}), ("/v1/search", {})):
            reply = (turned := asking(url, "pay", path=path, **fields)).getresponse()
            assert "ask again later" in problem(reply, 503, "busy")["detail"]
            assert reply.headers["content-type"] == "application/problem+json"
            assert 1 <= int(reply.headers["retry-after"]) <= 60
            turned.close()
        gated.go.set()
        for connection in (*working, waiting):
            assert json.load(connection.getresponse())["answer"] == "The median pay is $5."
            connection.close()
    assert gated.most_at_once == 2


def full(url: str) -> bool:
    with_timeout = HTTPConnection(urlsplit(url).netloc, timeout=0.2)
    try:
        with_timeout.request("POST", "/v1/search", '{"question": "pay"}', JSON)
        return with_timeout.getresponse().status == 503
    except TimeoutError:
        return False
    finally:
        with_timeout.close()


def test_while_all_is_busy_the_rest_of_the_server_answers(gated: Gated) -> None:
    with serving(create_app(lambda: gated, limits=Limits(max_concurrent=1, max_queue=60))) as url:
        connections = [asking(url, "median pay") for _ in range(60)]
        assert gated.begun.acquire(timeout=5)
        for path in ("/healthz", "/readyz", "/v1/documents", "/", "/widget/widget.js"):
            other = HTTPConnection(urlsplit(url).netloc, timeout=5)
            other.request("GET", path)
            assert other.getresponse().status == 200  # while the gate is shut
            other.close()
        gated.go.set()
        assert {connection.getresponse().status for connection in connections} == {200}
        for connection in connections:
            connection.close()


def test_a_crowd_that_wants_suggestions_keeps_no_question_waiting(gated: Gated) -> None:
    """The first of them takes one place; the others wait for what it finds, and take none."""
    guide = StaticAnswerer(document("# What are the duties?\nThe duties are many.\n"))
    gated.documents = guide.documents
    with serving(create_app(lambda: gated, limits=Limits(max_concurrent=2, max_queue=0))) as url:
        waiting = [asking_for(url, "/v1/suggestions") for _ in range(6)]
        assert gated.begun.acquire(timeout=5)
        question = asking(url, "median pay")
        assert gated.begun.acquire(timeout=5)  # it has a place beside the one that finds
        gated.go.set()
        assert json.load(question.getresponse())["status"] in ("answered", "refused")
        replies = [json.load(connection.getresponse())["questions"] for connection in waiting]
        assert replies == [replies[0]] * 6
        for connection in (question, *waiting):
            connection.close()
    assert gated.most_at_once == 2


def asking_for(url: str, path: str) -> HTTPConnection:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", path)
    return connection


def test_a_question_that_takes_too_long_is_given_up(gated: Gated) -> None:
    client = TestClient(create_app(lambda: gated, limits=Limits(max_concurrent=1, max_queue=2, request_timeout=0.05)))
    for fields in ({}, {"stream": True}):
        reply = client.post("/v1/ask", json={"question": "median pay", **fields})
        assert "after 0.05 seconds" in problem(reply, 503, "timed_out")["detail"] and reply.headers["retry-after"]
    gated.go.set()
    until(lambda: client.post("/v1/ask", json={"question": "median pay"}).status_code == 200)


async def connected() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_work_is_done_in_the_order_in_which_it_came() -> None:
    done: list[int] = []

    async def come() -> None:
        desk = WorkQueue(at_once=1, waiting=9)

        def work(n: int) -> Callable[[Job[int]], int]:
            def append(job: Job[int]) -> int:
                done.append(n)
                return n

            return append

        assert await asyncio.gather(*(desk.answer(work(n), connected) for n in range(10))) == list(range(10))

    asyncio.run(come())
    assert done == list(range(10))


def test_a_client_that_leaves_makes_room_at_once_where_its_work_waited() -> None:
    go = threading.Event()

    async def come() -> None:
        desk = WorkQueue(at_once=1, waiting=1)
        gone = asyncio.Event()

        async def leaving() -> Message:
            await gone.wait()
            return {"type": "http.disconnect"}

        working = asyncio.create_task(desk.answer(lambda job: go.wait(10), connected))
        waiting = asyncio.create_task(desk.answer(lambda job: False, leaving))
        await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        with pytest.raises(Busy):
            await desk.answer(lambda job: False, connected)
        gone.set()
        with pytest.raises(ClientDisconnect):
            await waiting
        next = asyncio.create_task(desk.answer(lambda job: True, connected))
        await asyncio.sleep(0.01)
        go.set()
        assert await working and await next

    asyncio.run(come())


def test_work_that_is_given_up_keeps_its_place_until_it_really_ends() -> None:
    go = threading.Event()

    async def come() -> None:
        desk = WorkQueue(at_once=1, waiting=0, seconds=0.02)
        with pytest.raises(TimedOut):
            await desk.answer(lambda job: go.wait(10), connected)
        with pytest.raises(Busy):
            await desk.answer(lambda job: True, connected)
        go.set()
        while True:
            try:
                assert await desk.answer(lambda job: True, connected)
                return
            except Busy:
                await asyncio.sleep(0.005)

    asyncio.run(come())


def test_what_is_no_persons_question_waits_until_nobody_does_but_not_for_ever(gated: Gated) -> None:
    desk = WorkQueue(at_once=1, waiting=5)
    desk.give_way(60)  # nobody is there
    passed = threading.Semaphore(0)

    def beside(seconds: float) -> threading.Thread:
        def wait() -> None:
            desk.give_way(seconds)
            passed.release()

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        return thread

    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def ask() -> None:
        one, other = (asyncio.create_task(desk.answer(lambda job: gated.ask("median pay"), never)) for _ in range(2))
        await asyncio.to_thread(gated.begun.acquire)
        patient = beside(60)
        await asyncio.to_thread(beside(0.01).join)
        assert passed.acquire(blocking=False) and not passed.acquire(blocking=False)
        gated.go.set()
        await asyncio.gather(one, other)
        await asyncio.to_thread(patient.join)
        assert passed.acquire(blocking=False)

    asyncio.run(ask())


def test_what_the_work_raises_is_raised() -> None:
    def fail(job: Job[int]) -> int:
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(WorkQueue(at_once=1).answer(fail, connected))


def test_a_crowd_past_the_bound_gets_answers_or_is_turned_away_and_the_server_is_as_before(gated: Gated) -> None:
    gated.go.set()
    with serving(create_app(lambda: gated, limits=Limits(max_concurrent=1, max_queue=3))) as url:

        def ask(n: int) -> int:
            with closing(asking(url, f"median pay {n}", stream=n % 2 == 0)) as connection:
                reply = connection.getresponse()
                assert reply.read()
                return reply.status

        with ThreadPoolExecutor(32) as pool:
            statuses = list(pool.map(ask, range(200)))
        assert set(statuses) <= {200, 503} and 200 in statuses
        assert [ask(n) for n in range(5)] == [200] * 5


# The rate


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_full_bucket_is_as_many_requests_and_fills_again_by_the_minute() -> None:
    clock = Clock()
    buckets = Buckets(6, now=clock)
    assert [buckets.take("a") for _ in range(7)] == [0] * 6 + [10]
    assert buckets.take("b") == 0
    clock.now = 4.0
    assert buckets.take("a") == 6
    clock.now = 10.0
    assert [buckets.take("a") for _ in range(2)] == [0, 10]
    clock.now = 10_000.0
    assert [buckets.take("a") for _ in range(7)] == [0] * 6 + [10]


def test_the_wait_is_told_in_whole_seconds_that_are_enough() -> None:
    clock = Clock()
    buckets = Buckets(7, now=clock)  # a token every 8.57 seconds
    assert [buckets.take("a") for _ in range(8)] == [0] * 7 + [9]
    clock.now = 8.0
    assert buckets.take("a") == 1
    clock.now = 9.0
    assert [buckets.take("a") for _ in range(2)] == [0, 9]


@given(rate=st.integers(1, 1000), steps=st.lists(st.floats(0, 30), max_size=60))
def test_what_is_let_through_is_bounded_and_the_wait_that_is_told_is_enough(rate: int, steps: list[float]) -> None:
    clock = Clock()
    buckets = Buckets(rate, now=clock)
    through = 0
    for step in steps:
        clock.now += step
        wait = buckets.take("a")
        through += wait == 0
        assert through <= rate + clock.now * rate / 60 + 1e-6
        if wait:
            clock.now += wait + 1e-6  # what sums of floats lose
            assert buckets.take("a") == 0
            through += 1


def test_only_so_many_clients_are_remembered() -> None:
    clock = Clock()
    buckets = Buckets(1, most=3, now=clock)
    assert [buckets.take(name) for name in "abcd"] == [0] * 4
    assert len(buckets) == 3
    assert buckets.take("d") == 60 and buckets.take("a") == 0  # the oldest was forgotten
    assert len(buckets) == 3


def limited(rate: int = 2, *, peer: str = "203.0.113.9", trusted: tuple[str, ...] = ()) -> TestClient:
    answerer = StaticAnswerer(document("The median pay is $5."))
    app = create_app(lambda: answerer, limits=Limits(rate_limit=rate, trusted_proxies=trusted))
    return TestClient(app, client=(peer, 1234))


def test_a_client_that_asks_too_often_is_told_when_to_come_back() -> None:
    client = limited()
    for path in ("/v1/ask", "/v1/search"):
        assert client.post(path, json={"question": "median pay"}).status_code == 200
    reply = client.post("/v1/ask", json={"question": "median pay"})
    assert "ask again in 30 seconds" in problem(reply, 429, "rate_limited")["detail"]
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["retry-after"] == "30" and reply.headers["x-request-id"]
    assert client.get("/v1/documents").status_code == client.get("/nope").status_code == 429


def test_the_bundle_of_the_documentation_is_counted() -> None:
    client = limited(1)
    assert [client.get("/docs/swagger-ui-bundle.js").status_code for _ in range(2)] == [200, 429]


def test_health_pages_and_static_files_are_not_counted() -> None:
    client = limited(1)
    for path in ("/healthz", "/readyz", "/", "/docs", "/openapi.json", "/widget/widget.js", "/docs/swagger-ui.css"):
        assert [client.get(path).status_code for _ in range(3)] == [200] * 3
    assert [client.get("/v1/documents").status_code for _ in range(2)] == [200, 429]


def test_without_the_setting_nothing_is_counted() -> None:
    client = limited(0)
    assert {client.get("/v1/documents").status_code for _ in range(50)} == {200}


def test_each_client_has_its_own_rate_also_behind_a_trusted_proxy() -> None:
    client = limited(1, peer="10.1.2.3", trusted=("10.0.0.0/8",))

    def ask(forwarded: str) -> int:
        return client.get("/v1/documents", headers={"x-forwarded-for": forwarded}).status_code

    assert [ask("198.51.100.1"), ask("198.51.100.2"), ask("198.51.100.1")] == [200, 200, 429]
    assert ask("8.8.8.8, 198.51.100.1") == ask("198.51.100.1, 10.9.9.9") == 429  # what stands left is not believed


def test_a_header_of_a_client_that_is_no_trusted_proxy_is_not_believed() -> None:
    for trusted in ((), ("10.0.0.0/8",)):
        client = limited(1, trusted=trusted)
        sent = [client.get("/v1/documents", headers={"x-forwarded-for": f"198.51.100.{n}"}) for n in range(2)]
        assert [reply.status_code for reply in sent] == [200, 429]


def seen(peer: str, headers: dict[str, str], trusted: Sequence[str] = ("10.0.0.0/8", "fd00::/8")) -> Scope:
    """The scope that the app sees behind the proxies."""
    found: list[Scope] = []

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        found.append(scope)

    raw = [(name.encode(), value.encode()) for name, value in {"host": "inner:8000", **headers}.items()]
    scope = {
        "type": "http",
        "client": (peer, 1),
        "scheme": "http",
        "headers": raw,
        "path": "/",
        "server": ("own", 8000),
    }
    asyncio.run(ProxyHeaders(app, trusted)(scope, connected, None))  # type: ignore[arg-type]  # nothing is sent
    return found[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "key"),
    [
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "1.1.1.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("10.0.0.1", "[2001:db8:1:2:ffff::1]:443", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "::ffff:198.51.100.7", "198.51.100.7"),
        ("fd00::1", "198.51.100.7", "198.51.100.7"),
        ("198.51.100.1", "203.0.113.5", "198.51.100.1"),
        ("2001:db8::1", "203.0.113.5", "2001:db8::/64"),
        ("", "203.0.113.5", ""),
        ("testclient", "203.0.113.5", "testclient"),
    ],
)
def test_the_client_is_the_last_address_that_no_trusted_proxy_has(peer: str, forwarded: str, key: str) -> None:
    assert client_key(seen(peer, {"x-forwarded-for": forwarded})) == key


@given(forwarded=st.text(st.sampled_from('0123456789.:,[]fd "%x/')))
def test_no_header_makes_the_client_another_than_the_peer_or_an_address(forwarded: str) -> None:
    assert client_key(seen("198.51.100.1", {"x-forwarded-for": forwarded})) == "198.51.100.1"
    assert client_key(seen("10.0.0.1", {"x-forwarded-for": forwarded}))


def test_a_trusted_proxy_tells_the_scheme_and_the_host() -> None:
    told = {"x-forwarded-proto": "https", "x-forwarded-host": "jobs.example.org"}
    assert base_url(seen("10.0.0.1", told)) == "https://jobs.example.org"
    assert base_url(seen("198.51.100.1", told)) == "http://own:8000"
    odd = {"x-forwarded-proto": "javascript", "x-forwarded-host": "a b/c"}
    assert base_url(seen("10.0.0.1", odd)) == "http://inner:8000"


@pytest.mark.parametrize("host", ["evil.example", "[::1]:8", "a/b", "["])
def test_the_address_of_the_server_is_not_what_a_bare_request_says(host: str) -> None:
    scope = {"type": "http", "scheme": "http", "server": ("::1", 8000), "headers": [(b"host", host.encode())]}
    assert base_url(scope) == "http://[::1]:8000"
    assert base_url({**scope, "server": ("127.0.0.1", 80)}) == "http://127.0.0.1"


# The settings


def test_a_rate_that_is_switched_on_without_a_number_is_600(monkeypatch: pytest.MonkeyPatch) -> None:
    for text, rate in (("on", 600), ("true", 600), ("ON", 600), ("off", 0), ("0", 0), ("60", 60)):
        monkeypatch.setenv("ASSISTANT_RATE_LIMIT", text)
        assert load_settings().rate_limit == rate
    monkeypatch.delenv("ASSISTANT_RATE_LIMIT")
    assert (load_settings().rate_limit, load_settings({"rate_limit": True}).rate_limit) == (0, 600)


def test_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_TRUSTED_PROXIES", "10.0.0.0/8, ::1 ,192.168.1.7")
    assert load_settings().trusted_proxies == ("10.0.0.0/8", "::1/128", "192.168.1.7/32")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE_LIMIT", "-1"),
        ("RATE_LIMIT", "many"),
        ("TRUSTED_PROXIES", "proxy.example.org"),
        ("MAX_QUEUE", "-1"),
        ("REQUEST_TIMEOUT", "0"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ASSISTANT_{name}", value)
    with pytest.raises(SettingsError, match=name.lower()):
        load_settings()
