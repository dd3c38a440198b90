"""What several tests stand on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from serving import serving

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
    with serving(create_app(lambda: guide)) as address:
        yield address
