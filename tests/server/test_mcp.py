"""The assistant for MCP clients, asked with the official client: in process, over stdio, over HTTP."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from serving import serving
from starlette.testclient import TestClient

from assistant.access.keys import KeyRing
from assistant.access.scopes import Scope
from assistant.cli import main
from assistant.server import Limits, create_app
from assistant.server.mcp import make_server
from assistant.server.queue import WorkQueue
from assistant.server.seen import Seen
from assistant.testing import StaticAnswerer, document
from assistant.types import Answer
from assistant.wire import AnswerBody

TEXT = "# Pay\nThe median pay is $5 👩\u200d🚀.\n# Duties\nLead people.\n"
GUIDE = StaticAnswerer(document(TEXT, id="roles/a guide.txt", title="Guide"), document("Cats sleep.", id="cats.txt"))
SCRIPT = """
from test_mcp import GUIDE
from assistant.server.mcp import make_server, serve_stdio
from assistant.server.queue import WorkQueue
from assistant.server.seen import Seen
serve_stdio(make_server(Seen(lambda: GUIDE), WorkQueue(), lambda answer: None))
"""
Connect = Callable[[], AbstractAsyncContextManager[Client]]


@asynccontextmanager
async def in_process() -> AsyncIterator[Client]:
    async with Client(make_server(Seen(lambda: GUIDE), WorkQueue(), lambda answer: None)) as client:
        yield client


@asynccontextmanager
async def over_stdio() -> AsyncIterator[Client]:
    paths = [str(Path(__file__).parent), *filter(None, sys.path)]
    command = StdioServerParameters(
        command=sys.executable, args=["-c", SCRIPT], env={"PYTHONPATH": ":".join(paths), "PYTHONWARNINGS": "ignore"}
    )
    async with Client(command) as client:
        yield client


@asynccontextmanager
async def over_http(secret: str = "", **options: Any) -> AsyncIterator[Client]:
    with serving(create_app(lambda: GUIDE, mcp=True, **options)) as url:
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(f"{url}/mcp", http_client=http)) as client,
        ):
            yield client


@asynccontextmanager
async def through_a_server() -> AsyncIterator[Client]:
    with serving(create_app(lambda: GUIDE)) as url:
        command = StdioServerParameters(command=sys.executable, args=["-m", "assistant", "mcp", "--url", url])
        async with Client(command) as client:
            yield client


def run(work: Callable[[Client], Coroutine[Any, Any, None]], connect: Connect = in_process) -> None:
    async def connected() -> None:
        async with connect() as client:
            await work(client)

    asyncio.run(connected())


@pytest.mark.parametrize("connect", [in_process, over_stdio, over_http, through_a_server])
def test_twenty_calls_give_what_http_gives(connect: Connect) -> None:
    async def work(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["ask", "search", "read_document"]
        for n in range(18):
            asked = {"question": "median pay" if n % 2 else "zebras"}
            result = await client.call_tool("ask", asked)
            http = TestClient(create_app(lambda: GUIDE)).post("/v1/ask", json=asked).json()
            assert {**result.structured_content, "timings_ms": 0} == {**http, "timings_ms": 0}
            assert json.loads(result.content[0].text) == result.structured_content  # type: ignore[union-attr]  # it is text
            for citation in result.structured_content["citations"]:
                start, end = citation["start_char_index"], citation["end_char_index"]
                part = {"document_id": citation["document_id"], "start_char_index": start, "characters": end - start}
                read = (await client.call_tool("read_document", part)).structured_content
                assert read["text"] == citation["cited_text"] == TEXT[start:end]
        hits = (await client.call_tool("search", {"question": "median pay", "k": 1})).structured_content["hits"]
        assert [hit["document_id"] for hit in hits] == ["roles/a guide.txt"]
        listed = (await client.list_resources()).resources
        assert [each.name for each in listed] == ["cats.txt", "roles/a guide.txt"]
        [content] = (await client.read_resource(listed[1].uri)).contents
        assert content.text == TEXT and listed[1].uri == "document:///roles/a%20guide.txt"  # type: ignore[union-attr]

    run(work, connect)


def test_tools_tell_what_they_take_and_give() -> None:
    async def work(client: Client) -> None:
        ask = (await client.list_tools()).tools[0]
        assert set(ask.input_schema["properties"]) == {"question", "history", "filters"}
        assert ask.output_schema is not None and set(ask.output_schema["properties"]) == set(AnswerBody.model_fields)
        assert ask.annotations is not None and ask.annotations.read_only_hint
        [template] = (await client.list_resource_templates()).resource_templates
        assert template.uri_template == "document:///{+document_id}"

    run(work)


def test_a_document_is_read_in_parts() -> None:
    async def work(client: Client) -> None:
        async def read(**part: int) -> tuple[str, int, int, int]:
            body = (await client.call_tool("read_document", {"document_id": "cats.txt", **part})).structured_content
            return body["text"], body["start_char_index"], body["end_char_index"], body["characters"]

        assert await read() == ("Cats sleep.", 0, 11, 11)
        assert await read(start_char_index=5, characters=3) == ("sle", 5, 8, 11)
        assert await read(start_char_index=50) == ("", 11, 11, 11)

    run(work)


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("ask", {}, "invalid_request: question: is missing"),
        ("ask", {"question": " "}, "invalid_request: question: "),
        ("ask", {"question": "x" * 2001}, "invalid_request: question: should have at most 2000 characters"),
        ("ask", {"question": "pay", "k": 1}, "invalid_request: k: is not a field here"),
        ("search", {"question": "pay", "k": 101}, "invalid_request: k: should be less than or equal to 100"),
        ("read_document", {"document_id": "../cats.txt"}, "document_not_found: "),
        ("read_document", {"document_id": "cats.txt", "start_char_index": -1}, "invalid_request: start_char_index"),
    ],
)
def test_what_cannot_be_asked_is_told_to_the_model(name: str, arguments: dict[str, Any], told: str) -> None:
    async def work(client: Client) -> None:
        result = await client.call_tool(name, arguments)
        assert result.is_error and result.content[0].text.startswith(told)  # type: ignore[union-attr]  # it is text

    run(work)


def test_other_tools_and_resources_are_errors_of_the_protocol() -> None:
    async def work(client: Client) -> None:
        for wrong in ("document:///nope", "file:///etc/passwd", "document:///../../etc/passwd"):
            with pytest.raises(MCPError, match="no document has this id"):
                await client.read_resource(wrong)
        with pytest.raises(MCPError):
            await client.call_tool("delete", {})

    run(work)


def test_answers_are_noted_and_a_full_queue_is_told() -> None:
    noted: list[Answer] = []

    async def work() -> None:
        async with Client(make_server(Seen(lambda: GUIDE), WorkQueue(), noted.append)) as client:
            await client.call_tool("ask", {"question": "median pay"})
        async with Client(make_server(Seen(lambda: GUIDE), WorkQueue(at_once=1, waiting=-1), noted.append)) as client:
            result = await client.call_tool("ask", {"question": "median pay"})
            assert result.is_error and result.content[0].text.startswith("busy: ")  # type: ignore[union-attr]

    asyncio.run(work())
    assert [answer.status for answer in noted] == ["answered"]


@pytest.mark.parametrize(("scopes", "reads"), [(["ask"], False), (["ask", "read"], True)])
def test_a_key_opens_what_its_scopes_say(tmp_path: Path, scopes: list[Scope], reads: bool) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    secret = ring.add("client", scopes)

    async def work(client: Client) -> None:
        asked = await client.call_tool("ask", {"question": "median pay"})
        assert asked.structured_content["status"] == "answered"
        read = await client.call_tool("read_document", {"document_id": "cats.txt"})
        assert read.is_error == (not reads)
        if reads:
            assert len((await client.list_resources()).resources) == 2
        else:
            assert read.content[0].text.startswith("forbidden: the key client is for ask")  # type: ignore[union-attr]
            with pytest.raises(MCPError, match="needs one for read"):
                await client.list_resources()

    run(work, lambda: over_http(secret, keys=ring))


def test_the_endpoint_is_guarded_as_the_rest_is(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json")
    ring.add("client", ["read"])
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    client = TestClient(create_app(lambda: GUIDE, mcp=True, keys=ring))
    assert client.post("/mcp", json=call).status_code == 401
    named = TestClient(create_app(lambda: GUIDE, mcp=True, limits=Limits(allowed_hosts=("localhost",), rate_limit=1)))
    assert named.post("/mcp", json=call, headers={"host": "evil.example"}).status_code == 421
    assert [named.post("/mcp", json=call, headers={"host": "localhost"}).status_code for _ in range(2)] == [200, 429]
    plain = TestClient(create_app(lambda: GUIDE, mcp=True))
    assert plain.get("/mcp").status_code == 405
    assert TestClient(create_app(lambda: GUIDE)).post("/mcp", json=call).status_code == 404


def test_serving_without_it_loads_nothing_of_it() -> None:
    code = (
        "import sys; from assistant.server import create_app; import assistant.server.command; create_app(None); "
        "print([name for name in sys.modules if name.split('.')[0] in ('mcp', 'mcp_types')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_the_library_it_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("assistant.server.command.find_spec", lambda name: None)
    for arguments in (["mcp"], ["mcp", "--http"]):
        assert main(arguments) == 2
        assert "role-assistant[mcp]" in capsys.readouterr().err
