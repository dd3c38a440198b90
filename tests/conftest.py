"""What several tests stand on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import uvicorn
from hypothesis import settings

from assistant.batch.journal import Journal
from assistant.server import create_app
from assistant.testing import StaticAnswerer, document

# How long an example takes says more about the machine than about the code.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def guide() -> StaticAnswerer:
    """An assistant over one small document."""
    text = "# Pay\nMedian salary: $336,500\n# Duties\nLead the team\n"
    return StaticAnswerer(document(text, id="folder/a guide.txt"))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal of a batch, with nothing in it yet."""
    with closing(Journal(tmp_path / "journal")) as made:
        yield made


@pytest.fixture(scope="session")
def url(guide: StaticAnswerer) -> Iterator[str]:
    """The address of a server that serves it."""
    server = uvicorn.Server(uvicorn.Config(create_app(lambda: guide), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
