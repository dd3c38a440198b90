"""Questions that one could ask, made from the documents' own headings, figures and lead-ins, and tried out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from threading import Lock
from typing import TypeAlias

from assistant.documents.outline import label_end
from assistant.types import Answer, Answerer, Document, Section

SUGGESTED = 8  # questions, at most
TRIED = 28  # questions that are asked to find them, at most
KEPT = 16  # views of an index whose questions are remembered
DOCUMENTS = 8  # the documents that they come from, at most

_NUMBERING = re.compile(r"^(?:\(?(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z])[.):]\s*|#+\s*|\d+(?:\.\d+)+\s+)", re.IGNORECASE)
_ASIDE = re.compile(r"\s*[(\[].*?[)\]]")
_ARTICLE = re.compile(r"^(?:the|a|an|our|your|these|this)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w/&'’-]*")
_PLAIN_WORD = re.compile(r"[^\W\d_][\w/&'’]*")
_HEAD_END = re.compile(r"\s(?:of|for|in|on|at|to|with|by|from|under|within|about|across|after|before|as)\s.*", re.I)
_AND = re.compile(r"\s(?:and|or|&)\s|,\s", re.IGNORECASE)
_NOT_PLURAL = re.compile(r"(?:ss|us|is|ics|'s|’s|news|lens|series|includes|follows|has|does)$", re.IGNORECASE)
_ASKS = re.compile(r"^(?:what|which|who|whose|when|where|why|how|is|are|do|does|can|should|must|will)\b", re.IGNORECASE)
_UNFIT = re.compile(r"[:;!?/\\<>{}|=*_`\"“”]|\bvs\b|^\W*$|https?:", re.IGNORECASE)
_OPENINGS = frozenset("overview introduction summary conclusion contents abstract about notes appendix preface".split())  # noqa: SIM905, read as words
_LISTED = re.compile(r"^.+\b(?:in|with|of|for|on|including|include|includes|as|are|to|these|following)\s+(.+)$", re.I)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, and where in the document its answer should stand."""

    question: str
    document_id: str
    start: int
    end: int

    def is_met(self, answer: Answer) -> bool:
        """Whether the answer was given, and comes from there."""
        return answer.status == "answered" and any(
            c.document_id == self.document_id and self.start <= c.start < self.end for c in answer.citations
        )


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
    documents = _spread(list(answerer.documents.values()), DOCUMENTS)
    several = len(answerer.documents) > 1
    met: list[str] = []
    for candidate in islice(_in_turn(*map(candidates, documents)), TRIED):
        question = _within(candidate, answerer.documents[candidate.document_id]) if several else candidate.question
        if len(met) < k and question not in met and candidate.is_met(answerer.ask(question)):
            met.append(question)
    return tuple(met)


def candidates(document: Document) -> list[Candidate]:
    """What could be asked about a document, the most promising first; no question twice."""
    titled, lowered = _titled(document), _Lowered(document)
    first = _in_turn(
        _of_headings(document, titled, lowered), _of_figures(document, lowered), _of_leads(document, lowered)
    )
    made = chain(first, _of_topics(document, titled, lowered))
    return list({candidate.question.casefold(): candidate for candidate in reversed(list(made))}.values())[::-1]


def _of_headings(
    document: Document, titled: Sequence[tuple[Section, str]], lowered: Callable[[str], str]
) -> Iterator[Candidate]:
    """Of headings that name several things, as "Key Requirements" does, or that ask; those higher up come first."""
    for section, title in titled:
        if section.title.rstrip().endswith("?") and _ASKS.match(title):
            yield Candidate(f"{title.rstrip(' ?')}?", document.id, section.start, section.end)
        elif _fits(title) and _names_several(title):
            question = f"What are the {lowered(_ARTICLE.sub('', title))}?"
            yield Candidate(question, document.id, section.start, section.end)


def _of_topics(
    document: Document, titled: Sequence[tuple[Section, str]], lowered: Callable[[str], str]
) -> Iterator[Candidate]:
    """Of the other headings."""
    for section, title in titled:
        if _fits(title) and not _names_several(title) and title.casefold() not in _OPENINGS:
            question = f"What is said about {lowered(title)}?"
            yield Candidate(question, document.id, section.start, section.end)


def _titled(document: Document) -> list[tuple[Section, str]]:
    """The sections whose titles are not used twice, each with its bare title, those higher up first."""
    titled = [(section, _bare(section.title)) for section in document.sections]
    titles = Counter(title for _, title in titled)
    return sorted((each for each in titled if titles[each[1]] == 1), key=lambda each: len(each[0].path))


