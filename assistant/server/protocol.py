"""HTTP/1.1 as the server speaks it: uvicorn's, with deadlines, and with problems for what the app never sees."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from assistant.errors import AssistantError, Busy, MalformedRequest, TooSlow
from assistant.server.connections import Connections, Phase
from assistant.server.problems import ProblemResponse


class ProblemProtocol(H11Protocol):
    """A connection that ends in time, and whose failures are problems."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        connections: Connections,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._all = connections

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        if not self._all.enter(self):
            self.refuse(Busy("too many connections are open: ask again later"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._all.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self.transport.is_closing():
            super().data_received(data)
            self._note(len(data))

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._note(0)

    def send_400_response(self, msg: str) -> None:
        self.refuse(MalformedRequest("this is not HTTP/1.1: check the address and the headers"))

    def refuse(self, error: AssistantError) -> None:
        """Ends the connection with this problem, unless a reply has begun."""
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        problem = ProblemResponse(error)
        headers = [*problem.raw_headers, (b"connection", b"close")]
        with suppress(h11.LocalProtocolError):
            for event in (
                h11.Response(status_code=error.status, headers=headers),
                h11.Data(data=bytes(problem.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event))
        self.transport.close()

    def unsent(self) -> int:
        return self.transport.get_write_buffer_size()

    def expire(self) -> None:
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self.drop()  # nothing was asked, and nothing need be said
        else:
            self.refuse(TooSlow("the request did not come in time: send it again, without pauses"))

    def drop(self) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.abort()

    def _note(self, received: int) -> None:
        phase: Phase = "answering"
        if self.conn.their_state is h11.SEND_BODY:
            phase = "body"
        elif self.conn.their_state is h11.IDLE:
            phase = "head" if received or self.conn.trailing_data[0] else "idle"
        self._all.note(self, phase, received)
