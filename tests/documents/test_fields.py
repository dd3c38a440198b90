"""Rows that stand for themselves are not glued into one sentence; wrapped paragraphs are."""

from __future__ import annotations

import pytest

from assistant.documents.fields import is_field, own_rows


@pytest.mark.parametrize("row", ["Telephone: 01632 960811", "Opening hours: Monday to Friday", "Ada Aas: room 100"])
def test_a_name_with_its_value_is_a_field(row: str) -> None:
    assert is_field(row)


@pytest.mark.parametrize(
    "row",
    ["Bring these:", "12:30 lunch", "We say: no. And then: yes", "A sentence that has far too many words: no", ""],
)
def test_other_rows_are_none(row: str) -> None:
    assert is_field(row) is (row == "We say: no. And then: yes")


def test_each_field_begins_something_of_its_own() -> None:
    assert own_rows(["Fee: 90 a year", "Lowest age: 8"]) == [0, 1]


def test_the_rows_of_an_address_stand_for_themselves() -> None:
    assert own_rows(["Bramble Court", "14 Orchard Row", "Neatham"]) == [0, 1, 2]


def test_a_field_that_goes_on_takes_the_next_row_with_it() -> None:
    assert own_rows(["Fee: 90 a year, which is due", "before the season begins", "Age: 8"]) == [0]


def test_a_wrapped_paragraph_is_read_on() -> None:
    wrapped = [
        "The committee meets on the first Monday of each month in the hall of",
        "Bramble Court, unless the day is a holiday. Members are told by",
        "Ottilie Brandt.",
    ]
    assert own_rows(wrapped) == [0]


def test_a_task_with_its_box_is_a_row_of_its_own() -> None:
    assert own_rows(["[x] Order boxes", "[ ] Cancel the lease", "by Monday"]) == [0, 1]
