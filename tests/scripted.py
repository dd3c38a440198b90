"""A server that does as the question says: it streams, waits, fails. `python tests/scripted.py PORT` starts one."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from assistant.documents.citations import cite
from assistant.errors import AssistantError
from assistant.languages.catalogue import shipped
from assistant.server.pages.home import widget_words
from assistant.server.problems import Problem
from assistant.testing import document
from assistant.types import Block, Json
from assistant.wire import SaidBody

FILES = Path(__file__).parent.parent / "assistant" / "widget"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}
GUIDE = """# Salary Ranges (US Market, 2024)
Figures of the past year 👩\u200d🚀, before tax. They differ by company size and by place.
## Head of Machine Learning
Median salary: $336,500
Salary range: $245,000 - $438,000
## Head of AI
Median salary: $234,750
Salary range: $195,000 - $283,800
# Education
A Bachelor's degree in computer science is required.
A Master's degree in machine learning, artificial intelligence or a related field is expected of those who apply.
# Markup
<img src=x onerror="window.hit='text'"> </script><svg onload="window.hit='text'">
"""
TEXT = document(GUIDE, id="roles/head of ai.txt", title="Head of AI & Machine Learning")
QUESTIONS = [
    "What is the median salary?",
    "What are the education requirements?",
    "What are the salary ranges?",
    "What does a head of AI do?",
    "Which skills are asked for?",
]
NEAR = ["How many days of leave are there?", "Who grants leave?"]
MARKUP = "<img src=x onerror=\"window.hit='x'\"><svg onload=\"window.hit='x'\"></svg><a href='javascript:hit()'>x</a>"
PUBLISHED = "https://guides.example.org/head-of-ai#:~:text=Median%20salary"


def place(text: str, **extra: Json) -> dict[str, Any]:
    """The citation of these words of the guide, as it is sent."""
    start = TEXT.text.index(text)
    made = cite(TEXT, start, start + len(text))
    body: dict[str, Any]
    [body] = SaidBody.of(0, Block(text, (0,)), [made]).model_dump(mode="json")["citations"]
    return body | extra


RANGES = ("Median salary: $234,750", "Salary range: $195,000 - $283,800")
DEGREES = (
    "A Bachelor's degree in computer science is required.",
    "A Master's degree in machine learning, artificial intelligence or a related field is expected of those who apply.",
)


def answer(question: str, texts: Sequence[str] = RANGES, **extra: Any) -> dict[str, Any]:
    """An answer of these lines of the guide, each a block."""
    layout = {"label": "Head of AI", "kind": "pair", "cells": []}
    blocks = [{"text": text, "citations": [n], **layout} for n, text in enumerate(texts)]
    return {
        "id": "ans_1",
        "question": question,
        "standalone_question": question,
        "status": "answered",
        "reason": None,
        "message": None,
        "answer": "\n".join(texts),
        "blocks": blocks,
        "citations": [place(text, published_url=PUBLISHED) for text in texts],
        "conflicts": [],
        "confidence": 0.9,
        "closest": [],
        "mode": "extractive",
        "index_id": "i",
        "handoff": None,
        "timings_ms": {"total": 1.0},
    } | extra


def refusal(question: str, reason: str = "unsupported", **extra: Any) -> dict[str, Any]:
    """A refusal with what came nearest."""
    message = "The documents speak of salary ranges, and say nothing of “holiday”."
    closest = [place(text) | {"score": 0.4} for text in ("Salary range: $245,000 - $438,000", DEGREES[1])]
    empty = {"status": "refused", "reason": reason, "message": message, "closest": closest, "confidence": 0.1}
    return answer(question, ()) | empty | extra


def compared(question: str) -> dict[str, Any]:
    """An answer of two sections, the first text of each beginning with its heading, which is cited."""
    headings, said = ("Head of Machine Learning", "Head of AI"), ("Median salary: $336,500", RANGES[0])
    cited = [place(f"{headings[0]}\n{said[0]}"), place(said[0]), place(f"{headings[1]}\n{said[1]}"), place(said[1])]
    for n, heading in ((0, headings[0]), (2, headings[1])):
        cited[n] |= {"cited_text": heading, "end_char_index": cited[n]["start_char_index"] + len(heading)}
    blocks = [
        {"text": f"{headings[n]}: {said[n]}", "citations": [2 * n, 2 * n + 1], "label": headings[n], "kind": "pair"}
        for n in (0, 1)
    ]
    extra = {"blocks": blocks, "citations": cited, "answer": "\n".join(str(block["text"]) for block in blocks)}
    return answer(question) | extra


def tabled(question: str) -> dict[str, Any]:
    """An answer of a lead-in and two rows of a table."""
    rows = [[["Job", "Head of AI"], ["Pay", "$234,750"]], [["Job", "Head of ML"], ["Pay", ""]]]
    layout: dict[str, Any] = {"label": None, "kind": "row"}
    blocks: list[dict[str, Any]] = [{"text": "Figures are:", "citations": [0], **layout, "kind": "lead", "cells": []}]
    for n, row in enumerate(rows, start=1):
        text = " · ".join(cell for _, cell in row if cell)
        blocks.append({"text": text, "citations": [n], **layout, "cells": row})
    return answer(question) | {"blocks": blocks, "citations": [place(RANGES[0]), place(RANGES[1]), place(DEGREES[0])]}


def hostile(question: str) -> dict[str, Any]:
    """An answer with markup in every place that a document or a person can write into."""
    odd = place("<img src=x onerror=\"window.hit='text'\"> </script><svg onload=\"window.hit='text'\">") | {
        "document_title": MARKUP,
        "section_path": [MARKUP, MARKUP],
        "url": "javascript:window.hit='url'",
        "published_url": "javascript:window.hit='published'",
    }
    texts = [MARKUP, "other"]
    blocks = [{"text": text, "citations": [n]} for n, text in enumerate(texts)]
    elsewhere = odd | {"url": "//elsewhere.example/x", "published_url": "data:text/html,x", "document_id": MARKUP}
    extra = {"blocks": blocks, "citations": [odd, elsewhere], "conflicts": [[[0], [1]]]}
    return answer(question, texts[:0]) | extra | {"standalone_question": MARKUP}


class Scripted(ThreadingHTTPServer):
    """Keeps what was asked. `votes` says whether it takes feedback, `tokens` whether it asks for it."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.seen: list[tuple[str, str, Any]] = []  # (method, path, body)
        self.languages: list[str | None] = []  # that questions were asked in
        self.wordless = 0  # how often it still has no words
        self.votes = self.tokens = True
        self.go_on = threading.Event()  # what a question with "slowly" waits for after its first block
        self.pages: dict[str, tuple[str, str]] = {}  # path -> (html, policy)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def asked(self, path: str = "/v1/ask") -> list[Any]:
        return [body for _, seen, body in self.seen if seen == path]


