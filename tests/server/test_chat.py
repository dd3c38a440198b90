"""The routes that chat clients know, asked with OpenAI's own client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import openai
import pytest
from openai import OpenAI
from serving import serving
from starlette.testclient import TestClient

from assistant.errors import AssistantError, IndexNotFound
from assistant.server import Limits, create_app
from assistant.server.chat_content import plain
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer, Answerer, Block, Filters, Follower, Turn

GUIDE = "# Pay [gross]\nThe median pay is $5 👩\u200d🚀.\nThe top pay is $9.\n# Duties\nLead people.\n"


class Listening(StaticAnswerer):
    """Remembers what it was asked; `both` cites two places in one block and one in another."""

    history: Sequence[Turn] = ()
    question = ""

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        self.question, self.history = question, history
        if question == "breakage":
            raise RuntimeError("a secret")
        if question == "pay of nobody":
            nothing = super().ask("pay of zebras everywhere", history=history, filters=filters)
            return replace(nothing, reason="unrelated", message="Nothing is about this.", handoff="Ask Ada.")
        if question != "both":
            return super().ask(question, history=history, filters=filters)
        answer = super().ask("median pay")
        median, top = (self._cite(hit) for hit in self.search("the pay is"))
        blocks = (Block("The median pay is $5 👩\u200d🚀.", (0, 1)), Block("The top pay is $9.", (1,)))
        return replace(answer, blocks=blocks, citations=(median, top))


@pytest.fixture(scope="module")
def answerer() -> Listening:
    return Listening(document(GUIDE, id="roles/a [guide] (1).txt", title="A [guide]"))


@pytest.fixture(scope="module")
def url(answerer: Listening) -> Iterator[str]:
    with serving(create_app(lambda: answerer)) as url:
        yield url


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client:
        yield client


def completion(client: OpenAI, question: str, **fields: Any) -> Any:
    messages: Any = [{"role": "user", "content": question}]
    return client.chat.completions.create(model="role-assistant", messages=messages, **fields)


def test_an_answer_has_its_sources_numbered_listed_and_as_annotations(
    client: OpenAI, url: str, answerer: Listening
) -> None:
    reply = completion(client, "both")
    [choice] = reply.choices
    assert (reply.object, reply.model, choice.finish_reason) == ("chat.completion", "role-assistant", "stop")
    message = choice.message
    assert (message.role, message.refusal) == ("assistant", None)
    said, _, sources = message.content.partition("\n\nSources:\n")
    assert said == "The median pay is $5 👩\u200d🚀. [1] [2]\n\nThe top pay is $9. [2]"
    place = f"{url}/documents/roles/a%20%5Bguide%5D%20%281%29.txt?start="
    assert [line.partition("](")[0] for line in sources.splitlines()] == [
        r"- [1] [A \[guide\] › Pay \[gross\]",
        r"- [2] [A \[guide\] › Pay \[gross\]",
    ]
    assert all(f"]({place}" in line for line in sources.splitlines())
    text = next(iter(answerer.documents.values())).text
    cited = []
    for annotation in message.annotations:
        assert annotation.type == "url_citation"
        source = annotation.url_citation
        assert source.url.startswith(place) and source.title == "A [guide] › Pay [gross]"
        assert text[source.start_char_index : source.end_char_index] == source.cited_text
        assert source.document_id == "roles/a [guide] (1).txt"
        cited.append((message.content[source.start_index : source.end_index], source.cited_text))
    median, top = "The median pay is $5 👩\u200d🚀.", "The top pay is $9."
    assert cited == [(median, median), (median, top), (top, top)]


def test_a_refusal_is_ordinary_text_that_names_what_came_closest(client: OpenAI, url: str) -> None:
    reply = completion(client, "pay of zebras everywhere")
    [choice] = reply.choices
    message, _, closest = choice.message.content.partition("\n\nClosest passages:\n")
    assert (message, choice.finish_reason, choice.message.annotations) == ("The documents do not say.", "stop", [])
    assert closest.startswith(rf"- [A \[guide\] › Pay \[gross\]]({url}/documents/roles/")
    assert completion(client, "zebras").choices[0].message.content == "The documents do not say."


def test_where_nothing_is_about_it_no_passage_is_named_but_a_person(client: OpenAI) -> None:
    assert completion(client, "pay of nobody").choices[0].message.content == "Nothing is about this.\nAsk Ada."


@pytest.mark.parametrize("question", ["both", "median pay", "pay of zebras everywhere", "zebras"])
def test_a_stream_says_in_chunks_what_the_whole_reply_says(client: OpenAI, question: str) -> None:
    whole = completion(client, question).choices[0].message
    chunks = list(completion(client, question, stream=True))
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1 and chunks[0].id.startswith("chatcmpl-")
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert (deltas[0].role, deltas[0].content) == ("assistant", "")
    assert [delta.role for delta in deltas[1:]] == [None] * (len(deltas) - 1)
    assert "".join(delta.content or "" for delta in deltas) == whole.content
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    sources = [source for delta in deltas for source in getattr(delta, "annotations", [])]
    assert sources == [annotation.model_dump() for annotation in whole.annotations]
    assert all(chunk.usage is None for chunk in chunks)


def test_a_stream_counts_tokens_in_a_last_chunk_where_that_is_asked_for(client: OpenAI) -> None:
    usage = completion(client, "median pay").usage
    assert (usage.prompt_tokens, usage.completion_tokens > 10) == (2, True)
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    chunks = list(completion(client, "median pay", stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].choices == [] and chunks[-1].usage.prompt_tokens == 2
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)


def test_a_stream_on_the_wire_ends_with_done(url: str, answerer: Listening) -> None:
    asked = {"messages": [{"role": "user", "content": "median pay"}], "stream": True}
    reply = TestClient(create_app(lambda: answerer)).post("/v1/chat/completions", json=asked)
    assert reply.headers["content-type"].partition(";")[0] == "text/event-stream"
    assert (reply.headers["cache-control"], reply.headers["x-accel-buffering"]) == ("no-store", "no")
    chunks = reply.text.removesuffix("\n\n").split("\n\n")
    assert chunks[-1] == "data: [DONE]" and all(chunk.startswith("data: {") for chunk in chunks[:-1])
    assert "usage" not in reply.text


def test_the_last_message_of_the_user_is_the_question_and_those_before_are_the_history(
    client: OpenAI, answerer: Listening
) -> None:
    first = completion(client, "both").choices[0].message.content
    refused = completion(client, "pay of zebras everywhere").choices[0].message.content
    messages: Any = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "developer", "content": "Speak like one."},
        {"role": "user", "content": "both", "name": "jo"},
        {"role": "assistant", "content": first},
        {"role": "user", "content": [{"type": "text", "text": "And of"}, {"type": "text", "text": "zebras?"}]},
        {"role": "assistant", "content": refused},
        {"role": "tool", "content": "42", "tool_call_id": "x"},
        {"role": "assistant", "content": None},
        {"role": "user", "content": [{"type": "text", "text": " median pay "}]},
        {"role": "assistant", "content": "Sure:"},
    ]
    plainly = completion(client, "median pay").choices[0].message.content
    reply = client.chat.completions.create(model="gpt-4o", messages=messages, temperature=2, seed=1, n=1)
    assert reply.choices[0].message.content == plainly
    assert answerer.question == "median pay"
    assert list(answerer.history) == [
        Turn("user", "both"),
        Turn("assistant", "The median pay is $5 👩\u200d🚀.\nThe top pay is $9."),
        Turn("user", "And of\nzebras?"),
        Turn("assistant", "The documents do not say."),
    ]


def test_a_long_conversation_is_read_from_its_last_turns(client: OpenAI, answerer: Listening) -> None:
    said: Any = [{"role": "user", "content": f"{n} " + "x" * 30_000} for n in range(25)]
    asked: Any = [{"role": "system", "content": "s" * 100_000}, *said, {"role": "user", "content": "median pay"}]
    assert client.chat.completions.create(model="m", messages=asked).choices[0].finish_reason == "stop"
    assert [turn.content.partition(" ")[0] for turn in answerer.history] == [str(n) for n in range(5, 25)]
    assert {len(turn.content) for turn in answerer.history} == {20_000}


def test_a_text_that_is_not_ours_is_taken_as_it_is() -> None:
    for text in ("", "Sources:\n- [1] x", "a [1]\n\nb", "\n\nSources:\n1. x"):
        assert plain(text) == text


def test_fields_that_are_not_known_are_ignored(client: OpenAI) -> None:
    reply = completion(
        client,
        "median pay",
        temperature=0.3,
        tools=[{"type": "function", "function": {"name": "f"}}],
        response_format={"type": "json_object"},
        extra_body={"top_k": 5, "chat_id": {"a": [1]}},
    )
    assert reply.choices[0].message.content.startswith("The median pay")


def test_there_is_one_model(client: OpenAI) -> None:
    [model] = client.models.list().data
    assert (model.id, model.object, model.owned_by) == ("role-assistant", "model", "role-assistant")
    assert client.models.retrieve("role-assistant") == model
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("org/other")
    assert caught.value.code == "model_not_found"


# What goes wrong


def failed(reply: Any, status: int, code: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/json")
    assert list(reply.json()) == ["error"]
    error = dict(reply.json()["error"])
    assert list(error) == ["message", "type", "param", "code"]
    assert (error["code"], error["type"]) == (code, kind)
    return error


@pytest.fixture(scope="module")
def bare(answerer: Listening) -> TestClient:
    return TestClient(create_app(lambda: answerer), raise_server_exceptions=False)


USER = {"role": "user", "content": "median pay"}


@pytest.mark.parametrize(
    ("body", "param", "message"),
    [
        ({}, "messages", "is missing"),
        ({"messages": []}, "messages", "at least 1"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages", "one of the role user"),
        ({"messages": [{"role": "pirate", "content": "x"}]}, "messages[0].role", "should be"),
        ({"messages": [{"role": "user", "content": "  "}]}, "messages", "1 to 2000 characters"),
        ({"messages": [{"role": "user"}]}, "messages", "1 to 2000 characters"),
        ({"messages": [{"role": "user", "content": "x" * 2001}]}, "messages", "1 to 2000 characters"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]},
            "messages",
            "text alone",
        ),
        ({"messages": [USER], "stream": "yes"}, "stream", "valid boolean"),
    ],
)
def test_what_cannot_be_asked_is_told_as_chat_clients_read_it(
    bare: TestClient, body: Any, param: str, message: str
) -> None:
    error = failed(bare.post("/v1/chat/completions", json=body), 400, "invalid_request")
    assert message in error["message"] and error["param"] == param


def test_every_other_failure_is_told_so_too(bare: TestClient) -> None:
    path, kind = "/v1/chat/completions", {"content-type": "application/json"}
    failed(bare.post(path, content=b"{", headers=kind), 400, "malformed_request")
    failed(bare.post(path, content=b"x"), 415, "unsupported_media_type")
    failed(bare.post(path, content=b" " * (1024 * 1024 + 1), headers=kind), 413, "request_too_large")
    failed(bare.get(path), 405, "method_not_allowed")
    failed(bare.get("/v1/chat/nope"), 404, "not_found")
    failed(bare.get("/v1/models/nope"), 404, "model_not_found")
    for stream in (False, True):
        broken = {"messages": [{"role": "user", "content": "breakage"}], "stream": stream}
        error = failed(bare.post(path, json=broken), 500, "internal_error", "server_error")
        assert "secret" not in error["message"]


def test_without_an_index_it_says_so_as_chat_clients_read_it() -> None:
    def current() -> Answerer:
        raise IndexNotFound("run `assistant index`")

    bare = TestClient(create_app(current))
    reply = bare.post("/v1/chat/completions", json={"messages": [USER]})
    assert failed(reply, 503, "index_not_found", "server_error")["message"] == "run `assistant index`"
    assert bare.get("/v1/models").status_code == 200


def test_a_client_that_asks_too_often_is_told_so_as_chat_clients_read_it(answerer: Listening) -> None:
    with (
        serving(create_app(lambda: answerer, limits=Limits(rate_limit=1))) as url,
        OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        completion(client, "median pay")
        with pytest.raises(openai.RateLimitError) as caught:
            completion(client, "median pay")
    assert caught.value.response.headers["retry-after"] == "60"
    assert (caught.value.code, caught.value.type) == ("rate_limited", "rate_limit_error")


def test_what_fails_in_a_stream_is_an_error_for_the_client() -> None:
    class Failing(StaticAnswerer):
        def follow(
            self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters(), follower: Follower
        ) -> Answer:
            answer = self.ask(question)
            follower.hear(answer.blocks[0], answer.citations)
            raise AssistantError("the disk is full: make room")

    failing = Failing(document(GUIDE))
    with (
        serving(create_app(lambda: failing)) as url,
        OpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        said = []
        with pytest.raises(openai.APIError, match="the disk is full: make room"):
            for chunk in completion(client, "median pay", stream=True):
                said.append(chunk.choices[0].delta.content)
    assert said == ["", "The median pay is $5 👩\u200d🚀. [1]"]


def test_links_lead_to_the_server_as_the_client_knows_it(answerer: Listening) -> None:
    app = create_app(lambda: answerer, limits=Limits(trusted_proxies=("10.0.0.0/8",)))
    told = {"x-forwarded-proto": "https", "x-forwarded-host": "jobs.example.org"}
    asked = {"messages": [USER]}
    for peer, base in (("10.0.0.1", "https://jobs.example.org"), ("198.51.100.1", "http://testserver")):
        reply = TestClient(app, client=(peer, 1)).post("/v1/chat/completions", json=asked, headers=told)
        [annotation] = reply.json()["choices"][0]["message"]["annotations"]
        link = urlsplit(annotation["url_citation"]["url"])
        assert f"{link.scheme}://{link.netloc}" == base


def test_the_question_is_logged_only_where_that_was_asked_for(
    answerer: Listening, caplog: pytest.LogCaptureFixture
) -> None:
    for log in (False, True):
        caplog.clear()
        with caplog.at_level("INFO", "assistant.server"):
            app = create_app(lambda: answerer, log_questions=log)
            TestClient(app).post("/v1/chat/completions", json={"messages": [USER]})
        assert ("median pay" in caplog.text) is log and "route=/v1/chat/completions status=200" in caplog.text
    assert json.dumps("median pay") in caplog.text
