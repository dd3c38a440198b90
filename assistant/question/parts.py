"""The questions that are asked in one: "Who runs it, and when does she start?" asks two."""

from __future__ import annotations

import re

MOST = 3  # parts that are asked by themselves

_ASKS = (
    r"(?:(?:for|to|by|in|on|at|from|with|of|until)\s+)?(?:who|whom|whose|what|when|where|how|why|which|does|do|did|is|"
    r"are|was|were|can|may|must|should|will|would)\b"
)
_BETWEEN = re.compile(rf"\s*(?:[?;.]\s*(?:and\s+|also\s+)*|,?\s+and\s+(?:also\s+)?)(?={_ASKS})", re.IGNORECASE)
_QUESTION = re.compile(rf"(?:.*[,;:.]\s*|(?:and|so|but|ok|please)\s+)?{_ASKS}", re.IGNORECASE)
SHORTEST = 2  # words of a part


def parts(question: str) -> tuple[str, ...]:
    """The questions that one holds, in order, as they are asked in it; none where it is but one."""
    found = [part.strip() for part in _BETWEEN.split(question.strip())]
    asked = [part for part in found if part]
    if len(asked) < 2 or len(asked) > MOST or not all(_is_question(part) for part in asked):
        return ()
    return tuple(f"{part.rstrip('?.!; ')}?" for part in asked)


def _is_question(part: str) -> bool:
    return len(part.split()) >= SHORTEST and _QUESTION.match(part) is not None
