"""The pinned answers of an assistant: finds the one that a question means, and gives it as an answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from assistant.answer.explanation import answered
from assistant.answer.quote import Quotations
from assistant.answer.select import Selection, Unit
from assistant.documents.outline import Outline
from assistant.ids import settings_id
from assistant.index.matching import matching_rows
from assistant.pinned.differences import Asked, difference
from assistant.pinned.document import as_document, passages
from assistant.pinned.entries import Pin
from assistant.pinned.likeness import Reading, signals
from assistant.pinned.sameness import Sameness, dump, shipped
from assistant.question.parts import parts
from assistant.question.stems import words
from assistant.types import Answer, Document, Filters, Pinned, Vectors

NEAREST = 8  # wordings that are held against a question
NEAR = 0.4  # the least cosine with which a wording may mean the same
CERTAIN = ("figure", "name")  # the differences that set two questions apart whatever else they say
_INNER = re.compile(r"(?<=[^\W\d_,;] )[^\W\d_]{2,}")  # a word after another one


@dataclass(frozen=True, slots=True)
class Found:
    """A pinned answer that a question means, and how probable that is."""

    n: int  # its position
    probability: float


class Pinboard:
    """Knows the pinned answers of a file. Never changes, so threads may share it."""

    def __init__(
        self,
        pins: Sequence[Pin],
        name: str,
        *,
        reading: Reading | None,
        encode_all: Callable[[Sequence[str]], Vectors] | None = None,
        sameness: Callable[[], Sameness] = shipped,
        today: Callable[[], date] = date.today,
    ) -> None:
        """Without a `reading`, or with an encoder that the threshold was not measured with, only the same words count.

        `today` is the day that "valid until" is held against.
        """
        self.pins = tuple(pins)
        self.document, self.places = as_document(self.pins, name)
        self.documents: Mapping[str, Document] = {self.document.id: self.document}
        self.outlines = {self.document.id: Outline(self.document)}
        self.passages = passages(self.document, self.places)
        self._reading, self._sameness, self._today = reading, sameness, today
        self._wordings = [(n, wording) for n, pin in enumerate(self.pins) for wording in pin.asked_as]
        self._plain: dict[tuple[str, ...], int] = {}
        for n, wording in self._wordings:
            self._plain.setdefault(_plain(wording), n)
        self._known = _names(self.document.text)
        if reading is not None and encode_all is not None and self._wordings:
            self._vectors = encode_all([wording for _, wording in self._wordings])
        else:
            self._vectors = np.empty((0, 0), np.float32)
        self.fingerprint = settings_id(
            {
                "pins": [[*pin.asked_as, pin.answer] for pin in self.pins],
                "in": self.document.version,
                "sameness": None if reading is None else dump(sameness()),
            }
        )

    def state(self) -> str:
        """What is given depends on this beside the file: which answers have run out by today; "" where none has."""
        return " ".join(str(n) for n in range(len(self.pins)) if self._is_over(n))

    def find(self, question: str, filters: Filters = Filters()) -> Found | None:
        """The pinned answer that a question means; None where it means none, or asks several things at once."""
        allowed = self._allowed(filters)
        if not allowed or not question.strip() or parts(question):
            return None
        same = self._plain.get(_plain(question))
        if same is not None and _plain(question):
            return Found(same, 1.0) if same in allowed else None
        return max(self._like(question, allowed), key=lambda found: found.probability, default=None)

    def answer(self, questions: Sequence[str], index_id: str, filters: Filters = Filters()) -> Answer | None:
        """The pinned answer that one of these wordings of a question means, its citations checked; None without one."""
        for question in dict.fromkeys(questions):
            found = self.find(question, filters)
            if found is not None and (answer := self._answer(found, index_id)).blocks:
                return answer
        return None

    def _answer(self, found: Found, index_id: str) -> Answer:
        pin, place = self.pins[found.n], self.places[found.n]
        quoted = Quotations(self.outlines)
        quoted.add(Selection(units=(Unit(self.document.id, place.lines, 0.0),)))
        until = None if pin.valid_until is None else pin.valid_until.isoformat()
        answer = answered(quoted, round(found.probability, 4), index_id)
        return replace(answer, pinned=Pinned(pin.question, pin.source or None, until))

    def candidates(self, question: str) -> Iterator[tuple[int, dict[str, float]]]:
        """The pinned answers with the nearest wordings, by their positions, and the signals of each wording.

        Left out are wordings that are certain to mean something else.
        """
        if self._reading is None or not len(self._vectors):
            return
        scores = self._vectors @ self._reading.encode(question)
        near = [int(at) for at in np.argsort(-scores, kind="stable")[:NEAREST] if scores[at] >= NEAR]
        if not near:
            return
        asked, meaning = Asked.of(question, known=self._known), self._reading.meaning(question)
        for n, wording in (self._wordings[at] for at in near):
            apart = difference(asked, Asked.of(wording, known=self._known))
            if apart not in CERTAIN:
                yield n, {**signals(meaning, self._reading.meaning(wording)), "differs": float(apart is not None)}

    def _like(self, question: str, allowed: frozenset[int]) -> list[Found]:
        """The pinned answers whose question means the same as this one, as far as can be told."""
        sameness = self._sameness()
        given = [(n, sameness.fit.probability(known)) for n, known in self.candidates(question) if n in allowed]
        return [Found(n, probability) for n, probability in given if probability >= sameness.threshold]

    def _allowed(self, filters: Filters) -> frozenset[int]:
        """The answers that filters let through and that have not run out."""
        rows = matching_rows(self.passages, self.documents, filters) if filters else range(len(self.pins))
        return frozenset(n for n in rows if not self._is_over(n))

    def _is_over(self, n: int) -> bool:
        until = self.pins[n].valid_until
        return until is not None and until < self._today()


def _plain(question: str) -> tuple[str, ...]:
    """The words of a question, without what a retyping changes."""
    return tuple(words(question, leave_out=()))


def _names(text: str) -> frozenset[str]:
    """The words of a text, in lower case, that stand within its sentences with a capital, and never without."""
    inner = {match[0] for match in _INNER.finditer(text)}
    return frozenset(word.casefold() for word in inner if word[0].isupper()) - {w for w in inner if w.islower()}
