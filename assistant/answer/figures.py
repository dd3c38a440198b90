"""The figures in a text with what they measure, so that those of one kind can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["money", "length", "time", "speed", "weight", "year", ""]

# Units by what they measure, each with what one of it is in the first of its kind.
_UNITS: dict[Kind, dict[str, float]] = {
    "money": {"$": 1, "€": 1, "£": 1, "¥": 1, "euro": 1, "dollar": 1, "pound": 1, "crown": 1, "franc": 1, "eur": 1,
              "usd": 1, "gbp": 1, "chf": 1, "cent": 0.01},
    "length": {"m": 1, "metre": 1, "meter": 1, "km": 1000, "kilometre": 1000, "kilometer": 1000, "cm": 0.01,
               "mm": 0.001, "mile": 1609.344, "mi": 1609.344, "ft": 0.3048, "foot": 0.3048, "feet": 0.3048,
               "inch": 0.0254, "inche": 0.0254, "yard": 0.9144},
    "time": {"second": 1, "sec": 1, "s": 1, "minute": 60, "min": 60, "hour": 3600, "h": 3600, "day": 86_400,
             "week": 604_800, "month": 2_629_800, "year": 31_557_600},
    "speed": {"km/h": 1, "mph": 1.609344, "m/s": 3.6, "mbit/s": 1, "gbit/s": 1000, "kbit/s": 0.001, "mbps": 1,
              "gbps": 1000, "mb/s": 8},
    "weight": {"kg": 1, "kilogram": 1, "g": 0.001, "gram": 0.001, "t": 1000, "tonne": 1000, "ton": 1000,
               "lb": 0.45359237, "ounce": 0.0283495, "oz": 0.0283495},
}  # fmt: skip
_KINDS: dict[str, Kind] = {unit: kind for kind, units in _UNITS.items() for unit in units}
_CURRENCIES = frozenset("$€£¥")
_YEARS = range(1500, 2200)
_HOURS = re.compile(r"\b(?P<hours>\d{1,3})\s?h(?:ours?|rs?)?\s?(?P<minutes>[0-5]?\d)(?:\s?min(?:ute)?s?)?\b")
_FIGURE = re.compile(
    r"(?<![\w.,])(?P<before>[$€£¥])?\s?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?)(?![\d])"
    r"(?:\s?(?P<after>[$€£¥%]|[^\W\d_]+(?:/[^\W\d_]+)?))?"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure; of figures of one kind and unit, the higher value is more."""

    value: float
    kind: Kind  # "" where it is not known what it measures
    unit: str  # what must be the same for two to be compared: a currency, "%", or the kind of its unit


def figures(text: str) -> list[Figure]:
    """The figures of a text, in its order; hours with minutes are one."""
    return list(_figures(_HOURS.sub(_in_minutes, text)))


def _in_minutes(match: re.Match[str]) -> str:
    return f"{60 * int(match['hours']) + int(match['minutes'])} minutes"


def _figures(text: str) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text):
        value = _value(match["digits"])
        after = (match["after"] or "").casefold()
        unit = after if after in _KINDS else after.removesuffix("s")
        if match["before"]:
            yield Figure(value, "money", match["before"])
        elif unit in _CURRENCIES or (unit in _KINDS and _KINDS[unit] == "money"):
            yield Figure(value * _UNITS["money"][unit], "money", "cent" if unit == "cent" else unit)
        elif unit in _KINDS:
            kind = _KINDS[unit]
            yield Figure(value * _UNITS[kind][unit], kind, kind)
        elif match["digits"].isdigit() and int(value) in _YEARS and len(match["digits"]) == 4:
            yield Figure(value, "year", "year")
        else:
            yield Figure(value, "", "%" if after == "%" else "")


def _value(digits: str) -> float:
    """The number: a comma before three digits parts thousands, before one or two it parts decimals."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        return float(digits.replace(",", ""))
    return float(digits.replace(",", "."))
