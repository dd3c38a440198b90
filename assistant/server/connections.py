"""The connections of a server: how many there may be, and how long each may keep it waiting."""

from __future__ import annotations

import logging
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Literal, Protocol, TypeAlias

Phase: TypeAlias = Literal["idle", "head", "body", "answering"]

AT_ONCE = 64  # connections that are taken up in one turn of the event loop
SPARE = 64  # files that the rest of the process may have open
MOST = 1000  # connections, where the system would allow more
TELL = 10.0  # seconds between two lines of the log on connections that were closed

_log = logging.getLogger("assistant.server")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a client may take, in seconds."""

    read: float = 10.0  # to send the headers of a request, and again to send its body
    bytes_a_second: int = 8192  # each so many bytes of a body buy it a second more
    write: float = 20.0  # to take any of what is sent to it


class Connection(Protocol):
    """One connection, as its protocol has it."""

    def unsent(self) -> int:
        """The bytes that wait for the client to take them."""
        ...

    def expire(self) -> None:
        """Ends it, and tells the client that it was too slow."""
        ...

    def drop(self) -> None:
        """Ends it at once."""
        ...


@dataclass(slots=True)
class _State:
    phase: Phase
    since: float
    received: int = 0  # bytes of a body
    unsent: int = 0
    stuck_since: float | None = None


class Connections:
    """All connections. Those that wait for their client make room for new ones, the longest first, and end in time."""

    def __init__(
        self, most: int = MOST, *, deadlines: Deadlines = Deadlines(), now: Callable[[], float] = monotonic
    ) -> None:
        self._most, self._deadlines, self._now = most, deadlines, now
        self._states: dict[Connection, _State] = {}
        self._waiting: OrderedDict[Connection, None] = OrderedDict()  # for their client, the longest first
        self._closed: Counter[str] = Counter()
        self._told = now() - TELL

    def __len__(self) -> int:
        return len(self._states)

    def enter(self, connection: Connection) -> bool:
        """Takes in a new connection. Whether there is room: not where all that there are are being answered."""
        if len(self._states) >= self._most:
            if not self._waiting:
                self._closed["turned away"] += 1
                return False
            longest = next(iter(self._waiting))
            self._closed["to make room"] += 1
            self.leave(longest)
            longest.drop()
        self._states[connection] = _State("head", self._now())
        self._waiting[connection] = None
        return True

    def leave(self, connection: Connection) -> None:
        """Forgets a connection, if it is known."""
        self._states.pop(connection, None)
        self._waiting.pop(connection, None)

    def note(self, connection: Connection, phase: Phase, received: int = 0) -> None:
        """Takes note of where a connection is, and of so many bytes that came of a body."""
        state = self._states.get(connection)
        if state is None:
            return
        if phase != state.phase:
            state.phase, state.since, state.received = phase, self._now(), 0
            self._waiting.pop(connection, None)
            if phase != "answering":
                self._waiting[connection] = None
        state.received += received

    def sweep(self) -> None:
        """Ends what is late. To be called about once a second."""
        now = self._now()
        for connection, state in list(self._states.items()):
            if self._is_stuck(connection, state, now):
                self._closed["that took nothing"] += 1
                self.leave(connection)
                connection.drop()
            elif now > self._until(state):
                self._closed["too slow"] += 1
                self.note(connection, "answering")  # with what is wrong
                connection.expire()
        if self._closed and now - self._told >= TELL:
            told = ", ".join(f"{count} {why}" for why, count in sorted(self._closed.items()))
            _log.warning("closed connections: %s; %d are open", told, len(self._states))
            self._closed.clear()
            self._told = now

    def drop_unread(self) -> None:
        """Ends all whose request has not come in whole."""
        for connection in list(self._waiting):
            self.leave(connection)
            connection.drop()

    def _until(self, state: _State) -> float:
        """When what is awaited of the client must be there."""
        if state.phase == "head":
            return state.since + self._deadlines.read
        if state.phase == "body":
            return state.since + self._deadlines.read + state.received / self._deadlines.bytes_a_second
        return float("inf")  # idle ones are uvicorn's to end, answers the queue's

    def _is_stuck(self, connection: Connection, state: _State, now: float) -> bool:
        """Whether the client has taken nothing for too long of what is sent to it."""
        before, state.unsent = state.unsent, connection.unsent()
        if not state.unsent:
            state.stuck_since = None
        elif state.stuck_since is None or state.unsent < before:
            state.stuck_since = now
        return state.stuck_since is not None and now - state.stuck_since > self._deadlines.write


def most_connections(limit: int | None = None) -> int:
    """How many connections fit into the files that the process may open, with room for those on their way in or out."""
    files = _file_limit() if limit is None else limit
    return min(MOST, max(files // 4, files - 4 * AT_ONCE - SPARE)) if files > 0 else MOST


def _file_limit() -> int:
    """How many files this process may open; 0 for any number."""
    try:
        import resource  # not there on Windows
    except ImportError:
        return 0
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return 0 if files == resource.RLIM_INFINITY else files
