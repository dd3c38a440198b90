"""Which documents a request sees: all, or those that the groups of whoever asks may see."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from starlette.types import Scope

from assistant.access.rights import Views
from assistant.server.access import GROUPS
from assistant.types import Answerer


class Seen:
    """Gives what gives the answerer of a request. Without rights that is the same for all."""

    def __init__(self, current: Callable[[], Answerer], *, rights: bool = False) -> None:
        self._current = current
        self._views = Views(current) if rights else None

    def __call__(self, scope: Scope) -> Callable[[], Answerer]:
        return self._current if self._views is None else partial(self._views, scope.get(GROUPS, ()))
