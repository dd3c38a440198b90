"""Two legs, fused."""

from __future__ import annotations

from assistant.answer.retrieve import Retriever, fuse, matching_rows
from assistant.index.bm25 import Bm25Lexicon
from assistant.testing import ExactStore, HashEncoder, document
from assistant.types import Filters, Passage


def test_a_convex_combination_weighs_scaled_scores() -> None:
    fused = fuse([(0, 0.8), (1, 0.4)], [(1, 10.0), (2, 5.0)], dense_weight=0.5)
    assert fused == [(1, 0.75), (0, 0.5), (2, 0.25)]


def test_each_leg_has_its_own_weight() -> None:
    assert fuse([(0, 0.5)], [(1, 3.0)], dense_weight=0.25) == [(1, 0.75), (0, 0.25)]
    assert fuse([(0, 0.5)], [(1, 3.0)], dense_weight=0.875) == [(0, 0.875), (1, 0.125)]


def test_reciprocal_rank_fusion_weighs_ranks() -> None:
    fused = fuse([(0, 0.9), (1, 0.8)], [(1, 3.0)], dense_weight=0.5, method="reciprocal_rank")
    assert fused == [(1, 0.5 / 62 + 0.5 / 61), (0, 0.5 / 61)]


def test_ties_go_to_the_lower_row() -> None:
    assert [row for row, _ in fuse([(7, 0.5), (3, 0.5)], [], dense_weight=1.0)] == [3, 7]


def test_nothing_fuses_to_nothing() -> None:
    assert fuse([], [], dense_weight=0.5) == []
    assert fuse([(0, -0.2)], [], dense_weight=0.5) == [(0, 0.0)]


def test_all_filters_must_hold() -> None:
    documents = {
        "a.txt": document("x", id="a.txt", metadata={"team": "data", "tags": ["x"]}),
        "b.txt": document("x", id="b.txt", metadata={"team": "web"}),
    }
    passages = [Passage(id, "v", 0, 1, "x", path) for id in documents for path in ((), ("Pay", "Bonus"))]

    def rows(**given: object) -> list[int]:
        return matching_rows(passages, documents, Filters(**given))  # type: ignore[arg-type]  # named by each test

    assert rows(document_ids=("b.txt",)) == [2, 3]
    assert rows(sections=("PAY",)) == [1, 3]
    assert rows(metadata={"team": "data", "tags": ["x"]}) == [0, 1]
    assert rows(sections=("bonus",), metadata={"team": "web"}) == [3]
    assert rows(metadata={"absent": None, "team": "x"}) == []


def test_named_rows_come_ahead_and_others_are_left_out() -> None:
    texts = ["lane price", "lane price today", "hall"]
    encoder = HashEncoder(dim=64)
    retriever = Retriever(
        [Passage("a.txt", "v", 0, len(text), text) for text in texts],
        ExactStore(encoder.encode_passages(texts)),
        Bm25Lexicon(texts),
        lambda question: encoder.encode_queries([question])[0],
        0.5,
    )
    plain = retriever.search("lane price")
    assert [hit.row for hit in plain] == [0, 1, 2]
    raised = retriever.search("lane price", named=[1], ahead=0.5)
    assert [hit.row for hit in raised] == [1, 0, 2]
    assert raised[0].score == plain[1].score + 0.5
    assert [hit.row for hit in retriever.search("lane price", without={0})] == [1, 2]
    assert [hit.row for hit in retriever.search("lane price", rows=[0, 2], named=[1], ahead=0.5)] == [0, 2]
