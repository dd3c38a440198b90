"""What several tests stand on."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from database import Server, running
from hypothesis import settings
from serving import serving
from tiny import make_models, make_reader

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


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """Gives a disk of so many kilobytes, mounted in a folder; skips the test where it may not be mounted."""
    mounted: list[Path] = []

    def mount(kilobytes: int) -> Path:
        folder = tmp_path / f"disk{len(mounted)}"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", str(folder)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("no disk may be mounted here")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server; skips the test where none can be started."""
    yield from running()


@pytest.fixture(scope="session")
def url(guide: StaticAnswerer) -> Iterator[str]:
    """The address of a server that serves it."""
    with serving(create_app(lambda: guide)) as address:
        yield address


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny question-answering models of transformers, a folder each."""
    folder = tmp_path_factory.mktemp("models")
    make_models(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny reader in the layout of the one that ships."""
    folder = tmp_path_factory.mktemp("reader")
    make_reader(folder)
    return folder
