"""Asks what a server answers from, one question at a time, and lets people go first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from assistant.answer.pipeline import Assistant
from assistant.batch.near_duplicates import Likeness, by_meaning, by_words
from assistant.batch.run import Failed
from assistant.batch.worker import VECTOR, reply
from assistant.errors import AssistantError
from assistant.types import Answerer, Vectors
from assistant.wire import AnswerBody, OutcomeBody

PATIENCE = 2.0  # seconds that a question waits, at most, while people keep the server busy


class PoliteAsker:
    """What a run asks: the answerer of the server, with the index that is in force when a question comes to it."""

    together = 1

    def __init__(
        self,
        current: Callable[[], Answerer],
        *,
        ask: Callable[[], Answerer] | None = None,
        give_way: Callable[[float], None] = lambda seconds: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        """`ask` gives what answers, where that is not `current` itself but a language model in front of it.

        `give_way` returns once nobody waits, or after so many seconds; `check` raises what ends the run.
        """
        self._current, self._ask = current, ask or current
        self._give_way, self._check = give_way, check
        self._vectors: dict[str, Vectors] = {}
        self._take_up(self._ask())

    def jobs(self, n: int) -> int:
        return 1

    def ask(self, wanted: Sequence[str], among: Sequence[str]) -> Iterator[AnswerBody | Failed]:
        for question in wanted:
            self._check()
            self._give_way(PATIENCE)
            self._check()
            try:
                said = reply(self._ask(), question)
                self._note(question)
                yield said
            except AssistantError as error:
                yield Failed(error.code, error.args[0] if error.args else error.title)

    def is_fresh(self, body: OutcomeBody) -> bool:
        return body.is_of(self._answerer)

    def says(self, document_id: str, text: str) -> bool:
        found = self._answerer.documents.get(document_id)
        return found is not None and text in found.text

    def likeness(self, questions: Sequence[str]) -> Likeness:
        known = [self._vectors[question] for question in questions if question in self._vectors]
        return by_meaning(np.array(known, dtype=np.float32)) if len(known) == len(questions) else by_words(questions)

    def renewed(self) -> bool:
        now = self._ask()
        if (now.index_id, now.settings_id) == (self.index_id, self._answerer.settings_id):
            return False
        self._vectors.clear()  # the encoder may be another
        self._take_up(now)
        return True

    def _take_up(self, answerer: Answerer) -> None:
        self._answerer = answerer
        self.index_id = answerer.index_id
        self.documents: Mapping[str, str] = {id: one.title for id, one in answerer.documents.items()}

    def _note(self, question: str) -> None:
        answerer = self._current()
        if isinstance(answerer, Assistant):
            self._vectors[question] = answerer.encode(question).astype(VECTOR)
