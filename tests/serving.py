"""A server in a thread of this process, for what needs real connections."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import uvicorn

JSON = {"content-type": "application/json"}


@contextmanager
def serving(app: Callable[..., Any]) -> Iterator[str]:
    """The address of a server of this app."""
    config = uvicorn.Config(app, port=0, log_level="warning", proxy_headers=False, timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def until(condition: Any, seconds: float = 5.0) -> None:
    """Waits until the condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.005)


def asking(url: str, question: str, path: str = "/v1/ask", **fields: object) -> HTTPConnection:
    """A connection on which a question has been asked."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("POST", path, json.dumps({"question": question, **fields}), JSON)
    return connection


def events(text: str) -> list[tuple[str, Any]]:
    """(name, data) of each server-sent event."""
    found = []
    for chunk in text.removesuffix("\n\n").split("\n\n"):
        lines: Mapping[str, str] = dict(line.split(": ", 1) for line in chunk.split("\n"))
        found.append((lines.get("event", ""), json.loads(lines["data"])))
    return found
