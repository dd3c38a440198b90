"""The command `assistant serve`: from settings to a server that answers."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass, fields, replace
from functools import partial
from importlib.util import find_spec
from ipaddress import ip_address
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.access.audit import Audit
from assistant.access.keys import KeyRing
from assistant.access.rights import FIELD
from assistant.client import Remote
from assistant.compose import open_records, open_store
from assistant.cores import cores
from assistant.documents.changes import changes_since
from assistant.documents.files import File, Parsed
from assistant.documents.sandbox import Sandbox
from assistant.documents.shelf import Shelf
from assistant.errors import FilesFailed, IndexNotFound, UsageError
from assistant.feedback.gap_finder import GapFinder
from assistant.feedback.records import Recorder
from assistant.index.receipt import from_json
from assistant.languages.catalogue import load_languages
from assistant.phrasing import modes
from assistant.server.app import create_app
from assistant.server.connections import most_connections
from assistant.server.feedback import Feedback
from assistant.server.limits import Limits
from assistant.server.live import Live
from assistant.server.log import set_up_log
from assistant.server.monitoring import FOLDER
from assistant.server.pinning import Pinning
from assistant.server.queue import WorkQueue
from assistant.server.rebuilding import Rebuilder, build_apart
from assistant.server.seen import Seen
from assistant.server.serve import address, listen, run
from assistant.server.uploads import Uploads
from assistant.server.workers import Workers
from assistant.settings import Settings
from assistant.terminal.progress import PATIENCE
from assistant.types import Answerer

if TYPE_CHECKING:
    from assistant.server.batches.routes import Batches
    from assistant.server.traces import Traces

TRACES = "OTEL_TRACES_EXPORTER"  # this and those below are OpenTelemetry's own variables
NO_TRACES = "OTEL_SDK_DISABLED"
TRACES_TO = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
TRACES_BY = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
logger = logging.getLogger("assistant.server")


def serve(settings: Settings) -> int:
    """Serves until it is told to stop, and gives the exit status."""
    if settings.keys is not None:
        KeyRing(settings.keys).all()  # raises here, and not when the first client comes
    load_languages(settings.languages, settings.language)  # and here, not in each of several processes
    if settings.mcp:
        check_mcp()
    check_traces()
    set_up_log(settings.log_format)
    _tell_what_is_kept(settings)
    return _serve_together(settings) if settings.workers > 1 else _serve(settings)


def _serve(
    settings: Settings,
    listener: socket.socket | None = None,
    serves: Callable[[], object] = lambda: None,
    shared: str = "",
) -> int:
    """Serves in this process; on a socket that others serve on too, what is counted lies in the file `shared`."""
    languages = load_languages(settings.languages, settings.language)
    live = Live(settings, Audit(settings.audit_log))
    if status := _open(live, settings):
        return status
    for warning in (*(() if listener else warnings(settings)), *unguarded(settings, live())):
        logger.warning("%s", warning)
    with ExitStack() as stack:
        stack.enter_context(live.following())
        feedback = stack.enter_context(_feedback(settings, live, shared))
        uploads = stack.enter_context(_uploads(settings, live))
        batches = stack.enter_context(_batches(settings, shared))
        traces = stack.enter_context(tracing(questions=settings.trace_questions))
        app = create_app(
            live,
            log_questions=settings.log_questions,
            limits=replace(limits_of(settings), shared=shared),
            feedback=feedback,
            keys=KeyRing(settings.keys) if settings.keys is not None else None,
            mcp=settings.mcp,
            metrics=settings.metrics,
            rights=settings.rights,
            log_clients=settings.log_clients,
            modes=modes(settings),
            uploads=uploads,
            batches=batches,
            languages=languages,
            traces=traces,
        )
        run(
            app,
            settings.host,
            settings.port,
            max_connections=settings.max_connections,
            read_timeout=settings.read_timeout,
            reload=live.reload,
            listener=listener,
            serves=serves,
        )
    return 0


@dataclass(frozen=True, slots=True)
class OneOfSeveral:
    """What each of the processes does that serve together."""

    settings: Settings
    shared: str

    def __call__(self, listener: socket.socket, serves: Callable[[], None]) -> int:
        set_up_log(self.settings.log_format)
        return _serve(share_of(self.settings), listener, serves, self.shared)


def share_of(settings: Settings) -> Settings:
    """The settings of one of the processes: what they may do together is divided among them."""
    n = settings.workers
    most = settings.max_connections or most_connections()
    return settings.model_copy(
        update={
            "max_concurrent": ceil((settings.max_concurrent or cores()) / n),
            "max_queue": ceil(settings.max_queue / n),
            "max_connections": ceil(most / n),
            "threads": max(1, (settings.threads or cores()) // n),
        }
    )


def _serve_together(settings: Settings) -> int:
    """Serves in several processes, which open the index each for itself; this one holds the socket."""
    if open_store(settings).current() is None and (status := _build_first(settings)):
        return status
    for warning in warnings(settings):
        logger.warning("%s", warning)
    with TemporaryDirectory(prefix="assistant-") as folder, listen(settings.host, settings.port) as listener:
        if settings.metrics:
            counts = Path(folder) / "metrics"
            counts.mkdir()
            os.environ[FOLDER] = str(counts)  # read where the library is loaded, in each process
        work = OneOfSeveral(settings, str(Path(folder) / "limits.sqlite"))
        where = address(settings.host, listener)
        told = partial(logger.info, "listening on %s with %d processes", where, settings.workers)
        return Workers(work, listener, settings.workers, serve=told).run()


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
    live = Live(settings)
    if status := _open(live, settings):
        return status
    _tell_what_is_kept(settings)
    desk = WorkQueue(at_once=settings.max_concurrent, waiting=settings.max_queue, seconds=settings.request_timeout)
    with live.following(), _feedback(settings, live) as feedback:
        serve_stdio(make_server(Seen(live), desk, feedback.note))
    return 0


def check_mcp() -> None:
    """Raises UsageError where the library for it is not installed."""
    if not _installed("mcp"):
        raise UsageError("MCP needs the library of that name: install it with `pip install 'role-assistant[mcp]'`")


def tracing(*, questions: bool = False) -> AbstractContextManager[Traces | None]:
    """What makes spans of requests and sends them; None where nobody asks for them, or they cannot be sent.

    `questions` says whether they hold what is asked.
    """
    if not wants_traces() or untraced():
        return nullcontext()
    from assistant.server.traces import sending  # loads the SDK

    return sending(questions=questions)


def wants_traces() -> bool:
    """Whether the environment asks for traces, in OpenTelemetry's own variables."""
    if _said(TRACES) == "none" or _said(NO_TRACES) == "true":
        return False
    return bool(_said(TRACES, *TRACES_TO))


