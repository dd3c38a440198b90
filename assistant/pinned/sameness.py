"""How probable it is that two questions mean the same, and from which probability on it is taken for granted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from assistant.answer.calibration import Fit
from assistant.errors import CalibrationError

SCHEMA = 1
SHIPPED = Path(__file__).resolve().parent.parent / "model" / "pinned.json"


@dataclass(frozen=True, slots=True)
class Sameness:
    """A logistic regression over `assistant.pinned.likeness.signals` and the kinds of difference."""

    fit: Fit
    threshold: float  # the probability from which on a question is taken for a pinned one


@cache
def shipped() -> Sameness:
    """What ships with the package. Raises CalibrationError."""
    return load(SHIPPED)


def load(path: Path) -> Sameness:
    """What a file says. Raises CalibrationError."""
    try:
        saved = json.loads(path.read_text("utf-8"))
        if saved.pop("schema") != SCHEMA:
            raise ValueError("another schema")
        return TypeAdapter(Sameness).validate_python(saved)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:  # pydantic has a ValueError
        raise CalibrationError(
            f"{path} does not tell which questions mean the same: install the package again"
        ) from error


def dump(sameness: Sameness) -> str:
    """The text of such a file."""
    signals = {
        name: {key: round(getattr(one, key), 5) for key in ("mean", "scale", "weight")}
        for name, one in sameness.fit.signals.items()
    }
    fit = {"intercept": round(sameness.fit.intercept, 5), "signals": signals}
    return json.dumps({"schema": SCHEMA, "threshold": round(sameness.threshold, 4), "fit": fit}, indent=1) + "\n"
