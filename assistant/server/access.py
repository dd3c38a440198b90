"""Keys are asked for where a setting names a file of them: by the routes, each for the scope that it needs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.access.keys import KeyRing
from assistant.access.rights import signed_groups
from assistant.access.scopes import Scope as KeyScope
from assistant.errors import AssistantError, Forbidden, RateLimited, Unauthorized
from assistant.languages.catalogue import say
from assistant.languages.messages import Message
from assistant.server.limits import Buckets, make_buckets
from assistant.server.peers import client_key, is_told, route_path
from assistant.server.problems import respond

GROUPS = "assistant.groups"  # in a scope: those that the person is in
WRONG = 10  # wrong keys a minute that one client is told of as such
BEARER = {"WWW-Authenticate": "Bearer"}
BASIC = {"WWW-Authenticate": 'Basic realm="documents", charset="UTF-8"'}  # which browsers ask people for


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the name of a key, or the origin of a page that may ask without one."""

    name: str
    scopes: tuple[KeyScope, ...]
    groups: tuple[str, ...] = ()


class Groups:
    """Around the app: the groups that a trusted proxy signs are taken over, and forgotten of anyone else."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self.app = app
        self._secret = secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            found = signed_groups(Headers(scope=scope), self._secret) if is_told(scope) else None
            if found is not None:
                scope[GROUPS] = found
        await self.app(scope, receive, send)


class Wrong:
    """Counts wrong keys: a client that gives many must wait."""

    def __init__(self, now: Callable[[], float] = monotonic, *, shared: str = "") -> None:
        """`shared` is the file that processes of one server count in together."""
        self._buckets = make_buckets("wrong keys", WRONG, shared) if shared else Buckets(WRONG, now=now)

    def refusal(self, scope: Scope, message: Message) -> AssistantError:
        """What a client is told that gave a wrong key."""
        if wait := self._buckets.take(client_key(scope)):
            return RateLimited(say("errors.wrong_keys", seconds=wait), retry_after=wait)
        return Unauthorized(message)

    def wait(self, scope: Scope) -> int:
        """The seconds until this client may try a key again; 0 where it may now."""
        return self._buckets.wait(client_key(scope))


class Access:
    """Around the app: who holds no key for what is asked is refused. Pages of listed sites may ask without one.

    A right key passes also where wrong ones came from the same address: ours cannot be found by trying, and nobody
    should be locked out by a neighbour.
    """

    def __init__(self, app: ASGIApp, keys: KeyRing, origins: Sequence[str] = (), wrong: Wrong | None = None) -> None:
        self.app = app
        self._keys = keys
        self._origins = frozenset(origins) - {"*"}  # every page is as good as no key at all
        self._wrong = wrong or Wrong()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and (needed := scope_needed(scope["method"], route_path(scope))):
            try:
                scope["assistant.caller"] = who = self.caller(scope, needed)
                scope[GROUPS] = who.groups
            except AssistantError as error:
                app = respond(scope, error, _challenge(scope) if isinstance(error, Unauthorized) else None)
        await app(scope, receive, send)

    def caller(self, scope: Scope, needed: KeyScope) -> Caller:
        """Who asks. Raises Unauthorized, Forbidden or RateLimited where they may not."""
        headers = Headers(scope=scope)
        given = given_key(headers.get("authorization", ""))
        if given:
            key = self._keys.find(given.decode("utf-8", "replace"))
            if key is None:
                raise self._wrong.refusal(scope, say("errors.wrong_key"))
            if needed not in key.scopes:
                raise Forbidden(say("errors.key_scope", name=key.name, scopes=", ".join(key.scopes), needed=needed))
            return Caller(key.name, key.scopes, key.groups)
        if GROUPS in scope and needed in ("ask", "read"):  # a trusted proxy has said who it is
            return Caller("proxy", ("ask", "read"), scope[GROUPS])
        page = origin_of(headers)
        if needed in ("ask", "read") and page in self._origins:
            return Caller(page, ("ask", "read"))
        raise Unauthorized(say("errors.no_key"))


def scope_needed(method: str, path: str) -> KeyScope | None:
    """The scope that a request needs; None for what is open to all, and for /admin, which asks by itself."""
    if path.startswith("/v1/documents"):
        return "read" if method in ("GET", "HEAD", "OPTIONS") else "write"
    if path.startswith("/v1"):
        return "ask"
    if path.startswith("/documents"):
        return "read"
    if path.startswith("/mcp"):
        return "ask"
    return "admin" if path == "/metrics" else None


def origin_of(headers: Headers) -> str:
    """The site whose page asks, as far as the browser tells; empty where it does not."""
    if origin := headers.get("origin"):
        return origin.lower()
    try:
        parts = urlsplit(headers.get("referer", ""))
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


def given_key(authorization: str) -> bytes:
    """The bearer token, or the password of basic authentication; nothing where there is neither."""
    scheme, _, given = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return given.strip().encode("latin-1")
    try:
        pair = base64.b64decode(given.strip(), validate=True) if scheme.lower() == "basic" else b""
    except ValueError:  # not base64, or not even ASCII
        pair = b""
    return pair.partition(b":")[2]


def _challenge(scope: Scope) -> dict[str, str]:
    return BASIC if route_path(scope).startswith("/documents") else BEARER
