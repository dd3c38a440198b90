"""Stages are timed, and watched by whoever asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context

import pytest

from assistant.answer.clock import Clock, Counts, watcher


def test_a_stage_is_watched_with_what_it_counts_also_where_it_breaks() -> None:
    told: list[tuple[str, Counts]] = []
    clock = Clock()

    @contextmanager
    def watch(name: str) -> Iterator[Counts]:
        counts = Counts()
        try:
            yield counts
        finally:
            told.append((name, counts))

    def watched() -> None:
        watcher.set(watch)
        with clock.stage("search") as counted:
            counted["passages"] = 3
        with pytest.raises(ValueError, match="it breaks"), clock.stage("read"):
            raise ValueError("it breaks")

    copy_context().run(watched)
    before = clock.stages["search"]
    with clock.stage("search") as counted:  # nobody watches any more
        counted["passages"] = 4
    assert told == [("search", {"passages": 3}), ("read", {})]
    assert list(clock.stages) == ["search", "read"] and clock.stages["search"] > before
