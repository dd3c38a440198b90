from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant.errors import AssistantError, IndexDamaged, IndexNotFound
from assistant.server import create_app
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Answerer, Filters, Turn
from assistant.wire import AnswerBody, SearchBody

GUIDE = "# Pay\nThe median pay is $5.\n## Head\nA head\u00a0earns 👩\u200d🚀 $9.\r\n\n# Duties\nLead & <b>hire</b>.\n"
GOLDEN = Path(__file__).parent.parent / "golden" / "openapi.json"
CITATION = {"type", "document_id", "document_title", "document_version", "section_path", "page", "cited_text"}
CITATION |= {"start_char_index", "end_char_index", "url", "published_url"}
DOCUMENT = {"id", "title", "version", "source", "media_type", "characters", "passages", "pages", "metadata", "url"}
JSON = {"content-type": "application/json"}


class OddAnswerer(StaticAnswerer):
    """Fails on `breakage`, cites what is not there on `forgery`, and remembers what it was asked."""

    asked: tuple[str, list[Turn], Filters] | None = None

    def ask(self, question: str, *, history: Any = (), filters: Filters = Filters()) -> Answer:
        self.asked = (question, list(history), filters)
        if question == "breakage":
            raise RuntimeError(f"no {question}")
        answer = super().ask("median pay" if question == "forgery" else question, history=history, filters=filters)
        if question == "forgery":
            return replace(answer, citations=(replace(answer.citations[0], cited_text="The median pay is $6."),))
        return answer


@pytest.fixture(scope="module")
def answerer() -> OddAnswerer:
    return OddAnswerer(
        document(GUIDE, id="roles/head.txt", title="Head", metadata={"team": "data", "url": "https://example.org/h"}),
        document("Cats sleep all day.", id="notes/text"),
    )


@pytest.fixture(scope="module")
def client(answerer: OddAnswerer) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: answerer)) as client:
        yield client


def problem(response: Any, status: int, code: str) -> str:
    """The detail of the problem that the response must be."""
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert list(body) == ["type", "title", "status", "detail", "code"]
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    return str(body["detail"])


# What is answered


