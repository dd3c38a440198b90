"""Spans of OpenTelemetry: one a request, and one below it for each stage of an answer.

It stands on the official SDK, which is loaded only where traces are asked for. Routes are templates, and of
questions and documents there are counts alone, unless the questions are asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from threading import Thread
from uuid import uuid4

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import Scope

import assistant
from assistant.answer.clock import Counts, Watcher, watcher
from assistant.server.monitoring import METHODS
from assistant.types import Answer

LINGER = 1.0  # seconds that a server waits at its end for the last spans to be sent
QUESTION = "assistant.question"

_request: ContextVar[Span | None] = ContextVar("request", default=None)  # the span of that which is replied to
_within: ContextVar[Span | None] = ContextVar("within", default=None)  # that of the stage that is done now


class Traces:
    """Makes the spans of one app. They are its own: no provider of the process is set or asked."""

    def __init__(self, processor: SpanProcessor, *, questions: bool = False) -> None:
        """`processor` is given each span as it ends, and must not hold it up. `questions` puts them into spans."""
        self._questions = questions
        about = {
            "service.name": "role-assistant",
            "service.version": assistant.__version__,
            "service.instance.id": str(uuid4()),  # several processes may serve as one
            **OTELResourceDetector().detect().attributes,  # what the environment says comes first
        }
        self._provider = TracerProvider(resource=Resource.create(about), shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("assistant", assistant.__version__)

    def begin(self, scope: Scope, id: str) -> Traced:
        """Opens the span of a request with this id, below that of the caller where its headers name one."""
        given = scope["method"]
        method = given if given in METHODS else "_OTHER"
        attributes = {
            "http.request.method": method,
            "url.scheme": scope.get("scheme", "http"),
            "network.protocol.version": scope.get("http_version", "1.1"),
            "http.response.header.x-request-id": (id,),
        }
        name = method if method == given else "HTTP"
        parent = TraceContextTextMapPropagator().extract(dict(Headers(scope=scope)))
        span = self._tracer.start_span(name, parent, kind=SpanKind.SERVER, attributes=attributes)
        return Traced(span, name, self._questions, _request.set(span), watcher.set(self._stage))

    @contextmanager
    def _stage(self, name: str) -> Iterator[Counts]:
        around, counts = _within.get() or _request.get(), Counts()
        assert around is not None, "only requests are watched"
        span = self._tracer.start_span(name, set_span_in_context(around))
        token = _within.set(span)
        try:
            yield counts
        finally:
            _within.reset(token)
            span.set_attributes({f"assistant.{name}": n for name, n in counts.items()})
            span.end()

    def answer(self, answer: Answer) -> None:
        """Tells the span of the request in which this is called how it was answered."""
        if (span := _request.get()) is not None:
            span.set_attribute("assistant.status", answer.status)
            span.set_attribute("assistant.mode", answer.mode)
            if self._questions:
                span.set_attribute(QUESTION, answer.question)
            if answer.reason is not None:
                span.set_attribute("assistant.reason", answer.reason)
            for name in ("blocks", "citations", "conflicts", "closest"):
                span.set_attribute(f"assistant.{name}", len(getattr(answer, name)))

    def close(self) -> None:
        """Sends what is left, for `LINGER` seconds at the most; what could not be sent by then is lost."""
        closing = Thread(target=self._provider.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(LINGER)


@dataclass(frozen=True, slots=True)
class Traced:
    """The span of a request that is replied to; it is to be ended where it was begun."""

    span: Span
    name: str
    questions: bool
    replied: Token[Span | None]
    watched: Token[Watcher | None]

    def end(self, scope: Scope, status: int, fault: Exception | None) -> None:
        """Ends the span, with the template of the route, the status (0 where no reply began), and what broke."""
        _request.reset(self.replied)
        watcher.reset(self.watched)
        body = scope.get("assistant.body")
        if self.questions and isinstance(body, dict) and isinstance(body.get("question"), str):
            self.span.set_attribute(QUESTION, body["question"])  # also where there is no answer
        if route := getattr(scope.get("route"), "path", ""):
            self.span.update_name(f"{self.name} {route}")
            self.span.set_attribute("http.route", route)
            if "{" not in route:  # else the path names a document
                self.span.set_attribute("url.path", route)
        if status:
            self.span.set_attribute("http.response.status_code", status)
        if fault is not None or status >= 500:
            self.span.set_status(StatusCode.ERROR)  # without the message, which may quote the question
        if fault is not None or status >= 500 or not status:
            kind = type(fault).__name__ if fault is not None else str(status) if status else "disconnected"
            self.span.set_attribute("error.type", kind)
        self.span.end()


@contextmanager
def sending(*, questions: bool = False) -> Iterator[Traces]:
    """Traces that are sent to where the variables OTEL_... of the environment say, from a thread beside."""
    traces = Traces(BatchSpanProcessor(OTLPSpanExporter()), questions=questions)
    try:
        yield traces
    finally:
        traces.close()
