"""Which earlier answers a change of the documents touches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from assistant.batch.bodies import place
from assistant.batch.journal import Earlier
from assistant.documents.difference import Difference
from assistant.types import Document
from assistant.wire import OutcomeBody

Touch: TypeAlias = Literal["source gone", "source changed", "section changed", "source renamed", "may be answered now"]


@dataclass(frozen=True, slots=True)
class Touched:
    """An earlier answer, and how it is touched."""

    question: str
    kind: Touch
    what: str


def touched(earlier: Earlier, changes: Difference, new: Mapping[str, Document]) -> Iterator[Touched]:
    """The answers whose sources have changed, and the refusals whose closest passages have, in the order of the run."""
    for question in earlier:
        body = earlier.get(question)
        if body is None:
            continue
        ways = dict.fromkeys(_answer(body, changes, new) if body.status == "answered" else _refusal(body, changes))
        worst = {kind: what for kind, what in reversed(ways)}
        yield from (Touched(question, kind, what) for kind, what in reversed(worst.items()))


def _answer(body: OutcomeBody, changes: Difference, new: Mapping[str, Document]) -> Iterator[tuple[Touch, str]]:
    names = dict(changes.renamed)
    changed = {one.document_id: {*one.sections, *one.removed} for one in changes.changed}
    for citation in body.citations:
        id = citation.document_id
        where = f"{place(citation)} ({id})"
        if id in names:
            yield "source renamed", f"{where} is now {names[id]}"
        elif id not in new:
            yield "source gone", where
        elif citation.cited_text not in new[id].text:
            yield "source changed", f"{where} does not say it any more"
        elif tuple(citation.section_path) in changed.get(id, ()):
            yield "section changed", f"{where} says it still, and other things than before"


def _refusal(body: OutcomeBody, changes: Difference) -> Iterator[tuple[Touch, str]]:
    fresh = {one.document_id for one in changes.changed}
    for near in body.closest:
        if near.document_id in fresh:
            yield "may be answered now", f"{place(near)} ({near.document_id}), which came near, has changed"
