"""Under which names the server may be asked.

A page whose name its owner points at this machine is, for the browser, of one origin with what answers there. So a
name is refused unless it is listed. Addresses are not names: no page can point one elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.errors import HostNotAllowed
from assistant.languages.catalogue import say
from assistant.server.peers import is_told, route_path
from assistant.server.problems import respond

ANYWHERE = ("/healthz", "/readyz")  # probes name a server as they like, and learn nothing
_ABSOLUTE = re.compile(rb"https?://([^/?#]*)(/.*)?", re.IGNORECASE | re.DOTALL)


class Hosts:
    """Around the app: it is asked under loopback names, addresses and the names that are listed, and no other."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self.app = app
        self._allowed = frozenset(name.lower() for name in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and not is_told(scope) and route_path(scope) not in ANYWHERE:
            host = Headers(scope=scope).get("host")  # browsers send one, always
            if host is not None and not self.allows(host):
                app = respond(scope, HostNotAllowed(say("errors.host")))
        await app(scope, receive, send)

    def allows(self, host: str) -> bool:
        """Whether the server may be asked under this name, given as in the header, with or without a port."""
        name = bare(host)
        if name == "localhost" or name.endswith(".localhost") or name in self._allowed or _is_address(name):
            return True
        _, dot, rest = name.partition(".")
        return bool(dot) and f"*.{rest}" in self._allowed


class Target:
    """Around the app: a request that names its whole URL, as those to a proxy do, is one for its path and host."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (found := _ABSOLUTE.fullmatch(scope["path"].encode("utf-8", "surrogatepass"))):
            host, path = found[1].rpartition(b"@")[2], found[2] or b"/"
            raw = _ABSOLUTE.fullmatch(scope.get("raw_path") or b"")
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope = {
                **scope,
                "path": path.decode("utf-8", "surrogatepass"),
                "raw_path": (raw[2] if raw else None) or path,
                "headers": [*others, (b"host", host)],  # it counts, and the header does not
            }
        await self.app(scope, receive, send)


def bare(host: str) -> str:
    """The name or address in a Host header, without the port."""
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.rpartition(":")[0] if ":" in name else name
    return name.removesuffix(".")


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
