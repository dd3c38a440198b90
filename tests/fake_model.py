"""A server of a language model that does as it is told: it phrases, errs, stalls, fails. One answer a script."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Lines = Mapping[int, str]


class FakeModel(ThreadingHTTPServer):
    """Keeps what it was asked. `script` says how it answers, and `write` what, from the numbered lines."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = "write"
        self.write: Callable[[Lines], str] = quote
        self.asked: list[Any] = []
        self.keys: list[str | None] = []
        self.free = threading.Event()  # ends what hangs

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone is no fault of the server's."""


def quote(lines: Lines) -> str:
    """Each line as it stands, cited."""
    return " ".join(f"{text.rstrip('.')} [{n}]." for n, text in lines.items())


def numbered(body: Mapping[str, Any]) -> Lines:
    """The numbered lines of a prompt."""
    told = body["messages"][-1]["content"]
    return {int(n): text for n, text in re.findall(r"^\[(\d+)\] (.*)$", told, re.MULTILINE)}


def _chunk(text: str | None, finish: str | None = None) -> bytes:
    delta = {} if text is None else {"content": text}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "fake"}
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return f"data: {json.dumps({**body, 'choices': choices})}\n\n".encode()


class _Handler(BaseHTTPRequestHandler):
    server: FakeModel
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(body)
        self.server.keys.append(self.headers.get("authorization"))
        script = self.server.script
        if script == "busy once":
            script = "429" if len(self.server.asked) == 1 else "write"
        if script == "plain only":
            script = "400" if "temperature" in body else "write"
        if script.isdigit():
            self._refuse(int(script))
        else:
            getattr(self, f"_{script}")(body)

    def _refuse(self, status: int) -> None:
        """Refuses, and tells the key to whoever reads it."""
        said = json.dumps({"error": {"message": f"no, {self.headers.get('authorization')}"}}).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _write(self, body: Any) -> None:
        text = self.server.write(numbered(body))
        self._stream(
            [_chunk(text[at : at + 7]) for at in range(0, len(text), 7)] + [_chunk(None, "stop"), b"data: [DONE]\n\n"]
        )

    def _endless(self, body: Any) -> None:
        self._begin()
        while not self.server.free.wait(0.0005):
            self._send(_chunk("and so on and so on "))

    def _drip(self, body: Any) -> None:
        """Sends something all the time, and nothing that is a piece of a reply."""
        self._begin()
        while not self.server.free.wait(0.02):
            self._send(b": still here\n\n")

    def _hang(self, body: Any) -> None:
        self.server.free.wait(30)
        self.close_connection = True

    def _half(self, body: Any) -> None:
        """The first half of what would be written, and then the connection is gone."""
        text = self.server.write(numbered(body))
        self._begin()
        self._send(_chunk(text[: len(text) // 2]))
        self.close_connection = True

    def _malformed(self, body: Any) -> None:
        self._stream([b'data: {"choices": [{"delta": {"content": \n\n'])

    def _shapeless(self, body: Any) -> None:
        self._stream([b'data: {"choices": [{"delta": {"content": 7}}]}\n\n', b"data: [DONE]\n\n"])

    def _empty(self, body: Any) -> None:
        self._stream([_chunk(None, "stop"), b"data: [DONE]\n\n"])

    def _page(self, body: Any) -> None:
        said = b"<html>It works!</html>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def _stream(self, pieces: Sequence[bytes]) -> None:
        self._begin()
        for piece in pieces:
            self._send(piece)
        self.wfile.write(b"0\r\n\r\n")

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def _send(self, piece: bytes) -> None:
        self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.flush()


@contextmanager
def fake_model() -> Iterator[FakeModel]:
    """A server of a fake model, in a thread."""
    with FakeModel() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.free.set()
            server.shutdown()
            thread.join()
