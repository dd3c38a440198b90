"""Judges what a peer said by the rule of `scripts/evaluate`, wherever its citations can be found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from _peers.asking import Asked, Quoted, Reply
from assistant.evaluation import grading
from assistant.evaluation.grading import Question, Verdict
from assistant.types import Answer, Block, Citation, Document

NAMES = (
    "right",
    "says it",
    "says it at as few",
    "false answers",
    "verbatim",
    "found",
    "p50 ms",
    "memory MB",
    "cold start s",
)
_SAYS = ("right", "too long", "off the point")  # holds what a right answer must, and perhaps more


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, what was said to it and what is to be said of that."""

    question: Question
    reply: Reply
    verdict: Verdict
    why: str
    verbatim: bool  # whether it has citations and all slice to the letter
    found: bool  # whether it has citations and all can be found, white space aside

    @property
    def says(self) -> bool:
        """Whether the answer holds what a right one must, however long it is and whatever else it cites."""
        return self.question.answerable and self.verdict in _SAYS

    @property
    def false(self) -> bool:
        """Whether it answers what has no answer."""
        return not self.question.answerable and self.verdict != "right"


def judge(question: Question, reply: Reply, documents: Mapping[str, Document], files: Mapping[str, str]) -> Judged:
    """What is to be said of a reply. `files` are the texts of the corpus as they lie on the disk, by path."""
    own = own_document(question, documents)
    places = [place(quoted, documents, own) for quoted in reply.citations]
    citations = tuple(citation for citation in places if citation is not None)
    blocks = (Block(reply.text, tuple(range(len(citations)))),)
    answer = Answer(
        id="",
        question=question.question,
        standalone_question=question.question,
        status="refused" if reply.refused else "answered",
        reason="unsupported" if reply.refused else None,
        message="refused" if reply.refused else None,
        blocks=() if reply.refused else blocks,
        citations=() if reply.refused else citations,
        conflicts=(),
        confidence=0.0,
        closest=(),
        index_id="",
    )
    verdict, why = grading.grade(question, answer, documents)
    return Judged(
        question,
        reply,
        verdict,
        why,
        verbatim=bool(reply.citations) and all(slices(quoted, documents, files) for quoted in reply.citations),
        found=bool(places) and None not in places,
    )


def own_document(question: Question, documents: Mapping[str, Document]) -> str:
    """The id of the document that a right answer cites; empty where any will do."""
    if question.evidence:
        return question.evidence.document_id
    named = (id for id in documents if question.doc and question.doc in (id, id.rpartition("/")[2].rpartition(".")[0]))
    return next(named, "")


def slices(quoted: Quoted, documents: Mapping[str, Document], files: Mapping[str, str]) -> bool:
    """Whether a citation stands to the letter at its place, or where it names none, anywhere in what it names.

    What it names is the document as this assistant reads it, or the file as it lies on the disk.
    """
    name, text = quoted.get("document"), quoted["text"]
    known = {id: document.text for id, document in documents.items()}
    texts = [of[name] for of in (known, files) if name in of] if name else [*known.values(), *files.values()]
    if "start" in quoted and "end" in quoted:
        return bool(text.strip()) and any(of[quoted["start"] : quoted["end"]] == text for of in texts)
    return bool(text.strip()) and any(text in of for of in texts)


def place(quoted: Quoted, documents: Mapping[str, Document], own: str = "") -> Citation | None:
    """The place of a citation in the documents, white space aside; None where it is nowhere to be found.

    Of several places it is the one that is given, else the first. Of several documents, where it names none, it is
    `own`, else the first.
    """
    words = quoted["text"].split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(map(re.escape, words)))
    named = quoted.get("document")
    if named and named in documents:
        searched = [documents[named]]
    else:
        searched = sorted(documents.values(), key=lambda document: document.id != own)
    for document in searched:
        matches = list(pattern.finditer(document.text))
        if matches:
            given = quoted.get("start", 0)
            best = min(matches, key=lambda match: abs(match.start() - given))
            return Citation(
                document.id, document.title, document.version, (), None, best[0], best.start(), best.end(), ""
            )
    return None


def at_most(judged: Sequence[Judged], false: int) -> int | None:
    """How many say it at the best threshold, chosen in hindsight, that gives no more than so many false answers.

    None where the peer does not tell how sure it is. Answers that are as sure as each other stand or fall together.
    """
    given = [one for one in judged if not one.reply.refused]
    if any(one.reply.score is None for one in given):
        return None
    most = says = wrong = 0
    surest = sorted(given, key=_score, reverse=True)
    for _, group in groupby(surest, key=_score):
        alike = list(group)
        says += sum(one.says for one in alike)
        wrong += sum(one.false for one in alike)
        if wrong > false:
            break
        most = max(most, says)
    return most


def _score(judged: Judged) -> float:
    return judged.reply.score or 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of all questions, as (how many, of how many), and what it cost."""

    right: tuple[int, int]  # of the questions with an answer
    says: tuple[int, int]  # the same
    at_as_few: tuple[int, int] | None  # the same, with no more false answers than a limit; None where it is not known
    false: tuple[int, int]  # of those without; an answer that is allowed in place of a refusal is none
    verbatim: tuple[int, int]  # of the answers given
    found: tuple[int, int]  # the same
    verdicts: Mapping[str, int]
    p50_ms: float
    memory_mb: float | None  # the most of all corpora
    cold_seconds: float  # the median of all corpora

    @classmethod
    def of(cls, judged: Sequence[Judged], asked: Sequence[Asked], *, false: int | None = None) -> Figures:
        """The figures of some questions, of corpora that were asked one after another; `false` is the limit."""
        with_answer = [one for one in judged if one.question.answerable]
        without = [one for one in judged if not one.question.answerable]
        given = [one for one in judged if not one.reply.refused]
        known = [one.memory_mb for one in asked if one.memory_mb is not None]
        most = None if false is None else at_most(judged, false)
        return cls(
            right=(sum(one.verdict == "right" for one in with_answer), len(with_answer)),
            says=(sum(one.says for one in with_answer), len(with_answer)),
            at_as_few=None if most is None else (most, len(with_answer)),
            false=(sum(one.false for one in without), len(without)),
            verbatim=(sum(one.verbatim for one in given), len(given)),
            found=(sum(one.found for one in given), len(given)),
            verdicts=dict(Counter(one.verdict for one in judged)),
            p50_ms=grading.percentile([one.reply.seconds * 1000 for one in judged], 0.5),
            memory_mb=max(known, default=None),
            cold_seconds=median(one.cold_seconds for one in asked),
        )

    def cells(self) -> list[str]:
        """The row of the table, in the order of NAMES."""
        shares = (self.right, self.says, self.at_as_few, self.false, self.verbatim, self.found)
        memory = "-" if self.memory_mb is None else f"{self.memory_mb:.0f}"
        return [
            *map(_share, shares),
            f"{self.p50_ms:.{0 if self.p50_ms >= 10 else 1}f}",
            memory,
            f"{self.cold_seconds:.1f}",
        ]


def _share(counted: tuple[int, int] | None) -> str:
    n, of = counted or (0, 0)
    return f"{n}/{of} ({n / of:.0%})" if of else "-"
