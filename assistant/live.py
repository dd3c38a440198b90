"""The index in force, taken up while questions are asked."""

from __future__ import annotations

import logging
from threading import Lock

from assistant.answer.pipeline import Assistant
from assistant.compose import open_answerer, open_store
from assistant.errors import AssistantError, IndexFault
from assistant.settings import Settings

_log = logging.getLogger(__name__)


class LiveAnswerer:
    """Gives the answerer of the index in force, and takes up a new index once it is published.

    While a new one cannot be opened, the one that answers stays, if its store may be outlived.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = open_store(settings)
        self._lock = Lock()
        self._answerer: Assistant | None = None
        self._tried: str | None = None

    def open(self) -> Assistant:
        """Opens the index in force. Raises what is wrong with it, and where it is of another corpus than asked for."""
        from assistant.index.origin import check_origin
        from assistant.index.receipt import from_json

        self._tried = self._store.current()
        opened = open_answerer(self._settings, self._store)
        asked, receipt = "corpus" in self._settings.model_fields_set, from_json(self._store.receipt())
        for note in check_origin(receipt, self._settings.corpus, index=str(self._store), asked=asked):
            _log.warning("%s", note)
        self._answerer = opened
        return self._answerer

    def __call__(self) -> Assistant:
        answerer = self._answerer
        if answerer is None:
            with self._lock:
                return self._answerer or self.open()
        if not self._store.outlived:
            return self._as_it_is(answerer)
        try:
            name = self._store.current()
        except IndexFault:
            return answerer
        if name is None or name in (answerer.index_id, self._tried) or not self._lock.acquire(blocking=False):
            return answerer
        try:
            return self.open()
        except AssistantError as error:
            _log.error("the new index cannot be opened, the one before it goes on answering: %s", error)
            return answerer
        finally:
            self._lock.release()

    def _as_it_is(self, answerer: Assistant) -> Assistant:
        """The answerer of the index that is in force now. Raises what is wrong with it."""
        name = self._store.current()
        if name == answerer.index_id:
            return answerer
        with self._lock:
            now = self._answerer
            return now if now is not None and now.index_id == name else self.open()
