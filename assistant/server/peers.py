"""Who asks, and where: the client's address, and the address and path of this server as it knows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
TOLD = "assistant.told"  # in a scope: a trusted proxy has said under which address it was asked
PUBLIC = "assistant.public_url"  # in a scope: the address of the server, where the settings say it
OWN = frozenset(("v1", "docs", "documents", "widget", "static", "admin", "healthz", "readyz", "metrics", "mcp"))
HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)+/?")
_WITH_PORT = re.compile(r"\[(?P<six>.+)\](?::\d+)?|(?P<four>[\d.]+):\d+")


class ProxyHeaders:
    """Around the app: what trusted proxies say of the client, its scheme, its host and its path is taken over."""

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self.app = app
        self._trusted = [ip_network(each, strict=False) for each in trusted]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (peer := address(peer_of(scope))) and self._trusts(peer):
            headers = Headers(scope=scope)
            scope[TOLD] = any(name.startswith("x-forwarded-") for name in headers)
            scope["client"] = (str(self._client(peer, headers.getlist("x-forwarded-for"))), 0)
            proto = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
            if proto in ("http", "https"):
                scope["scheme"] = proto
            host = headers.get("x-forwarded-host", "").rpartition(",")[2].strip()
            if HOST.fullmatch(host):
                others = [(name, value) for name, value in scope["headers"] if name != b"host"]
                scope["headers"] = [*others, (b"host", host.encode())]
            prefix = headers.get("x-forwarded-prefix", "").rpartition(",")[2].strip()
            if _PREFIX.fullmatch(prefix):
                put_below(scope, prefix)
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


class Below:
    """Around the app: it is at this path, whether the proxy in front takes that off or not."""

    def __init__(self, app: ASGIApp, root_path: str, public_url: str) -> None:
        self.app = app
        self._root_path = root_path
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            if self._public_url:
                scope[PUBLIC] = self._public_url
            if self._root_path and not scope.get("root_path"):
                put_below(scope, self._root_path)
        await self.app(scope, receive, send)


def put_below(scope: Scope, prefix: str) -> None:
    """Makes a request one to an app at this path. Where the proxy has not taken the path off, it is there already."""
    root, path = prefix.rstrip("/"), scope["path"]
    is_own = root.split("/")[1] in OWN  # then /docs is the page of that name, and not the app itself
    if path == root and not is_own:
        path = "/"
    elif path.startswith(f"{root}/") and not is_own:
        path = path.removeprefix(root)
    scope["root_path"], scope["path"] = root, root + path
    scope["raw_path"] = scope["path"].encode("utf-8", "surrogatepass")


def route_path(scope: Scope) -> str:
    """The path of a request below that of the app."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path.removeprefix(root) if root and path.startswith(f"{root}/") else path


def is_told(scope: Scope) -> bool:
    """Whether a trusted proxy has said how the server was asked."""
    return bool(scope.get(TOLD))


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
    """The URL of this server, without a slash at the end: as the settings say, else as a trusted proxy does, else the
    address at which the connection came in. What else a request says of it, anyone may have written.
    """
    if public := scope.get(PUBLIC):
        return str(public).rstrip("/")
    host = Headers(scope=scope).get("host", "") if is_told(scope) else ""
    if not HOST.fullmatch(host):
        name, port = scope.get("server") or ("localhost", None)
        host = f"[{name}]" if ":" in name else name
        host += f":{port}" if port and port != _PORTS.get(scope["scheme"]) else ""
    return f"{scope['scheme']}://{host}{scope.get('root_path', '').rstrip('/')}"


_PORTS = {"http": 80, "https": 443}
