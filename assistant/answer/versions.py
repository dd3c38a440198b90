"""Which of several versions of a document holds, and which of them a question asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.documents.editions import DATE, Edition, day_of, edition_of, keys_of, numbers_in, others_of, trust
from assistant.documents.names import names_of
from assistant.question.stems import words
from assistant.types import Document, Passage

ALIKE = 0.5  # the share of words, figures aside, that two passages below the same heading have in common as versions
VERY_ALIKE = 0.7  # and that two passages anywhere have

_NOW = re.compile(
    r"(?:,\s*)?\b(?:currently|current|nowadays|now|latest|newest|most recent|today|at present|at the moment|these days|"
    r"up[- ]to[- ]date|presently|still in force)\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:previously|previous|formerly|former|old|older|earlier|outdated|superseded|last)\b", re.IGNORECASE
)
_ACROSS = re.compile(
    r"\b(?:replac\w*|supersed\w*|chang\w*|differ\w*|compar\w*|versus|vs|between|history|"
    r"all (?:the )?(?:versions|years)|(?:each|every) (?:year|version)|than in|increase\w*|decrease\w*|rise|risen|rose|"
    r"grown?|grew|used to)\b",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"\s*\b(?:in|under|of|for|since|as of|during|back in|from|by|on)(?:\s+(?:the|year))*\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is searched for a question where there are versions: with which words, and without which documents."""

    question: str
    without: frozenset[int] = frozenset()  # rows of passages
    chosen: frozenset[str] = frozenset()  # the documents that the question asks for by their version


