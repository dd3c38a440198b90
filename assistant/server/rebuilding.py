"""Builds the index beside the server, after the documents have changed."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from assistant.errors import FilesFailed
from assistant.settings import PREFIX, DatabaseUrl, Settings

logger = logging.getLogger("assistant.server")


def build_apart(settings: Settings, *options: str) -> int:
    """Builds the index in a child process, so that this one never loads what only building needs; its exit status."""
    command: Sequence[str] = [
        sys.executable,
        "-P",  # no code from the folder that this runs in
        "-m",
        "assistant",
        "index",
        *options,
        "--corpus",
        str(settings.corpus),
    ]
    place = settings.index.value if isinstance(settings.index, DatabaseUrl) else str(settings.index)
    # Others on this machine see the arguments of a command, but not its environment.
    child = subprocess.Popen(command, stdout=sys.stderr, env={**os.environ, f"{PREFIX}INDEX": place})
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise


class Rebuilder:
    """Builds when it is called, in a thread of its own: once for all calls that come while a build runs."""

    def __init__(self, build: Callable[[], int], done: Callable[[], object]) -> None:
        """`build` gives an exit status, `done` is called after each build."""
        self._build, self._done = build, done
        self._wanted, self._stopped = Event(), Event()

    def __call__(self) -> None:
        """Returns at once; a build that begins later has what was there by now."""
        self._wanted.set()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Builds as long as this lasts."""
        thread = Thread(target=self._work, name="rebuild", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            self._wanted.set()

    def _work(self) -> None:
        while self._wanted.wait() and not self._stopped.is_set():
            self._wanted.clear()
            try:
                status = self._build()
                if status not in (0, FilesFailed.exit_code):
                    logger.error(
                        "the index cannot be built (exit status %d): see above, and run assistant index", status
                    )
                self._done()
            except Exception:  # the next document must find the thread alive
                logger.exception("the index cannot be built")
