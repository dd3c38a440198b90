"""What is known of the documents side by side: their names, their versions, and their copies."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from assistant.answer.versions import Versions
from assistant.documents.copies import ALIKE, copies_of, likeness, runs_of
from assistant.documents.editions import key_of
from assistant.documents.names import names_of
from assistant.question.chosen import chosen
from assistant.question.naming import codes
from assistant.question.parse import ParsedQuestion, parse
from assistant.question.subject import Naming, Subjects
from assistant.types import Document, Hit, Passage

OUTLINE = 0.5  # the share of their headings that documents of one kind have in common
ASKING = 0.6  # the share of questions in a passage from which on it is no more than a list of them
NEAR = 5  # the best passages of a search, whose documents' other versions are looked at
NAMED = 0.25  # how much further up a passage of a named document comes in a search, whose best has 1
NAMED_LINE = 0.1  # and its lines, when it is chosen what is read
OPENING = 400  # characters of a document within which it tells its own code, as a data sheet does

_SENTENCE = re.compile(r"(?<=[.?!\uff1f])\s+|\n+")
_MARKS = " \t*_\"'\u201d\u2019)"


@dataclass(frozen=True, slots=True)
class Sought:
    """Where the answer to a question is looked for."""

    named: tuple[Naming, ...]
    rows: tuple[int, ...]  # of the passages of the documents that are named
    without: frozenset[int] = frozenset()  # of those that say nothing of their own, or can be no answer

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(naming.document_id for naming in self.named)


class Library:
    """Knows the documents of an index side by side. Never changes, so threads may share it."""

    def __init__(
        self,
        documents: Mapping[str, Document],
        passages: Sequence[Passage],
        *,
        holding: Callable[[str], Sequence[int]] = lambda stem: (),
        today: Callable[[], date] = date.today,
    ) -> None:
        """`holding` gives the rows of the passages that hold a stem; `today` is the day that "now" means."""
        self._passages = passages
        self._today = today
        self._rows: dict[str, list[int]] = {id: [] for id in documents}
        for row, passage in enumerate(passages):
            self._rows[passage.document_id].append(row)

        @lru_cache(maxsize=10_000)
        def spread(stem: str) -> int:
            return len({passages[row].document_id for row in holding(stem)})

        self.spread = spread
        self.names = {id: names_of(document) for id, document in documents.items()}
        self.subjects = Subjects(self.names, spread=spread)
        self.copies = copies_of(documents.values())
        copied = {id for others in self.copies.values() for id in others}
        self.versions = Versions({id: one for id, one in documents.items() if id not in copied}, passages)
        self._stands_for = {id: first for first, others in self.copies.items() for id in others}
        self._titles = {id: document.title for id, document in documents.items()}
        self._headings = {
            id: frozenset(section.title.casefold() for section in document.sections)
            for id, document in documents.items()
        }
        self._kin: dict[str, int] = {}  # by document, once it was asked for
        self._codes = _own_codes(documents)
        runs = lru_cache(maxsize=1_000)(lambda id, figures: runs_of(documents[id], figures=figures))
        self._likeness = lru_cache(maxsize=10_000)(
            lambda one, other, figures: likeness(runs(one, figures), runs(other, figures))
        )
        self._lengths = {id: len(document.text) for id, document in documents.items()}
        self.silent = frozenset(row for row, passage in enumerate(passages) if _only_asks(passage.text))

    def seek(self, question: str, *, among: Collection[str] | None = None) -> Sought:
        """Where the answer to a question is looked for. `among` are the documents that may be searched at all."""
        named = self.subjects.named(question) + tuple(
            Naming(id, frozenset([code]), True) for code in codes(question) if (id := self._codes.get(code.casefold()))
        )
        idle = [id for id, first in self._stands_for.items() if among is None or first in among]
        copied = {row for id in idle for row in self._rows[id]}
        rows = tuple(row for naming in dict.fromkeys(named) for row in self._rows[naming.document_id])
        return Sought(named, rows, self.silent | copied)

    def find(
        self, question: str, search: Callable[[str, Sought], list[Hit]], *, among: Collection[str] | None = None
    ) -> tuple[str, Sought, list[Hit]]:
        """How a question is put to the documents, where its answer is looked for, and what `search` finds there.

        `among` are the documents that may be searched at all.
        """
        sought = self.seek(question, among=among)
        hits = search(question, sought)
        near = [hit.passage.document_id for hit in hits[:NEAR]]
        choice = self.versions.choose(question, near, today=self._today(), among=among)
        if choice.question != question or not choice.without.isdisjoint(hit.row for hit in hits):
            sought = replace(sought, without=sought.without | choice.without)
            hits = search(choice.question, sought)
        return choice.question, sought, hits

    def chosen(self, reply: str, last: str) -> str | None:
        """The last question, asked of the document or the version that a reply to it names; None without one."""
        return chosen(reply, last, title=self._title)

    def _title(self, text: str) -> str | None:
        named = self.subjects.named(text)
        return self._titles[named[0].document_id] if named else None

    def parse(self, question: str) -> ParsedQuestion:
        """The question, with the title of the document that has a code of it to itself, in brackets after the code."""
        own = {code: self._titles[id] for code in codes(question) if (id := self.owner(code)) is not None}
        text = question
        for code, title in own.items():
            if title.casefold() not in text.casefold():
                text = text.replace(code, f"{code} ({title})", 1)
        parsed = parse(text)
        names = tuple(name for name in parsed.names if name not in own and name not in own.values())
        return replace(parsed, names=names)

    def outlined_alike(self, one: str, other: str) -> bool:
        """Whether two documents have much the same headings, as pages of one kind do."""
        heads, others = self._headings[one], self._headings[other]
        shared = len(heads & others)
        return shared >= OUTLINE * min(len(heads), len(others)) and (shared > 1 or heads == others)

    def nearly_copies(self, one: str, other: str, *, figures: bool = True) -> bool:
        """Whether two documents have nearly all words in common; without `figures`, whatever figures they have."""
        first, second = sorted((one, other))
        short, long = sorted((self._lengths[one], self._lengths[other]))
        return short >= ALIKE / 2 * long and self._likeness(first, second, figures) >= ALIKE

    def kin(self, document_id: str) -> int:
        """How many documents of the kind of one there are, itself included."""
        if document_id not in self._kin:
            self._kin[document_id] = sum(self.outlined_alike(document_id, other) for other in self._headings)
        return self._kin[document_id]

    def key(self, document_id: str) -> tuple[str, ...]:
        """The words of a document's title without what tells versions and kinds of document apart."""
        return key_of(self._titles[document_id])

    def owner(self, code: str) -> str | None:
        """The document that says a code to be its own, as a data sheet does with its article's number."""
        return self._codes.get(code.casefold())

    def state(self) -> str:
        """What an answer depends on beside the index: which versions are in force today; "" where there are none."""
        return " ".join(self.versions.state(self._today()))


def _own_codes(documents: Mapping[str, Document]) -> Mapping[str, str]:
    """The codes that just one of several documents has in its title, or as the only one in its first lines."""
    found: dict[str, str | None] = {}
    for document in documents.values():
        own = {code.casefold() for code in codes(document.title)}
        opening = {code.casefold() for code in codes(document.text[:OPENING])}
        for code in own | opening if len(opening | own) == 1 else own:
            found[code] = None if code in found else document.id
    return {code: id for code, id in found.items() if id is not None} if len(documents) > 1 else {}


def _only_asks(text: str) -> bool:
    """Whether a passage is a list of questions: more of them than answers could be to them."""
    if text.count("?") + text.count("\uff1f") < 2:
        return False
    said = [part for part in _SENTENCE.split(text) if any(letter.isalnum() for letter in part)]
    asked = len([part for part in said if part.rstrip(_MARKS).endswith(("?", "\uff1f"))])
    return asked > max(1, ASKING * len(said))
