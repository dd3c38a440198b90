"""An assistant that runs elsewhere, asked over HTTP: the same seam as one that runs here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from email.utils import parsedate_to_datetime
from functools import cached_property
from time import sleep, time
from typing import TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ValidationError

from assistant.errors import AssistantError, UsageError
from assistant.types import Answer, Document, Filters, Hit, Json, Mode, Promise, Turn
from assistant.wire import AnswerBody, DocumentsBody, PromiseBody, SearchBody, WholeDocumentBody

_Body = TypeVar("_Body", bound=BaseModel)
_PAUSE = 1.0  # seconds until a busy server is asked again that does not say when
_BUSY = (429, 503)


class ServerFault(AssistantError):
    """The server cannot be reached, or says that it cannot do what was asked."""

    code, title, status = "server_fault", "Server fault", 502

    def __init__(self, message: str, *, given: int | None = None) -> None:
        super().__init__(message)
        self.given = given  # the HTTP status of the reply, if there was one


class Unreachable(ServerFault):
    """Nothing answers at the server's address."""


class Remote:
    """The `Answerer` behind a URL."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 60.0,
        retries: int = 8,
        patience: float = 120.0,
        api_key: str | None = None,
        mode: Mode | None = None,
    ) -> None:
        """`mode` is how it answers, where not as it is set to.

        A server that says when it is less busy is asked again so often, after waits of so many seconds in all.
        """
        self._url = url.rstrip("/")
        self._http = _client(self._url, timeout, api_key)
        self._retries = retries
        self._patience = patience
        self._mode: dict[str, Json] = {} if mode is None else {"mode": mode}
        listing = self._get("/v1/documents", DocumentsBody)
        self.index_id: str = listing.index_id
        self.titles: Mapping[str, str] = {row.id: row.title for row in listing.documents}
        self.passage_counts: Mapping[str, int] = {row.id: row.passages for row in listing.documents}
        self.documents: Mapping[str, Document] = _Documents(self, tuple(self.passage_counts))

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> Answer:
        """The answer that the server gives."""
        return self.reply(question, history=history, filters=filters).value()

    def reply(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = Filters()) -> AnswerBody:
        """The answer as the server sends it."""
        turns: dict[str, Json] = {"history": [asdict(turn) for turn in history]} if history else {}
        return self._get("/v1/ask", AnswerBody, {"question": question, **turns, **_given(filters), **self._mode})

    @cached_property
    def _promised(self) -> PromiseBody:
        return self._get("/v1/promise", PromiseBody)

    @property
    def settings_id(self) -> str:
        """A hash of the server's settings, asked for once; "" where it does not tell."""
        try:
            if self._mode.get("mode") == "generative":
                return self._promised.generative.settings_id if self._promised.generative else ""
            return self._promised.settings_id
        except ServerFault as error:
            if error.given != 404:
                raise
            return ""

    @property
    def promise(self) -> Promise:
        """What the server promises; asked for once."""
        return self._promised.value()

    def search(self, question: str, *, k: int = 10, filters: Filters = Filters()) -> list[Hit]:
        """The passages that the server finds."""
        found = self._get("/v1/search", SearchBody, {"question": question, "k": k, **_given(filters)})
        return [hit.hit() for hit in found.hits]

    def document(self, document_id: str) -> Document:
        """One document: its text and its sections. Its lines stay with the server."""
        path = f"/v1/documents/{quote(document_id, safe='')}"
        return self._get(path, WholeDocumentBody).value(self._read(f"{path}/text").content.decode("utf-8"))

    def _get(self, path: str, kind: type[_Body], body: Mapping[str, Json] | None = None) -> _Body:
        """What the server says at a path, as such a body. Raises ServerFault where it says something else."""
        try:
            return kind.model_validate_json(self._read(path, body).content)
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
            if wrong["type"] == "json_invalid":
                said = f"{self._url}{path} does not give JSON: is this the assistant's address?"
            else:
                said = f"{path} gives {'.'.join(map(str, wrong['loc']))}: {wrong['msg']}. Is it of another version?"
            raise ServerFault(said) from error

    def _read(self, path: str, body: Mapping[str, Json] | None = None) -> httpx2.Response:
        left, patience = self._retries, self._patience
        while not (reply := self._once(path, body)).is_success:
            pause = _retry_after(reply.headers.get("Retry-After"))
            left, patience = left - 1, patience - pause
            if reply.status_code not in _BUSY or left < 0 or patience < 0:
                raise ServerFault(f"{path} gives {reply.status_code}: {_detail(reply)}", given=reply.status_code)
            sleep(pause)
        return reply

    def _once(self, path: str, body: Mapping[str, Json] | None) -> httpx2.Response:
        try:
            if body is None:
                return self._http.get(self._url + path)
            kind = {"content-type": "application/json"}  # encoded here, as half a surrogate pair must be escaped
            return self._http.post(self._url + path, content=json.dumps(body).encode(), headers=kind)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise Unreachable(f"no answer from {self._url}: {error}. Is `assistant serve` running there?") from error


class _Documents(Mapping[str, Document]):
    """The server's documents, each fetched when it is first asked for."""

    def __init__(self, remote: Remote, ids: tuple[str, ...]) -> None:
        self._remote = remote
        self._ids = ids
        self._known: dict[str, Document] = {}

    def __getitem__(self, document_id: str) -> Document:
        if document_id not in self._ids:
            raise KeyError(document_id)
        if document_id not in self._known:
            self._known[document_id] = self._remote.document(document_id)
        return self._known[document_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def _client(url: str, timeout: float, api_key: str | None) -> httpx2.Client:
    """What asks the server. The key is for it alone: a redirect to another takes none along.

    No connection is kept between two requests, so that none is asked over that the server has just given up.
    """
    if not _is_address(url):
        raise UsageError(f"{url!r} is no address of a server: give one like http://127.0.0.1:8000")
    try:
        return httpx2.Client(
            headers={"authorization": f"Bearer {api_key}"} if api_key else {},
            timeout=timeout,
            follow_redirects=True,
            limits=httpx2.Limits(max_keepalive_connections=0),
        )
    except ValueError as error:  # of the key, or of a proxy that the environment names
        raise UsageError(f"{url} cannot be asked: {error}") from error


def _is_address(url: str) -> bool:
    try:
        return httpx2.URL(url).scheme in ("http", "https")
    except httpx2.InvalidURL:
        return False


def _given(filters: Filters) -> dict[str, Json]:
    return {"filters": {name: value for name, value in asdict(filters).items() if value}} if filters else {}


def _detail(reply: httpx2.Response) -> str:
    """What a problem body says, or the beginning of whatever came instead."""
    try:
        return str(reply.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return reply.text[:200]


def _retry_after(value: str | None) -> float:
    """The seconds that the header says, as a number or as a date; a pause of our own where it says nothing."""
    if value is not None and re.fullmatch(r"\d{1,9}", value.strip()):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value or "").timestamp() - time())
    except ValueError:
        return _PAUSE
