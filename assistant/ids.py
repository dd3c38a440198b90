"""Names for answers and settings, the same wherever and whenever they are worked out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from assistant.types import Filters, Json, Turn

RULES = 5
"""The version of the code that decides answers. Raise it where answers change, so that none of before is kept for one
of now; `tests/answer/test_rules.py` fails where that was forgotten."""


def settings_id(settings: Mapping[str, Json]) -> str:
    """A hash of all that decides an answer beside the question and the index: settings, and the rules in the code."""
    return hashlib.sha256(json.dumps({**settings, "rules": RULES}, sort_keys=True).encode()).hexdigest()[:16]


def answer_id(
    question: str, history: Sequence[Turn] = (), filters: Filters = Filters(), *, settings_id: str, index_id: str
) -> str:
    """The id of the answer to a question: a hash of the question and all that the answer depends on."""
    known = [question, [asdict(turn) for turn in history], asdict(filters), settings_id, index_id]
    return f"ans_{hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:32]}"
