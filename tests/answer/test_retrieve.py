"""Two legs, fused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from builds import shelf

from assistant.answer.retrieve import Retriever, fuse
from assistant.index.bm25 import Bm25Lexicon
from assistant.testing import ExactStore, HashEncoder
from assistant.types import Passage, Vectors

TEXTS = ["median salary", "lead the team", "median age of the team", "zebra"]
PASSAGES = [Passage("a.txt", "v", n, n + 1, text) for n, text in enumerate(TEXTS)]
# Cosines with the question: 0.6, 0.8, 0.0 and -0.6.
VECTORS = np.array([[0.6, 0.8], [0.8, 0.6], [0.0, 1.0], [-0.6, 0.8]], np.float32)


class Noting(ExactStore):
    """Keeps how many rows it was asked for, and among which."""

    def __init__(self, vectors: Vectors) -> None:
        super().__init__(vectors)
        self.asked: list[tuple[int, Sequence[int] | None]] = []

    def search(self, query: Vectors, k: int, *, rows: Sequence[int] | None = None) -> list[tuple[int, float]]:
        self.asked.append((k, rows))
        return super().search(query, k, rows=rows)


def retriever(store: ExactStore, *, dense_weight: float = 0.5) -> Retriever:
    question = np.array([1.0, 0.0], np.float32)
    return Retriever(shelf(PASSAGES, store, Bm25Lexicon(TEXTS)), lambda text: question, dense_weight)


def test_a_search_tells_of_each_passage_what_either_leg_gave_it() -> None:
    lexical = dict(Bm25Lexicon(TEXTS).search("median zebra", 9))
    best = max(lexical.values())
    hits = retriever(Noting(VECTORS)).search("median zebra")
    assert [hit.row for hit in hits] == [0, 1, 3, 2]
    assert [hit.passage for hit in hits] == [PASSAGES[row] for row in (0, 1, 3, 2)]
    assert [hit.dense for hit in hits] == pytest.approx([0.6, 0.8, -0.6, 0.0])
    assert [hit.lexical for hit in hits] == [lexical[0], None, lexical[3], lexical[2]]
    expected = [(0.75 + lexical[0] / best) / 2, 0.5, 0.5, lexical[2] / best / 2]
    assert [hit.score for hit in hits] == pytest.approx(sorted(expected, reverse=True))


def test_a_search_weighs_its_legs_by_the_setting() -> None:
    assert [hit.row for hit in retriever(Noting(VECTORS), dense_weight=1.0).search("zebra")] == [1, 0, 2, 3]
    [best] = retriever(Noting(VECTORS), dense_weight=0.0).search("zebra", k=1)
    assert (best.passage, best.row, best.score) == (PASSAGES[3], 3, 1.0)


def test_a_search_fuses_more_of_each_leg_than_it_gives() -> None:
    store = Noting(VECTORS)
    assert len(retriever(store).search("median", k=2)) == 2
    assert len(retriever(store).search("median", k=250)) == 4
    assert store.asked == [(100, None), (250, None)]


def test_a_search_gives_ten_passages_where_nothing_else_is_said() -> None:
    passages = [Passage("a.txt", "v", n, n + 1, "zebra") for n in range(12)]
    lexicon, store = Bm25Lexicon(["zebra"] * 12), ExactStore(np.ones((12, 2), np.float32))
    made = Retriever(shelf(passages, store, lexicon), lambda text: np.array([1.0, 0.0], np.float32), 0.5)
    assert [hit.row for hit in made.search("zebra")] == list(range(10))


def test_both_legs_search_the_given_rows_alone() -> None:
    store = Noting(VECTORS)
    hits = retriever(store).search("median salary of a zebra", rows=[1, 2])
    assert store.asked == [(100, [1, 2])]
    assert {hit.row for hit in hits} == {1, 2}


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


def test_named_rows_come_ahead_and_others_are_left_out() -> None:
    texts = ["lane price", "lane price today", "hall"]
    encoder = HashEncoder(dim=64)
    passages = [Passage("a.txt", "v", 0, len(text), text) for text in texts]
    collection = shelf(passages, ExactStore(encoder.encode_passages(texts)), Bm25Lexicon(texts))
    retriever = Retriever(collection, lambda question: encoder.encode_queries([question])[0], 0.5)
    plain = retriever.search("lane price")
    assert [hit.row for hit in plain] == [0, 1, 2]
    raised = retriever.search("lane price", named=[1], ahead=0.5)
    assert [hit.row for hit in raised] == [1, 0, 2]
    assert raised[0].score == plain[1].score + 0.5
    assert [hit.row for hit in retriever.search("lane price", without={0})] == [1, 2]
    assert [hit.row for hit in retriever.search("lane price", rows=[0, 2], named=[1], ahead=0.5)] == [0, 2]
