"""Numbers as the attributes of a file name them, whatever else stands there."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"-?\d{1,9}")


def whole(value: str | None, default: int = 0, *, least: int = 0) -> int:
    """The whole number that is written there, at least `least`; the default where none of up to nine digits is."""
    value = (value or "").strip()
    return max(int(value), least) if _WHOLE.fullmatch(value) else default