def _of_figures(document: Document, lowered: Callable[[str], str]) -> Iterator[Candidate]:
    """Of lines such as "Median salary: $336,500"; where several sections have one, with the name of the section."""
    found: list[tuple[str, tuple[str, ...], int, int]] = []
    for line in document.lines:
        colon = label_end(document.text, line.start, line.end, words=5)
        if line.kind not in ("item", "sentence") or colon is None:
            continue
        label, value = document.text[line.start : colon].strip(), document.text[colon + 1 : line.end].strip()
        if _fits(label) and not re.search(r"\d", label) and re.match(r"[^\w\s]{0,2}\d", value) and len(value) < 60:
            found.append((label, line.section_path, line.start, line.end))
    labels = Counter(label for label, *_ in found)
    for label, path, start, end in found:
        verb = "are" if _names_several(label) else "is"
        of = f" for {_bare(path[-1])}" if labels[label] > 1 and path else ""
        yield Candidate(f"What {verb} the {lowered(label)}{of}?", document.id, start, end)


def _of_leads(document: Document, lowered: Callable[[str], str]) -> Iterator[Candidate]:
    """Of lead-ins that end with the name of what follows, as "Proficiency in programming languages:" does."""
    below: dict[int, int] = {}
    for line in document.lines:
        if line.parent is not None:
            below[line.parent] = max(below.get(line.parent, 0), line.end)
    for n, end in below.items():
        line = document.lines[n]
        lead = document.text[line.start : line.end].strip().rstrip(":").rstrip(" ,")
        named = _LISTED.match(lead)
        if named and _fits(named[1], words=3) and _names_several(named[1]):
            question = f"Which {lowered(named[1])} are mentioned?"
            yield Candidate(question, document.id, line.start, end)


def _within(candidate: Candidate, document: Document) -> str:
    """The question with the title of its document, which others could answer too."""
    return f"{candidate.question.rstrip('?')} in {document.title}?"


def _bare(title: str) -> str:
    """The title without its number and what stands in brackets."""
    return " ".join(_ASIDE.sub("", _NUMBERING.sub("", title.strip())).split())


def _fits(phrase: str, *, words: int = 6) -> bool:
    """Whether a question can be made around the phrase."""
    return not _UNFIT.search(phrase) and not _ASKS.match(phrase) and 0 < len(_WORD.findall(phrase)) <= words


def _names_several(phrase: str) -> bool:
    """Whether the phrase names things in the plural. Its head decides, the words before any "of" or "for"."""
    parts = [words for part in _AND.split(_HEAD_END.sub("", phrase)) if (words := _WORD.findall(part))]
    if not parts or any(words[0].endswith("ing") for words in parts[1:]):
        return False
    last = parts[-1][-1]
    return last.endswith("s") and len(last) > 3 and not _NOT_PLURAL.search(last)


class _Lowered:
    """A phrase of a document as it reads within a sentence.

    Acronyms stay, and what the document writes with a capital within its sentences, and never without.
    """

    def __init__(self, document: Document) -> None:
        lines = (line for line in document.lines if line.kind != "heading")
        self._prose = "\n".join(document.text[line.start : line.end] for line in lines)
        self._known: dict[str, str] = {}

    def __call__(self, phrase: str) -> str:
        return _PLAIN_WORD.sub(lambda match: self._word(match.group()), phrase)

    def _word(self, word: str) -> str:
        if word not in self._known:
            small = word[0].lower() + word[1:]
            is_acronym = sum(letter.isupper() for letter in word) > 1
            self._known[word] = word if is_acronym or self._is_name(word, small) else small
        return self._known[word]

    def _is_name(self, word: str, small: str) -> bool:
        if f" {word}" not in self._prose or re.search(rf"\b{re.escape(small)}\b", self._prose):
            return False
        return re.search(rf"[a-z,] {re.escape(word)}\b", self._prose) is not None


def _spread(documents: Sequence[Document], k: int) -> list[Document]:
    """At most `k` of the documents, at even distances."""
    step = max(1, len(documents) / k)
    return [documents[int(n * step)] for n in range(min(k, len(documents)))]


def _in_turn(*sources: Iterable[Candidate]) -> Iterator[Candidate]:
    """One of each source, then the next of each."""
    return (candidate for candidate in chain.from_iterable(zip_longest(*sources)) if candidate is not None)
