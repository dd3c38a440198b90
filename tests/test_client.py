"""An assistant over HTTP says what the same one says in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import monotonic

import pytest
from serving import serving
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from assistant import client
from assistant.client import Remote, ServerFault
from assistant.errors import UsageError
from assistant.ids import answer_id
from assistant.server import create_app
from assistant.testing import StaticAnswerer
from assistant.types import Filters, Json, Turn

LISTING = b'{"documents": [], "index_id": "x", "detail": "busy: come back"}'


def test_a_remote_assistant_is_the_same_as_one_here(url: str, guide: StaticAnswerer) -> None:
    far = Remote(url)
    assert far.index_id == guide.index_id and far.passage_counts == guide.passage_counts
    assert list(far.documents) == list(guide.documents)
    for id, document in guide.documents.items():
        assert far.documents[id].text == document.text and far.documents[id].sections == document.sections
    for question in ("median salary", "zebra"):
        near, other = guide.ask(question), far.ask(question, history=[Turn("user", "hello")])
        assert (near.status, near.reason, near.message) == (other.status, other.reason, other.message)
        assert (near.blocks, near.confidence) == (other.blocks, other.confidence)
        assert [citation.url for citation in near.citations] == [citation.url for citation in other.citations]
    found = far.search("median salary", k=1, filters=Filters(sections=("pay",)))
    assert [(hit.passage.text, hit.dense) for hit in found] == [("Median salary: $336,500", 1.0)]
    assert far.ask("median salary", filters=Filters(sections=("nowhere",))).reason == "filtered"
    assert "unknown.txt" not in far.documents
    assert far.promise == guide.promise


def test_a_key_goes_with_every_request(guide: StaticAnswerer) -> None:
    app, keys = create_app(lambda: guide), set[str | None]()

    @app.middleware("http")
    async def listen(request: Request, answer: RequestResponseEndpoint) -> Response:
        keys.add(request.headers.get("authorization"))
        return await answer(request)

    with serving(app) as address:
        Remote(address, api_key="a secret").ask("median salary")
        assert keys == {"Bearer a secret"}
        Remote(address)
    assert keys == {"Bearer a secret", None}


def test_settings_are_told_by_an_id_and_answers_are_found_by_it(url: str, guide: StaticAnswerer) -> None:
    far = Remote(url)
    assert far.settings_id == guide.settings_id and far.titles == {"folder/a guide.txt": "Guide"}
    answer = far.ask("median salary", history=[Turn("user", "hello")])
    assert answer.id == guide.ask("median salary", history=[Turn("user", "hello")]).id
    assert far.ask("median salary").id == answer_id("median salary", settings_id="static", index_id="static")


def test_a_server_that_is_not_there_or_says_no_is_an_error_in_words(url: str) -> None:
    with pytest.raises(ServerFault, match="Is `assistant serve` running there"):
        Remote("http://127.0.0.1:9")
    for address in ("file:///etc/passwd", "127.0.0.1:8000", "http://a:b", ""):
        with pytest.raises(UsageError, match="http://127"):
            Remote(address)
    with pytest.raises(ServerFault, match="/v1/ask gives 422: "):
        Remote(url).ask("x" * 2001)
    with pytest.raises(ServerFault, match="assistant's address"):
        Remote(f"{url}/docs?")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"documents": []}, "gives index_id: Field required. Is it of another version?"),
        ({"documents": [], "index_id": 3}, "gives index_id: Input should be a valid string. Is it"),
        ({"documents": [{}], "index_id": "x"}, r"gives documents\.0\.id: Field required"),
        ([], "gives : Input should be an object"),
    ],
)
def test_an_answer_of_another_shape_is_an_error_in_words(body: Json, said: str) -> None:
    with busy(listing=json.dumps(body).encode()) as (url, _), pytest.raises(ServerFault, match=said):
        Remote(url)


def test_what_a_newer_server_adds_is_passed_over() -> None:
    with busy(listing=b'{"documents": [], "index_id": "x", "tags": [1]}') as (url, _):
        assert Remote(url).index_id == "x"


def test_half_a_surrogate_pair_reaches_the_server_and_is_turned_down_there(url: str) -> None:
    with pytest.raises(ServerFault, match="/v1/ask gives 4"):
        Remote(url).ask("median \ud83d salary")


def test_a_key_that_no_header_can_hold_is_an_error_in_words() -> None:
    with pytest.raises(UsageError, match=r"http://127.0.0.1:9 cannot be asked: .*ascii"):
        Remote("http://127.0.0.1:9", api_key="ключ")


@contextmanager
def busy(*replies: tuple[int, str | None], listing: bytes = LISTING) -> Iterator[tuple[str, list[float]]]:
    """A server that is busy at first, as told by status and Retry-After, and when it was asked."""
    asked: list[float] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, later = replies[len(asked)] if len(asked) < len(replies) else (200, None)
            asked.append(monotonic())
            body = listing
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if later is not None:
                self.send_header("Retry-After", later)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def test_a_server_that_is_busy_is_asked_again_when_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(client, "sleep", slept.append)
    with busy((503, "0"), (429, "1"), (503, "Thu, 01 Jan 2015 00:00:00 GMT")) as (url, asked):
        assert Remote(url).index_id == "x"
    assert len(asked) == 4
    assert slept == [0, 1, 0]


@pytest.mark.parametrize(
    ("replies", "times"),
    [
        ([(503, "0")] * 9, 3),  # as often as it is allowed to
        ([(429, "5")] * 9, 1),  # it would have to wait for longer than it may
        ([(503, None)] * 9, 3),  # it does not say when
        ([(503, "soon")] * 9, 3),
        ([(500, "0")] * 9, 1),
    ],
)
def test_a_server_that_stays_busy_is_an_error_in_words(
    replies: list[tuple[int, str | None]], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_PAUSE", 0.01)
    with busy(*replies) as (url, asked):
        with pytest.raises(ServerFault, match=f"/v1/documents gives {replies[0][0]}: busy: come back"):
            Remote(url, retries=2, patience=4)
        assert len(asked) == times


def test_a_key_does_not_follow_to_another_server() -> None:
    told: list[str | None] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.append(self.headers.get("authorization"))
            self.send_error(404)

        def log_message(self, *arguments: object) -> None: ...

    class First(Other):
        def do_GET(self) -> None:
            told.append(self.headers.get("authorization"))
            self.send_response(302)
            self.send_header("location", f"http://127.0.0.1:{other.server_port}/")
            self.end_headers()

    with (
        ThreadingHTTPServer(("127.0.0.1", 0), Other) as other,
        ThreadingHTTPServer(("127.0.0.1", 0), First) as first,
    ):
        for server in (other, first):
            Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(ServerFault, match="404"):
            Remote(f"http://127.0.0.1:{first.server_port}", api_key="secret")
        for server in (other, first):
            server.shutdown()
    assert told == ["Bearer secret", None]
