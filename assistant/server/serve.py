"""Runs the app until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Thread
from types import FrameType

from fastapi import FastAPI

from assistant.errors import UsageError
from assistant.server.connections import AT_ONCE, Connections, Deadlines, most_connections
from assistant.server.log import set_up_log

GRACE = 6  # seconds that an exchange may still take once the server is told to stop
HAND_OVER = 0.5  # seconds that a connection has to send the request that it was opened for
TURN = 0.0005  # seconds that a thread at work keeps the others waiting, of which one talks to all clients
LINE = 512  # connections that the system keeps waiting until they are taken up

logger = logging.getLogger("assistant.server")


def run(
    app: FastAPI,
    host: str = "127.0.0.1",
    port: int = 8000,
    *,
    max_connections: int = 0,
    read_timeout: float = 10.0,
    reload: Callable[[], object] | None = None,
    listener: socket.socket | None = None,
    serves: Callable[[], object] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT, finish what is being answered, and return. SIGHUP calls `reload`.

    Port 0 takes any free one; 0 connections are as many as the limit on open files has room for. `listener` is a socket
    that listens already, in place of host and port; `serves` is called once connections are taken up.
    """
    import uvicorn  # loaded only where something is served

    from assistant.server.protocol import ProblemProtocol

    connections = Connections(max_connections or most_connections(), deadlines=Deadlines(read=read_timeout))

    class Server(uvicorn.Server):
        """Uvicorn's, that looks after the connections."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            for listening in sockets or ():
                # A longer line than is taken up in one turn, so that a crowd is not made to knock again.
                listening.listen(LINE)
            serves()

        async def on_tick(self, counter: int) -> bool:
            if counter % 10 == 0:  # once a second
                connections.sweep()
            return await super().on_tick(counter)

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            if listener is not None:
                await self.hand_over()
            connections.drop_unread()
            await super().shutdown(sockets)

        async def hand_over(self) -> None:
            """Leaves new connections to the other processes, and answers those that it has, which then end."""
            for server in self.servers:
                server.close()
            self.server_state.default_headers.append((b"connection", b"close"))
            await asyncio.sleep(HAND_OVER)

    sys.setswitchinterval(TURN)
    with listener or listen(host, port) as listening_on, _signals(reload):
        set_up_log()
        if listener is None:
            logger.info("listening on %s", address(host, listening_on))
        config = uvicorn.Config(
            app,
            http=partial(ProblemProtocol, connections=connections),  # type: ignore[arg-type]  # it is called alone
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the app itself reads them, from proxies that the settings trust
            lifespan="off",
            ws="none",
            backlog=AT_ONCE,
            timeout_graceful_shutdown=GRACE,
        )
        Server(config).run(sockets=[listening_on])


def address(host: str, listener: socket.socket) -> str:
    """Where a client finds a server that listens there."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there."""
    if not 0 <= port <= 65535:
        raise UsageError(f"cannot listen on {host}:{port}: choose a port from 0 to 65535")
    try:
        # asyncio turns off Nagle's algorithm, which would cost 40 ms a reply, only where the protocol is named.
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(LINE)
        except OSError:
            listener.close()
            raise
        return listener
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --host and --port"
        ) from error


class _Stopped(BaseException):
    """The signal that uvicorn raises again once all is finished."""


@contextmanager
def _signals(reload: Callable[[], object] | None) -> Iterator[None]:
    """Makes a stop by signal an ordinary return, so that the process ends with status 0, and SIGHUP a reload."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Stopped

    def again(number: int, frame: FrameType | None) -> None:
        if reload is not None:
            Thread(target=reload, name="reload", daemon=True).start()

    chosen: dict[int, Callable[[int, FrameType | None], None]] = {signal.SIGINT: stop, signal.SIGTERM: stop}
    if hasattr(signal, "SIGHUP"):  # not there on Windows
        chosen[signal.SIGHUP] = again
    before = {number: signal.signal(number, handler) for number, handler in chosen.items()}
    try:
        yield
    except _Stopped:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
