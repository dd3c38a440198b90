"""The index in force, followed: a new one is opened in the background, and answers once it is ready."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from threading import Event, Lock, Thread
from time import monotonic, time

from assistant.answer.pipeline import Assistant
from assistant.compose import Opener, open_store
from assistant.errors import AssistantError
from assistant.index.origin import check_origin
from assistant.index.receipt import from_json
from assistant.index.store import IndexStore
from assistant.pinning import fault_of, is_stale, renewed
from assistant.settings import Settings

LOOK = 0.5  # seconds between two looks at which index is in force
AGAIN, MOST = 1.0, 60.0  # seconds after which one that could not be opened is tried again, twice as long each time

logger = logging.getLogger("assistant.server")


@dataclass(frozen=True, slots=True)
class _Failed:
    """An index that could not be taken up."""

    state: object  # of the store
    again: float  # when it is tried again
    wait: float


class Live:
    """Gives the answerer of the index in force. No question waits for a new one: it takes over when it is open.

    While a new one cannot be opened, the one before it goes on answering. It is tried again as soon as it is written
    again, and from time to time. The one before is let go of at once: what still asks it holds it until it is done.

    A store whose indexes may not be outlived has nothing of the one before: there a question that comes first waits for
    the new one, and is told what is wrong with it.
    """

    def __init__(
        self,
        settings: Settings,
        audit: Callable[..., None] = lambda what, **fields: None,
        *,
        store: IndexStore | None = None,
        opener: Callable[[], Assistant] | None = None,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """`store` is where the index lies, if not where the settings say."""
        self._settings, self._audit, self._now = settings, audit, now
        self.store = store or open_store(settings)
        self._opener = opener or Opener(settings, self.store)
        self._opening = Lock()
        self._answerer: Assistant | None = None
        self._failed: _Failed | None = None
        self.fault: AssistantError | None = None  # of the index that is in force, but could not be taken up
        self.failures = 0
        self.built_at = 0.0  # seconds since 1970

    def __call__(self) -> Assistant:
        """The answerer, which is opened first where none is. Raises what is wrong with the index then."""
        answerer = self._answerer
        if answerer is None:
            with self._opening:
                return self._answerer or self._open()
        return self._pinned_anew(answerer if self.store.outlived else self._as_it_is(answerer))

    def _pinned_anew(self, answerer: Assistant) -> Assistant:
        """The answerer with the pinned answers that there are by now; with those before while they are read."""
        if not is_stale(answerer) or not self._opening.acquire(blocking=False):
            return answerer
        try:
            if self._answerer is answerer:
                self._answerer = answerer = renewed(answerer)
            return answerer
        finally:
            self._opening.release()

    def _as_it_is(self, answerer: Assistant) -> Assistant:
        """The answerer of the index that is in force now. Raises what is wrong with it."""
        name = self.store.current()
        if name == answerer.index_id:
            return answerer
        with self._opening:
            now = self._answerer
            return now if now is not None and now.index_id == name else self._open()

    @property
    def pinned_fault(self) -> AssistantError | None:
        """What is wrong with the file of the pinned answers, where those of before go on."""
        return None if self._answerer is None else fault_of(self._answerer)

    @property
    def wanted(self) -> str | None:
        """The id of the index in force, which answers once it is open; None where it cannot be told."""
        try:
            return self.store.current()
        except AssistantError:
            return None

    def open(self) -> Assistant:
        """Opens the index in force. Raises what is wrong with it, and where it is of another corpus than asked for."""
        with self._opening:
            return self._open()

    def look(self) -> None:
        """Takes up the index in force where it is another than the one that answers, and it is time to try."""
        with self._opening:
            try:
                state = self.store.state()
            except AssistantError:
                return  # a database that is away: who asks is told so
            if self._answerer is None or self.wanted == self._answerer.index_id:
                self._failed = self.fault = None
                return
            if state is None:
                return  # somebody has taken the index away: what there was goes on answering, if it can
            failed = self._failed
            if failed is None or failed.state != state or self._now() >= failed.again:
                self._try(state)

    def reload(self) -> Assistant:
        """Takes up the index in force, also where that failed before; what answers then."""
        self._failed = None
        self.look()
        return self()

    @contextmanager
    def following(self) -> Iterator[None]:
        """Looks for a new index, again and again, in a thread of its own."""
        stopped = Event()

        def follow() -> None:
            while not stopped.wait(LOOK):
                try:
                    self.look()
                except Exception:  # a thread that ends would leave the old index in force for good
                    logger.exception("the index in force cannot be looked at")

        thread = Thread(target=follow, name="index", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopped.set()

    def _try(self, state: object) -> None:
        before = self._failed
        try:
            self._open()
        except AssistantError as error:
            logger.error("the new index cannot be opened, the one before it goes on answering: %s", error)
            wait = AGAIN if before is None or before.state != state else min(2 * before.wait, MOST)
            self._failed = _Failed(state, self._now() + wait, wait)

    def _open(self) -> Assistant:
        try:
            answerer = self._opener()
            asked, receipt = "corpus" in self._settings.model_fields_set, from_json(self.store.receipt())
            for note in check_origin(receipt, self._settings.corpus, index=str(self.store), asked=asked):
                logger.warning("%s", note)
            self._tell(answerer)
        except AssistantError as error:
            self.failures += self._answerer is not None
            # A copy has no traceback, which would hold what was being opened.
            self.fault = copy(error) if self._answerer is not None else None
            raise
        self._answerer, self._failed, self.fault = answerer, None, None
        return answerer

    def _tell(self, answerer: Assistant) -> None:
        built_at = self.store.built_at()
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
