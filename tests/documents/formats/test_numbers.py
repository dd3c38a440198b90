"""Numbers as the attributes of a file name them."""

from __future__ import annotations

import pytest

from assistant.documents.formats.numbers import whole


@pytest.mark.parametrize(
    ("value", "number"),
    [("3", 3), (" 12 ", 12), ("-4", 0), (None, 7), ("", 7), ("x", 7), ("1.5", 7), ("\u00b2", 7), ("9" * 5_000, 7)],
)
def test_a_number_is_read_where_one_stands(value: str | None, number: int) -> None:
    assert whole(value, 7) == number


def test_a_number_below_nothing_is_read_where_it_may_be_one() -> None:
    assert whole("-4", least=-10) == -4
