"""Filters let through what they must."""

from __future__ import annotations

from assistant.index.matching import matching_rows
from assistant.testing import document
from assistant.types import Filters, Passage


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
