"""The index is built beside the server: once for all who ask while a build runs, and after a failure again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Event

import pytest
from serving import until

from assistant.server.rebuilding import Rebuilder


def test_those_who_ask_while_a_build_runs_share_the_next() -> None:
    begun: list[int] = []
    may_end = Event()

    def build() -> int:
        begun.append(len(begun))
        may_end.wait(10)
        return 0

    done: list[int] = []
    rebuild = Rebuilder(build, lambda: done.append(len(begun)))
    with rebuild.working():
        rebuild()
        until(lambda: begun == [0])
        for _ in range(5):
            rebuild()
        may_end.set()
        until(lambda: done == [1, 2])
    assert begun == [0, 1]


def test_a_build_that_fails_is_told_and_the_next_is_done(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "assistant")
    ends: Iterator[int | OSError] = iter([OSError("no room"), 4, 8, 0])
    done: list[None] = []

    def build() -> int:
        end = next(ends)
        if isinstance(end, OSError):
            raise end
        return end

    rebuild = Rebuilder(build, lambda: done.append(None))
    with rebuild.working():
        for told, count in ((1, 0), (2, 1), (2, 2), (2, 3)):
            rebuild()
            until(lambda told=told, count=count: (len(caplog.records), len(done)) == (told, count))
    assert "exit status 4" in caplog.records[1].getMessage()
