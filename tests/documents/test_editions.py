"""What a document says of when it holds."""

from __future__ import annotations

import pytest

from assistant.documents.editions import DATE, day_of, edition_of, key_of, others_of
from assistant.testing import document


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021", "2021-01-01", "2021-12-31"),
        ("March 2024", "2024-03-01", "2024-03-31"),
        ("1 January 2022", "2022-01-01", "2022-01-01"),
        ("Sept. 9, 2019", "2019-09-09", "2019-09-09"),
        ("2024-03-05", "2024-03-05", "2024-03-05"),
    ],
)
def test_a_date_means_a_first_and_a_last_day(text: str, first: str, last: str) -> None:
    match = DATE.fullmatch(text)
    assert match is not None
    assert (day_of(match), day_of(match, last=True)) == (first, last)


@pytest.mark.parametrize("text", ["$2,021", "2021.5", "12021", "2021%"])
def test_a_figure_is_no_date(text: str) -> None:
    assert DATE.search(text) is None


def test_names_of_versions_are_the_same_without_dates_and_numbers() -> None:
    assert key_of("Travel policy (version 2, January 2021)") == key_of("Travel Policy 2024 - draft") == ("travel",)
    assert key_of("Hercules 250") != key_of("Hercules 500")


def test_it_stands_in_the_title_in_the_first_lines_and_in_the_metadata() -> None:
    titled = edition_of(document("# Fee schedule 2022\nLanes.", id="fees.md", title="Fee schedule 2022"))
    assert (titled.start, titled.years, titled.number) == ("2022-01-01", frozenset(["2022"]), ())
    said = edition_of(
        document("Version 4. Valid from 1 May 2022 until 31 December 2024. Replaces version 3.", title="Fees")
    )
    assert (said.start, said.end, said.number) == ("2022-05-01", "2024-12-31", (4,))
    assert said.replaces == ("version 3",)
    given = edition_of(
        document("Lanes.", title="Fees", metadata={"valid_from": "2025-01-01", "version": 3, "status": "Superseded"})
    )
    assert (given.start, given.number, given.gone, given.marked) == ("2025-01-01", (3,), True, True)
    assert not edition_of(document("In 1912 the lanes were built.", title="Fees")).marked


def test_a_document_says_that_it_is_replaced() -> None:
    assert edition_of(document("Superseded by the policy of 2024.", title="Policy")).gone
    given = document("x", title="Policy", metadata={"superseded_by": "new.md"})
    assert edition_of(given).gone
    assert others_of(given) == ("new.md",)
