"""Several processes serve on one socket as one server would."""

from __future__ import annotations

import json
import os
import re
import signal
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from threading import Event, Thread

import pytest
from crew import Crew, command_line, crew
from serving import until

from assistant.cores import cores
from assistant.server.command import share_of
from assistant.settings import load_settings


def fetch(url: str, body: Mapping[str, object] | None = None) -> tuple[int, str, str]:
    """Status, text, and token of a reply on a connection of its own."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read().decode(), reply.headers.get("X-Feedback-Token", "")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), ""


def gone(pid: int) -> bool:
    return not command_line(pid)


def test_a_worker_that_ends_is_replaced() -> None:
    with crew() as run:
        first = run.workers()
        assert len(first) == 2
        os.kill(min(first), signal.SIGKILL)
        until(lambda: len(run.workers()) == 2 and min(first) not in run.workers(), 30)
        assert fetch(f"{run.url}/healthz")[0] == 200


def test_sighup_renews_all_workers_and_no_request_is_lost() -> None:
    with crew() as run:
        first = run.workers()
        done, told = Event(), Counter[object]()

        def ask_on() -> None:
            while not done.is_set():
                try:
                    told[fetch(f"{run.url}/v1/documents")[0]] += 1
                except OSError as error:
                    told[str(error)] += 1

        threads = [Thread(target=ask_on) for _ in range(3)]
        for thread in threads:
            thread.start()
        run.process.send_signal(signal.SIGHUP)
        until(lambda: len(run.workers()) == 2 and not first & run.workers(), 60)
        done.set()
        for thread in threads:
            thread.join()
        assert set(told) == {200}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_is_being_answered_finish_and_ends_all(number: int) -> None:
    with crew() as run:
        workers = run.workers()
        said: list[int] = []
        body = {"question": "slowly zebra"}
        thread = Thread(target=lambda: said.append(fetch(f"{run.url}/v1/ask", body)[0]))
        thread.start()
        until(lambda: fetch(f"{run.url}/healthz")[0] == 200)
        run.process.send_signal(number)
        thread.join(20)
        assert (said, run.process.wait(20)) == ([200], 0)
        assert all(map(gone, workers))


def test_workers_end_where_the_process_that_started_them_is_killed() -> None:
    with crew() as run:
        workers = run.workers()
        run.process.kill()
        until(lambda: all(map(gone, workers)), 20)


def test_where_none_can_serve_the_command_ends_with_the_status_of_what_is_wrong() -> None:
    with crew(broken=True) as run:
        assert (run.url, run.process.wait(30)) == ("", 4)


def test_where_new_workers_cannot_serve_those_before_them_go_on() -> None:
    with crew(broken_later=True) as run:
        first = run.workers()
        (run.folder / "later").touch()
        run.process.send_signal(signal.SIGHUP)
        until(lambda: "the ones before it go on" in run.log(), 30)
        assert "assistant: it is damaged" in run.log()
        assert run.workers() == first
        assert fetch(f"{run.url}/healthz")[0] == 200


@pytest.fixture(scope="module")
def limited() -> Crew:  # type: ignore[misc]  # it yields
    with crew(rate=40) as run:
        yield run


def test_a_vote_is_taken_by_whichever_process_it_reaches(limited: Crew) -> None:
    for n in range(6):
        status, text, token = fetch(f"{limited.url}/v1/ask", {"question": f"zebra {n}"})
        assert status == 200
        vote = {"answer_id": json.loads(text)["id"], "token": token, "vote": "up"}
        assert fetch(f"{limited.url}/v1/feedback", vote)[0] == 204


def test_limits_and_counts_are_those_of_all_processes_together(limited: Crew) -> None:
    statuses = Counter(fetch(f"{limited.url}/v1/promise")[0] for _ in range(50))
    assert statuses.keys() == {200, 429}
    assert 20 <= statuses[200] <= 40  # some were taken above, and some flow in meanwhile
    told = fetch(f"{limited.url}/metrics")[1]
    counted = re.findall(r'^assistant_requests_total\{.*route="/v1/promise",status="200"\} (\S+)$', told, re.MULTILINE)
    assert [float(n) for n in counted] == [statuses[200]]


def test_what_all_may_do_together_is_divided_among_them(tmp_path: Path) -> None:
    one = share_of(load_settings({"workers": 4, "max_concurrent": 10, "max_connections": 1001, "threads": 8}))
    assert (one.max_concurrent, one.max_queue, one.max_connections, one.threads) == (3, 16, 251, 2)
    one = share_of(load_settings({"workers": 64}))
    assert (one.max_concurrent, one.max_queue, one.threads) == (-(-cores() // 64), 1, max(1, cores() // 64))
    assert 1 <= one.max_connections <= 16
