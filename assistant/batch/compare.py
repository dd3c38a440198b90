"""What has changed since an earlier run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.batch.bodies import QUESTION_SHOWN, one_line, place, short, why
from assistant.batch.journal import Earlier
from assistant.batch.run import Asker, Results
from assistant.wire import CitationBody, OutcomeBody

_NEWLY_ANSWERED = "newly answered"
_NEWLY_REFUSED = "newly refused"
_OTHER_ANSWER = "other answer"
_OTHER_PLACE = "same answer from another place"
SOURCE_GONE = "source gone"
NOT_ASKED = "not asked"
_LATE = 40  # characters that two answers have in common before they are left out
KINDS = (NOT_ASKED, _NEWLY_ANSWERED, _NEWLY_REFUSED, _OTHER_ANSWER, _OTHER_PLACE, SOURCE_GONE)


@dataclass(frozen=True, slots=True)
class Change:
    """How the answer to one question differs from the earlier one."""

    number: int  # of the first row that asks it
    kind: str
    question: str
    what: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that has changed. Questions are told by the number of the first row that asks them."""

    changes: Mapping[int, Sequence[Change]]
    compared: Sequence[int]
    new: Sequence[int]  # that were not asked before
    dropped: Sequence[str]  # that are not asked any more

    def lines(self) -> Iterator[str]:
        """The difference as a person reads it."""
        every = [change for several in self.changes.values() for change in several]
        counts = {kind: sum(change.kind == kind for change in every) for kind in KINDS}
        found = ", ".join(f"{n} {kind}" for kind, n in counts.items() if n) or "no difference"
        others = f"{len(self.compared)} compared, {len(self.new)} new, {len(self.dropped)} dropped"
        yield f"since the earlier run: {found} ({others})"
        for change in every:
            yield f"  row {change.number}, {change.kind}: {short(change.question, QUESTION_SHOWN)}"
            yield f"    {change.what}"


def compare(results: Results, earlier: Earlier, asker: Asker) -> Difference:
    """What has changed, question by question. Confidence may change without a difference."""
    found: dict[int, list[Change]] = {}
    compared, new = [], []
    for result in results.different():
        before = earlier.get(result.question)
        if before is None:
            new.append(result.number)
            continue
        compared.append(result.number)
        for kind, what in differences(before, result.body, asker):
            found.setdefault(result.number, []).append(Change(result.number, kind, result.question, what))
    asked = set(results.questions())
    return Difference(found, compared, new, [question for question in earlier if question not in asked])


def differences(before: OutcomeBody, after: OutcomeBody, asker: Asker) -> Iterator[tuple[str, str]]:
    """The kinds of difference between two answers to one question, each with what it is."""
    was, is_ = before.status == "answered", after.status == "answered"
    said, says = _texts(before), _texts(after)
    if after.status == "error":
        if before.status != "error":
            yield NOT_ASKED, why(after)
        return
    if is_ and not was:
        yield _NEWLY_ANSWERED, _short(says)
    elif was and not is_:
        yield _NEWLY_REFUSED, f"was {_short(said)}, is {why(after)}"
    elif was and is_ and said != says:
        yield _OTHER_ANSWER, "was {!r}, is {!r}".format(*_apart(one_line(" ".join(said)), one_line(" ".join(says))))
    elif was and is_ and _spots(before) != _spots(after):
        yield _OTHER_PLACE, f"was {_spots_said(before)}, is {_spots_said(after)}"
    gone = [
        citation
        for citation in (before.citations if was and before != after else ())
        if not asker.says(citation.document_id, citation.cited_text)
    ]
    if gone:
        yield SOURCE_GONE, "; ".join(dict.fromkeys(map(_spot_said, gone)))


def _texts(body: OutcomeBody) -> list[str]:
    return [block.text for block in body.blocks]


def _spots(body: OutcomeBody) -> list[tuple[str, str]]:
    """Where the citations stand: document and sections. That they have moved within a section is no difference."""
    return [(citation.document_id, place(citation)) for citation in body.citations]


def _spots_said(body: OutcomeBody) -> str:
    return "; ".join(dict.fromkeys(map(_spot_said, body.citations)))


def _spot_said(citation: CitationBody) -> str:
    return f"{place(citation)} ({citation.document_id})"


def _apart(before: str, after: str) -> tuple[str, str]:
    """Two texts, shortened, from where they differ if that comes late."""
    same = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), _LATE)
    start = before.rfind(" ", 0, same) + 1 if same > _LATE else 0
    mark = "\u2026" if start else ""
    return mark + short(before[start:]), mark + short(after[start:])


def _short(texts: Iterable[str]) -> str:
    return repr(short(" ".join(texts)))
