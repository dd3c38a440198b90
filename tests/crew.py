"""Several processes that serve a small answerer, started as a person's command would be."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from served import GUIDE, SlowAnswerer
from serving import until

from assistant.errors import IndexDamaged
from assistant.feedback.records import Recorder, Records
from assistant.server import create_app
from assistant.server.command import tracing
from assistant.server.feedback import Feedback
from assistant.server.limits import Limits
from assistant.server.monitoring import FOLDER
from assistant.server.serve import address, listen, run
from assistant.server.workers import Workers
from assistant.testing import document


@dataclass(frozen=True)
class Serve:
    """What each process does."""

    folder: str
    rate: int = 0
    broken: bool = False
    broken_later: bool = False

    def __call__(self, listener: socket.socket, serves: Callable[[], None]) -> int:
        later = Path(self.folder) / "later"
        if self.broken or (self.broken_later and later.exists()):
            raise IndexDamaged("it is damaged")
        shared = str(Path(self.folder) / "limits.sqlite")
        recorder = Recorder(Records(Path(self.folder) / "records.sqlite"), days=1)
        answerer = SlowAnswerer(document(GUIDE, id="roles/head of ai.txt", title="Head of AI"))
        with tracing() as traces:
            app = create_app(
                lambda: answerer,
                limits=Limits(rate_limit=self.rate, shared=shared),
                feedback=Feedback(recorder, shared=shared),
                traces=traces,
            )
            run(app, listener=listener, serves=serves)
        recorder.close()
        return 0


@dataclass(frozen=True)
class Crew:
    """The process that holds the socket, and where it listens."""

    process: subprocess.Popen[str]
    url: str
    folder: Path

    def log(self) -> str:
        """What all of them have said."""
        return (self.folder / "log").read_text("utf-8")

    def workers(self) -> set[int]:
        """The processes that serve."""
        return {pid for pid in children(self.process.pid) if b"spawn_main" in command_line(pid)}


def children(pid: int) -> list[int]:
    """The processes that any thread of this one has started."""
    try:
        return [int(n) for path in Path(f"/proc/{pid}/task").glob("*/children") for n in path.read_text().split()]
    except OSError:
        return []


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def crew(**options: object) -> Iterator[Crew]:
    """Two processes on a free port; all are ended at the end."""
    folder = mkdtemp()
    command = [sys.executable, __file__, json.dumps({"folder": folder, **options})]
    log = Path(folder) / "log"
    with log.open("w") as written, subprocess.Popen(command, stderr=written, text=True) as process:
        known: list[int] = []
        try:
            until(lambda: "http://" in log.read_text() or process.poll() is not None, 60)
            listening = re.search(r"http://\S+", log.read_text())
            known = children(process.pid)
            yield Crew(process, listening[0] if listening else "", Path(folder))
            known = [*known, *children(process.pid)]
        finally:
            process.kill()
            for pid in known:
                if b"spawn_main" in command_line(pid):
                    os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    with listen("127.0.0.1", 0) as listener:
        given = Serve(**json.loads(sys.argv[1]))
        (Path(given.folder) / "metrics").mkdir(exist_ok=True)
        os.environ[FOLDER] = str(Path(given.folder) / "metrics")
        told = address("127.0.0.1", listener)
        sys.exit(Workers(given, listener, 2, serve=lambda: print(told, file=sys.stderr, flush=True)).run())
