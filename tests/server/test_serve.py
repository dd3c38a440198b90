from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from served import Served, served

from assistant.errors import UsageError
from assistant.server.serve import listen


def ask(url: str, question: str) -> str:
    request = urllib.request.Request(
        f"{url}/v1/ask", json.dumps({"question": question}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:
        return str(json.load(response)["status"])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_is_being_answered_finish_and_ends_with_status_0(number: int) -> None:
    with served() as (process, url):
        idle = http.client.HTTPConnection(urlsplit(url).netloc)
        idle.request("GET", "/healthz")
        idle.getresponse().read()  # and the connection stays open
        said: list[str] = []
        thread = threading.Thread(target=lambda: said.append(ask(url, "slowly zebra")))
        thread.start()
        time.sleep(0.3)
        process.send_signal(number)
        thread.join(10)
        assert (said, process.wait(10)) == (["refused"], 0)
        idle.close()
        assert process.stderr
        assert "Traceback" not in process.stderr.read()


def test_a_port_that_is_taken_is_named() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(UsageError, match=r"cannot listen on 127.0.0.1:\d+ .* --port"):
        listen("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70000), ("no such host", 0), ("203.0.113.1", 0)])
def test_an_address_that_cannot_be_listened_on_is_named(host: str, port: int) -> None:
    with pytest.raises(UsageError, match=f"cannot listen on {host}:{port}.*: choose"):
        listen(host, port)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as server:
        yield server


def test_a_reply_on_a_kept_connection_is_not_held_back() -> None:
    """Without Nagle's algorithm each part of it is sent at once."""
    found: list[int] = []

    async def reply(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def exchange_one() -> None:
        async with await asyncio.start_server(reply, sock=listen("127.0.0.1", 0)) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await reader.read()
            writer.close()
            await writer.wait_closed()

    asyncio.run(exchange_one())
    assert found == [1]


def exchange(server: Served, *parts: bytes) -> bytes:
    """What comes back for these bytes on a bare connection."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as connection:
        for part in parts:
            connection.sendall(part)
        reply = b""
        while chunk := connection.recv(65536):
            reply += chunk
            if reply.endswith(b"}"):
                break
        return reply


HEAD = b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def test_a_large_body_is_refused_over_the_wire(server: Served) -> None:
    whole = exchange(server, HEAD + b"Content-Length: 4000000\r\n\r\n" + b"x" * 100_000)
    assert whole.startswith(b"HTTP/1.1 413 ") and b"request_too_large" in whole
    chunked = exchange(
        server, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1000\r\n" + b"x" * 4096 + b"\r\n"] * 17
    )
    assert chunked.startswith(b"HTTP/1.1 413 ") and b"request_too_large" in chunked


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        HEAD + b"Content-Length: minus\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 200_000,
    ],
)
def test_what_is_not_http_is_a_problem_too(server: Served, request_bytes: bytes) -> None:
    head, _, body = exchange(server, request_bytes).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ") and b"application/problem+json" in head
    assert json.loads(body)["code"] == "malformed_request"


@pytest.mark.parametrize("path", [b"/v1/documents/../../etc/passwd", b"/widget/../errors.py", b"/widget//etc/passwd"])
def test_dots_in_a_path_lead_nowhere(server: Served, path: bytes) -> None:
    assert exchange(server, b"GET " + path + b" HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 404 ")


def test_the_log_is_on_standard_error_and_standard_output_is_empty() -> None:
    command = [sys.executable, "-c", "from assistant.server import create_app, run; run(create_app(None), port=0)"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr and process.stdout
        assert "listening on http://127.0.0.1:" in process.stderr.readline()
        process.terminate()
        assert (process.stdout.read(), process.wait(5)) == ("", 0)
