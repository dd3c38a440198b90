"""What every collection holds to, wherever its vectors and terms lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from builds import put
from database import Server

from assistant.documents.chunking import embedded_text
from assistant.errors import IndexFault, IndexMismatch
from assistant.index.bm25 import Bm25Lexicon
from assistant.index.collection import Collection
from assistant.index.folder import FolderStore
from assistant.index.reuse import Before
from assistant.index.store import IndexStore
from assistant.question.acronyms import Acronyms
from assistant.testing import ExactStore, HashEncoder, document
from assistant.types import Document, Filters

# The names are in another order by their letters than by a dictionary; some lines are alike, so that scores tie.
DOCUMENTS = [
    document("# Pay\nThe total cost of ownership (TCO) is $5.\nSalaries rise.\n", id="B.txt", title="Buyers"),
    document("# Duties\nLead the team of quokkas.\nSalaries rise.\n", id="a/a.txt", title="Quokkas"),
    document(
        "# Pay\nThe time clock office opens at nine.\nHoliday pay is paid, paid well.\n", id="ä.txt", title="Clocks"
    ),
    document("Zero \0 and 😀 e\u0301\nSalaries rise.\n", id="z.txt", title="Odd", metadata={"team": "data"}),
]
QUERIES = ["salaries rise", "pay", "TCO", "total cost of ownership", "paid paid holiday", "quokkas", "zanzibar", ""]

Make = Callable[[], IndexStore]


@pytest.fixture(params=["folder", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """Makes stores with nothing in them."""
    if request.param == "folder":
        return lambda: FolderStore(tmp_path / str(len(list(tmp_path.iterdir()))))
    server: Server = request.getfixturevalue("postgres")

    def in_database() -> IndexStore:
        from assistant.index.postgres.store import PostgresStore

        return PostgresStore(server.database(), name="the test's", exports=tmp_path)

    return in_database


@pytest.fixture
def store(empty: Make) -> IndexStore:
    made = empty()
    put(made, DOCUMENTS)
    return made


@pytest.fixture
def collection(store: IndexStore) -> Collection:
    return store.open()


def embedded(collection: Collection) -> list[str]:
    titles = {id: one.title for id, one in collection.documents.items()}
    return [embedded_text(titles[p.document_id], p.section_path, p.text) for p in collection.passages]


def vector(text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    row: np.ndarray[tuple[int], np.dtype[np.float32]] = HashEncoder().encode_queries([text])[0]
    return row


def test_it_has_the_documents_in_the_order_of_their_ids_and_their_passages_in_theirs(collection: Collection) -> None:
    assert list(collection.documents) == ["B.txt", "a/a.txt", "z.txt", "ä.txt"]
    assert dict(collection.documents) == {one.id: one for one in DOCUMENTS}
    assert list(dict.fromkeys(p.document_id for p in collection.passages)) == list(collection.documents)
    for passage in collection.passages:
        assert collection.documents[passage.document_id].text[passage.start : passage.end] == passage.text
    assert (collection.encoder_name, collection.encoder_fingerprint) == ("hash", "hash-64")
    assert collection.settings == {"chunk_tokens": 256}


def test_it_is_called_the_same_wherever_it_lies(collection: Collection, tmp_path: Path) -> None:
    here = FolderStore(tmp_path / "here")
    assert put(here, DOCUMENTS).id == collection.id == here.open().id


def test_meaning_is_searched_exactly_and_ties_go_to_the_lower_row(collection: Collection) -> None:
    exact = ExactStore(HashEncoder().encode_passages(embedded(collection)))
    for query in QUERIES:
        for k in (1, 2, 3, 100):
            found, wanted = collection.dense(vector(query), k), exact.search(vector(query), 100)
            assert [row for row, _ in found] == [row for row, _ in wanted][:k]
            assert [score for _, score in found] == pytest.approx([score for _, score in wanted][:k], abs=1e-6)


def test_words_are_searched_as_the_lexicon_weighs_them_to_the_last_bit(collection: Collection) -> None:
    lexicon = Bm25Lexicon(embedded(collection), more=Acronyms(collection.acronyms).both)
    assert any(len(collection.lexical(query, 9)) > 3 for query in QUERIES)
    for query in QUERIES:
        for k in (1, 2, 3, 100):
            assert list(collection.lexical(query, k)) == lexicon.search(query, k)


def test_only_the_given_rows_are_searched(collection: Collection) -> None:
    assert {row for row, _ in collection.dense(vector("salaries rise"), 9, rows=[5, 1])} == {1, 5}
    assert {row for row, _ in collection.lexical("salaries rise", 9, rows=[0, 2, 5])} <= {0, 2, 5}
    assert list(collection.lexical("salaries rise", 9, rows=[2])) == [
        hit for hit in collection.lexical("salaries rise", 9) if hit[0] == 2
    ]
    assert list(collection.dense(vector("x"), 9, rows=[])) == list(collection.lexical("pay", 9, rows=[])) == []
    assert list(collection.dense(vector("x"), 0)) == list(collection.lexical("pay", 0)) == []


def test_a_vector_of_another_dimension_is_refused(collection: Collection) -> None:
    with pytest.raises(IndexMismatch, match="dimension 64"):
        collection.dense(np.ones(32, np.float32), 3)


def test_it_knows_how_rare_a_stem_is_and_what_holds_it(collection: Collection) -> None:
    lexicon = Bm25Lexicon(embedded(collection), more=Acronyms(collection.acronyms).both)
    for stem in ("salari", "pay", "tco", "own", "zanzibar"):
        assert collection.rarity(stem) == lexicon.idf(stem)
        assert list(collection.holding(stem)) == lexicon.rows(stem)
    assert len(collection.holding("salari")) == 3 and list(collection.holding("zanzibar")) == []


def test_lines_have_the_vectors_that_they_were_encoded_to(collection: Collection) -> None:
    places = [("ä.txt", 2), ("B.txt", 0), ("a/a.txt", 1), ("B.txt", 0)]
    texts = [
        one.text[line.start : line.end]
        for id, n in places
        for one in [collection.documents[id]]
        for line in [one.lines[n]]
    ]
    wanted = HashEncoder().encode_passages(texts).astype(np.float16).astype(np.float32)
    found = collection.lines(places)
    assert found.dtype == np.float32 and np.array_equal(found, wanted)
    assert collection.lines([]).shape[0] == 0


def test_filters_let_through_the_rows_that_match(collection: Collection) -> None:
    rows = collection.matching(Filters(sections=("pay",), document_ids=("ä.txt", "z.txt")))
    assert {collection.passages[row].document_id for row in rows} == {"ä.txt"}
    assert len(collection.matching(Filters(metadata={"team": "data"}))) == 2
    assert collection.matching(Filters(metadata={"team": "none"})) == []


def test_it_knows_the_words_as_written_and_the_acronyms(collection: Collection) -> None:
    assert (collection.vocabulary["Salaries"], collection.vocabulary["paid"]) == (3, 2)
    assert list(collection.vocabulary) == sorted(collection.vocabulary)
    assert collection.acronyms.explained == {"TCO": "total cost of ownership"}


@pytest.mark.parametrize("ids", [["ä.txt"], ["a/a.txt", "ä.txt"], []])
def test_a_part_is_what_a_collection_of_those_documents_alone_would_be(
    collection: Collection, empty: Make, ids: list[str]
) -> None:
    part = collection.part(frozenset(ids))
    assert list(part.documents) == ids and part.settings["part"]
    if not ids:
        assert list(part.lexical("pay TCO", 9)) == []
        assert list(part.passages) == []
        return
    alone = empty()
    put(alone, [one for one in DOCUMENTS if one.id in ids])
    wanted = alone.open()
    assert list(part.passages) == list(wanted.passages) and part.acronyms == wanted.acronyms
    assert dict(part.vocabulary) == dict(wanted.vocabulary)
    for query in QUERIES:
        assert list(part.lexical(query, 9)) == list(wanted.lexical(query, 9))
        assert [row for row, _ in part.dense(vector(query), 9)] == [row for row, _ in wanted.dense(vector(query), 9)]
    places = [(id, 0) for id in ids]
    assert np.array_equal(part.lines(places), wanted.lines(places))


def test_a_build_of_what_is_there_changes_nothing_and_one_of_something_else_encodes_only_that(
    store: IndexStore,
) -> None:
    before, encoder = store.current(), HashEncoder()
    assert not put(store, DOCUMENTS, encoder).changed and store.current() == before and encoder.encoded == []
    changed: list[Document] = [*DOCUMENTS[1:], document("# Pay\nSalaries rise.\nNew.\n", id="B.txt", title="Buyers")]
    report = put(store, changed, encoder)
    assert report.changed and store.current() == report.id != before
    assert encoder.encoded == ["Buyers: Pay: New.", "New."]
    found = store.open()
    assert found.documents["B.txt"].text == changed[-1].text
    assert list(found.holding("own")) == [] and list(found.lexical("TCO", 9)) == []
    assert found.acronyms.explained == {}


def test_another_encoder_encodes_everything_anew(store: IndexStore) -> None:
    report = put(store, DOCUMENTS, HashEncoder(dim=32))
    assert report.encoded > 10
    found = store.open()
    assert found.dense(HashEncoder(dim=32).encode_queries(["pay"])[0], 1) and found.lines([("B.txt", 0)]).shape == (
        1,
        32,
    )


def test_its_state_changes_whenever_the_index_is_written(empty: Make) -> None:
    store = empty()
    states = [store.state()]
    assert states == [None]
    for texts in (DOCUMENTS, DOCUMENTS[1:], DOCUMENTS):
        put(store, texts)
        states.append(store.state())
        assert store.state() == states[-1]
    assert [states.count(each) for each in states] == [1] * 4


def test_one_build_runs_at_a_time_and_another_says_so_or_waits(store: IndexStore) -> None:
    begun: list[Before] = []

    def wait() -> None:
        with store.building(wait=True) as building:
            begun.append(building.before)

    waiting = Thread(target=wait)
    with store.building():
        with pytest.raises(IndexFault, match="another build is running"), store.building():
            pass
        waiting.start()
        waiting.join(0.2)
        assert begun == []
    waiting.join(20)
    assert len(begun) == 1
    with store.building():
        pass


def test_it_keeps_the_receipt(store: IndexStore) -> None:
    assert store.receipt()["smallest_cosine"] == 0.9999
    put(store, DOCUMENTS, receipt={"corpus": "there"})
    assert (store.receipt()["corpus"], store.receipt()["smallest_cosine"]) == ("there", 0.9999)
    assert (store.built_at() or 0) > 1e9