def untraced() -> str | None:
    """Why the traces that the environment asks for cannot be sent; None where they can, and where it asks for none."""
    if not wants_traces():
        return None
    exporter, protocol = _said(TRACES) or "otlp", _said(*TRACES_BY) or "http/protobuf"
    if exporter != "otlp":
        return f"{TRACES}={exporter} cannot be done: set it to otlp, or to none"
    if protocol != "http/protobuf":
        return f"they are not sent by {protocol}: set {TRACES_BY[0]}=http/protobuf, or {TRACES}=none"
    if not all(map(_installed, ("opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http"))):
        install = "`pip install 'role-assistant[traces]'`"
        return f"they need OpenTelemetry's SDK and exporter: install these with {install}, or set {TRACES}=none"
    return None


def check_traces() -> None:
    """Raises UsageError where traces are asked for by name and cannot be sent.

    An address alone may be meant for other programs: then a warning tells of it, and the server starts.
    """
    if _said(TRACES) and (reason := untraced()):
        raise UsageError(f"no traces can be sent: {reason}")


def _said(*names: str) -> str:
    """What the first of these variables that says something says, in lower case."""
    values = (os.environ.get(name, "").strip().lower() for name in names)
    return next(filter(None, values), "")


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # what it would lie in is not there
        return False


