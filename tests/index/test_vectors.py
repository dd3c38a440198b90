"""Vector stores, each against exact search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import IndexDamaged, IndexMismatch
from assistant.index.vectors import FaissStore
from assistant.testing import ExactStore
from assistant.types import Vectors, VectorStore

STORES = [(FaissStore, FaissStore.load), (ExactStore, ExactStore.load)]
Make = Callable[[Vectors], VectorStore]
Load = Callable[[Path], VectorStore]


def unit(rows: int, dim: int = 16, *, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((rows, dim)).astype(np.float32)
    rowwise: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return rowwise


@pytest.fixture(params=STORES, ids=lambda pair: pair[0].__name__)
def kind(request: pytest.FixtureRequest) -> tuple[Make, Load]:
    made: tuple[Make, Load] = request.param
    return made


@pytest.fixture
def make(kind: tuple[Make, Load]) -> Make:
    return kind[0]


@pytest.mark.parametrize("k", [1, 10, 200, 500])
@pytest.mark.parametrize("rows", [None, [5], [7, 3, 190, 3, 42], list(range(0, 200, 3))])
def test_finds_what_exact_search_finds(make: Make, k: int, rows: list[int] | None) -> None:
    vectors, query = unit(200), unit(1, seed=1)[0]
    scores = vectors @ query
    among = sorted(set(range(200) if rows is None else rows), key=lambda row: -scores[row])[:k]
    hits = make(vectors).search(query, k, rows=rows)
    assert [row for row, _ in hits] == among
    assert np.allclose([score for _, score in hits], scores[among], atol=1e-6)


@pytest.mark.parametrize("k", [1, 2, 3, 5, 40])
@pytest.mark.parametrize("rows", [None, [8, 6, 4, 2, 1]])
def test_puts_the_lower_row_first_when_scores_are_equal(make: Make, k: int, rows: list[int] | None) -> None:
    one, other = unit(2)
    store = make(np.stack([other, *[one] * 30, other]))
    expected = [*range(1, 31), 0, 31] if rows is None else [1, 2, 4, 6, 8]
    assert [row for row, _ in store.search(one, k, rows=rows)] == expected[:k]


@pytest.mark.parametrize("k", [6, 10, 40])
@pytest.mark.parametrize("among", [None, range(0, 405, 2)])
def test_a_tie_at_the_end_goes_to_the_lowest_rows_wherever_the_better_ones_stand(
    make: Make, k: int, among: Sequence[int] | None
) -> None:
    """What keeps the best so far drops any of those that tie for a better one that it finds later."""
    best, tied = np.array([1, 0], np.float32), np.array([0.6, 0.8], np.float32)
    better = [144, 238, 304, 316, 336]
    store = make(np.stack([best if row in better else tied for row in range(405)]))
    others = [row for row in among or range(405) if row not in better]
    assert [row for row, _ in store.search(best, k, rows=among)] == [*better, *others][:k]


def test_finds_nothing_among_no_rows(make: Make) -> None:
    store = make(unit(3))
    assert store.search(unit(1)[0], 5, rows=[]) == []
    assert store.search(unit(1)[0], 0) == []
    assert make(unit(0)).search(unit(1)[0], 5) == []


def test_refuses_a_question_of_another_dimension(make: Make) -> None:
    with pytest.raises(IndexMismatch, match="shape"):
        make(unit(3)).search(unit(1, 8)[0], 1)


def test_is_the_same_after_it_was_saved_and_loaded(kind: tuple[Make, Load], tmp_path: Path) -> None:
    make, load = kind
    store = make(unit(50))
    store.save(tmp_path / "vectors")
    loaded = load(tmp_path / "vectors")
    assert len(loaded) == 50
    assert np.array_equal(loaded.vectors(), unit(50))
    assert loaded.search(unit(1, seed=1)[0], 7) == store.search(unit(1, seed=1)[0], 7)


def test_refuses_a_file_that_faiss_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "vectors").write_bytes(b"not vectors")
    with pytest.raises(IndexDamaged, match="vectors"):
        FaissStore.load(tmp_path / "vectors")
