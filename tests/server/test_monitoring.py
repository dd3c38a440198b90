"""What a monitoring system is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from assistant.access.keys import KeyRing
from assistant.errors import IndexDamaged, IndexNotFound
from assistant.server import create_app
from assistant.testing import StaticAnswerer, document
from assistant.types import Answerer

GUIDE = StaticAnswerer(document("The median pay is $5.", id="secret-name.txt"), index_id="index-7")
DASHBOARD = Path(__file__).parent.parent.parent / "docs" / "grafana-dashboard.json"


class Live:
    """Gives an answerer as a server has it, with what is known of reloads."""

    fault: Exception | None = None
    failures = 0
    built_at = 1.0

    def __call__(self) -> Answerer:
        return GUIDE


def told(client: TestClient) -> dict[str, float]:
    """Each sample, by its name and labels."""
    found = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def test_requests_answers_and_stages_are_counted() -> None:
    client = TestClient(create_app(lambda: GUIDE))
    for question in ("median pay", "median pay", "zebra"):
        client.post("/v1/ask", json={"question": question})
    client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "zebra"}]})
    client.get("/documents/secret-name.txt")
    client.get("/nope/secret")
    found = told(client)
    assert found["assistant_requests_total{method=POST,route=/v1/ask,status=200}"] == 3
    assert found["assistant_requests_total{method=GET,route=-,status=404}"] == 1
    assert found["assistant_answers_total{reason=,status=answered}"] == 2
    assert found["assistant_answers_total{reason=unrelated,status=refused}"] == 2
    assert found["assistant_stage_seconds_count{stage=total}"] == 4
    assert found["assistant_request_seconds_count{route=/v1/ask}"] == 3
    assert found["process_resident_memory_bytes"] > 0
    assert "secret" not in client.get("/metrics").text and "median" not in client.get("/metrics").text


def test_the_index_and_its_promise_are_told() -> None:
    live = Live()
    client = TestClient(create_app(live))
    found = told(client)
    assert found["assistant_index{index_id=index-7}"] == found["assistant_ready"] == 1
    assert (found["assistant_documents"], found["assistant_passages"]) == (1, 1)
    assert found["assistant_index_age_seconds"] > 1e9
    assert (found["assistant_max_false_answer_rate"], found["assistant_promise_kept"]) == (0.1, 1)
    assert (found["assistant_queue_working"], found["assistant_queue_waiting"]) == (0, 0)
    assert (found["assistant_reload_failures_total"], found["assistant_degraded"]) == (0, 0)
    live.failures, live.fault = 2, IndexDamaged("x")
    found = told(client)
    assert (found["assistant_reload_failures_total"], found["assistant_degraded"]) == (2, 1)


def test_without_an_index_the_rest_is_told() -> None:
    def current() -> Answerer:
        raise IndexNotFound("run `assistant index`")

    found = told(TestClient(create_app(current)))
    assert found["assistant_ready"] == 0 and "assistant_documents" not in found


def test_what_is_answered_over_mcp_is_counted_too() -> None:
    client = TestClient(create_app(lambda: GUIDE, mcp=True))
    call = {"name": "ask", "arguments": {"question": "median pay"}}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    reply = client.post("/mcp", json=asked, headers={"accept": "application/json, text/event-stream"})
    assert reply.json()["result"]["structuredContent"]["status"] == "answered"
    found = told(client)
    assert found["assistant_answers_total{reason=,status=answered}"] == 1
    assert found["assistant_requests_total{method=POST,route=/mcp,status=200}"] == 1


def test_it_needs_a_key_where_there_are_keys_and_can_be_switched_off(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    secret = ring.add("prometheus", ["admin"])
    client = TestClient(create_app(lambda: GUIDE, keys=ring))
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert TestClient(create_app(lambda: GUIDE, metrics=False)).get("/metrics").status_code == 404


@pytest.mark.parametrize("fault", [None, IndexDamaged("vectors.faiss is cut short: run `assistant index`")])
def test_readiness_says_where_a_new_index_cannot_be_taken_up(fault: Exception | None) -> None:
    live = Live()
    live.fault = fault
    reply = TestClient(create_app(live)).get("/readyz")
    assert reply.status_code == 200
    assert (reply.json()["status"], reply.json()["index_id"]) == ("degraded" if fault else "ready", "index-7")
    assert (fault is None and reply.json()["detail"] is None) or "cut short" in reply.json()["detail"]


def test_the_dashboard_shows_what_there_is() -> None:
    client = TestClient(create_app(Live()))
    client.post("/v1/ask", json={"question": "zebra"})
    told(client)
    names = {name.partition("{")[0] for name in told(client)}
    shown = json.loads(DASHBOARD.read_text("utf-8"))
    expressions = [target["expr"] for panel in shown["panels"] for target in panel["targets"]]
    assert len(expressions) >= 8
    for expression in expressions:
        used = set(re.findall(r"\b(?:assistant|process)_\w+", expression))
        assert used and used <= names, expression
