"""Runs the app until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from fastapi import FastAPI

from assistant.errors import UsageError

GRACE = 30  # seconds that an exchange may still take once the server is told to stop


def run(app: FastAPI, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Serve until SIGTERM or SIGINT, finish what is being answered, and return. Port 0 takes any free one."""
    import uvicorn  # loaded only where something is served

    from assistant.server.protocol import ProblemProtocol

    with listen(host, port) as listener, _returning():
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
        name = f"[{host}]" if ":" in host else host
        logging.getLogger("assistant.server").info("listening on http://%s:%d", name, listener.getsockname()[1])
        config = uvicorn.Config(
            app,
            http=ProblemProtocol,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the app itself reads them, from proxies that the settings trust
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=GRACE,
        )
        uvicorn.Server(config).run(sockets=[listener])


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
            listener.listen(2048)
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
def _returning() -> Iterator[None]:
    """Makes a stop by signal an ordinary return, so that the process ends with status 0."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except _Stopped:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
