"""The log, for people and for programs."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.server import create_app
from assistant.server.log import Clients, JsonLines
from assistant.testing import StaticAnswerer, document

GUIDE = StaticAnswerer(document("The median pay is $5.", id="a guide.txt"))


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(JsonLines().format(record)) for record in caplog.records]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "assistant")
    return caplog


def test_a_request_is_a_json_object_with_its_real_path(log: pytest.LogCaptureFixture) -> None:
    TestClient(create_app(lambda: GUIDE)).get("/documents/a%20guide.txt?start=0&end=3", headers={"x-request-id": "r-1"})
    [line] = lines(log)
    assert (line["level"], line["logger"], line["event"]) == ("info", "assistant.server", "request")
    assert (line["id"], line["route"], line["path"]) == ("r-1", "/documents/{id:path}", "/documents/a guide.txt")
    assert (line["method"], line["status"]) == ("GET", 200) and line["ms"] > 0 and line["time"].endswith("+00:00")
    assert "client" not in line and "question" not in line


@pytest.mark.parametrize("path", ["/a%0aid=forged", "/a%22b", "/%e2%80%a8x"])
def test_no_path_begins_a_line_of_its_own(log: pytest.LogCaptureFixture, path: str) -> None:
    TestClient(create_app(lambda: GUIDE)).get(path)
    [record] = log.records
    assert len(record.getMessage().splitlines()) == 1
    assert len(JsonLines().format(record).split("\n")) == 1


@pytest.mark.parametrize(
    ("shown", "peer", "told"),
    [
        ("none", "198.51.100.7", None),
        ("network", "198.51.100.7", "198.51.100.0/24"),
        ("network", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("address", "198.51.100.7", "198.51.100.7"),
    ],
)
def test_a_client_is_logged_as_the_settings_say(
    log: pytest.LogCaptureFixture, shown: Clients, peer: str, told: str | None
) -> None:
    TestClient(create_app(lambda: GUIDE, log_clients=shown), client=(peer, 1)).get("/healthz")
    assert lines(log)[0].get("client") == told
    assert told is None or f"client={told}" in log.text


def test_questions_are_logged_only_where_that_is_wanted(log: pytest.LogCaptureFixture) -> None:
    for wanted in (False, True):
        TestClient(create_app(lambda: GUIDE, log_questions=wanted)).post("/v1/ask", json={"question": "median pay"})
    assert [line.get("question") for line in lines(log)] == [None, "median pay"]


def test_what_is_no_request_keeps_its_words_and_its_trace() -> None:
    try:
        raise ValueError("odd")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "went %s", ("wrong",), __import__("sys").exc_info())
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"]) == ("error", "went wrong") and "ValueError: odd" in line["exception"]
