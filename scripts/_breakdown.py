"""What became of the questions of a data set, group by group: domains and types, or cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from assistant.evaluation import grading
from assistant.evaluation.grading import Judgement
from assistant.evaluation.metrics import Figures, Outcome, Share

TOTAL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the answer that is given when everything is answered, the promised one, and their outcome."""

    everything: Judgement
    promised: Judgement
    outcome: Outcome

    @property
    def place(self) -> str:
        """The domain or the case."""
        return self.outcome.id.split("/")[0]

    @property
    def type(self) -> str:
        return self.outcome.kind or self.promised.question.type

    @property
    def is_right(self) -> bool:
        return self.promised.verdict == "right"

    @property
    def is_answered(self) -> bool:
        return self.promised.answer.status == "answered"

    @property
    def is_first_right(self) -> bool:
        """Whether the first block alone cites the lines that answer."""
        known, answer = self.everything.question.evidence, self.everything.answer
        return known is not None and grading.first_block_is_right(answer, known.lines, known.document_id)


@dataclass(frozen=True, slots=True)
class Written:
    """The figures of some written questions; None is what they cannot tell."""

    NAMES: ClassVar = (
        "",
        "n",
        "right",
        "right of all",
        "first right",
        "near refused",
        "far refused",
        "false answers",
        "AUC",
        "ECE",
    )

    name: str
    n: int
    right: Share  # at the promised rate, of those with an answer
    right_when_all_answered: Share
    first_block_right: Share
    near_refused: Share
    far_refused: Share
    false_answers: Share
    auc_answerable: float | None
    ece: float | None

    @classmethod
    def of(cls, name: str, asked: Sequence[Asked], against: Sequence[Asked]) -> Written:
        """The figures; AUC is that of these and of `against` together."""
        figures = Figures.of([one.outcome for one in asked])
        having = [one for one in asked if one.outcome.answerable]
        without = [one for one in asked if not one.outcome.answerable]
        near, far = ([one for one in without if (one.outcome.kind == "far") is far] for far in (False, True))
        return cls(
            name,
            len(asked),
            right=_share(having, lambda one: one.is_right),
            right_when_all_answered=figures.right_when_all_answered,
            first_block_right=_share(having, lambda one: one.is_first_right),
            near_refused=_share(near, lambda one: one.is_right),
            far_refused=_share(far, lambda one: one.is_right),
            false_answers=_share(without, lambda one: not one.is_right),
            auc_answerable=Figures.of([one.outcome for one in (*asked, *against)]).auc_answerable,
            ece=figures.ece,
        )

    def cells(self) -> list[str]:
        """As a person reads them, in the order of NAMES."""
        shares = (
            self.right,
            self.right_when_all_answered,
            self.first_block_right,
            self.near_refused,
            self.far_refused,
            self.false_answers,
        )
        decimals = ("–" if x is None else f"{x:.3f}" for x in (self.auc_answerable, self.ece))
        return [self.name, str(self.n), *map(_shown, shares), *decimals]


@dataclass(frozen=True, slots=True)
class Case:
    """What became of the questions of a case at the promised rate: each counts in one of these."""

    NAMES: ClassVar = ("case", "n", "right", "wrong", "refused", "false answers")

    name: str
    n: int
    right: int  # right answers, and refusals where the documents do not say
    wrong: int  # questions with an answer that were answered, but not right
    refused: int  # questions with an answer that were refused
    false_answers: int  # questions without an answer that were answered

    @classmethod
    def of(cls, name: str, asked: Sequence[Asked]) -> Case:
        failed = [one for one in asked if not one.is_right]
        missed = [one for one in failed if one.outcome.answerable]
        wrong = sum(one.is_answered for one in missed)
        return cls(name, len(asked), len(asked) - len(failed), wrong, len(missed) - wrong, len(failed) - len(missed))

    def cells(self) -> list[str]:
        """As a person reads them, in the order of NAMES."""
        return [self.name, *map(str, (self.n, self.right, self.wrong, self.refused, self.false_answers))]


def pair(everything: Sequence[Judgement], promised: Sequence[Judgement], found: Sequence[Outcome]) -> list[Asked]:
    """Each question with all that is known of it."""
    return [Asked(*one) for one in zip(everything, promised, found, strict=True)]


def written(asked: Sequence[Asked]) -> list[Written]:
    """A line for each domain, for each type, and for all; a type with answers is held against all without one."""
    without = [one for one in asked if not one.outcome.answerable]
    domains = (Written.of(name, chosen, ()) for name, chosen in _groups(asked, lambda one: one.place))
    types = (
        Written.of(name, chosen, without if chosen[0].outcome.answerable else ())
        for name, chosen in _groups(asked, lambda one: one.type)
    )
    return [*chain(domains, types), Written.of(TOTAL, asked, ())]


def cases(asked: Sequence[Asked]) -> list[Case]:
    """A line for each case, and for all."""
    return [*(Case.of(name, chosen) for name, chosen in _groups(asked, lambda one: one.place)), Case.of(TOTAL, asked)]


def _groups(asked: Sequence[Asked], key: Callable[[Asked], str]) -> Iterable[tuple[str, list[Asked]]]:
    """The questions of each key, in the order in which the keys come."""
    groups: dict[str, list[Asked]] = {}
    for one in asked:
        groups.setdefault(key(one), []).append(one)
    return groups.items()


def _share(asked: Sequence[Asked], counts: Callable[[Asked], bool]) -> Share:
    return sum(map(counts, asked)), len(asked)


def _shown(share: Share) -> str:
    count, of = share
    return f"{count}/{of} {count / of:4.0%}" if of else "–"
