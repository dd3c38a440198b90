"""How much one client, and all of them together, may ask."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from time import monotonic

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.errors import RateLimited
from assistant.languages.catalogue import say
from assistant.server.peers import client_key, route_path
from assistant.server.problems import respond
from assistant.server.queue import WorkQueue
from assistant.server.shared import SharedBuckets

UNLIMITED = ("/", "/healthz", "/readyz", "/docs", "/openapi.json", "/metrics")
STATIC = ("/widget/", "/static/", "/docs/")
COUNTED = ("/docs/swagger-ui-bundle.js",)  # a megabyte and a half, which is work too
QUESTIONS = ("/v1/ask", "/v1/search", "/v1/suggestions/near", "/v1/chat/completions")
MOST_CLIENTS = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Who may ask, and how much; each field is the setting of its name."""

    allowed_origins: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ("*",)
    trusted_proxies: tuple[str, ...] = ()
    public_url: str = ""
    root_path: str = ""
    groups_secret: str = ""
    rate_limit: int = 0
    max_concurrent: int = 0
    max_queue: int = 64
    request_timeout: float = 30.0
    shared: str = ""  # the file that processes of one server count in together


class Buckets:
    """A bucket of tokens a client: `rate` fit in and flow in a minute, each request takes one.

    Only so many clients are remembered, those that asked last.
    """

    def __init__(self, rate: int, *, most: int = MOST_CLIENTS, now: Callable[[], float] = monotonic) -> None:
        self._rate = rate
        self._most = most
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # (tokens, when that was)

    def take(self, client: str) -> int:
        """Takes a token: 0, or the seconds until there is one."""
        now = self._now()
        tokens, before = self._buckets.pop(client, (float(self._rate), now))
        tokens = min(float(self._rate), tokens + (now - before) * self._rate / 60)
        wait = 0 if tokens >= 1 else ceil((1 - tokens) * 60 / self._rate)
        self._buckets[client] = (tokens if wait else tokens - 1, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return wait

    def wait(self, client: str) -> int:
        """The seconds until there is a token, which is left there."""
        tokens, before = self._buckets.get(client, (float(self._rate), 0.0))
        tokens += (self._now() - before) * self._rate / 60
        return 0 if tokens >= 1 else ceil((1 - tokens) * 60 / self._rate)

    def __len__(self) -> int:
        return len(self._buckets)


def make_buckets(name: str, rate: int, shared: str = "") -> Buckets | SharedBuckets:
    """Buckets of this process, or those of that name in the file that several share."""
    return SharedBuckets(Path(shared), name, rate) if shared else Buckets(rate)


class RateLimit:
    """Around the app: a client that asks too often is told when to come back. Pages and static files are free."""

    def __init__(self, app: ASGIApp, rate: int, shared: str = "") -> None:
        self.app = app
        self._buckets = make_buckets("requests", rate, shared)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and not free(route_path(scope)) and (wait := self._buckets.take(client_key(scope))):
            error = RateLimited(say("errors.rate_limited", seconds=wait), retry_after=wait)
            app = respond(scope, error)
        await app(scope, receive, send)


class Full:
    """Around the app: where no more questions are taken, they are turned away before they are read, which is cheap."""

    def __init__(self, app: ASGIApp, desk: WorkQueue) -> None:
        self.app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        asks = scope["type"] == "http" and scope["method"] == "POST" and route_path(scope) in QUESTIONS
        if asks and (refusal := self._desk.refusal()):
            app = respond(scope, refusal)
        await app(scope, receive, send)


def free(path: str) -> bool:
    """Whether a path is not counted."""
    return path in UNLIMITED or (path.startswith(STATIC) and path not in COUNTED)
