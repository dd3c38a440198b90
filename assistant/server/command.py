"""The command `assistant serve`: from settings to a server that answers."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

from assistant.access.audit import Audit
from assistant.access.keys import KeyRing
from assistant.access.rights import FIELD
from assistant.client import Remote
from assistant.compose import LiveAnswerer, open_records
from assistant.errors import FilesFailed, IndexNotFound, UsageError
from assistant.feedback.gap_finder import GapFinder
from assistant.feedback.records import Recorder
from assistant.phrasing import modes
from assistant.server.app import create_app
from assistant.server.feedback import Feedback
from assistant.server.limits import Limits
from assistant.server.live import Watched
from assistant.server.log import set_up_log
from assistant.server.pinning import Pinning
from assistant.server.queue import WorkQueue
from assistant.server.seen import Seen
from assistant.server.serve import run
from assistant.settings import Settings
from assistant.types import Answerer

logger = logging.getLogger("assistant.server")


def serve(settings: Settings) -> int:
    """Serves until it is told to stop, and gives the exit status."""
    keys = KeyRing(settings.keys) if settings.keys is not None else None
    if keys is not None:
        keys.all()  # raises here, and not when the first client comes
    if settings.mcp:
        check_mcp()
    set_up_log(settings.log_format)
    live = Watched(settings, Audit(settings.audit_log))
    if status := _open(live, settings):
        return status
    limits = limits_of(settings)
    for warning in (*warnings(settings), *unguarded(settings, live())):
        logger.warning("%s", warning)
    with _feedback(settings, live) as feedback:
        app = create_app(
            live,
            log_questions=settings.log_questions,
            limits=limits,
            feedback=feedback,
            keys=keys,
            mcp=settings.mcp,
            metrics=settings.metrics,
            rights=settings.rights,
            log_clients=settings.log_clients,
            modes=modes(settings),
        )
        run(
            app,
            settings.host,
            settings.port,
            max_connections=settings.max_connections,
            read_timeout=settings.read_timeout,
            reload=live.reload,
        )
    return 0


def serve_mcp(settings: Settings, url: str | None = None) -> int:
    """Serves one MCP client on standard input and output, from the index or from a running server."""
    check_mcp()
    from assistant.server.mcp import make_server, serve_stdio

    set_up_log()
    if url is not None:
        key = settings.api_key.get_secret_value() if settings.api_key is not None else None
        remote = Remote(url, api_key=key)
        serve_stdio(make_server(Seen(lambda: remote), WorkQueue(seconds=settings.request_timeout), lambda answer: None))
        return 0
    live = LiveAnswerer(settings)
    if status := _open(live, settings):
        return status
    desk = WorkQueue(at_once=settings.max_concurrent, waiting=settings.max_queue, seconds=settings.request_timeout)
    with _feedback(settings, live) as feedback:
        serve_stdio(make_server(Seen(live), desk, feedback.note))
    return 0


def check_mcp() -> None:
    """Raises UsageError where the library for it is not installed."""
    if find_spec("mcp") is None:
        raise UsageError("MCP needs the library of that name: install it with `pip install 'role-assistant[mcp]'`")


def _open(live: LiveAnswerer, settings: Settings) -> int:
    """Opens the index, which is built first where there is none; the exit status."""
    try:
        live.open()
    except IndexNotFound:
        print("no index yet: building it first", file=sys.stderr)
        status = _build_apart(settings)
        if status not in (0, FilesFailed.exit_code):
            return status
        live.open()
    return 0


def limits_of(settings: Settings) -> Limits:
    """Who may ask, and how much. The names that the settings give the server are among those it goes by."""
    limits = {field.name: getattr(settings, field.name) for field in fields(Limits)}
    limits["groups_secret"] = settings.groups_secret.get_secret_value() if settings.groups_secret is not None else ""
    public = urlsplit(settings.public_url)
    names = [name.lower() for name in (settings.host, public.hostname) if name]
    limits["allowed_hosts"] = tuple(dict.fromkeys((*settings.allowed_hosts, *names)))
    limits["root_path"] = settings.root_path or public.path
    return Limits(**limits)


def warnings(settings: Settings) -> Iterator[str]:
    """What an operator should know before others find it out."""
    if is_loopback(settings.host):
        return
    if settings.keys is None:
        yield (
            f"ANYONE WHO REACHES {settings.host}:{settings.port} CAN ASK AND READ EVERY DOCUMENT: there are no keys. "
            f"Make some with `assistant keys`, or listen on 127.0.0.1 behind a proxy that asks who it is"
        )
    if not settings.rate_limit:
        yield (
            f"NO CLIENT OF {settings.host}:{settings.port} IS LIMITED: one can keep the server busy for all. "
            f"Set ASSISTANT_RATE_LIMIT=on, or limit the rate in the proxy in front"
        )


def unguarded(settings: Settings, answerer: Answerer) -> Iterator[str]:
    """What an operator should know who names groups and does not ask for rights."""
    named = sum(FIELD in document.metadata for document in answerer.documents.values())
    if named and not settings.rights:
        yield f"{named} documents name {FIELD} and are shown to all: set ASSISTANT_RIGHTS=true to keep them to these"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens there."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@contextmanager
def _feedback(settings: Settings, live: LiveAnswerer) -> Iterator[Feedback]:
    """What is kept while serving; all that waits is written at the end."""
    key = settings.admin_key.get_secret_value() if settings.admin_key is not None else ""
    audit = Audit(settings.audit_log)
    pinning = None if settings.pinned is None else Pinning(settings.pinned, live)
    if settings.records is None:
        yield Feedback(admin_key=key, audit=audit, pinning=pinning)
        return
    records = open_records(settings)
    print(f"questions are kept in {settings.records} for {settings.records_days} days", file=sys.stderr)
    with closing(Recorder(records, days=settings.records_days, most=settings.records_most)) as recorder:
        yield Feedback(recorder, GapFinder(records, live), key, audit, pinning)


def _build_apart(settings: Settings) -> int:
    """Builds the index in a child process, so that this one never loads what only building needs."""
    command = [
        sys.executable,
        "-P",  # no code from the folder that this runs in
        "-m",
        "assistant",
        "index",
        "--corpus",
        str(settings.corpus),
        "--index",
        str(settings.index),
    ]
    child = subprocess.Popen(command, stdout=sys.stderr)
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise
