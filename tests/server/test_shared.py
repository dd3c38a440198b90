"""Buckets that several processes take from."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant.server import shared
from assistant.server.limits import Buckets, make_buckets
from assistant.server.shared import SharedBuckets


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Callable[..., SharedBuckets]:
    """Opens the buckets as another process would."""
    return lambda name="requests", rate=3: SharedBuckets(tmp_path / "limits.sqlite", name, rate, now=clock)


def test_two_processes_take_from_one_bucket(opened: Callable[..., SharedBuckets], clock: Clock) -> None:
    one, two = opened(), opened()
    assert [one.take("a"), two.take("a"), one.take("a")] == [0, 0, 0]
    assert [two.take("a"), one.wait("a"), two.take("b")] == [20, 20, 0]
    clock.now += 20
    assert [one.wait("a"), two.take("a"), one.take("a")] == [0, 0, 20]
    clock.now += 3600
    assert [two.take("a") for _ in range(4)] == [0, 0, 0, 20]


def test_it_takes_as_the_bucket_of_one_process_does(opened: Callable[..., SharedBuckets], clock: Clock) -> None:
    ours, plain = opened(rate=7), Buckets(7, now=clock)
    for n in range(200):
        clock.now += (n * 37 % 11) / 4
        client = "abc"[n % 3]
        assert (ours.wait(client), ours.take(client)) == (plain.wait(client), plain.take(client)), n


def test_buckets_of_other_names_are_others(opened: Callable[..., SharedBuckets]) -> None:
    assert [opened(rate=1).take("a"), opened("wrong keys", 1).take("a"), opened(rate=1).take("a")] == [0, 0, 60]


def test_threads_take_no_more_than_there_is(opened: Callable[..., SharedBuckets]) -> None:
    several = [opened(rate=50) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        waits = list(pool.map(lambda n: several[n % 4].take("a"), range(200)))
    assert waits.count(0) == 50


def test_those_that_asked_long_ago_are_forgotten(
    opened: Callable[..., SharedBuckets], clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    monkeypatch.setattr(shared, "TRIMMED", 10)
    buckets = opened()
    for n in range(9):
        buckets.take(f"client {n}")
    clock.now += 61
    buckets.take("a")
    with sqlite3.connect(tmp_path / "limits.sqlite") as file:
        assert file.execute("SELECT client FROM buckets").fetchall() == [("a",)]


def test_a_file_that_fails_lets_requests_through_and_tells(
    opened: Callable[..., SharedBuckets], caplog: pytest.LogCaptureFixture
) -> None:
    buckets = opened(rate=1)
    buckets.close()
    with caplog.at_level(logging.ERROR):
        assert [buckets.take("a"), buckets.take("a"), buckets.wait("a")] == [0, 0, 0]
    assert "requests are not counted" in caplog.text


def test_without_a_file_they_are_those_of_the_process(tmp_path: Path) -> None:
    assert isinstance(make_buckets("requests", 3), Buckets)
    assert isinstance(make_buckets("requests", 3, str(tmp_path / "limits.sqlite")), SharedBuckets)
