"""Spans of requests: what they hold and never hold, and how they are sent."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from bakery import BAKERY, assistant
from crew import crew
from fake_model import fake_model
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from served import served
from serving import until
from starlette.testclient import TestClient

from assistant.cli import main
from assistant.generate.endpoint import Endpoint
from assistant.generate.generator import Generator
from assistant.generate.modes import Modes
from assistant.server import create_app
from assistant.server.command import check_traces, tracing, untraced, wants_traces, warnings
from assistant.server.traces import Traces
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Answerer, Filters, Turn

BAKER = assistant({"Baker": BAKERY})
TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
MCP = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}


class Told:
    """An app over an answerer, and the spans of it."""

    def __init__(self, answerer: Answerer, *, questions: bool = False, **options: Any) -> None:
        self._kept = InMemorySpanExporter()
        traces = Traces(SimpleSpanProcessor(self._kept), questions=questions)
        app = create_app(lambda: answerer, traces=traces, **options)
        self.client = TestClient(app)

    def spans(self) -> Sequence[ReadableSpan]:
        """Those that have ended, the first to end first."""
        return self._kept.get_finished_spans()


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of OpenTelemetry's but those that a test sets."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)


def test_a_request_is_a_span_below_that_of_its_caller() -> None:
    told = Told(BAKER)
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-01", "x-request-id": "r-1"}
    reply = told.client.post("/v1/ask", json={"question": "What are the late duties?"}, headers=headers)
    *_, span = told.spans()
    assert span.name == "POST /v1/ask" and span.kind == SpanKind.SERVER and span.status.status_code == StatusCode.UNSET
    assert span.parent is not None and f"{span.parent.span_id:016x}" == CALLER
    assert span.context is not None and f"{span.context.trace_id:032x}" == TRACE
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "url.scheme": "http",
        "network.protocol.version": "1.1",
        "http.response.header.x-request-id": ("r-1",),
        "http.route": "/v1/ask",
        "url.path": "/v1/ask",
        "http.response.status_code": 200,
        "assistant.status": "answered",
        "assistant.mode": "extractive",
        "assistant.blocks": len(reply.json()["blocks"]),
        "assistant.citations": len(reply.json()["citations"]),
        "assistant.conflicts": 0,
        "assistant.closest": 0,
    }
    assert span.resource.attributes["service.name"] == "role-assistant"


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/chat/completions"])
@pytest.mark.parametrize("stream", [False, True])
def test_each_stage_is_a_span_within_its_request(path: str, stream: bool) -> None:
    told = Told(BAKER)
    question = "What are the late duties?"
    asked = {"question": question} if path == "/v1/ask" else {"messages": [{"role": "user", "content": question}]}
    assert told.client.post(path, json={**asked, "stream": stream}).status_code == 200
    *stages, request = told.spans()
    assert request.attributes and request.attributes["assistant.status"] == "answered"
    assert {stage.name for stage in stages} == BAKER.ask(question).timings_ms.keys() - {"total"}
    counts = {stage.name: dict(stage.attributes or {}) for stage in stages}
    assert counts["search"] == {"assistant.passages": len(BAKER.explain(question).working.hits)}  # type: ignore[union-attr]  # it is worked out
    assert counts["read"]["assistant.passages"]
    for stage in stages:
        assert stage.parent is not None and request.context is not None
        assert stage.parent.span_id == request.context.span_id
        assert stage.start_time and stage.end_time and request.start_time
        assert request.start_time <= stage.start_time <= stage.end_time


def test_what_a_language_model_phrases_is_a_stage_too() -> None:
    with fake_model() as model:
        model.write = lambda lines: "The median wage is $61,000 [1]."
        phrased = Generator(BAKER, Endpoint(model.url, "fake", seconds=5, attempts=1))
        told = Told(BAKER, modes=Modes(lambda answerer: phrased))
        asked = {"question": "What is the median wage of a Master Baker?", "mode": "generative"}
        timings = told.client.post("/v1/ask", json=asked).json()["timings_ms"]
    *stages, request = told.spans()
    assert {stage.name for stage in stages} == timings.keys() - {"total"} and stages[-1].name == "generate"
    assert stages[-1].parent == request.context and dict(stages[-1].attributes or {}) == {"assistant.blocks": 1}
    assert request.attributes and request.attributes["assistant.mode"] == "generative"


def test_what_an_earlier_question_takes_lies_within_the_stage_that_asks_it_again() -> None:
    told = Told(BAKER)
    history = [{"role": "user", "content": "What are the late duties?"}]
    asked = {"question": "Tell me more about the second one", "history": history}
    timings = told.client.post("/v1/ask", json=asked).json()["timings_ms"]
    *stages, request = told.spans()
    below = [span.name for span in stages if span.parent == request.context]
    assert set(below) == timings.keys() - {"total"} and below.count("understand") == 1
    [understand] = [span for span in stages if span.name == "understand"]
    earlier = [span.name for span in stages if span.parent == understand.context]
    assert earlier[:3] == ["search", "read", "select"] and len(below) + len(earlier) == len(stages)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/chat/completions", "/mcp"])
@pytest.mark.parametrize("asked_for", [False, True])
def test_the_question_is_told_only_where_that_is_asked_for(path: str, asked_for: bool) -> None:
    told = Told(BAKER, questions=asked_for, mcp=True)
    question = "What are the late duties?"
    bodies = {
        "/v1/chat/completions": {"messages": [{"role": "user", "content": question}]},
        "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
        | {"params": {"name": "ask", "arguments": {"question": question}}},
    }
    assert told.client.post(path, json=bodies.get(path, {"question": question}), headers=MCP).status_code == 200
    assert (told.spans()[-1].attributes or {}).get("assistant.question") == (question if asked_for else None)


def test_two_at_once_do_not_mix() -> None:
    """Each question is worked on in a thread that has worked for others."""
    told = Told(BAKER)
    questions = ["What are the late duties?", "zebra", "What is the median wage of a Master Baker?"] * 4

    def ask(question: str) -> None:
        told.client.post("/v1/ask", json={"question": question}, headers={"x-request-id": question[-4:-1]})

    threads = [threading.Thread(target=ask, args=(question,)) for question in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    requests = [span for span in told.spans() if span.kind == SpanKind.SERVER]
    assert len(requests) == len(questions)
    for request in requests:
        assert request.context is not None and request.attributes is not None
        stages = [s.name for s in told.spans() if s.parent and s.parent.span_id == request.context.span_id]
        refused = request.attributes["assistant.status"] == "refused"
        assert stages.count("understand") == 1 and stages.count("compose") == 2
        assert refused == (request.attributes["http.response.header.x-request-id"] == ("ebr",))


def test_mcp_is_traced_as_the_rest_is() -> None:
    told = Told(BAKER, mcp=True)
    arguments = {"name": "ask", "arguments": {"question": "What are the late duties?"}}
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": arguments}
    assert told.client.post("/mcp", json=call, headers=MCP).status_code == 200
    *stages, request = told.spans()
    assert request.name == "POST /mcp" and request.attributes
    assert request.attributes["assistant.status"] == "answered"
    assert "search" in {stage.name for stage in stages}


def test_a_caller_that_does_not_sample_is_not_sampled() -> None:
    told = Told(BAKER)
    headers = {"traceparent": f"00-{TRACE}-{CALLER}-00"}
    assert told.client.post("/v1/ask", json={"question": "zebra"}, headers=headers).status_code == 200
    assert told.spans() == ()


class Breaking(StaticAnswerer):
    """Fails on every question, and repeats it."""

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        raise RuntimeError(f"it breaks at {question}")


@pytest.mark.parametrize("stream", [False, True])
def test_what_breaks_is_told_by_its_kind_alone(stream: bool) -> None:
    told = Told(Breaking(document("x")))
    told.client.post("/v1/ask", json={"question": "quokka", "stream": stream})
    [span] = told.spans()
    assert span.attributes and span.status.status_code == StatusCode.ERROR
    assert (span.attributes["http.response.status_code"], span.attributes["error.type"]) == (500, "RuntimeError")
    assert span.events == () and span.status.description is None


def test_what_is_not_there_has_no_route_and_is_no_error() -> None:
    told = Told(BAKER)
    told.client.request("HEAD", "/v1/documents")
    told.client.get("/nope")
    told.client.request("BREW", "/nope")
    assert [span.name for span in told.spans()] == ["HEAD /v1/documents", "GET", "HTTP"]
    for span in told.spans()[1:]:
        assert span.attributes and span.attributes["http.response.status_code"] in (404, 405)
        assert "http.route" not in span.attributes and span.status.status_code == StatusCode.UNSET


def test_no_text_of_questions_or_documents_is_in_a_span() -> None:
    """The secrets are in question, history, filters, headers, paths and queries, titles, names and texts."""
    guide = StaticAnswerer(document("# Quokka pay\nThe quokka earns $5.\n", id="quokka.txt", title="Quokka"))
    spans: list[ReadableSpan] = []
    for answerer in (guide, Breaking(*guide.documents.values()), assistant({"Quokka": BAKERY})):
        told = Told(answerer, mcp=True)
        post, get = told.client.post, told.client.get
        for question in ("quokka earns", "quokka zebra giraffe okapi", "What are the late duties of the quokka?"):
            history = [{"role": "user", "content": "quokka?"}]
            filters = {"sections": ["quokka"], "document_ids": ["quokka.txt"]}
            post("/v1/ask", json={"question": question, "history": history})
            post("/v1/ask", json={"question": question, "filters": filters, "stream": True})
            post("/v1/ask", json={"question": question, "quokka": 1})
            post("/v1/search", json={"question": question})
            post("/v1/suggestions/near", json={"question": question})
            post("/v1/chat/completions", json={"messages": [{"role": "user", "content": question}]})
            arguments = {"name": "ask", "arguments": {"question": question}}
            call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": arguments}
            post("/mcp", json=call, headers=MCP)
        for path in (
            "/v1/documents/quokka.txt",
            "/documents/quokka.txt?quote=quokka",
            "/documents?q=quokka",
            "/quokka",
        ):
            get(path, headers={"user-agent": "quokka", "host": "quokka.example", "baggage": "quokka=1"})
        told.client.request("QUOKKA", "/v1/ask?quokka=1")
        spans += told.spans()
    assert {"POST /mcp", "POST /v1/search", "GET /v1/documents/{id:path}", "read"} <= {span.name for span in spans}
    sent = encode_spans(spans).SerializeToString() + "".join(span.to_json() for span in spans).encode()
    assert b"assistant.citations" in sent
    for secret in (b"quokka", b"zebra", b"duties", b"till"):
        assert secret not in sent.lower()


ASKED = """
import sys
from assistant.server import create_app
from assistant.server.command import tracing
from starlette.testclient import TestClient
from assistant.testing import StaticAnswerer, document
guide = StaticAnswerer(document("The pay is $5."))
with tracing() as traces:
    client = TestClient(create_app(lambda: guide, traces=traces))
    assert client.post("/v1/ask", json={"question": "pay"}).status_code == 200
