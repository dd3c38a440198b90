"""The later turns of a written conversation, each with what was said before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assistant.types import Turn


def later(conversation: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The place of each turn after the first, and the turn as a row of a written question with its `history`.

    Mere reactions are only what was said before. A turn that nothing answers is of the type near.
    """
    history: tuple[Turn, ...] = ()
    for at, turn in enumerate(conversation["turns"]):
        if history and turn["alone"] is not None and turn["type"] != "chat":
            kind = turn["type"] if turn["evidence"] else "near"
            row = {"answer": None, "closest": [], **turn, "document": conversation["document"]}
            yield at, {**row, "type": kind, "history": history}
        history += said(turn["question"], turn["quotes"])


def said(question: str, quotes: Sequence[str]) -> tuple[Turn, ...]:
    """A question, and what was quoted to answer it, as turns."""
    asked = (Turn("user", question),)
    return (*asked, Turn("assistant", "\n".join(quotes))) if quotes else asked
