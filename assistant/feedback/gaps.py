"""What the documents leave open: what was refused or voted down, grouped by meaning, and as a stub of an FAQ."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from assistant.documents.citations import cite, in_words
from assistant.feedback.records import Asked, Place
from assistant.spreadsheets import delimited
from assistant.types import Citation, Document, Json, Vectors

_ALIKE = 0.7  # the mean cosine of two groups' questions from which on they are one
_MOST = 1000  # different questions that are grouped, those asked most
_COLUMNS = ("question", "answer", "count", "closest_source")


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions of one meaning that were refused or voted down. Times are seconds since 1970."""

    question: str  # the one that is most like the others
    others: tuple[str, ...]  # asked most first
    count: int  # how often they were asked
    refused: int  # and how often refused
    reasons: tuple[str, ...]  # of the refusals, the most frequent first
    up: int
    down: int
    comments: tuple[str, ...]
    first: int
    last: int
    closest: Citation | None  # None where its document has changed or is gone


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps, asked most first, and how many different questions were too many to be grouped."""

    groups: tuple[Gap, ...]
    left_out: int = 0


def find_gaps(asked: Sequence[Asked], *, documents: Mapping[str, Document], encode: Callable[[str], Vectors]) -> Gaps:
    """The gaps in what was asked. The same records and index give the same gaps, whatever the order of the rows."""
    spellings: dict[str, list[Asked]] = {}
    for each in sorted(asked, key=lambda each: (each.first, each.last, each.question)):
        spellings.setdefault(_key(each.question), []).append(each)
    rows = sorted(spellings.values(), key=lambda row: (-_count(row), row[0].first, _key(row[0].question)))
    kept, left_out = rows[:_MOST], len(rows[_MOST:])
    if not kept:
        return Gaps(())
    vectors = np.stack([encode(row[-1].question) for row in kept]).astype(np.float64)
    groups = [
        _gap([kept[n] for n in members], vectors[members], documents)
        for members in group(vectors, [_count(row) for row in kept])
    ]
    return Gaps(tuple(sorted(groups, key=lambda gap: (-gap.count, -gap.last, gap.question))), left_out)


def group(vectors: Vectors | np.ndarray, weights: Sequence[int], *, alike: float = _ALIKE) -> list[list[int]]:
    """Rows that belong together: the two nearest groups are joined while their mean cosine is `alike` or more.

    That is agglomerative clustering by average linkage, each row counted `weights` times. Rows are in order.
    """
    members = [[row] for row in range(len(vectors))]
    sizes = [float(weight) for weight in weights]
    likeness = (vectors @ vectors.T).astype(np.float64).round(6)  # so that ties are ties on any machine
    np.fill_diagonal(likeness, -np.inf)
    while True:
        first, second = (int(place) for place in divmod(int(likeness.argmax()), len(members)))
        if not likeness[first, second] >= alike:
            return [sorted(rows) for rows in members if rows]
        total = sizes[first] + sizes[second]
        joined = (sizes[first] * likeness[first] + sizes[second] * likeness[second]) / total
        likeness[first], likeness[:, first] = joined, joined
        likeness[second], likeness[:, second] = -np.inf, -np.inf
        likeness[first, first] = -np.inf
        members[first], members[second], sizes[first] = members[first] + members[second], [], total


def stub(gaps: Gaps) -> bytes:
    """A CSV file with a question a gap and an empty answer. No cell of it is a formula to a spreadsheet."""
    rows = [
        (gap.question, "", str(gap.count), in_words(gap.closest) if gap.closest is not None else "")
        for gap in gaps.groups
    ]
    return b"".join(delimited.lines([_COLUMNS, *rows], delimiter=",", mark=True))


def as_json(gaps: Gaps) -> str:
    """The gaps as JSON; times as UTC."""
    rows = [
        {
            "question": gap.question,
            "others": gap.others,
            "count": gap.count,
            "refused": gap.refused,
            "reasons": gap.reasons,
            "up": gap.up,
            "down": gap.down,
            "comments": gap.comments,
            "first_seen": _time(gap.first),
            "last_seen": _time(gap.last),
            "closest": _place(gap.closest) if gap.closest is not None else None,
        }
        for gap in gaps.groups
    ]
    return json.dumps({"gaps": rows, "left_out": gaps.left_out}, ensure_ascii=False, indent=2)


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _place(citation: Citation) -> Mapping[str, Json]:
    return {
        "document_id": citation.document_id,
        "document_title": citation.document_title,
        "section_path": citation.section_path,
        "cited_text": citation.cited_text,
        "url": citation.url,
    }


def _gap(rows: Sequence[Sequence[Asked]], vectors: np.ndarray, documents: Mapping[str, Document]) -> Gap:
    """One gap of rows, each one question in its spellings, with their vectors."""
    counts = np.array([_count(row) for row in rows], np.float64)
    middle = int((vectors @ (counts @ vectors)).round(6).argmax())
    every = sorted((each for row in rows for each in row), key=lambda each: (each.last, each.first, each.question))
    reasons = Counter[str]()
    for each in every:
        if each.reason is not None:
            reasons[each.reason] += each.count
    return Gap(
        question=rows[middle][-1].question,
        others=tuple(row[-1].question for n, row in enumerate(rows) if n != middle),
        count=sum(each.count for each in every),
        refused=sum(each.count for each in every if each.status == "refused"),
        reasons=tuple(sorted(reasons, key=lambda reason: (-reasons[reason], reason))),
        up=sum(each.up for each in every),
        down=sum(each.down for each in every),
        comments=tuple(comment for each in every for comment in each.comments),
        first=min(each.first for each in every),
        last=every[-1].last,
        closest=_closest([*reversed(rows[middle]), *reversed(every)], documents),
    )


def _closest(asked: Sequence[Asked], documents: Mapping[str, Document]) -> Citation | None:
    """The first place that still stands."""
    for each in asked:
        if each.place is not None and _stands(each.place, documents):
            return cite(documents[each.place.document_id], each.place.start, each.place.end)
    return None


def _stands(place: Place, documents: Mapping[str, Document]) -> bool:
    document = documents.get(place.document_id)
    return (
        document is not None
        and document.version == place.document_version
        and 0 <= place.start < place.end <= len(document.text)
    )


def _count(row: Sequence[Asked]) -> int:
    return sum(each.count for each in row)


def _key(question: str) -> str:
    """The question without what a retyping changes."""
    return " ".join(question.casefold().split()).rstrip(" ?!.")
