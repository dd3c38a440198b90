"""What a run came to, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import nlargest, nsmallest

from assistant.batch.bodies import confidence, places, string
from assistant.batch.running import Asker, Results, repeated

LOW = 0.6  # confidence below which an answer deserves a look
SHOWN = 5
STATUSES = ("answered", "refused", "error", "skipped")


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

    def lines(self) -> Iterator[str]:
        """The figures as a person reads them."""
        said = ", ".join(f"{self.statuses[status]} {status}" for status in STATUSES)
        yield f"{self.rows} rows: {said} ({self.asked} asked now, {self.repeated} repeated)"
        if self.reasons:
            yield "why not: " + ", ".join(f"{n} {reason}" for reason, n in self.reasons.most_common())
        if self.low:
            lowest = "; ".join(
                f"row {row} {share:.2f} {question}" for share, row, question in nsmallest(SHOWN, self.low)
            )
            yield f"low confidence, below {LOW:.2f}: {len(self.low)}, lowest: {lowest}"
        if self.conflicts:
            rows = ", ".join(map(str, self.conflicts[:SHOWN])) + (", \u2026" if len(self.conflicts) > SHOWN else "")
            yield f"conflicting sources: {len(self.conflicts)}, rows {rows}"
        if self.slowest:
            yield "slowest: " + "; ".join(f"{seconds:.2f} s {question}" for seconds, question in self.slowest)
        if self.cited:
            yield "cited most: " + ", ".join(f"{name} ({n})" for name, n in self.cited.most_common(SHOWN))
        if self.never:
            names = ", ".join(self.never[:SHOWN]) + (", \u2026" if len(self.never) > SHOWN else "")
            yield f"never cited: {len(self.never)}, {names}"


def sum_up(results: Results, asker: Asker, *, asked: int) -> Summary:
    """The figures of a run that is over."""
    found = Summary(rows=len(results), asked=asked, repeated=repeated(results.questions()))
    times: dict[str, float] = {}
    for result in results:
        status = string(result.body, "status")
        found.statuses[status] += 1
        if status in ("refused", "error"):
            found.reasons[string(result.body, "reason")] += 1
        if status != "answered":
            continue
        share = confidence(result.body) or 0.0
        if share < LOW:
            found.low.append((share, result.number, _short(result.question)))
        if result.body.get("conflicts"):
            found.conflicts.append(result.number)
        found.cited.update({string(citation, "document_id") for citation in places(result.body)})
    for question in dict.fromkeys(results.questions()):
        if seconds := results.seconds(question):
            times[question] = seconds
    found.slowest = [(seconds, _short(question)) for question, seconds in nlargest(3, times.items(), key=_seconds)]
    found.never = _never(list(asker.documents), found.cited)
    return found


def _seconds(item: tuple[str, float]) -> float:
    return item[1]


def _never(documents: Sequence[str], cited: Counter[str]) -> list[str]:
    return [id for id in documents if id not in cited]


def _short(question: str) -> str:
    text = " ".join(question.split())
    return text if len(text) <= 60 else text[:59].rstrip() + "\u2026"