def test_an_answer_has_every_key_and_its_citation_can_be_sliced(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": "  what does a head earn "}).json()
    assert list(body) == list(AnswerBody.model_fields)
    assert (body["question"], body["status"], body["reason"]) == ("what does a head earn", "refused", "unsupported")
    body = client.post("/v1/ask", json={"question": "head earns"}).json()
    text = client.get("/v1/documents/roles/head.txt/text").content.decode()
    [citation] = body["citations"]
    assert set(citation) == CITATION and citation["type"] == "char_location"
    assert text[citation["start_char_index"] : citation["end_char_index"]] == citation["cited_text"] == body["answer"]
    assert citation["section_path"] == ["Pay", "Head"]
    layout: dict[str, object] = {"label": None, "kind": "sentence", "cells": [], "generated": False}
    assert body["blocks"] == [{"text": "A head\u00a0earns 👩\u200d🚀 $9.", "citations": [0], **layout}]


def test_a_refusal_has_a_message_and_the_closest_passages_with_their_scores(client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": "pay of zebras everywhere"}).json()
    assert (body["status"], body["answer"], body["blocks"], body["citations"]) == ("refused", "", [], [])
    assert (body["reason"], body["message"]) == ("unsupported", "The documents do not say.")
    assert set(body["closest"][0]) == CITATION | {"score"}
    assert (body["closest"][0]["cited_text"], body["closest"][0]["score"]) == ("The median pay is $5.", 0.25)


def test_history_and_filters_reach_the_answerer(client: TestClient, answerer: OddAnswerer) -> None:
    asked = {
        "question": "pay?",
        "history": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": ""}],
        "filters": {"document_ids": ["a/b.txt"], "sections": ["Pay"], "metadata": {"team": "data", "n": [1, None]}},
        "stream": False,
    }
    assert client.post("/v1/ask", json=asked).json()["reason"] == "filtered"
    filters = Filters(("a/b.txt",), ("Pay",), {"team": "data", "n": [1, None]})
    assert answerer.asked == ("pay?", [Turn("user", "hi"), Turn("assistant", "")], filters)


def test_scores_and_confidence_have_four_places(client: TestClient) -> None:
    assert client.post("/v1/ask", json={"question": "pay zebra lion"}).json()["confidence"] == 0.3333
    [hit] = client.post("/v1/search", json={"question": "pay zebra lion"}).json()["hits"]
    assert (hit["score"], hit["scores"]) == (0.3333, {"dense": 0.3333, "lexical": 0.3333})


def test_a_search_gives_whole_passages_best_first_and_at_most_k(client: TestClient) -> None:
    body = client.post("/v1/search", json={"question": "a head is", "k": 2}).json()
    assert list(body) == list(SearchBody.model_fields)
    assert [hit["cited_text"] for hit in body["hits"]] == ["A head\u00a0earns 👩\u200d🚀 $9.", "The median pay is $5."]
    assert set(body["hits"][0]) == CITATION | {"score", "scores"}
    assert len(client.post("/v1/search", json={"question": "a head is", "k": 1}).json()["hits"]) == 1


def test_documents_are_listed_and_shown_with_their_outline(client: TestClient) -> None:
    listed = client.get("/v1/documents").json()
    assert [each["id"] for each in listed["documents"]] == ["notes/text", "roles/head.txt"]
    assert all(set(each) == DOCUMENT for each in listed["documents"]) and listed["index_id"] == "static"
    shown = client.get("/v1/documents/roles/head.txt").json()
    assert set(shown) == DOCUMENT | {"sections"}
    assert (shown["characters"], shown["passages"], shown["pages"]) == (len(GUIDE), 3, None)
    assert shown["sections"][1] == {
        "title": "Head",
        "path": ["Pay", "Head"],
        "start_char_index": GUIDE.index("## Head"),
        "end_char_index": GUIDE.index("# Duties"),
    }


@pytest.mark.parametrize("id", ["roles/head.txt", "roles%2Fhead.txt", "roles%2fhead%2Etxt"])
def test_an_id_works_percent_encoded_or_not(client: TestClient, id: str) -> None:
    assert client.get(f"/v1/documents/{id}").json()["id"] == "roles/head.txt"
    assert client.get(f"/v1/documents/{id}/text").content == GUIDE.encode()
    assert client.get(f"/documents/{id}").status_code == 200


@pytest.mark.parametrize("id", ["notes/text", "notes%2Ftext"])
def test_an_id_may_itself_end_in_text(client: TestClient, id: str) -> None:
    assert client.get(f"/v1/documents/{id}").json()["id"] == "notes/text"
    assert client.get(f"/v1/documents/{id}/text").text == "Cats sleep all day."


@pytest.mark.parametrize(
    "id", ["", "nope", "..%2f..%2fetc/passwd", "%2e%2e/pyproject.toml", "roles", "%00", "%ff", "a" * 9000]
)
def test_other_ids_are_not_found_and_no_file_is_read(client: TestClient, id: str) -> None:
    for path in (f"/v1/documents/{id}", f"/v1/documents/{id}/text", f"/documents/{id}"):
        assert "GET /v1/documents" in problem(client.get(path), 404, "document_not_found")


# The pages


@pytest.mark.parametrize("path", ["/", "/docs", "/documents/roles/head.txt"])
def test_pages_run_no_inline_script_and_load_nothing_from_elsewhere(client: TestClient, path: str) -> None:
    page = client.get(path)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self';" in policy and "frame-ancestors 'none'" in policy
    assert re.findall("<script(?! [^>]*src=)|<style| style=| on[a-z]+=", page.text) == []
    for address in re.findall('(?:src|href)="([^"]*)"', page.text):
        assert re.match("data:,$|#|/(?!/)|https://example.org/h", address)
        if address.startswith("/"):
            assert client.get(address).status_code == 200


def test_the_widget_is_served_and_nothing_outside_its_folder(client: TestClient) -> None:
    assert client.get("/").text.count("<role-assistant full open") == 1
    assert "javascript" in client.get("/widget/role-assistant.js").headers["content-type"]
    for name in ("", "nope.js", "..%2ferrors.py", "%2e%2e/errors.py", "%2fetc/passwd", "%00", "a" * 9000):
        problem(client.get(f"/widget/{name}"), 404, "not_found")
    problem(client.get("/docs/nope.js"), 404, "not_found")


# What cannot be asked


def nested(depth: int) -> bytes:
    return b'{"question": ' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize(
    ("body", "status", "code", "detail"),
    [
        (b"", 400, "malformed_request", "not JSON"),
        (b"question=pay", 400, "malformed_request", "not JSON"),
        (b'{"question": "pay"', 400, "malformed_request", "not JSON"),
        (b'{"question": "pay\xff"}', 400, "malformed_request", "UTF-8"),
        (b'{"question": "pay\x01"}', 400, "malformed_request", "not JSON"),
        (b'{"question": NaN}', 400, "malformed_request", "not JSON"),
        (b'{"question": "pay", "k": -Infinity}', 400, "malformed_request", "not JSON"),
        (b'{"question": ' + b"9" * 5000 + b"}", 400, "malformed_request", "not JSON"),
        (nested(30_000), 400, "malformed_request", "nested too deeply"),
        (nested(100), 422, "invalid_request", "question: should be a valid string"),
        (b'{"question": "pay", "question": "pay"}', 422, "invalid_request", "twice"),
        (b'{"question": "\\ud800"}', 422, "invalid_request", "surrogate"),
        (b'{"question": "pay", "\\udfff": 1}', 422, "invalid_request", "surrogate"),
        (b"null", 422, "invalid_request", "body"),
        (b"[]", 422, "invalid_request", "body"),
        (b'"pay"', 422, "invalid_request", "body"),
        (b"{}", 422, "invalid_request", "question: is missing"),
        (b'{"question": ""}', 422, "invalid_request", "question: should have at least 1 character"),
        (b'{"question": " \\n\\u00a0 "}', 422, "invalid_request", "question: should have at least 1 character"),
        (b'{"question": 5}', 422, "invalid_request", "question: should be a valid string"),
        (json.dumps({"question": "x" * 2001}).encode(), 422, "invalid_request", "at most 2000 characters"),
        (b'{"question": "pay", "quesion": 1}', 422, "invalid_request", "quesion: is not a field here"),
        (b'{"question": "pay", "filters": {"x": 1}}', 422, "invalid_request", "filters.x: is not a field here"),
        (
            b'{"question": "pay", "filters": {"metadata": {"a": {"b": 1}}}}',
            422,
            "invalid_request",
            "metadata.a: should",
        ),
        (b'{"question": "pay", "filters": {"metadata": {"a": 1e999}}}', 422, "invalid_request", "metadata.a: should"),
        (json.dumps({"question": "p", "filters": {"sections": ["x"] * 101}}).encode(), 422, "invalid_request", "100"),
        (
            json.dumps({"question": "p", "filters": {"document_ids": ["x"] * 101}}).encode(),
            422,
            "invalid_request",
            "100",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search"])
def test_a_bad_body_is_refused_with_what_to_do(
    client: TestClient, path: str, body: bytes, status: int, code: str, detail: str
) -> None:
    assert detail in problem(client.post(path, content=body, headers=JSON), status, code)


@pytest.mark.parametrize(
    ("extra", "detail"),
    [
        ({"stream": "yes"}, "stream: should be a valid boolean"),
        ({"history": [{"role": "user", "content": "x"}] * 21}, "history: should have at most 20 items"),
        ({"history": [{"role": "system", "content": "x"}]}, "history[0].role: should be 'user' or 'assistant'"),
        ({"history": [{"role": "user"}]}, "history[0].content: is missing"),
        ({"history": [{"role": "user", "content": "x", "name": "y"}]}, "history[0].name: is not a field here"),
        ({"k": 5}, "k: is not a field here"),
    ],
)
def test_a_bad_field_of_a_question_is_named(client: TestClient, extra: dict[str, Any], detail: str) -> None:
    assert detail in problem(client.post("/v1/ask", json={"question": "pay", **extra}), 422, "invalid_request")


@pytest.mark.parametrize("k", [0, -1, 101, 10**400, 1.5, True, "5", None])
def test_k_is_a_whole_number_from_1_to_100(client: TestClient, k: Any) -> None:
    assert "k: should" in problem(client.post("/v1/search", json={"question": "pay", "k": k}), 422, "invalid_request")


def test_what_is_just_within_the_limits_is_answered(client: TestClient) -> None:
    history = [{"role": "user", "content": "x"}] * 20
    filters = {"document_ids": ["x"] * 100, "sections": ["y"] * 100}
    body = {"question": f" {'👩' * 2000} ", "history": history, "filters": filters}
    assert client.post("/v1/ask", json=body).status_code == 200
    assert client.post("/v1/search", json={"question": "pay", "k": 100.0, "filters": None}).status_code == 200


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "é"]
)
def test_another_content_type_is_refused(client: TestClient, kind: str | None) -> None:
    headers = {b"content-type": kind.encode("latin-1")} if kind is not None else None
    response = client.post("/v1/ask", content=b'{"question": "pay"}', headers=headers)
    assert "Content-Type: application/json" in problem(response, 415, "unsupported_media_type")


def test_a_content_type_may_have_parameters(client: TestClient) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert client.post("/v1/ask", content=b'{"question": "pay"}', headers=headers).status_code == 200


def test_a_body_over_64_kb_is_refused_whether_or_not_it_tells_its_length(client: TestClient) -> None:
    emoji = json.dumps({"question": "👩" * 250_000}, ensure_ascii=False).encode()
    assert "64 KB" in problem(client.post("/v1/ask", content=emoji, headers=JSON), 413, "request_too_large")
    chunks = (emoji[at : at + 1000] for at in range(0, len(emoji), 1000))
    assert "64 KB" in problem(client.post("/v1/ask", content=chunks, headers=JSON), 413, "request_too_large")
    just = b'{"question": "pay"' + b" " * (64 * 1024 - 19) + b"}"
    assert client.post("/v1/ask", content=just, headers=JSON).status_code == 200
    problem(client.post("/v1/ask", content=just + b" ", headers=JSON), 413, "request_too_large")


def test_unknown_addresses_and_methods_are_problems_too(client: TestClient) -> None:
    for path in ("/nope", "/v1/ask/", "/v1", "/v1/ask%00", "/%ff"):
        assert "/docs" in problem(client.get(path), 404, "not_found")
    for method, path, allowed in (
        ("GET", "/v1/ask", "POST"),
        ("OPTIONS", "/healthz", "GET, HEAD"),
        ("PUT", "/", "GET, HEAD"),
    ):
        response = client.request(method, path)
        problem(response, 405, "method_not_allowed")
        assert response.headers["allow"] == allowed


def test_head_gives_what_get_gives_without_the_body(client: TestClient) -> None:
    for path in ("/healthz", "/readyz", "/", "/v1/documents/roles/head.txt/text", "/widget/widget.js"):
        got, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]
    assert client.head("/v1/ask").status_code == 405


# What breaks


def test_an_unexpected_failure_is_a_problem_that_tells_nothing(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "assistant.server"):
        response = client.post("/v1/ask", json={"question": "breakage"})
    assert problem(response, 500, "internal_error") == "something went wrong: try again"
    assert "RuntimeError" in caplog.text and "no breakage" not in caplog.text
    assert response.headers["x-request-id"] in caplog.text


def test_a_citation_that_does_not_stand_is_not_sent(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "forgery"})
    assert "$6" not in problem(response, 500, "unverified_citation")


@pytest.mark.parametrize("error", [IndexNotFound("no index: run `assistant index`"), IndexDamaged("build it again")])
def test_without_an_index_all_that_needs_one_says_so(error: AssistantError) -> None:
    def current() -> Answerer:
        raise error

    client = TestClient(create_app(current))
    for path in ("/readyz", "/v1/documents", "/v1/documents/x", "/v1/documents/x/text", "/documents/x"):
        assert problem(client.get(path), 503, error.code) == str(error)
    for path in ("/v1/ask", "/v1/search"):
        assert problem(client.post(path, json={"question": "pay"}), 503, error.code) == str(error)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/").status_code == client.get("/docs").status_code == 200


def test_one_request_sees_one_index() -> None:
    seen: list[StaticAnswerer] = []

    def current() -> Answerer:
        seen.append(StaticAnswerer(document(f"The pay is {len(seen)}."), index_id=str(len(seen))))
        return seen[-1]

    client = TestClient(create_app(current))
    shown = [
        "/v1/documents",
        "/v1/documents/guide.txt",
        "/v1/documents/guide.txt/text",
        "/documents/guide.txt",
        "/readyz",
    ]
    routes = [("POST", "/v1/ask"), ("POST", "/v1/search"), *(("GET", path) for path in shown)]
    for position, (method, path) in enumerate(routes, start=1):
        assert client.request(method, path, json={"question": "pay"} if method == "POST" else None).status_code == 200
        assert len(seen) == position


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from(["question", "history", "filters", "stream", "k", "x"])
turns = st.lists(st.fixed_dictionaries({"role": st.just("user") | values, "content": st.text()}) | values, max_size=3)
filters = st.fixed_dictionaries({}, optional={"document_ids": values, "sections": values, "metadata": values}) | values
bodies = st.fixed_dictionaries(
    {"question": st.text(min_size=1) | values}, optional={"history": turns, "filters": filters}
)


@settings(max_examples=150, deadline=None)
@given(body=bodies | st.dictionaries(fields, values) | values, path=st.sampled_from(["/v1/ask", "/v1/search"]))
def test_no_json_makes_the_server_fail(client: TestClient, body: Any, path: str) -> None:
    response = client.post(path, content=json.dumps(body).encode(), headers=JSON)
    assert response.status_code in (200, 400, 422)
    if response.status_code != 200:
        problem(response, response.status_code, response.json()["code"])


@settings(max_examples=100, deadline=None)
@given(body=st.binary(), path=st.sampled_from(["/v1/ask", "/v1/search"]))
def test_no_bytes_make_the_server_fail(client: TestClient, body: bytes, path: str) -> None:
    problem(client.post(path, content=body, headers=JSON), 400, "malformed_request") if not body.isdigit() else None


@settings(max_examples=150, deadline=None)
@given(
    method=st.sampled_from(["GET", "HEAD", "POST", "DELETE", "OPTIONS", "TRACE", "X"]),
    start=st.sampled_from(
        ["/", "/v1/documents/", "/documents/", "/documents/roles/head.txt?start=", "/widget/", "/docs/"]
    ),
    rest=st.text(st.sampled_from("%0fF2eE./\\?&=#+ aé☃:@'\"<>\0"), max_size=20),
)
def test_no_address_makes_the_server_fail(client: TestClient, method: str, start: str, rest: str) -> None:
    response = client.request(method, start + quote(rest, safe="%/\\?&=#+.@"))
    assert response.status_code < 500
    if response.status_code >= 400 and method != "HEAD":
        problem(response, response.status_code, response.json()["code"])


# What is told


def test_each_request_is_one_line_in_the_log_without_the_question(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "assistant.server"):
        asked = client.post("/v1/ask", json={"question": "a private matter"})
        client.get("/documents/roles/head.txt")
        client.get("/no/such%0aplace")
    lines = [record.getMessage() for record in caplog.records if record.name == "assistant.server"]
    id = asked.headers["x-request-id"]
    any_id, ms = "id=[0-9a-f]{32}", r"ms=\d+\.\d"
    assert re.fullmatch(rf'id={id} route=/v1/ask status=200 {ms} method=POST path="/v1/ask"', lines[0])
    shown = r'method=GET path="/documents/roles/head.txt"'
    assert re.fullmatch(rf"{any_id} route=/documents/\{{id:path\}} status=200 {ms} {shown}", lines[1])
    assert re.fullmatch(rf'{any_id} route=- status=404 {ms} method=GET path="/no/such\\nplace"', lines[2])
    assert len(lines) == 3 and "private" not in caplog.text


def test_the_question_is_logged_where_that_was_asked_for(
    answerer: OddAnswerer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "assistant.server"):
        TestClient(create_app(lambda: answerer, log_questions=True)).post("/v1/ask", json={"question": "line\nbreak"})
    assert caplog.records[0].getMessage().endswith(r' question="line\nbreak"')


@pytest.mark.parametrize(("given_id", "kept"), [("abc-1.2_Z", True), ("a b", False), ("x" * 65, False), ("", False)])
def test_a_plain_request_id_is_kept_and_any_other_replaced(client: TestClient, given_id: str, kept: bool) -> None:
    id = client.get("/healthz", headers={"x-request-id": given_id}).headers["x-request-id"]
    assert (id == given_id) is kept and re.fullmatch(r"[\w.-]{1,64}", id)


def test_the_openapi_document_is_the_one_on_file(client: TestClient) -> None:
    found = json.dumps(client.get("/openapi.json").json(), indent=2, ensure_ascii=False) + "\n"
    if not GOLDEN.exists() or GOLDEN.read_text("utf-8") != found:
        GOLDEN.write_text(found, "utf-8")
        pytest.fail(f"the OpenAPI document has changed and {GOLDEN.name} is written anew: review its diff")


def test_every_route_of_the_openapi_document_has_its_problems(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    reference = {"$ref": "#/components/schemas/Problem"}
    assert list(schema["components"]["schemas"]["Problem"]["properties"]) == [
        "type",
        "title",
        "status",
        "detail",
        "code",
    ]
    chat = {"$ref": "#/components/schemas/ChatProblem"}
    for path, operations in schema["paths"].items():
        problem = {"application/problem+json": {"schema": reference}}
        if path.startswith(("/v1/chat/", "/v1/models")):
            problem = {"application/json": {"schema": chat}}
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status not in ("200", "204"):
                    assert response["content"] == problem
    assert {"400", "413", "415", "422", "429", "503"} < set(schema["paths"]["/v1/ask"]["post"]["responses"])
    assert not {"HTTPValidationError", "ValidationError"} & set(schema["components"]["schemas"])


def test_serving_loads_no_model_library() -> None:
    heavy = "{'torch', 'sentence_transformers', 'transformers', 'faiss', 'onnxruntime', 'uvicorn', 'fastapi_swagger'}"
    code = f"import sys, assistant.server; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_promise_is_stated(client: TestClient) -> None:
    body = client.get("/v1/promise").json()
    assert (body["max_false_answer_rate"], body["coverage"]) == (0.1, 0.75)
    assert body["threshold"] == 0.5
    assert body["thresholds"] == {"prose": 0.5, "structured": 0.5}  # as long as it was told for each kind of document
    assert (body["hard"], body["easy"]) == (
        {"questions": 60, "false_answer_rate": 0.08},
        {"questions": 60, "false_answer_rate": 0.02},
    )
    assert [source["name"] for source in body["data"]] == ["some questions", "others"]
    assert "at most 10% are answered" in body["statement"]