print(sorted({"opentelemetry.sdk", "opentelemetry.exporter", "opentelemetry.proto", "requests"} & sys.modules.keys()))
"""


def loaded(**variables: str) -> str:
    """What of OpenTelemetry's SDK a server that has answered has loaded."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")} | variables
    command = [sys.executable, "-c", ASKED]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def test_nothing_of_the_sdk_is_loaded_where_no_traces_are_asked_for() -> None:
    assert loaded() == "[]\n"
    assert loaded(OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9") == "[]\n"
    assert "opentelemetry.sdk" in loaded(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("variables", "asked_for"),
    [
        ({}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": " OTLP "}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x"}, True),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, True),
    ],
)
def test_the_variables_of_the_standard_ask_for_traces(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], asked_for: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_traces() == asked_for and untraced() is None
    check_traces()  # raises nothing
    with tracing() as traces:
        assert (traces is not None) == asked_for


@pytest.mark.parametrize("by_name", [False, True])
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("OTEL_TRACES_EXPORTER", "zipkin", "OTEL_TRACES_EXPORTER=zipkin"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "not sent by grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "not sent by http/json"),
        ("", "", "pip install 'role-assistant[traces]'"),
    ],
)
def test_what_cannot_be_sent_ends_the_start_where_it_is_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    told: str,
    by_name: bool,
) -> None:
    """The address alone may be there for other programs: then a warning says why, and nothing is loaded."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    if by_name:
        monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    if told.startswith("pip"):
        monkeypatch.setattr("assistant.server.command.find_spec", lacking if by_name else lambda name: None)
    else:
        monkeypatch.setenv(name, value)
    assert (why := untraced()) is not None and told in why
    with tracing() as traces:
        assert traces is None
    if by_name or name == "OTEL_TRACES_EXPORTER":
        assert main(["serve"]) == 2
        assert told in capsys.readouterr().err
    else:
        check_traces()  # raises nothing
        [warning] = warnings(load_settings({}))
        assert told in warning
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "none")
    check_traces()
    assert list(warnings(load_settings({}))) == []


def lacking(name: str) -> None:
    """What find_spec does where the package around a module is not there."""
    raise ModuleNotFoundError(name)


def test_a_processor_that_does_not_end_is_not_waited_for() -> None:
    let_go = threading.Event()

    class Stuck(SpanProcessor):
        def shutdown(self) -> None:
            let_go.wait()

    Traces(Stuck()).close()  # returns
    assert not let_go.is_set()
    let_go.set()


class Collector(BaseHTTPRequestHandler):
    """Takes traces as a collector does."""

    protocol_version = "HTTP/1.1"
    taken: list[ExportTraceServiceRequest]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert (self.path, self.headers["Content-Type"]) == ("/v1/traces", "application/x-protobuf")
        self.taken.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def collecting() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    """The address of a collector, and what it has been sent."""
    taken: list[ExportTraceServiceRequest] = []
    handler = type("Taking", (Collector,), {"taken": taken})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", taken
        finally:
            server.shutdown()
            thread.join()


def requests_of(taken: Sequence[ExportTraceServiceRequest]) -> dict[str, list[str]]:
    """The names of the spans of requests, by the instance of the service that sent them."""
    found: dict[str, list[str]] = {}
    for export in list(taken):
        for part in export.resource_spans:
            about = {each.key: each.value.string_value for each in part.resource.attributes}
            assert about["service.name"] == "guides"
            names = [span.name for scope in part.scope_spans for span in scope.spans if span.kind == 2]
            found.setdefault(about["service.instance.id"], []).extend(names)
    return found


def ask(url: str) -> str:
    """The status of an answer."""
    body = json.dumps({"question": "median salary"}).encode()
    request = urllib.request.Request(f"{url}/v1/ask", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as reply:
        return str(json.load(reply)["status"])


def test_several_processes_send_to_a_collector_and_what_is_left_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with collecting() as (address, taken):
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "guides")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
        asked = 0
        with crew() as run:

            def both() -> bool:
                nonlocal asked
                ask(run.url)
                asked += 1
                return len(requests_of(taken)) == 2

            until(both, 30)
            ask(run.url)
            run.process.send_signal(signal.SIGTERM)
            assert run.process.wait(20) == 0
            found = requests_of(taken)
            assert len(found) == 2
            assert [name for names in found.values() for name in names] == ["POST /v1/ask"] * (asked + 1)


def test_a_collector_that_never_replies_holds_up_no_answer_and_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
        monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "4")
        monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "600")
        with served() as (process, url):
            held = silent.accept()[0] if ask(url) else None  # the first spans are on their way, and stay there
            assert [ask(url) for _ in range(20)] == ["answered"] * 20
            process.send_signal(signal.SIGTERM)
            assert process.wait(8) == 0  # what the server promises
            assert process.stderr and "Traceback" not in process.stderr.read()
            assert held is not None
            held.close()


def test_a_collector_that_is_not_there_holds_up_no_answer_and_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "10")
    with served() as (process, url):
        assert [ask(url) for _ in range(5)] == ["answered"] * 5
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0
        assert process.stderr and "Traceback" not in process.stderr.read()
