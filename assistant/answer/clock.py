"""How long each stage of an answer took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter

Counts = dict[str, int]
Watcher = Callable[[str], AbstractContextManager[Counts]]

watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)
"""What is around each stage, by its name; that of whoever asks, and nothing where nobody watches."""


@dataclass(slots=True)
class Clock:
    """How long each stage took, in milliseconds."""

    stages: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[Counts]:
        """Times what is done within. It gives what to count in, for whoever watches."""
        watch = watcher.get()
        began = perf_counter()
        try:
            with nullcontext(Counts()) if watch is None else watch(name) as counts:
                yield counts
        finally:
            self.stages[name] = self.stages.get(name, 0.0) + (perf_counter() - began) * 1000
