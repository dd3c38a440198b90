"""Written conversations: their later turns with what was said before, each beside its standalone form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias, cast

import _sets
from _sets import Asked, Gather
from _turns import later

from assistant.errors import UsageError
from assistant.evaluation.grading import Judgement

ALONE, LEANS, STANDS = "/alone", "leans", "stands"  # ends the id of a standalone form; the kinds of a later turn

_Row: TypeAlias = Mapping[str, object]


def gathers(folder: Path, split: str, domains: Sequence[str]) -> dict[str, Gather]:
    """For each domain that has conversations of the split, or those named, its documents with their later turns."""
    rows: dict[str, list[_Row]] = {}
    try:
        found = _sets.jsonl(_sets.either(folder, "conversations.jsonl.xz", "conversations.jsonl"))
        for row in cast("Sequence[_Row]", found):
            if row["split"] == split:
                rows.setdefault(str(row["document"]).split("/")[0], []).append(row)
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} does not hold written conversations ({error!r}): is it the right folder?"
        ) from error
    if not rows:
        raise UsageError(f"no conversation of the split {split!r} in {folder}")
    return {name: partial(_domain, folder / name, rows[name]) for name in _sets.known(domains, rows, folder)}


def _domain(folder: Path, rows: Sequence[_Row], out: Path) -> list[Asked]:
    turns = {f"{row['document']}#c{n}.{at}": turn for n, row in enumerate(rows) for at, turn in later(row)}
    forms = {id + ALONE: {**turn, "question": turn["alone"]} for id, turn in turns.items()}
    asked = []
    for one in _sets.of_domain(folder, cast("Mapping[str, _sets.Written]", turns | forms), out):
        turn = turns[one.question.id.removesuffix(ALONE)]
        alone = one.question.id.endswith(ALONE)
        history = () if alone else turn["history"]
        kind = STANDS if turn["needs"] == "none" else LEANS
        question = replace(one.question, history=history, kind=one.question.kind or kind)
        asked.append(replace(one, question=question))
    return asked


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures as (how many, of how many)."""

    leaning_right: tuple[int, int]  # of the turns that lean on others and whose standalone form is answered right
    standing_right: tuple[int, int]  # of those that stand alone, and have an answer
    standing_alone_right: tuple[int, int]  # the same turns, without what was said before
    unchanged: tuple[int, int]  # of those that stand alone, the ones that are read to the letter
    false_answers: tuple[int, int]  # of the turns without an answer, at the promised rate
    false_answers_alone: tuple[int, int]  # of their standalone forms

    @classmethod
    def of(cls, everything: Sequence[Judgement], promised: Sequence[Judgement]) -> Figures:
        """The figures of turns and their standalone forms, with everything answered and at the promised rate."""
        right = {one.question.id: one.verdict == "right" for one in everything}
        later = [one for one in everything if not one.question.id.endswith(ALONE)]
        leaning = [
            one.question.id for one in later if one.question.kind == LEANS and right.get(one.question.id + ALONE)
        ]
        standing = [one for one in later if one.question.kind == STANDS]
        without = [one for one in promised if not one.question.answerable]
        false = [(one.question.id, one.answer.status == "answered") for one in without]
        return cls(
            _share(right[id] for id in leaning),
            _share(right[one.question.id] for one in standing),
            _share(right.get(one.question.id + ALONE, False) for one in standing),
            _share(one.answer.standalone_question == one.question.question for one in standing),
            _share(given for id, given in false if not id.endswith(ALONE)),
            _share(given for id, given in false if id.endswith(ALONE)),
        )

    def rows(self) -> list[list[str]]:
        """What is printed, by name."""
        return [[name.replace("_", " "), *_shown(*getattr(self, name))] for name in self.__dataclass_fields__]


def _share(found: Iterator[bool]) -> tuple[int, int]:
    values = list(found)
    return sum(values), len(values)


def _shown(n: int, of: int) -> list[str]:
    return [f"{n} of {of}", f"{n / of:.1%}" if of else "–"]
