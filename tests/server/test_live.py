"""The index in force, followed while it changes."""

from __future__ import annotations

import gc
import json
import logging
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import ref

import pytest
from serving import asking, serving, until

from assistant.access.rights import Views
from assistant.errors import IndexDamaged, IndexUnreachable, UsageError
from assistant.index.folder import FolderStore
from assistant.server import create_app
from assistant.server.live import AGAIN, MOST, Live
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document

A, B, C = ("a" * 16, "b" * 16, "c" * 16)
CUT_SHORT = f"{B} is cut short: run `assistant index`"


class Shelf:
    """A folder of builds, of which those that are damaged cannot be opened, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = load_settings({"index": folder})
        self.damaged: set[str] = set()
        self.events: list[tuple[str, Any]] = []
        self.opened: list[str] = []
        self.seconds = 0.0

    def publish(self, name: str) -> None:
        build = self.folder / "builds" / name
        build.mkdir(parents=True, exist_ok=True)
        (build / "manifest.json").write_text("{}")
        part = self.folder / ".current.new"
        part.write_text(f"{name}\n")
        part.replace(self.folder / "current")

    def open(self) -> Any:
        name = (self.folder / "current").read_text().strip()
        self.opened.append(name)
        if name in self.damaged:
            raise IndexDamaged(f"{name} is cut short: run `assistant index`")
        return StaticAnswerer(document(f"The median pay is ${name}."), index_id=name)

    def audit(self, what: str, **fields: object) -> None:
        self.events.append((what, fields["index"]))

    def live(self, *, outlived: bool = True) -> Live:
        store = FolderStore(self.folder)
        store.outlived = outlived
        return Live(self.settings, self.audit, store=store, opener=self.open, now=lambda: self.seconds)


class Away(FolderStore):
    """A store that does not answer."""

    outlived = False

    def current(self) -> str | None:
        raise IndexUnreachable("it does not answer")

    def state(self) -> object:
        raise IndexUnreachable("it does not answer")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_each_index_that_is_taken_up_is_told(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "assistant")
    shelf.publish(A)
    live = shelf.live()
    live.open()
    assert live().index_id == A and live.built_at > 1e9
    shelf.publish(B)
    live.look()
    live.look()
    assert live().index_id == B
    told = [record.getMessage() for record in caplog.records]
    assert [line.partition(", built")[0] for line in told] == [
        f"took up index {A}: 1 documents, 1 passages",
        f"took up index {B}: 1 documents, 1 passages",
    ]
    assert "at most 10% are answered" in told[0]
    assert shelf.events == [("index taken up", A), ("index taken up", B)]


def test_no_question_opens_an_index_once_one_is_open(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    assert live().index_id == A
    shelf.publish(B)
    assert [live().index_id for _ in range(3)] == [A] * 3
    assert (live.wanted, shelf.opened) == (B, [A])


def test_one_that_cannot_be_opened_is_tried_again_less_and_less_often(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()
    shelf.damaged = {B}
    shelf.publish(B)
    tried = []
    for second in range(400):
        shelf.seconds = float(second)
        before = live.failures
        live.look()
        if live.failures > before:
            tried.append(second)
    assert tried[:7] == [0, 1, 3, 7, 15, 31, 63]
    assert {later - earlier for earlier, later in pairwise(tried[6:])} == {MOST} and AGAIN == 1
    assert (live().index_id, str(live.fault)) == (A, CUT_SHORT)


def test_one_that_was_repaired_is_taken_up_though_it_has_the_same_id(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()
    shelf.damaged = {B}
    shelf.publish(B)
    live.look()
    shelf.damaged = set()
    live.look()
    assert live().index_id == A  # neither have its files changed, nor is it time
    shelf.publish(B)
    live.look()
    assert (live().index_id, live.failures, live.fault) == (B, 1, None)


def test_one_that_is_taken_back_is_no_fault_any_more(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()
    shelf.damaged = {B}
    shelf.publish(B)
    live.look()
    assert str(live.fault) == CUT_SHORT
    shelf.publish(A)
    live.look()
    assert (live().index_id, live.fault, shelf.opened) == (A, None, [A, B])


def test_a_reload_tries_at_once(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()
    shelf.damaged = {B}
    shelf.publish(B)
    assert live.reload().index_id == live.reload().index_id == A
    assert live.failures == 2
    shelf.damaged = set()
    assert (live.reload().index_id, live.fault) == (B, None)


def test_an_index_that_is_taken_away_goes_on_answering(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()
    (shelf.folder / "current").write_text("no name\n")
    live.look()
    assert (live().index_id, live.wanted) == (A, None)
    (shelf.folder / "current").unlink()
    live.look()
    assert (live().index_id, live.wanted) == (A, None)


def test_one_that_cannot_be_accounted_for_is_not_taken_up(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()

    def full(what: str, **fields: object) -> None:
        raise UsageError("cannot write the audit log")

    live._audit = full
    shelf.publish(B)
    live.look()
    assert (live().index_id, str(live.fault)) == (A, "cannot write the audit log")


def test_one_that_cannot_be_opened_at_the_start_is_an_error(shelf: Shelf) -> None:
    shelf.damaged = {A}
    shelf.publish(A)
    live = shelf.live()
    with pytest.raises(IndexDamaged):
        live.open()
    assert (live.failures, live.fault) == (0, None)


def test_nothing_holds_the_index_before_nor_the_views_of_it(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    views = Views(live)
    live._answerer = StaticAnswerer(document("x", metadata={"groups": ["hr"]}), index_id=A)  # type: ignore[assignment]
    gc.disable()
    try:
        gone: list[Callable[[], object]] = [ref(live()), ref(views(()))]
        assert None not in [each() for each in gone]
        shelf.damaged = {B}
        shelf.publish(B)
        live.look()
        shelf.publish(C)
        live.look()
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()


def test_where_an_index_may_not_be_outlived_a_question_waits_for_the_new_one(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live(outlived=False)
    assert live().index_id == A
    shelf.publish(B)
    assert (live().index_id, live().index_id, shelf.opened) == (B, B, [A, B])
    shelf.damaged = {C}
    shelf.publish(C)
    for _ in range(2):
        with pytest.raises(IndexDamaged):
            live()
    shelf.damaged = set()
    live.look()
    assert (live().index_id, shelf.opened) == (C, [A, B, C, C, C])


def test_a_store_that_is_away_is_looked_at_again(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live(outlived=False)
    live.open()
    store, live.store = live.store, Away(shelf.folder)
    live.look()
    with pytest.raises(IndexUnreachable):
        live()
    assert (live.wanted, live.fault, live.failures) == (None, None, 0)
    live.store = store
    shelf.publish(B)
    live.look()
    assert (live().index_id, shelf.opened) == (B, [A, B])


def test_readiness_tells_which_index_is_wanted_and_which_is_loaded(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()
    shelf.damaged = {B}
    shelf.publish(B)
    with serving(create_app(live)) as url:

        def said() -> dict[str, Any]:
            connection = HTTPConnection(urlsplit(url).netloc)
            connection.request("GET", "/readyz")
            found: dict[str, Any] = json.loads(connection.getresponse().read())
            connection.close()
            return found

        assert said() == {"status": "ready", "index_id": A, "wanted": B, "loaded": A, "detail": None}
        live.look()
        assert said() == {
            "status": "degraded",
            "index_id": A,
            "wanted": B,
            "loaded": A,
            "detail": f"the new index cannot be taken up: {CUT_SHORT}",
        }


def test_no_question_is_lost_and_none_is_answered_from_two_indexes_while_they_change(shelf: Shelf) -> None:
    names = [f"{n:016d}" for n in range(40)]
    shelf.publish(names[0])
    live = shelf.live()
    live.open()
    done, mixed = threading.Event(), []
    counts: dict[str, int] = {}

    def ask(url: str) -> None:
        while not done.is_set():
            connection = asking(url, "What is the median pay?")
            reply = connection.getresponse()
            body = json.loads(reply.read())
            connection.close()
            index_id = body.get("index_id", "")
            if reply.status != 200 or body["answer"] != f"The median pay is ${index_id}.":
                mixed.append(body)
            counts[index_id] = counts.get(index_id, 0) + 1

    with serving(create_app(live)) as url, live.following():
        clients = [threading.Thread(target=ask, args=(url,)) for _ in range(4)]
        for client in clients:
            client.start()
        try:
            for name in names[1:]:
                shelf.publish(name)
                live.look()
                seen = counts.get(name, 0)
                until(lambda seen=seen, name=name: counts.get(name, 0) > seen)
        finally:
            done.set()
            for client in clients:
                client.join()
    assert mixed == []
    assert set(names[1:]) <= set(counts)


def test_a_new_index_is_taken_up_without_being_asked_for(shelf: Shelf) -> None:
    shelf.publish(A)
    live = shelf.live()
    live.open()
    with live.following():
        shelf.publish(B)
        until(lambda: live().index_id == B)
