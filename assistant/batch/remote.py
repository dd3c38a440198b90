"""Answers a batch from a server, several requests at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from assistant.batch.near_duplicates import LACKING, TOGETHER, Likeness, by_meaning, by_words
from assistant.batch.run import Failed
from assistant.client import Remote, ServerFault, Unreachable
from assistant.types import Encoder, Mode
from assistant.wire import AnswerBody, OutcomeBody

_IN_FLIGHT = 4  # requests to a server
_PAUSES = (1.0, 2.0, 4.0, 8.0)  # seconds between attempts to reach a server
_LOCKED_OUT = (401, 403)


class RemoteBackend:
    """Answers from a server, several requests at a time."""

    together = 1

    def __init__(
        self,
        url: str,
        *,
        api_key: str | None = None,
        jobs: int | None = None,
        mode: Mode | None = None,
        pauses: Sequence[float] = _PAUSES,
        open_encoder: Callable[[], Encoder | None] = lambda: None,
    ) -> None:
        """`pauses` are the seconds between attempts to reach a server that is not there.

        `open_encoder` opens, on this machine, what tells how alike questions are, as a server tells no vectors; where
        it gives None, their words tell it.
        """
        self._jobs = jobs or _IN_FLIGHT
        self._url, self._api_key, self._mode, self._pauses = url, api_key, mode, pauses
        self._open_encoder = open_encoder
        self._answered: set[str] = set()  # by the server, in this run
        self._take_up(Remote(url, api_key=api_key, mode=mode))

    def jobs(self, n: int) -> int:
        return min(self._jobs, n)

    def ask(self, wanted: Sequence[str], among: Sequence[str]) -> Iterator[AnswerBody | Failed]:
        return map(self._ask, wanted)

    def is_fresh(self, body: OutcomeBody) -> bool:
        return body.is_of(self._remote)

    def says(self, document_id: str, text: str) -> bool:
        return document_id in self.documents and text in self._remote.documents[document_id].text

    def likeness(self, questions: Sequence[str]) -> Likeness:
        lacking = sum(question not in self._answered for question in questions)
        encoder = self._open_encoder() if len(questions) > 1 and lacking <= LACKING else None
        if encoder is None:
            return by_words(questions)
        rows = np.empty((len(questions), encoder.dim), dtype=np.float32)
        for at in range(0, len(questions), TOGETHER):
            rows[at : at + TOGETHER] = encoder.encode_alike(questions[at : at + TOGETHER])
        return by_meaning(rows)

    def renewed(self) -> bool:
        remote = Remote(self._url, api_key=self._api_key, mode=self._mode)
        if (remote.index_id, remote.settings_id) == (self._remote.index_id, self._remote.settings_id):
            return False
        self._take_up(remote)
        return True

    def close(self) -> None:
        """Nothing stays open between two requests."""

    def _ask(self, question: str) -> AnswerBody | Failed:
        for pause in (*self._pauses, None):
            try:
                said = self._remote.reply(question)
                self._answered.add(question)
                return said
            except ServerFault as error:
                if error.given is not None and error.given not in _LOCKED_OUT:
                    return Failed(error.code, str(error), of_question=error.given < 500)
                if pause is None or not isinstance(error, Unreachable):
                    raise
                time.sleep(pause)
        raise AssertionError("the last attempt gives an answer or an error")

    def _take_up(self, remote: Remote) -> None:
        self._remote = remote
        self.index_id = remote.index_id
        self.documents: Mapping[str, str] = remote.titles