class Versions:
    """Knows which documents are versions of one another. Never changes, so threads may share it."""

    def __init__(self, documents: Mapping[str, Document], passages: Sequence[Passage]) -> None:
        self._documents = documents
        self._keys = {id: keys_of(names_of(document)) for id, document in documents.items()}
        self._whole = {id: keys_of(names_of(document, joined=False)) for id, document in documents.items()}
        self._editions: dict[str, Edition] = {}
        self._rows: dict[str, list[int]] = {id: [] for id in documents}
        for row, passage in enumerate(passages):
            if passage.document_id in self._rows:
                self._rows[passage.document_id].append(row)
        self._passages = passages
        self._families = self._group()
        self._family_of = {id: family for family in self._families for id in family}
        self._replaced = {id: self._explicitly(id) for id in self._family_of}
        self._alike: dict[tuple[str, str], frozenset[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._families)

    def same(self, one: str, other: str) -> bool:
        """Whether two documents are called the same, but for what tells versions apart.

        What two names join with other things does not make them the same: "Bakers and Helpers", "Millers and Helpers".
        """
        return bool(self._whole[one] & self._whole[other])

    def edition(self, document_id: str) -> Edition:
        """What a document says of when it holds."""
        if document_id not in self._editions:
            self._editions[document_id] = edition_of(self._documents[document_id])
        return self._editions[document_id]

    def state(self, today: date) -> tuple[str, ...]:
        """The documents in force on a day, of those that have several versions."""
        return tuple(sorted(id for family in self._families for id in self._in_force(family, today.isoformat())))

    def families(self) -> Sequence[tuple[str, ...]]:
        """The documents that are versions of one another, the oldest first."""
        return self._families

    def passed_over(self, family: Sequence[str], today: date) -> tuple[tuple[str, ...], Mapping[str, frozenset[int]]]:
        """Of documents that are versions of one another: those in force on a day, and of each of the others the rows
        that are searched only where it is asked for."""
        held = self._in_force(family, today.isoformat())
        others = (id for id in family if id not in held)
        return tuple(held), {id: frozenset(self._left_out(id, held)) for id in others}

    def choose(
        self, question: str, near: Iterable[str], *, today: date, among: Collection[str] | None = None
    ) -> Choice:
        """What is searched, where documents that are `near` the question have other versions.

        `among` are the documents that may be searched at all: a version is left out for one of them only.
        """
        families = dict.fromkeys(self._family_of[id] for id in near if id in self._family_of)
        text, without, chosen = question, set[int](), set[str]()
        for family in families:
            there = tuple(id for id in family if among is None or id in among)
            if len(there) < 2 or _ACROSS.search(question):
                continue
            held = self._in_force(there, today.isoformat())
            asked, said = self._asked(question, there, held, today)
            if asked:
                chosen |= asked
                without |= {row for id in there if id not in asked for row in self._rows[id]}
            else:
                without |= {row for id in there if id not in held for row in self._left_out(id, held)}
            text = _without(text, said)
        return Choice(text, frozenset(without), frozenset(chosen))

    def _group(self) -> list[tuple[str, ...]]:
        """The documents that are versions of one another, the oldest first."""
        parent = {id: id for id in self._documents}

        def root(id: str) -> str:
            while parent[id] != id:
                id = parent[id]
            return id

        having: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for id, keys in self._keys.items():
            for key in keys:
                having[key].append(id)
        for ids in having.values():
            editions = [self.edition(id) for id in ids] if len(ids) > 1 else []
            if any(one.marked for one in editions) and len({_order(one) for one in editions}) > 1:
                for id in ids[1:]:
                    parent[root(id)] = root(ids[0])
        for id, document in self._documents.items():
            for said in others_of(document):
                for other in self._documents:
                    if other != id and self._may_replace(id, other) and _means(said, other, self._keys[other]):
                        parent[root(other)] = root(id)
        groups: dict[str, list[str]] = defaultdict(list)
        for id in self._documents:
            groups[root(id)].append(id)
        return [
            tuple(sorted(ids, key=lambda id: (_order(self.edition(id)), id))) for ids in groups.values() if len(ids) > 1
        ]

    def _asked(
        self, question: str, family: Sequence[str], held: Sequence[str], today: date
    ) -> tuple[frozenset[str], list[tuple[int, int]]]:
        """The versions that a question asks for, and which words of it say no more than that."""
        editions = [self.edition(id) for id in family]
        found: set[str] = set()
        said: list[tuple[int, int]] = []
        for number, _ in numbers_in(question):
            found |= {one.document_id for one in editions if one.number == number}
        for match in DATE.finditer(question):
            day = day_of(match, last=True)
            named = {one.document_id for one in editions if match.group()[-4:] in one.years and match["alone"]}
            begun = [one for one in editions if one.start and one.start <= day and not one.draft]
            if named:
                found |= named
            elif begun and day[:4] <= str(today.year):  # what comes after that is not known
                latest = max(_order(one) for one in begun)
                found |= {one.document_id for one in begun if _order(one) == latest}
                lead = _LEAD.search(question[: match.start()])
                said.append((lead.start() if lead else match.start(), match.end()))
        if found:
            return frozenset(found), said
        now = [match.span() for match in _NOW.finditer(question)]
        if now:
            return frozenset(held), now
        if before := _BEFORE.search(question):
            older = [one for one in editions if one.document_id not in held and not one.draft]
            if older:
                latest = max(_order(one) for one in older)
                return frozenset(o.document_id for o in older if _order(o) == latest), [before.span()]
        return frozenset(), []

    def _in_force(self, family: Sequence[str], today: str) -> list[str]:
        """The versions in force: of those that have begun and are not replaced, the newest; several where they tie."""
        most = max(trust(self._documents[id]) for id in family)
        editions = [self.edition(id) for id in family if trust(self._documents[id]) == most]
        for may in (
            [one for one in editions if not self._replaced[one.document_id] and not one.draft and one.start <= today],
            [one for one in editions if not self._replaced[one.document_id] and not one.draft],
            editions,
        ):
            if may:
                latest = max(_order(one) for one in may)
                return [one.document_id for one in may if _order(one) == latest]
        return []

    def _left_out(self, id: str, held: Sequence[str]) -> Iterable[int]:
        """The rows of a version not in force: all where it is replaced, else those that one in force has anew."""
        edition = self.edition(id)
        if self._replaced[id] or edition.draft or any(edition.start > self.edition(one).start for one in held):
            return self._rows[id]
        return frozenset[int]().union(*(self._renewed(id, one) for one in held))

    def _renewed(self, old: str, new: str) -> frozenset[int]:
        """The rows of one document that another has anew: much the same words, figures aside."""
        if (old, new) not in self._alike:
            there = [(_heading(self._passages[row]), _plain(self._passages[row])) for row in self._rows[new]]
            self._alike[old, new] = frozenset(
                row
                for row in self._rows[old]
                if any(
                    _likeness(_plain(self._passages[row]), plain)
                    >= (ALIKE if heading == _heading(self._passages[row]) else VERY_ALIKE)
                    for heading, plain in there
                )
            )
        return self._alike[old, new]

    def _may_replace(self, id: str, other: str) -> bool:
        """Whether a document is trusted enough to say that another is replaced."""
        return trust(self._documents[id]) >= trust(self._documents[other])

    def _explicitly(self, id: str) -> bool:
        """Whether it is said that a document is replaced: by itself, by its end, or by a newer one."""
        edition = self.edition(id)
        others = [self.edition(o) for o in self._family_of[id] if o != id and self._may_replace(o, id)]
        newer = [one for one in others if _order(one) > _order(edition)]
        named = any(
            _means(said, id, self._keys[id])
            for one in others
            if _order(one) >= _order(edition)
            for said in one.replaces
        )
        return edition.gone or named or bool(newer and edition.end) or any(one.replaces for one in newer)


def _means(said: str, document_id: str, keys: Collection[tuple[str, ...]]) -> bool:
    """Whether what a document says that it replaces is this one: its file, or all of its name."""
    id, words = document_id.casefold(), " ".join(_lower(said))
    named = any(len(key) > 1 and " ".join(key) in words for key in keys)
    return said.casefold() in (id, id.rsplit("/", 1)[-1]) or named


def _order(edition: Edition) -> tuple[bool, str, tuple[int, ...]]:
    return not edition.gone, edition.start, edition.number


def _lower(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _heading(passage: Passage) -> frozenset[str]:
    return frozenset(words(passage.section_path[-1])) if passage.section_path else frozenset()


def _plain(passage: Passage) -> frozenset[str]:
    return frozenset(word for word in words(passage.text) if not word[0].isdigit())


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A question without some of its words."""
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return " ".join(re.sub(r"\s+([?.!,;:])", r"\1", text).split())
