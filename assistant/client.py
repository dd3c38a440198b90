"""An assistant that runs elsewhere, asked over HTTP: the same seam as one that runs here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.client import HTTPException
from time import sleep, time
from typing import TypeVar, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from assistant.errors import AssistantError, UsageError
from assistant.types import (
    Answer,
    Block,
    BlockKind,
    Citation,
    Document,
    Filters,
    Hit,
    Json,
    Passage,
    Promise,
    Reason,
    Section,
    Source,
    Status,
    Turn,
)

T = TypeVar("T")
EVERYTHING = Filters()
PAUSE = 1.0  # seconds until a busy server is asked again that does not say when


class ServerFault(AssistantError):
    """The server cannot be reached, or says that it cannot do what was asked."""

    code, title, status = "server_fault", "Server fault", 502

    def __init__(self, message: str, *, given: int | None = None) -> None:
        super().__init__(message)
        self.given = given  # the HTTP status of the reply, if there was one


class _Later(ServerFault):
    """The server is busy, and says for how long."""

    def __init__(self, message: str, seconds: float, *, given: int) -> None:
        super().__init__(message, given=given)
        self.seconds = seconds


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
    ) -> None:
        """A server that says when it is less busy is asked again so often, after waits of so many seconds in all."""
        if not _is_address(url):
            raise UsageError(f"{url!r} is no address of a server: give one like http://127.0.0.1:8000")
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._retries = retries
        self._patience = patience
        self._api_key = api_key
        listing = self._json("/v1/documents")
        rows = [_mapping(row) for row in _list(listing["documents"])]
        self.index_id: str = _as(listing["index_id"], str)
        self.titles: Mapping[str, str] = {_as(row["id"], str): _as(row["title"], str) for row in rows}
        self.passage_counts: Mapping[str, int] = {_as(row["id"], str): _as(row["passages"], int) for row in rows}
        self.documents: Mapping[str, Document] = _Documents(self, tuple(self.passage_counts))

    def ask(self, question: str, *, history: Sequence[Turn] = (), filters: Filters = EVERYTHING) -> Answer:
        """The answer that the server gives."""
        return answer_of(self.reply(question, history=history, filters=filters))

    def reply(
        self, question: str, *, history: Sequence[Turn] = (), filters: Filters = EVERYTHING
    ) -> Mapping[str, Json]:
        """The answer as the server sends it."""
        return self._json("/v1/ask", {"question": question, **_history(history), **_filters(filters)})

    @cached_property
    def settings_id(self) -> str:
        """A hash of the server's settings, asked for once; "" where it does not tell."""
        try:
            return _as(self._json("/v1/promise").get("settings_id", ""), str)
        except ServerFault as error:
            if error.given != 404:
                raise
            return ""

    @cached_property
    def promise(self) -> Promise:
        """What the server promises; asked for once."""
        return promise_of(self._json("/v1/promise"))

    def search(self, question: str, *, k: int = 10, filters: Filters = EVERYTHING) -> list[Hit]:
        """The passages that the server finds."""
        found = self._json("/v1/search", {"question": question, "k": k, **_filters(filters)})
        return [_hit(_mapping(row)) for row in _list(found["hits"])]

    def document(self, document_id: str) -> Document:
        """One document: its text and its sections. Its lines stay with the server."""
        place = f"/v1/documents/{quote(document_id, safe='')}"
        row, text = self._json(place), self._read(f"{place}/text").decode("utf-8")
        return Document(
            id=document_id,
            version=_as(row["version"], str),
            title=_as(row["title"], str),
            source=_as(row["source"], str),
            media_type=_as(row["media_type"], str),
            text=text,
            sections=tuple(_section(_mapping(section)) for section in _list(row["sections"])),
            metadata=_mapping(row["metadata"]),
        )

    def _json(self, path: str, body: Mapping[str, Json] | None = None) -> Mapping[str, Json]:
        try:
            return _mapping(json.loads(self._read(path, body)))
        except ValueError as error:
            raise ServerFault(f"{self._url}{path} does not give JSON: is this the assistant's address?") from error

    def _read(self, path: str, body: Mapping[str, Json] | None = None) -> bytes:
        left, patience = self._retries, self._patience
        while True:
            try:
                return self._once(path, body)
            except _Later as later:
                left, patience = left - 1, patience - later.seconds
                if left < 0 or patience < 0:
                    raise
                sleep(later.seconds)

    def _once(self, path: str, body: Mapping[str, Json] | None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._url + path, data, {"content-type": "application/json"})
        if self._api_key:
            request.add_unredirected_header("authorization", f"Bearer {self._api_key}")  # for this server alone
        try:
            with urlopen(request, timeout=self._timeout) as reply:
                return cast(bytes, reply.read())
        except HTTPError as error:
            with error:
                message = f"{path} gives {error.code}: {_detail(error.read())}"
            seconds = _retry_after(error.headers.get("Retry-After"))
            if error.code in (429, 503):
                raise _Later(message, PAUSE if seconds is None else seconds, given=error.code) from error
            raise ServerFault(message, given=error.code) from error
        except (URLError, OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise Unreachable(f"no answer from {self._url}: {reason}. Is `assistant serve` running there?") from error


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


def _is_address(url: str) -> bool:
    try:
        return urlsplit(url).scheme in {"http", "https"}
    except ValueError:
        return False


def answer_of(body: Mapping[str, Json]) -> Answer:
    """The answer that a reply of `/v1/ask` holds."""
    try:
        return Answer(
            id=_as(body["id"], str),
            question=_as(body["question"], str),
            standalone_question=_as(body["standalone_question"], str),
            status=cast(Status, _as(body["status"], str)),
            reason=cast(Reason | None, _or_none(body["reason"], str)),
            message=_or_none(body["message"], str),
            blocks=tuple(_block(_mapping(block)) for block in _list(body["blocks"])),
            citations=tuple(_citation(_mapping(citation)) for citation in _list(body["citations"])),
            conflicts=tuple(
                tuple(tuple(_as(index, int) for index in _list(group)) for group in _list(groups))
                for groups in _list(body["conflicts"])
            ),
            confidence=_number(body["confidence"]),
            closest=tuple(_citation(_mapping(citation)) for citation in _list(body["closest"])),
            index_id=_as(body["index_id"], str),
            mode=_as(body["mode"], str),
            handoff=_or_none(body.get("handoff"), str),
            timings_ms={name: _number(value) for name, value in _mapping(body["timings_ms"]).items()},
        )
    except KeyError as error:
        raise ServerFault(f"the server's answer has no {error}: is it of another version?") from error


def promise_of(body: Mapping[str, Json]) -> Promise:
    """The promise that a reply of `/v1/promise` holds."""
    try:
        return Promise(
            max_false_answer_rate=_number(body["max_false_answer_rate"]),
            threshold=_number(body["threshold"]),
            false_answer_rate=_number(body["false_answer_rate"]),
            upper_bound=_number(body["upper_bound"]),
            confidence_level=_number(body["confidence_level"]),
            hard=_number(_mapping(body["hard"])["false_answer_rate"]),
            easy=_number(_mapping(body["easy"])["false_answer_rate"]),
            coverage=_number(body["coverage"]),
            precision=_number(body["precision"]),
            answerable=_as(body["answerable"], int),
            unanswerable=_as(body["unanswerable"], int),
            kept=_as(body["kept"], bool),
            sources=tuple(_source(_mapping(row)) for row in _list(body["data"])),
        )
    except KeyError as error:
        raise ServerFault(f"the server's promise has no {error}: is it of another version?") from error


def _source(row: Mapping[str, Json]) -> Source:
    return Source(
        _as(row["name"], str),
        _as(row["answerable"], int),
        _as(row["unanswerable"], int),
        "easy" if row["kind"] == "easy" else "hard",
        None if row["false_answer_rate"] is None else _number(row["false_answer_rate"]),
    )


def _block(row: Mapping[str, Json]) -> Block:
    return Block(
        _as(row["text"], str),
        tuple(_as(index, int) for index in _list(row["citations"])),
        label=_or_none(row.get("label"), str),
        kind=cast(BlockKind, _as(row.get("kind", "sentence"), str)),
        cells=tuple((_as(name, str), _as(cell, str)) for name, cell in map(_list, _list(row.get("cells", [])))),
    )


def _citation(row: Mapping[str, Json]) -> Citation:
    return Citation(
        document_id=_as(row["document_id"], str),
        document_title=_as(row["document_title"], str),
        document_version=_as(row["document_version"], str),
        section_path=tuple(_as(title, str) for title in _list(row["section_path"])),
        page=_or_none(row["page"], int),
        cited_text=_as(row["cited_text"], str),
        start=_as(row["start_char_index"], int),
        end=_as(row["end_char_index"], int),
        url=_as(row["url"], str),
        published_url=_or_none(row["published_url"], str),
        score=None if row.get("score") is None else _number(row["score"]),
    )


def _hit(row: Mapping[str, Json]) -> Hit:
    found, scores = _citation(row), _mapping(row["scores"])
    passage = Passage(
        document_id=found.document_id,
        document_version=found.document_version,
        start=found.start,
        end=found.end,
        text=found.cited_text,
        section_path=found.section_path,
        page=found.page,
    )
    dense, lexical = (None if scores.get(leg) is None else _number(scores[leg]) for leg in ("dense", "lexical"))
    return Hit(passage, _number(row["score"]), dense, lexical)


def _section(row: Mapping[str, Json]) -> Section:
    path = tuple(_as(title, str) for title in _list(row["path"]))
    return Section(_as(row["title"], str), path, _as(row["start_char_index"], int), _as(row["end_char_index"], int))


def _history(history: Sequence[Turn]) -> dict[str, Json]:
    return {"history": [{"role": turn.role, "content": turn.content} for turn in history]} if history else {}


def _filters(filters: Filters) -> dict[str, Json]:
    given: dict[str, Json] = {
        "document_ids": list(filters.document_ids),
        "sections": list(filters.sections),
        "metadata": dict(filters.metadata),
    }
    return {"filters": {name: value for name, value in given.items() if value}} if filters else {}


def _detail(data: bytes) -> str:
    """What a problem body says, or the beginning of whatever came instead."""
    try:
        return _as(_mapping(json.loads(data))["detail"], str)
    except (ValueError, KeyError, ServerFault):
        return data[:200].decode("utf-8", errors="replace")


def _retry_after(value: str | None) -> float | None:
    """The seconds that the header says, as a number or as a date; None where it says nothing that can be read."""
    if value is None:
        return None
    if re.fullmatch(r"\d{1,9}", value.strip()):
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time())
    except ValueError:
        return None


def _as(value: Json, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise ServerFault(f"the server's answer has {value!r} where a {kind.__name__} is due")
    return value


def _or_none(value: Json, kind: type[T]) -> T | None:
    return None if value is None else _as(value, kind)


def _number(value: Json) -> float:
    return float(value) if isinstance(value, int) else _as(value, float)


def _list(value: Json) -> list[Json]:
    return cast(list[Json], _as(value, list))


def _mapping(value: Json) -> Mapping[str, Json]:
    return cast(Mapping[str, Json], _as(value, dict))
