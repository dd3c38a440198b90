"""The HTTP edge: what the assistant says. It knows the `Answerer` seam and nothing below it."""

from __future__ import annotations

from assistant.server.app import create_app
from assistant.server.limits import Limits
from assistant.server.serve import run

__all__ = ["Limits", "create_app", "run"]
