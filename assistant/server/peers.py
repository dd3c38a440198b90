"""Who asks: the client's address and the address that it used, also behind proxies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_WITH_PORT = re.compile(r"\[(?P<six>.+)\](?::\d+)?|(?P<four>[\d.]+):\d+")


class ProxyHeaders:
    """Around the app: what trusted proxies say of the client, its scheme and its host, is taken over."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self.app = app
        self._trusted = [ip_network(each, strict=False) for each in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (peer := address(peer_of(scope))) and self._trusts(peer):
            headers = Headers(scope=scope)
            scope["client"] = (str(self._client(peer, headers.getlist("x-forwarded-for"))), 0)
            proto = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
            if proto in ("http", "https"):
                scope["scheme"] = proto
            host = headers.get("x-forwarded-host", "").rpartition(",")[2].strip()
            if HOST.fullmatch(host):
                others = [(name, value) for name, value in scope["headers"] if name != b"host"]
                scope["headers"] = [*others, (b"host", host.encode())]
        await self.app(scope, receive, send)

    def _client(self, peer: Address, forwarded: Sequence[str]) -> Address:
        """The right-most address that is no trusted proxy's; what stands left of it, anyone may have written."""
        client = peer
        for text in reversed(",".join(forwarded).split(",")):
            found = address(text)
            if found is None:
                return client
            client = found
            if not self._trusts(client):
                return client
        return client

    def _trusts(self, one: Address) -> bool:
        return any(one in network for network in self._trusted)


def peer_of(scope: Scope) -> str:
    """The address on the other end of the connection; empty where there is none, as with a Unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def address(text: str) -> Address | None:
    """The address that a text names, with or without a port; None where it names none."""
    text = text.strip().strip('"')
    if match := _WITH_PORT.fullmatch(text):
        text = match["six"] or match["four"]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def client_key(scope: Scope) -> str:
    """What stands for one client: its address, or, as one owner has them all, the /64 network of an IPv6 address."""
    peer = peer_of(scope)
    found = address(peer)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return peer if found is None else str(found)


def base_url(scope: Scope) -> str:
    """The URL of this server as the client knows it, without a slash at the end."""
    host = Headers(scope=scope).get("host", "")
    if not HOST.fullmatch(host):
        name, port = scope.get("server") or ("localhost", None)
        host = f"[{name}]" if ":" in name else name
        host += f":{port}" if port else ""
    return f"{scope['scheme']}://{host}{scope.get('root_path', '').rstrip('/')}"