def _open(live: Live, settings: Settings) -> int:
    """Opens the index, which is built first where there is none; the exit status."""
    telling = Timer(PATIENCE, logger.info, ["opening the index"])  # whoever waits that long wonders for what
    telling.daemon = True
    telling.start()
    try:
        live.open()
    except IndexNotFound:
        telling.cancel()
        if status := _build_first(settings):
            return status
        live.open()
    finally:
        telling.cancel()
    return 0


def _build_first(settings: Settings) -> int:
    """Builds the index where there is none; the exit status, 0 also where some files failed."""
    print("no index yet: building it first", file=sys.stderr)
    status = build_apart(settings)
    return 0 if status == FilesFailed.exit_code else status


def limits_of(settings: Settings) -> Limits:
    """Who may ask, and how much. The names that the settings give the server are among those it goes by."""
    limits = {field.name: getattr(settings, field.name) for field in fields(Limits) if field.name != "shared"}
    limits["groups_secret"] = settings.groups_secret.get_secret_value() if settings.groups_secret is not None else ""
    public = urlsplit(settings.public_url)
    names = [name.lower() for name in (settings.host, public.hostname) if name]
    limits["allowed_hosts"] = tuple(dict.fromkeys((*settings.allowed_hosts, *names)))
    limits["root_path"] = settings.root_path or public.path
    return Limits(**limits)


def warnings(settings: Settings) -> Iterator[str]:
    """What an operator should know before others find it out."""
    if reason := untraced():
        yield f"NO TRACES ARE SENT: {reason}"
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


def _tell_what_is_kept(settings: Settings) -> None:
    if settings.records is not None:
        print(f"questions are kept in {settings.records} for {settings.records_days} days", file=sys.stderr)


@contextmanager
def _uploads(settings: Settings, live: Live) -> Iterator[Uploads | None]:
    """What takes documents over HTTP, where the settings ask for it; None where they do not."""
    if not settings.uploads:
        yield None
        return
    key = settings.admin_key.get_secret_value() if settings.admin_key is not None else ""
    if settings.keys is None and not key:
        raise UsageError("documents are taken from those who hold a key: set ASSISTANT_KEYS, or ASSISTANT_ADMIN_KEY")
    built_from = from_json(live.store.receipt()).corpus
    if not settings.corpus.is_dir() or built_from != settings.corpus.resolve():
        raise UsageError(
            f"the index was built from {built_from}: name that folder with --corpus to write documents to it"
        )
    rebuild = Rebuilder(lambda: build_apart(settings, "--wait", "--allow-empty"), live.look)

    def parse(file: File) -> Parsed:
        with Sandbox() as sandbox:  # seldom wanted, and large
            return sandbox.parse(file)

    with rebuild.working():
        if changes_since(from_json(live.store.receipt()).marks, settings.corpus):
            rebuild()  # a process that was killed had taken a document, and promised that it will be there
        yield Uploads(
            Shelf(settings.corpus, parse),
            rebuild,
            lambda: live().documents,
            Audit(settings.audit_log),
            key,
        )


def _batches(settings: Settings, shared: str) -> AbstractContextManager[Batches | None]:
    """What keeps and asks files of questions; None where nobody may hand one in."""
    if settings.admin_key is None and settings.keys is None:
        return nullcontext()
    from assistant.server.batches.keep import keeping  # loads what reads and writes tables

    return keeping(settings, shared)


@contextmanager
def _feedback(settings: Settings, live: Live, shared: str = "") -> Iterator[Feedback]:
    """What is kept while serving; all that waits is written at the end."""
    key = settings.admin_key.get_secret_value() if settings.admin_key is not None else ""
    audit = Audit(settings.audit_log)
    pinning = None if settings.pinned is None else Pinning(settings.pinned, live)
    if settings.records is None:
        yield Feedback(admin_key=key, audit=audit, shared=shared, pinning=pinning)
        return
    records = open_records(settings)
    with closing(Recorder(records, days=settings.records_days, most=settings.records_most)) as recorder:
        yield Feedback(recorder, GapFinder(records, live), key, audit, shared, pinning)
