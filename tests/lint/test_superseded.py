"""Documents that do not hold are told, with what holds in their place."""

from __future__ import annotations

from pathlib import Path

from looked import found, told


def test_an_older_version_a_draft_and_one_that_has_not_begun_are_told(tmp_path: Path) -> None:
    fee = "# Fees {0}\n\nA lane costs {1} euros an hour.\n"
    texts = {
        "fees-2022.md": fee.format(2022, 18),
        "fees-2025.md": fee.format(2025, 23),
        "fees-2091.md": fee.format(2091, 30),
        "tents-2024.md": "# Tents 2024\n\nA tent costs 9 euros.\n",
        "tents-2025.md": "---\nstatus: draft\n---\n# Tents 2025\n\nA tent costs 11 euros.\n",
    }
    assert told(found(tmp_path, texts, "superseded")) == [
        ("fees-2022.md", None, "is superseded by fees-2025.md"),
        ("fees-2091.md", None, "is not in force before 2091-01-01"),
        ("tents-2025.md", None, "is a draft"),
    ]


def test_what_has_ended_and_has_no_successor_goes_on_answering(tmp_path: Path) -> None:
    texts = {
        "ended.md": "---\nvalid_until: 2019-12-31\n---\n# Parking\n\nParking is free.\n",
        "gone.md": "# Canteen\n\nThis page is obsolete.\n\nLunch costs 5 euros.\n",
    }
    assert told(found(tmp_path, texts, "superseded")) == [
        ("ended.md", None, "has ended on 2019-12-31, and goes on answering: nothing here stands in its place"),
        (
            "gone.md",
            None,
            "says that it is no longer in force, and goes on answering: nothing here stands in its place",
        ),
    ]
