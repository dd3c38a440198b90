"""A run as a test: what was expected of a row, and whether it came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal, TypeAlias

from assistant.batch.bodies import QUESTION_SHOWN, short, why
from assistant.batch.run import Results
from assistant.evaluation.grading import holds
from assistant.spreadsheets.tables import text
from assistant.wire import OutcomeBody

_Kind: TypeAlias = Literal["text", "document", "refuse"]
_KINDS: tuple[_Kind, ...] = ("text", "document", "refuse")
_REFUSE = {"refuse", "refused", "refusal", "no answer"}


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """Whether a row is as expected; `why` is empty where it is."""

    number: int
    question: str
    kind: _Kind
    expected: str
    status: str  # of its answer
    why: str

    @property
    def right(self) -> bool:
        return not self.why


@dataclass(frozen=True, slots=True)
class Gate:
    """All verdicts of a run."""

    verdicts: tuple[RowVerdict, ...]

    @property
    def share(self) -> float:
        """The share of the rows that are as expected; 1 where nothing is expected."""
        right = sum(verdict.right for verdict in self.verdicts)
        return right / len(self.verdicts) if self.verdicts else 1.0

    def lines(self) -> Iterator[str]:
        """The table, and each row that is not as expected."""
        yield f"{'expected':<10}{'rows':>6}{'right':>7}{'share':>9}"
        for name in (*_KINDS, "all"):
            chosen = [verdict for verdict in self.verdicts if name in ("all", verdict.kind)]
            if chosen or name == "all":
                right = sum(verdict.right for verdict in chosen)
                share = f"{right / len(chosen):.1%}" if chosen else "-"
                yield f"{name:<10}{len(chosen):>6}{right:>7}{share:>9}"
        for verdict in self.verdicts:
            if not verdict.right:
                yield f"  row {verdict.number}: {short(verdict.question, QUESTION_SHOWN)}"
                yield f"    {verdict.why}"


def check_gate(results: Results, column: int, documents: Mapping[str, str]) -> Gate:
    """The verdicts on the rows that expect something; `documents` are titles by id."""
    names = _names(documents)
    found = []
    for result in results:
        expected = text(result.row[column]).strip()
        if expected and result.question:
            kind, said = verdict(result.body, expected, names)
            found.append(RowVerdict(result.number, result.question, kind, expected, result.body.status, said))
    return Gate(tuple(found))


def verdict(body: OutcomeBody, expected: str, names: Mapping[str, set[str]]) -> tuple[_Kind, str]:
    """What was expected, and what came instead; "" where that came. `names` gives the ids of the documents so called.

    A text is expected to stand in the answer, as whole words; a document, by its id, file name or title, to be cited.
    """
    status, answer = body.status, body.answer
    told = f"answered {answer!r}" if status == "answered" else f"{status} as {why(body)}"
    if expected.casefold() in _REFUSE:
        return "refuse", "" if status == "refused" else f"expected a refusal, {told}"
    cited = list(dict.fromkeys(citation.document_id for citation in body.citations))
    if ids := names.get(expected.casefold()):
        if ids & {*cited} or (status == "answered" and holds(answer, expected)):
            return "document", ""
        return "document", f"expected {expected}, " + (f"cites {', '.join(cited)}" if cited else told)
    right = status == "answered" and holds(answer, expected)
    return "text", "" if right else f"expected {expected!r}, {told}"


def _names(documents: Mapping[str, str]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for id, title in documents.items():
        for name in (id, PurePosixPath(id).name, title):
            names.setdefault(name.casefold(), set()).add(id)
    return names
