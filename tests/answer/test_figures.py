"""Figures of one kind can be compared, whatever their unit."""

from __future__ import annotations

import pytest

from assistant.answer.figures import Figure, figures


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("19.90 euros", [Figure(19.9, "money", "euro")]),
        ("$1,250.50 a month", [Figure(1250.5, "money", "$")]),
        ("The Moll is 41 km long.", [Figure(41_000, "length", "length")]),
        ("250 Mbit/s", [Figure(250, "speed", "speed")]),
        ("1 Gbit/s", [Figure(1000, "speed", "speed")]),
        ("opened in 2009", [Figure(2009, "year", "year")]),
        ("2 h 15", [Figure(8100, "time", "time")]),
        ("1 h 45 min", [Figure(6300, "time", "time")]),
        ("90 minutes", [Figure(5400, "time", "time")]),
        ("12,5 kg", [Figure(12.5, "weight", "weight")]),
        ("48 %", [Figure(48, "", "%")]),
        ("room B7 and 24 candidates", [Figure(24, "", "")]),
        ("no figure", []),
    ],
)
def test_a_figure_is_read_with_what_it_measures(text: str, wanted: list[Figure]) -> None:
    assert figures(text) == wanted
