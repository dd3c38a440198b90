"""A short mark of a quotation, by which it is found again in a text that has changed around it."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

# The mark is a polynomial in an odd base over the code points, modulo 2^64: that of every stretch of a text follows
# from two running sums. White space does not count, so that a text whose lines are broken elsewhere says the same.
_BASE = 0x9E3779B97F4A7C15
_STEP = 1 << 18  # characters that are looked at in one go
_MARK = re.compile(r"([1-9][0-9]{0,7})-([0-9a-f]{16})")
_SPACES = np.array([point for point in range(0x3001) if chr(point).isspace()], dtype=np.uint32)

Numbers = NDArray[np.uint64]


def mark(quotation: str) -> str:
    """How many characters that are no white space it has, and a hash of them: `20-9f86d081884c7d65`."""
    points, _ = _points(quotation)
    return f"{len(points)}-{int((points * _powers(len(points))).sum()):016x}"


def find_quotation(text: str, mark: str) -> list[tuple[int, int]]:
    """Where the quotation of this mark stands in the text, white space aside; nothing for what is no mark."""
    match = _MARK.fullmatch(mark)
    if match is None:
        return []
    length, wanted = int(match[1]), np.uint64(int(match[2], 16))
    points, places = _points(text)
    powers = _powers(_STEP)
    found: list[tuple[int, int]] = []
    for low in range(0, len(points) - length + 1, _STEP):
        piece = points[low : low + _STEP + length - 1]
        if len(piece) > len(powers):
            powers = _powers(len(piece))
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(piece * powers[: len(piece)], dtype=np.uint64)])
        same = sums[length:] - sums[:-length] == wanted * powers[: len(piece) - length + 1]
        found += [(int(places[low + n]), int(places[low + n + length - 1]) + 1) for n in np.flatnonzero(same)]
    return found


def _points(text: str) -> tuple[Numbers, NDArray[np.intp]]:
    """The code points that are no white space, and where each stands."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    places = np.flatnonzero(~np.isin(points, _SPACES))
    return points[places].astype(np.uint64), places


def _powers(count: int) -> Numbers:
    """The first powers of the base, modulo 2^64."""
    factors = np.full(count, _BASE, np.uint64)
    factors[:1] = 1
    return np.cumprod(factors, dtype=np.uint64)
