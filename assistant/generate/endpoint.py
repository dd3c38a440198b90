"""A language model behind an OpenAI-compatible address, by the official client: in time, or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, Queue
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

import httpx2
import openai

from assistant.generate.faults import ModelFault
from assistant.languages.catalogue import say

_log = logging.getLogger(__name__)
_PAUSE = 0.5  # seconds before the first attempt after one that failed; twice as long before the next
_POLL = 0.1  # seconds between two looks at whether somebody still waits
_PATIENCE = 4  # failures in a row after which it is left alone
_REST = 30.0  # seconds that it is then left alone
_SEED = 7
_CHARACTERS = 8  # of a token, at the very most: a server may not heed the budget


class Endpoint:
    """Asks one model. Threads may share it."""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        seconds: float = 20.0,
        max_tokens: int = 400,
        attempts: int = 3,
        pause: float = _PAUSE,
        rest: float = _REST,
    ) -> None:
        """`seconds` is for all attempts and the whole reply together."""
        self.model = model
        self._seconds, self._max_tokens, self._attempts, self._pause = seconds, max_tokens, attempts, pause
        self._lock, self._failed, self._rest, self._rests_until = Lock(), 0, rest, 0.0
        self._client = openai.OpenAI(api_key=key or "none", base_url=url, max_retries=0, timeout=seconds)

    def __call__(self, messages: Sequence[dict[str, str]], check: Callable[[], None]) -> Iterator[str]:
        """The pieces of the reply as they come. What `check` raises ends it. Raises ModelFault.

        A model that failed several times in a row is left alone for a while, so that not every question waits for it.
        """
        if monotonic() < self._rests_until:
            raise ModelFault(say("answers.model_left_alone"))
        try:
            yield from self._reply(messages, check)
        except ModelFault:
            with self._lock:
                self._failed += 1
                if self._failed >= _PATIENCE:
                    self._failed, self._rests_until = 0, monotonic() + self._rest
            raise
        with self._lock:
            self._failed = 0

    def _reply(self, messages: Sequence[dict[str, str]], check: Callable[[], None]) -> Iterator[str]:
        # The client's own limit is for each read, so that a reply which drips would never end; hence the thread.
        said: Queue[str | ModelFault | None] = Queue()
        stop = Event()
        deadline = monotonic() + self._seconds
        Thread(target=self._work, args=(messages, said, stop, deadline), name="model", daemon=True).start()
        try:
            while True:
                check()
                left = deadline - monotonic()
                if left <= 0:
                    raise ModelFault(say("answers.model_slow"))
                try:
                    piece = said.get(timeout=min(_POLL, left))
                except Empty:
                    continue
                if piece is None:
                    return
                if isinstance(piece, ModelFault):
                    raise piece
                yield piece
        finally:
            stop.set()

    def _work(
        self, messages: Sequence[dict[str, str]], said: Queue[str | ModelFault | None], stop: Event, deadline: float
    ) -> None:
        plain = False
        for attempt in range(self._attempts + 1):
            begun = False
            try:
                for piece in self._pieces(messages, deadline, plain=plain):
                    if stop.is_set():
                        return
                    begun = True
                    said.put(piece)
                said.put(None)
                return
            except Exception as error:  # whatever it is, whoever waits must hear of it
                fault, again = _fault(error, begun=begun)
                _log.warning(
                    "%s (%s, attempt %d)", fault, type(error).__name__, attempt + 1
                )  # no more: it may hold the key
            pause = self._pause * 2**attempt
            refused = again == "plainly" and not plain
            plain = plain or refused
            if begun or not (refused or again == "later") or attempt + 1 >= self._attempts + refused:
                break
            if not refused and (monotonic() + pause >= deadline or stop.wait(pause)):
                break
        said.put(fault)

    def _pieces(self, messages: Sequence[dict[str, str]], deadline: float, *, plain: bool) -> Iterator[str]:
        """The reply of one attempt; `plain` leaves out what some models refuse."""
        options: dict[str, Any] = {"max_tokens": self._max_tokens, "temperature": 0, "seed": _SEED}
        if plain:
            options = {"max_completion_tokens": self._max_tokens}
        client = self._client.with_options(timeout=max(0.05, deadline - monotonic()))
        asked: Any = list(messages)
        stream: Any = client.chat.completions.create(model=self.model, messages=asked, stream=True, **options)
        left, finished, last = self._max_tokens * _CHARACTERS, False, ""
        with stream:
            for chunk in stream:
                if monotonic() > deadline:
                    raise TimeoutError
                for choice in chunk.choices[:1]:
                    text = choice.delta.content if choice.delta is not None else None
                    if text is not None and not isinstance(text, str):
                        raise TypeError
                    if text:
                        left, last = left - len(text), text
                        yield text
                    finished = finished or choice.finish_reason is not None
                if left < 0:
                    return
        if not finished and not last.rstrip().endswith(
            (".", "!", "?", "]")
        ):  # not every server says that it has finished
            raise _Cut


class _Cut(Exception):
    """A reply that ends without saying that it does."""


def _fault(error: Exception, *, begun: bool) -> tuple[ModelFault, str]:
    """An error in words, and whether to ask again: "later", "plainly", or "" for no.

    `begun` is whether a part of the reply has come.
    """
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException | TimeoutError):
        return ModelFault(say("answers.model_slow")), ""
    if begun and isinstance(error, openai.APIConnectionError):
        return ModelFault(say("answers.model_cut")), ""
    if isinstance(error, openai.APIConnectionError | httpx2.ConnectError):
        return ModelFault(say("answers.model_unreachable")), "later"
    if isinstance(error, openai.RateLimitError):
        return ModelFault(say("answers.model_too_often")), "later"
    if isinstance(error, openai.APIStatusError):
        again = "later" if error.status_code >= 500 else "plainly" if error.status_code == 400 else ""
        return ModelFault(say("answers.model_status", status=error.status_code)), again
    if isinstance(error, _Cut | httpx2.TransportError):
        return ModelFault(say("answers.model_cut")), ""
    return ModelFault(say("answers.model_unreadable")), ""
