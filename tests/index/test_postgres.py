"""An index in PostgreSQL changes in one transaction, and says so when it is away."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest
from builds import TEXTS, documents, put
from database import Server

from assistant.errors import IndexChanged, IndexFault, IndexMismatch, IndexNotFound, IndexUnreachable
from assistant.testing import HashEncoder, document

pytest.importorskip("psycopg_pool")

import psycopg

from assistant.index.postgres import schema
from assistant.index.postgres.store import PostgresStore

# Builds a large change, and says when its transaction has begun to write.
BUILDER = """
import sys, time
from pathlib import Path
sys.path[:0] = ["tests"]
from builds import put
from assistant.index.postgres import building, writing
from assistant.index.postgres.store import PostgresStore
from assistant.testing import document

def slowly(connection, pages, *rest, **named):
    writing.add(connection, pages, *rest, **named)
    print("written", flush=True)
    time.sleep(60)

building.add = slowly
store = PostgresStore(sys.argv[1], name="x", exports=Path(sys.argv[2]))
put(store, [document(f"Page {n} of others.\\n", id=f"{n}.txt") for n in range(50)])
"""


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.database()


@pytest.fixture
def store(url: str, tmp_path: Path) -> PostgresStore:
    made = PostgresStore(url, name="the test's", exports=tmp_path)
    put(made, documents())
    return made


@pytest.fixture
def admin(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Somebody who works on the tables by hand."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def test_an_empty_database_has_no_index_and_is_asked_for_one(url: str, tmp_path: Path) -> None:
    empty = PostgresStore(url, name="the test's", exports=tmp_path)
    assert empty.current() is None
    with pytest.raises(IndexNotFound, match="run `assistant index`"):
        empty.open()
    with pytest.raises(IndexNotFound):
        empty.receipt()
    put(empty, documents())
    vector = HashEncoder().encode_queries(["pay"])[0]
    assert empty.open().dense(vector, 1)  # also by a connection from before there were vectors


def test_what_was_opened_is_freed_when_it_is_let_go(store: PostgresStore) -> None:
    gc.collect()
    gc.disable()
    try:
        opened = store.open()
        assert opened.lexical("per cent", 3) and opened.vocabulary and not opened.acronyms.explained
        gone = ref(opened)
        del opened
        assert gone() is None
    finally:
        gc.enable()


def test_only_what_has_changed_is_written(store: PostgresStore, admin: psycopg.Connection[tuple[int, str]]) -> None:
    def keys() -> dict[str, int]:
        return {id: key for key, id in admin.execute("SELECT key, id FROM assistant.document").fetchall()}

    before = keys()
    put(store, documents({**TEXTS, "c.txt": "Twenty per cent\n"}))
    after = keys()
    assert before.keys() == after.keys()
    assert [id for id in before if before[id] != after[id]] == ["c.txt"]


def test_a_document_whose_acronym_another_explains_is_written_again(store: PostgresStore) -> None:
    pages = [document("The TCO rises.\n", id="a.txt"), document("Nothing.\n", id="b.txt")]
    put(store, pages)
    assert [row for row, _ in store.open().lexical("ownership", 9)] == []
    put(store, [*pages, document("Total cost of ownership (TCO) matters.\n", id="c.txt")])
    assert [row for row, _ in store.open().lexical("ownership", 9)] == [0, 2]


def test_what_was_opened_before_a_change_answers_nothing_more(store: PostgresStore) -> None:
    before = store.open()
    put(store, documents({**TEXTS, "c.txt": "Twenty per cent\n"}))
    vector = HashEncoder().encode_queries(["pay"])[0]
    for ask in (
        lambda: before.dense(vector, 3),
        lambda: before.lexical("per cent", 3),
        lambda: before.lines([("b.txt", 0)]),
        lambda: before.holding("cent"),
        lambda: before.part(frozenset(["b.txt"])),
    ):
        with pytest.raises(IndexChanged, match="ask again"):
            ask()
    assert store.open().dense(vector, 3)


def test_a_document_that_is_deleted_leaves_nothing_behind(
    store: PostgresStore, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    put(store, [*documents(), document("The zanzibar clause\n", id="secret.txt")])
    put(store, documents())
    assert store.open().holding("zanzibar") == [] and "secret.txt" not in store.open().documents
    tables = ("document", "passage", "line", "posting", "collection")
    counts = [admin.execute(f"SELECT count(*) FROM assistant.{table}").fetchone() for table in tables]  # type: ignore[arg-type, unused-ignore]  # of the names above
    texts = " ".join(str(row) for table in tables for row in admin.execute(f"SELECT * FROM assistant.{table}"))  # type: ignore[arg-type, unused-ignore]  # of the names above
    assert "zanzibar" not in texts and b"zanzibar".hex() not in texts
    fresh = [count for [count] in filter(None, counts)]
    assert fresh == [3, 10, 10, len([*admin.execute("SELECT 1 FROM assistant.posting")]), 1]


def test_a_document_that_is_deleted_by_hand_is_gone_for_whoever_asks_next(
    store: PostgresStore, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    before = store.open()
    admin.execute("DELETE FROM assistant.document WHERE id = 'c.txt'")
    assert store.current() not in (None, before.id)
    with pytest.raises(IndexChanged):
        before.lexical("per cent", 3)
    found = store.open()
    assert list(found.documents) == ["a/a.txt", "b.txt"] and "heading" not in found.vocabulary
    assert {found.passages[row].document_id for row, _ in found.lexical("ten per cent", 9)} == {"b.txt"}
    assert put(store, documents()).id == before.id  # and the next build has it again
    assert list(store.open().documents) == ["a/a.txt", "b.txt", "c.txt"]


def test_a_build_that_is_killed_leaves_what_was_there(store: PostgresStore, url: str, tmp_path: Path) -> None:
    before = store.open()
    command = [sys.executable, "-c", BUILDER, url, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as builder:
        assert builder.stdout is not None and builder.stdout.readline() == "written\n"
        assert list(before.documents) == list(store.open().documents)  # nothing of it is seen while it goes on
        with pytest.raises(IndexFault, match="another build is running"):
            put(store, documents({"x.txt": "X\n"}))
        builder.kill()
    assert store.current() == before.id
    assert before.lexical("per cent", 3) == store.open().lexical("per cent", 3)
    for _ in range(100):  # until the server has noticed
        try:
            assert put(store, documents({"x.txt": "X\n"})).changed
            break
        except IndexFault:
            time.sleep(0.1)
    assert list(store.open().documents) == ["x.txt"]


def test_tables_of_another_form_are_refused(
    store: PostgresStore, admin: psycopg.Connection[tuple[object, ...]]
) -> None:
    admin.execute("INSERT INTO assistant.migration (version) VALUES (%s)", [schema.SCHEMA + 1])
    for use in (store.open, lambda: put(store, documents())):
        with pytest.raises(IndexMismatch, match="install the newer version"):
            use()


def test_tables_of_an_older_form_are_brought_up_to_date(
    store: PostgresStore, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = store.open()
    added = (*schema.MIGRATIONS, "ALTER TABLE assistant.document ADD COLUMN note text")
    monkeypatch.setattr(schema, "MIGRATIONS", added)
    monkeypatch.setattr(schema, "SCHEMA", len(added))
    with pytest.raises(IndexMismatch, match="run `assistant index`"):
        store.open()
    assert not put(store, documents()).changed  # what was there is kept
    assert store.open().id == before.id


def test_a_role_that_may_only_read_can_open_and_search_and_not_write(
    store: PostgresStore, postgres: Server, url: str, admin: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    admin.execute("DROP ROLE IF EXISTS reader")
    admin.execute("CREATE ROLE reader LOGIN")
    admin.execute("GRANT USAGE ON SCHEMA assistant TO reader")
    admin.execute("GRANT SELECT ON ALL TABLES IN SCHEMA assistant TO reader")
    theirs = PostgresStore(url.replace("tester@", "reader@"), name="the test's", exports=tmp_path)
    assert theirs.open().lexical("per cent", 3) == store.open().lexical("per cent", 3)
    with pytest.raises(IndexFault, match="permission denied"):
        put(theirs, documents({"x.txt": "X\n"}))
    admin.execute("DROP OWNED BY reader")
    admin.execute("DROP ROLE reader")


def test_a_model_that_was_exported_elsewhere_is_brought_whole(
    store: PostgresStore, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.index.postgres.models.PART", 10)
    made = tmp_path / "encoders" / "abc"
    made.mkdir(parents=True)
    files = {"model.onnx": bytes(range(256)), "empty": b"", "exact": b"0123456789"}
    for name, content in files.items():
        (made / name).write_bytes(content)
    store.keep_model("encoders", "abc")
    store.keep_model("encoders", "abc")
    elsewhere = PostgresStore(url, name="the test's", exports=tmp_path / "elsewhere")
    brought = elsewhere.model("encoders", "abc")
    assert {path.name: path.read_bytes() for path in brought.iterdir()} == files
    assert not elsewhere.model("readers", "none").exists()


def test_a_database_that_is_away_is_said_and_found_again(store: PostgresStore, postgres: Server) -> None:
    opened = store.open()
    hits = opened.lexical("per cent", 3)
    postgres.stop()
    try:
        for ask in (store.current, store.open, lambda: opened.rarity("unheard"), lambda: opened.lexical("hire", 3)):
            with pytest.raises(IndexUnreachable, match="the test's, does not answer"):
                ask()
    finally:
        postgres.start()
    assert opened.lexical("per cent", 3) == hits and opened.rarity("hire") < opened.rarity("unheard")