class Handler(BaseHTTPRequestHandler):
    """What it says depends on the words of the question."""

    server: Scripted

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_OPTIONS(self) -> None:
        self.say(204, b"", "", {"Access-Control-Allow-Headers": "content-type", "Access-Control-Max-Age": "60"})

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.seen.append(("GET", path, None))
        file = FILES / path.removeprefix("/widget/")
        if path in self.server.pages:
            html, policy = self.server.pages[path]
            self.say(200, html.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": policy})
        elif path == "/widget/words.json":
            language = shipped().choose(None, self.headers["Accept-Language"] or "")
            if self.server.wordless:
                self.server.wordless -= 1
                self.problem(503, "no words yet")
                return
            self.say(200, bytes(widget_words(language).body), "application/json")
        elif path.startswith("/widget/") and file.is_file():
            self.say(200, file.read_bytes(), TYPES[file.suffix])
        elif path == "/v1/suggestions":
            self.json({"questions": QUESTIONS, "index_id": "i"})
        elif path.startswith("/v1/documents/"):
            self.say(200, TEXT.text.encode(), "text/plain; charset=utf-8")
        elif path.startswith("/documents/"):
            self.say(200, b"<!doctype html><title>source</title><p id=cited>here</p>", TYPES[".html"])
        else:
            self.problem(404, "there is nothing at this address")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(("POST", self.path, body))
        if self.path == "/v1/feedback":
            if self.server.votes:
                self.say(204, b"", "")
            else:
                self.problem(404, "there is nothing at this address")
            return
        if self.path == "/v1/suggestions/near":
            self.json({"questions": [each for each in NEAR if "holiday" in body["question"]], "index_id": "i"})
            return
        question = body["question"]
        self.server.languages.append(self.headers["Accept-Language"])
        times = sum(seen["question"] == question for seen in self.server.asked())
        if "crowded" in question:
            self.problem(429, "too many questions", {"Retry-After": "7"})
        elif "overloaded" in question:
            self.problem(503, "the queue is full", {"Retry-After": "3"})
        elif "unready" in question:
            self.problem(503, "no index")
        elif "unfit" in question:
            self.problem(422, "question: should be shorter")
        elif "garbled" in question:
            self.say(200, b"<html>", "application/json")
        elif "odd" in question:
            self.say(200, b"[]", "application/json")
        elif "gateway" in question:
            self.say(502, b"<html>Bad gateway</html>", TYPES[".html"])
        elif "fails once" in question and times == 1:
            self.problem(500, "something went wrong: try again")
        elif "at once" in question:
            self.json(answer(question))
        elif "cut" in question:
            self.stream(answer(question), blocks=1)
        elif "fault" in question:
            self.stream(answer(question), blocks=1, error=True)
        elif "slowly" in question:
            self.stream(answer(question), wait=True)
        else:
            self.stream(self.reply(question))

    def reply(self, question: str) -> dict[str, Any]:
        if "holiday" in question:
            return refusal(question)
        if "which guide" in question:
            other = place(DEGREES[0]) | {"document_id": "other.txt", "document_title": "Head of Sales", "score": 0.3}
            closest = [place(RANGES[0]) | {"score": 0.4}, other]
            return refusal(question, "ambiguous", message="Which one do you mean?", closest=closest)
        if "degree" in question:
            return answer(question, DEGREES, conflicts=[[[0], [1]]])
        if "And" in question:
            return answer(question, standalone_question="What is the range of the Head of AI?")
        if "moved" in question:
            citations = [place(RANGES[0]) | {"start_char_index": 3, "end_char_index": 3 + len(RANGES[0])}]
            return answer(question, RANGES[:1], citations=citations)
        if "compare" in question:
            return compared(question)
        if "table" in question:
            return tabled(question)
        if "hello" in question:
            return refusal(question, "greeting", message="Hello! Ask me about pay.", closest=[])
        if "zebra" in question:
            handoff = "Ask Ada at ada@example.org or see https://people.example.org/ask."
            return refusal(question, "unrelated", message="Nothing in the documents is about this.", handoff=handoff)
        if "unsure" in question:
            return answer(question, confidence=0.45)
        if "markup" in question:
            return hostile(question)
        return answer(question)

    def stream(self, body: dict[str, Any], *, blocks: int = 99, wait: bool = False, error: bool = False) -> None:
        """Each block, then the whole body, in pieces that cut across lines and characters."""
        self.send_response(200)
        token = {"X-Feedback-Token": "token"} if self.server.tokens else {}
        self.common({"Content-Type": "text/event-stream; charset=utf-8", "Connection": "close", **token})
        for n, block in enumerate(body["blocks"][:blocks]):
            citations = [body["citations"][i] for i in block["citations"]]
            if not self.event("block", {"index": n, **block, "citations": citations}):
                return
            if wait and n == 0:
                self.server.go_on.wait(20)
        if error:
            self.event("error", described(500, "something went wrong: try again"))
        elif blocks > len(body["blocks"]):
            self.event("answer", body)
        self.close_connection = True

    def event(self, name: str, data: Json) -> bool:
        raw = f": a comment\r\nevent: {name}\r\ndata: {json.dumps(data, ensure_ascii=False)}\r\n\r\n".encode()
        try:
            for part in (raw[:37], raw[37:-3], raw[-3:]):
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(0.002)
        except OSError:  # the client went away
            return False
        return True

    def json(self, body: Json) -> None:
        self.say(200, json.dumps(body).encode(), "application/json")

    def problem(self, status: int, detail: str, headers: Mapping[str, str] = {}) -> None:
        self.say(status, json.dumps(described(status, detail)).encode(), "application/problem+json", headers)

    def say(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] = {}) -> None:
        self.send_response(status)
        self.common({"Content-Type": kind, "Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def common(self, headers: Mapping[str, str]) -> None:
        cross = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After, X-Feedback-Token"}
        for name, value in {**cross, **headers}.items():
            self.send_header(name, value)
        self.end_headers()


def described(status: int, detail: str) -> Json:
    problem = Problem(type="about:blank", title="x", status=status, detail=detail, code=AssistantError.code)
    return problem.model_dump()


@contextmanager
def scripted(port: int = 0) -> Iterator[Scripted]:
    """Such a server, until the end of the block."""
    server = Scripted(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.go_on.set()
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    Scripted(int(sys.argv[1])).serve_forever()
