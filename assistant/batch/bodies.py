"""What became of a question: the body of the HTTP contract, without timings, also where there was no answer to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, cast

from assistant.documents.citations import trail
from assistant.types import Json

Body: TypeAlias = Mapping[str, Json]

QUESTION_SHOWN = 200  # characters of a question in a line about it

# The keys of a body, in their order: those of a reply of /v1/ask but the timings.
KEYS = (
    "id",
    "question",
    "standalone_question",
    "status",
    "reason",
    "message",
    "answer",
    "blocks",
    "citations",
    "conflicts",
    "confidence",
    "closest",
    "mode",
    "index_id",
    "handoff",
)


def of_reply(reply: Body) -> Body:
    """The body that a reply of /v1/ask holds: all of it but how long it took."""
    return {name: value for name, value in reply.items() if name != "timings_ms"}


def seconds(reply: Body) -> float:
    """How long a reply says that it took; 0 where it does not say."""
    timings = reply.get("timings_ms")
    total = timings.get("total") if isinstance(timings, Mapping) else None
    return total / 1000 if isinstance(total, int | float) else 0.0


def failed(question: str, code: str, message: str, *, index_id: str) -> Body:
    """The body for a question that could not be asked."""
    return _none(question, "error", code, message, index_id)


def skipped(*, index_id: str) -> Body:
    """The body for a row without a question."""
    return _none("", "skipped", "no_question", "There is no question in this row.", index_id)


def string(body: Body, name: str) -> str:
    """A field as text; "" where it is null."""
    value = body.get(name)
    return value if isinstance(value, str) else ""


def answered(body: Body) -> bool:
    """Whether there is an answer."""
    return string(body, "status") == "answered"


def confidence(body: Body) -> float | None:
    """The probability that the answer is right; None where nothing was asked."""
    value = body.get("confidence")
    return float(value) if isinstance(value, int | float) else None


def why(body: Body) -> str:
    """Why there is no answer: the reason and what it means; "" where there is one."""
    reason, message = string(body, "reason"), string(body, "message")
    return f"{reason}: {message}" if reason and message else reason or message


def places(body: Body, name: str = "citations") -> tuple[Body, ...]:
    """The citations of an answer, or the closest places of a refusal."""
    found = body.get(name)
    return tuple(cast(Body, one) for one in found if isinstance(one, Mapping)) if isinstance(found, list) else ()


def blocks(body: Body) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The pieces of an answer, each with the positions of its citations."""
    for block in places(body, "blocks"):
        cited = block.get("citations")
        positions = tuple(n for n in cited if isinstance(n, int)) if isinstance(cited, list) else ()
        yield string(block, "text"), positions


def place(citation: Body) -> str:
    """Where a citation stands: the document's title and the sections that lead there."""
    path = citation.get("section_path")
    sections = [str(title) for title in path] if isinstance(path, list) else []
    return trail((string(citation, "document_title"), *sections))


def link(citation: Body, base: str = "") -> str:
    """Where the source can be opened: at its published page, if it has one, else at the assistant's."""
    url = string(citation, "url")
    return string(citation, "published_url") or (f"{base.rstrip('/')}{url}" if url.startswith("/") else url)


def source(citation: Body, base: str = "") -> str:
    """A citation in words: where it stands, its quotation, its link."""
    return f'{place(citation)}: "{string(citation, "cited_text")}" ({link(citation, base)})'


def one_line(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def short(text: str, most: int = 60) -> str:
    """A text on one line, cut to so many characters."""
    line = one_line(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "\u2026"


def _none(question: str, status: str, reason: str, message: str, index_id: str) -> Body:
    known: dict[str, Json] = {
        "question": question,
        "standalone_question": question,
        "status": status,
        "reason": reason,
        "message": message,
        "answer": "",
        "blocks": [],
        "citations": [],
        "conflicts": [],
        "closest": [],
        "index_id": index_id,
    }
    return {name: known.get(name) for name in KEYS}
