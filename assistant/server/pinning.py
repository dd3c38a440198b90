"""Answers that an operator pins to a gap, from the page /admin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from assistant.answer.pipeline import Assistant
from assistant.errors import PinnedError
from assistant.languages.catalogue import say
from assistant.pinned.entries import Pin, add, day


@dataclass(frozen=True, slots=True)
class Pinning:
    """Writes answers into the file of the pinned ones, and tells which questions they answer."""

    path: Path
    current: Callable[[], Assistant]

    def pin(self, fields: Mapping[str, str]) -> str:
        """Pins what was filled into the form, and gives the question. Raises PinnedError where that cannot be."""
        question, answer, source, until = (
            fields.get(name, "").replace("\r\n", "\n").strip()
            for name in ("question", "answer", "source", "valid_until")
        )
        add(self.path, Pin(question, answer, (), source, day(until, "the last day") if until else None))
        return question

    def answers(self, question: str) -> bool:
        """Whether a pinned answer is given to the question now."""
        assistant = self.current()
        return assistant.board is not None and assistant.board.answer([question], assistant.index_id) is not None


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a form as browsers send it. Raises PinnedError where it is none."""
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=20))
    except ValueError as error:
        raise PinnedError(say("errors.pin_form")) from error
