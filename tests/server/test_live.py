"""The index in force, watched while it changes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from assistant import live as taking_up
from assistant.errors import IndexDamaged
from assistant.server.live import Watched
from assistant.settings import Settings, load_settings
from assistant.testing import StaticAnswerer, document


class Shelf:
    """A folder of builds, of which those that are damaged cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = load_settings({"index": folder})
        self.damaged: set[str] = set()
        self.events: list[tuple[str, Any]] = []

    def publish(self, name: str) -> None:
        builds = self.folder / "builds" / name
        builds.mkdir(parents=True, exist_ok=True)
        (self.folder / "current").write_text(f"{name}\n")

    def open(self, settings: Settings, store: object) -> StaticAnswerer:
        name = (self.folder / "current").read_text().strip()
        if name in self.damaged:
            raise IndexDamaged(f"{name} is cut short: run `assistant index`")
        return StaticAnswerer(document("The median pay is $5."), index_id=name)

    def audit(self, what: str, **fields: object) -> None:
        self.events.append((what, fields["index"]))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    made = Shelf(tmp_path)
    monkeypatch.setattr(taking_up, "open_answerer", made.open)
    return made


def test_each_index_that_is_taken_up_is_told(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "assistant")
    shelf.publish("aaaaaaaaaaaaaaaa")
    live = Watched(shelf.settings, shelf.audit)
    live.open()
    assert live().index_id == "aaaaaaaaaaaaaaaa" and live.built_at > 1e9
    shelf.publish("bbbbbbbbbbbbbbbb")
    assert live().index_id == live().index_id == "bbbbbbbbbbbbbbbb"
    told = [record.getMessage() for record in caplog.records]
    assert [line.partition(", built")[0] for line in told] == [
        "took up index aaaaaaaaaaaaaaaa: 1 documents, 1 passages",
        "took up index bbbbbbbbbbbbbbbb: 1 documents, 1 passages",
    ]
    assert "at most 10% are answered" in told[0]
    assert shelf.events == [("index taken up", "aaaaaaaaaaaaaaaa"), ("index taken up", "bbbbbbbbbbbbbbbb")]


def test_one_that_cannot_be_taken_up_is_known_until_another_is(shelf: Shelf) -> None:
    shelf.publish("aaaaaaaaaaaaaaaa")
    live = Watched(shelf.settings)
    live.open()
    shelf.damaged = {"bbbbbbbbbbbbbbbb"}
    shelf.publish("bbbbbbbbbbbbbbbb")
    assert [live().index_id for _ in range(3)] == ["aaaaaaaaaaaaaaaa"] * 3
    assert (live.failures, str(live.fault)) == (1, "bbbbbbbbbbbbbbbb is cut short: run `assistant index`")
    live.reload()
    assert live.failures == 2
    shelf.damaged = set()
    assert live().index_id == "aaaaaaaaaaaaaaaa"  # it is not tried with each request
    assert live.reload().index_id == "bbbbbbbbbbbbbbbb"
    assert (live.failures, live.fault) == (2, None)


def test_one_that_cannot_be_opened_at_the_start_is_an_error(shelf: Shelf) -> None:
    shelf.damaged = {"aaaaaaaaaaaaaaaa"}
    shelf.publish("aaaaaaaaaaaaaaaa")
    live = Watched(shelf.settings)
    with pytest.raises(IndexDamaged):
        live.open()
    assert (live.failures, live.fault) == (0, None)
