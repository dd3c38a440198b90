"""What a run came to, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest
from operator import attrgetter

from assistant.batch.bodies import short
from assistant.batch.run import Asker, Results, repeated
from assistant.languages.catalogue import listed, say
from assistant.wire import OutcomeBody

_LOW = 0.6  # confidence below which an answer deserves a look
_SHOWN = 5
_COMMON = ("batch.neither_answered", "batch.one_answered", "batch.other_answers")  # by how many are answered
_STATUSES = ("answered", "refused", "error", "skipped")


@dataclass(frozen=True, slots=True)
class NearDuplicateRows:
    """Two questions that may be one."""

    rows: tuple[int, int]
    questions: tuple[str, str]
    likeness: float
    answers: str  # what their answers have in common


@dataclass(slots=True)
class Summary:
    """The figures of a run. Rows are counted, and the same question asked twice counts twice."""

    rows: int = 0
    asked: int = 0
    repeated: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    low: list[tuple[float, int, str]] = field(default_factory=list)  # (confidence, row, question)
    conflicts: list[int] = field(default_factory=list)  # rows
    slowest: list[tuple[float, str]] = field(default_factory=list)  # (seconds, question)
    cited: Counter[str] = field(default_factory=Counter)  # answers that cite a document
    never: list[str] = field(default_factory=list)
    alike: list[NearDuplicateRows] = field(default_factory=list)  # most alike first

    def lines(self) -> Iterator[str]:
        """The figures as a person reads them."""
        statuses = listed("lists.commas", (say(f"batch.{status}", count=self.statuses[status]) for status in _STATUSES))
        yield say("batch.came_to", rows=self.rows, statuses=statuses, asked=self.asked, repeated=self.repeated)
        if self.reasons:
            reasons = ", ".join(f"{n} {reason}" for reason, n in self.reasons.most_common())
            yield say("batch.why_not", reasons=reasons)
        if self.low:
            lowest = listed(
                "lists.clauses",
                (
                    say("batch.low_row", row=row, share=f"{share:.2f}", question=question)
                    for share, row, question in nsmallest(_SHOWN, self.low)
                ),
            )
            yield say("batch.low", low=f"{_LOW:.2f}", count=len(self.low), lowest=lowest)
        if self.conflicts:
            rows = ", ".join(map(str, self.conflicts[:_SHOWN])) + (", \u2026" if len(self.conflicts) > _SHOWN else "")
            yield say("batch.conflicts", count=len(self.conflicts), rows=rows)
        if self.slowest:
            slowest = (
                say("batch.slow_one", time=f"{seconds:.2f} s", question=question) for seconds, question in self.slowest
            )
            yield say("batch.slowest", questions=listed("lists.clauses", slowest))
        if self.cited:
            names = ", ".join(f"{name} ({n})" for name, n in self.cited.most_common(_SHOWN))
            yield say("batch.cited", names=names)
        if self.never:
            names = ", ".join(self.never[:_SHOWN]) + (", \u2026" if len(self.never) > _SHOWN else "")
            yield say("batch.never", count=len(self.never), names=names)
        if self.alike:
            yield say("batch.alike", pairs=say("batch.count_pairs", count=len(self.alike)))
            for one in self.alike[:_SHOWN]:
                yield say(
                    "batch.alike_rows",
                    indent="  ",
                    rows=listed("lists.and", one.rows),
                    likeness=f"{one.likeness:.2f}",
                    answers=one.answers,
                    questions=" | ".join(one.questions),
                )


def sum_up(results: Results, asker: Asker, *, asked: int) -> Summary:
    """The figures of a run that is over."""
    found = Summary(rows=len(results), asked=asked, repeated=repeated(results.questions()))
    different: dict[str, _Asked] = {}
    for result in results:
        status = result.body.status
        found.statuses[status] += 1
        if status in ("refused", "error"):
            found.reasons[result.body.reason or ""] += 1
        if status in ("answered", "refused") and result.question not in different:
            different[result.question] = _Asked(result.number, result.question, result.seconds, _answer(result.body))
        if status != "answered":
            continue
        share = result.body.confidence or 0.0
        if share < _LOW:
            found.low.append((share, result.number, short(result.question)))
        if result.body.conflicts:
            found.conflicts.append(result.number)
        found.cited.update({citation.document_id for citation in result.body.citations})
    slowest = nlargest(3, different.values(), key=attrgetter("seconds"))
    found.slowest = [(one.seconds, short(one.question)) for one in slowest if one.seconds]
    found.never = [id for id in asker.documents if id not in found.cited]
    found.alike = _alike([*different.values()], asker)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, where it is asked first, and what tells whether another has the same answer; None without one."""

    row: int
    question: str
    seconds: float
    answer: tuple[object, ...] | None


def _answer(body: OutcomeBody) -> tuple[object, ...] | None:
    if body.status != "answered":
        return None
    return tuple((one.document_id, one.start_char_index, one.end_char_index) for one in body.citations)


def _alike(asked: Sequence[_Asked], asker: Asker) -> list[NearDuplicateRows]:
    """The questions that are most like an earlier one."""
    from assistant.batch.near_duplicates import near_duplicates  # here, because numpy takes a while to load

    alike = []
    for pair in near_duplicates(asker.likeness([one.question for one in asked]), [one.answer for one in asked]):
        both = (asked[pair.earlier], asked[pair.later])
        n = sum(one.answer is not None for one in both)
        answers = say("batch.same_answer" if pair.same else _COMMON[n])
        rows, questions = (both[0].row, both[1].row), (short(both[0].question), short(both[1].question))
        alike.append(NearDuplicateRows(rows, questions, pair.likeness, answers))
    return alike
