"""How many connections there may be, and how long each may keep the server waiting."""

from __future__ import annotations

import json
import logging
import signal
import socket
import time
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from served import Served, served

from assistant.server.connections import Connections, Deadlines, most_connections


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Line:
    """A connection that remembers how it ended."""

    def __init__(self) -> None:
        self.ended: str = ""
        self.left = 0

    def unsent(self) -> int:
        return self.left

    def expire(self) -> None:
        self.ended = "expired"

    def drop(self) -> None:
        self.ended = "dropped"


def made(most: int = 3) -> tuple[Connections, Clock]:
    clock = Clock()
    deadlines = Deadlines(read=10, bytes_a_second=100, write=20)
    return Connections(most, deadlines=deadlines, now=clock), clock


def test_a_new_connection_takes_the_place_of_the_one_that_waits_longest() -> None:
    connections, clock = made()
    lines = [Line() for _ in range(6)]
    for line in lines[:3]:
        clock.now += 1
        assert connections.enter(line)
    connections.note(lines[0], "answering")
    for line in lines[3:5]:
        assert connections.enter(line)
    assert [line.ended for line in lines] == ["", "dropped", "dropped", "", "", ""]
    connections.note(lines[0], "idle")  # answered, and now it waits, but not for long
    assert connections.enter(lines[5])
    assert [line.ended for line in lines] == ["", "dropped", "dropped", "dropped", "", ""]
    assert len(connections) == 3


def test_there_is_no_room_where_all_are_being_answered() -> None:
    connections, _ = made(2)
    lines = [Line(), Line()]
    for line in lines:
        connections.enter(line)
        connections.note(line, "answering")
    assert not connections.enter(Line())
    connections.leave(lines[0])
    assert connections.enter(Line()) and [line.ended for line in lines] == ["", ""]


def test_headers_must_come_in_time_however_they_come() -> None:
    connections, clock = made()
    line = Line()
    connections.enter(line)
    for _ in range(10):
        clock.now += 1
        connections.note(line, "head", 5)
        connections.sweep()
        assert line.ended == ""
    clock.now += 0.5
    connections.sweep()
    assert [line.ended] == ["expired"]


def test_a_body_has_a_second_more_for_each_so_many_bytes() -> None:
    connections, clock = made()
    line = Line()
    connections.enter(line)
    clock.now = 9
    connections.note(line, "body", 300)
    clock.now = 9 + 10 + 3
    connections.sweep()
    assert [line.ended] == [""]
    clock.now += 0.5
    connections.sweep()
    assert [line.ended] == ["expired"]


def test_an_answer_and_an_idle_connection_have_other_clocks() -> None:
    connections, clock = made()
    lines = [Line(), Line()]
    for line in lines:
        connections.enter(line)
    connections.note(lines[0], "answering")
    connections.note(lines[1], "idle")
    clock.now = 1000
    connections.sweep()
    assert [line.ended for line in lines] == ["", ""]
    connections.note(lines[1], "head", 1)
    clock.now += 11
    connections.sweep()
    assert [line.ended for line in lines] == ["", "expired"]


def test_a_client_that_takes_nothing_is_dropped_and_a_slow_one_is_not() -> None:
    connections, clock = made()
    dead, slow = Line(), Line()
    for line in (dead, slow):
        connections.enter(line)
        connections.note(line, "answering")
        line.left = 1000
    for _ in range(21):
        connections.sweep()
        clock.now += 1
        slow.left -= 1
    connections.sweep()
    assert (dead.ended, slow.ended) == ("dropped", "")
    slow.left = 0
    clock.now += 100
    connections.sweep()
    assert slow.ended == ""


def test_the_end_drops_what_has_not_come_in_whole() -> None:
    connections, _ = made(4)
    lines = {phase: Line() for phase in ("head", "body", "answering")}
    for line in lines.values():
        connections.enter(line)
    connections.note(lines["body"], "body")
    connections.note(lines["answering"], "answering")
    connections.drop_unread()
    assert {phase: line.ended for phase, line in lines.items()} == {
        "head": "dropped",
        "body": "dropped",
        "answering": "",
    }


def test_the_log_counts_what_was_closed_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    connections, clock = made(1)
    with caplog.at_level(logging.WARNING):
        for _ in range(500):
            connections.enter(Line())
            clock.now += 0.01
            connections.sweep()
    assert [record.getMessage() for record in caplog.records] == ["closed connections: 1 to make room; 1 are open"]


@pytest.mark.parametrize(("files", "most"), [(1024, 704), (65536, 1000), (256, 64), (0, 1000)])
def test_the_connections_leave_room_for_other_files(files: int, most: int) -> None:
    assert most_connections(files) == most


# Over the wire


UNFINISHED = b"POST /v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{"


def connect(server: Served) -> socket.socket:
    address = urlsplit(server.url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def said(connection: socket.socket) -> bytes:
    """All that comes until the server closes."""
    found = b""
    try:
        while chunk := connection.recv(65536):
            found += chunk
    except ConnectionResetError:
        pass
    return found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"", b""),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"HTTP/1.1 408 "),
        (UNFINISHED, b"HTTP/1.1 408 "),
    ],
)
def test_a_client_that_is_too_slow_is_told_so(sent: bytes, status: bytes) -> None:
    with served(read_timeout=0.5) as server, connect(server) as connection:
        connection.sendall(sent)
        head, _, body = said(connection).partition(b"\r\n\r\n")
        assert head.startswith(status) and bool(head) == bool(status)
        if status:
            assert json.loads(body)["code"] == "request_timeout" and b"connection: close" in head.lower()
        with urlopen(f"{server.url}/healthz") as reply:
            assert reply.status == 200


def test_silent_connections_make_room_for_one_that_asks() -> None:
    with served(max_connections=8) as server:
        silent = [connect(server) for _ in range(40)]
        for _ in range(5):
            with urlopen(f"{server.url}/healthz", timeout=5) as reply:
                assert reply.status == 200
        assert said(silent[0]) == b""  # the first of them has been closed
        for connection in silent:
            connection.close()


def test_a_signal_drops_requests_that_have_not_come_in_whole() -> None:
    with served() as server:
        held = [connect(server) for _ in range(5)]
        for connection in held:
            connection.sendall(UNFINISHED)
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == 0
        assert [said(connection) for connection in held] == [b""] * 5
        for connection in held:
            connection.close()


def test_sighup_reloads_and_the_server_goes_on() -> None:
    with served() as server:
        server.process.send_signal(signal.SIGHUP)
        assert server.process.stderr is not None
        assert server.process.stderr.readline().endswith("reloaded\n")
        with urlopen(f"{server.url}/healthz") as reply:
            assert reply.status == 200


def test_a_target_that_is_a_whole_url_is_answered_as_its_path() -> None:
    with served() as server, connect(server) as connection:
        connection.sendall(b"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert said(connection).startswith(b"HTTP/1.1 200 ")
