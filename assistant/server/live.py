"""The index in force, watched: when it was taken up, and what went wrong with the one after it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from time import time

from assistant.answer.pipeline import Assistant
from assistant.errors import AssistantError
from assistant.live import LiveAnswerer
from assistant.settings import Settings

logger = logging.getLogger("assistant.server")


class Watched(LiveAnswerer):
    """Gives the answerer of the index in force, and tells what became of each that it was to take up."""

    def __init__(self, settings: Settings, audit: Callable[..., None] = lambda what, **fields: None) -> None:
        super().__init__(settings)
        self._audit = audit
        self.fault: AssistantError | None = None  # of the index that is in force, but could not be taken up
        self.failures = 0
        self.built_at = 0.0  # seconds since 1970

    def open(self) -> Assistant:
        """Opens the index in force. Raises what is wrong with it."""
        try:
            answerer = super().open()
        except AssistantError as error:
            self.failures += self._answerer is not None
            self.fault = error if self._answerer is not None else None
            raise
        self.fault = None
        built_at = self._store.built_at()
        self.built_at = time() if built_at is None else built_at
        documents, passages = len(answerer.documents), sum(answerer.passage_counts.values())
        fields = {"index": answerer.index_id, "documents": documents, "passages": passages}
        age = max(0, time() - self.built_at)
        logger.info(
            "%s",
            f"took up index {answerer.index_id}: {documents} documents, {passages} passages, "
            f"built {age / 3600:.1f} h ago; {answerer.promise.statement()}",
            extra={"fields": {"event": "index", **fields, "age_s": round(age)}},
        )
        self._audit("index taken up", **fields)
        return answerer

    def reload(self) -> Assistant:
        """Takes up the index in force, also where that failed before."""
        self._tried = None
        return self()
