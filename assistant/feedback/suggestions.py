"""Questions that one could ask, made from the documents' own headings, questions, figures and lists, and tried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from threading import Lock
from typing import TypeAlias

from assistant.feedback.candidates import ABOUT, Candidate, candidates, in_turn, names_a_thing
from assistant.types import Answerer, Document

SUGGESTED = 8  # questions, at most
TRIED = 32  # questions that are asked to find them, at most
KEPT = 16  # views of an index whose questions are remembered
NEAR, NEAR_PASSAGES, NEAR_EACH, NEAR_TRIED = 3, 6, 2, 6  # near a question: those given, and where and how often tried
NAMING = ("What are the ", "What is the ", "How much ", ABOUT)  # questions that can go on with a document's title
DOCUMENTS = 24  # the documents that they come from, at most


Asked: TypeAlias = tuple[str, str]  # an index, and the settings that it is asked with


def asked(answerer: Answerer) -> Asked:
    """What its suggestions depend on."""
    return answerer.index_id, answerer.settings_id


class Suggester:
    """The questions of an index, found out when they are first asked for."""

    def __init__(self, find: Callable[[Answerer], tuple[str, ...]] | None = None, *, most: int = KEPT) -> None:
        self._find, self._most = find or suggest, most
        self._lock = Lock()
        self._known: dict[Asked, tuple[str, ...]] = {}  # the oldest first

    def known(self, answerer: Answerer) -> tuple[str, ...] | None:
        """The questions, if they have been found out already."""
        return self._known.get(asked(answerer))

    def __call__(self, answerer: Answerer) -> tuple[str, ...]:
        """Questions that this answerer answers."""
        with self._lock:
            found = self._known.get(asked(answerer))
            if found is None:
                found = self._find(answerer)
                kept = {key: known for key, known in self._known.items() if key[0] == answerer.index_id}
                self._known = dict([*kept.items(), (asked(answerer), found)][-self._most :])
            return found


def suggest(answerer: Answerer, *, k: int = SUGGESTED) -> tuple[str, ...]:
    """Up to `k` questions that the answerer answers from the very place that they were made of."""
    made = [candidates(document) for document in _spread(list(answerer.documents.values()), DOCUMENTS)]
    counts = Counter(candidate.question for some in made for candidate in some)
    shared = {question for question, count in counts.items() if count > 1}
    ordered = sorted(in_turn(*made), key=lambda candidate: candidate.is_whole)  # those come last
    return _met(answerer, ordered, k=k, tries=TRIED, shared=shared)


def near(
    answerer: Answerer, question: str, *, k: int = NEAR, check: Callable[[], None] = lambda: None
) -> tuple[str, ...]:
    """Up to `k` other questions that the answerer answers from the passages nearest to this one."""

    def inside() -> Iterator[Candidate]:
        for hit in answerer.search(question, k=NEAR_PASSAGES):
            passage = hit.passage
            made = candidates(answerer.documents[passage.document_id])
            around = (one for one in made if one.start < passage.end and passage.start < one.end)
            yield from sorted(around, key=lambda one: one.end - one.start)[:NEAR_EACH]

    return _met(answerer, inside(), k=k, tries=NEAR_TRIED, but=question, check=check)


def _met(
    answerer: Answerer,
    made: Iterable[Candidate],
    *,
    k: int,
    tries: int,
    but: str = "",
    shared: Set[str] = frozenset(),  # questions that several documents answer
    check: Callable[[], None] = lambda: None,
) -> tuple[str, ...]:
    """The first `k` questions, in one of their wordings, that are answered as they should be."""
    met: list[str] = []
    tried = {_plain(but)}
    for candidate in made:
        for question in _wordings(candidate, answerer, is_shared=candidate.question in shared):
            if len(met) == k or len(tried) > tries:
                return tuple(met)
            if _plain(question) in tried:
                continue
            check()
            tried.add(_plain(question))
            if candidate.is_met(answerer.ask(question)):
                met.append(question)
                break
    return tuple(met)


def _plain(question: str) -> str:
    return question.casefold().strip(" ?")


def _spread(documents: Sequence[Document], k: int) -> list[Document]:
    """At most `k` of the documents, at even distances."""
    step = max(1, len(documents) / k)
    return [documents[int(n * step)] for n in range(min(k, len(documents)))]


def _wordings(candidate: Candidate, answerer: Answerer, *, is_shared: bool) -> list[str]:
    """The question, unless others share it; and, where there are other documents, the same for its own."""
    document = answerer.documents[candidate.document_id]
    wordings = [] if is_shared else [candidate.question]
    is_said = set(_plain(document.title).split()) <= set(_plain(candidate.question).split())
    named = candidate.question.startswith(NAMING) and _is_name(document) and not is_said
    if len(answerer.documents) > 1 and named:
        bare = candidate.question.rstrip("?")
        wordings.append(f"{bare} {'in' if ' for ' in bare else 'for'} {document.title}?")
    return wordings


def _is_name(document: Document) -> bool:
    """Whether the document's title stands in it, and names something; one made of a file's name may not."""
    return document.title in document.text and names_a_thing(document.title, words=8)
