"""How answers are judged: a question with its gold strings, an answer, and what is to be said of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from assistant.errors import UsageError
from assistant.types import Answer, Document, Json, Section, Turn

Gold: TypeAlias = tuple[tuple[str, ...], ...]
Verdict: TypeAlias = Literal["right", "wrong", "refused", "too long", "off the point", "malformed"]

VERDICTS: tuple[Verdict, ...] = ("right", "wrong", "refused", "too long", "off the point", "malformed")
WORD_LIMITS = {
    "fact": 40,
    "yesno": 40,
    "multi": 80,
    "conflict": 80,
    "typo": 80,
    "followup": 80,
    "list": 120,
    "keyword": 120,
}
DEFAULT_WORD_LIMIT = 40
FIELDS = {"id", "type", "kind", "question", "history", "gold", "forbid", "gold_or_refuse"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what a right answer holds. Where there is no gold, the right answer is a refusal."""

    id: str
    type: str
    question: str
    kind: str = ""  # of a question without an answer: "near" or "far"
    history: tuple[Turn, ...] = ()
    gold: Gold = ()  # one string of each group must be in the answer
    forbid: tuple[str, ...] = ()  # none of these may be
    gold_or_refuse: Gold = ()  # either these, or a refusal

    @property
    def answerable(self) -> bool:
        return bool(self.gold)

    @property
    def group(self) -> str:
        """The row of the report that it counts in."""
        return f"{self.type} ({self.kind})" if self.kind else self.type


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of one answer. `why` is empty where it is right."""

    question: Question
    verdict: Verdict
    why: str
    answer: Answer
    seconds: float


def load(path: Path) -> list[Question]:
    """The questions of a JSONL file."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: save it as UTF-8 and run again") from error
    questions = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                questions.append(parse(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                reason = f"no {error}" if isinstance(error, KeyError) else str(error)
                raise UsageError(f"{path}, line {number}, is not a question: {reason}") from error
    if not questions:
        raise UsageError(f"no questions in {path}: write one JSON object a line")
    return questions


def parse(row: Mapping[str, Json]) -> Question:
    """A question from its JSON object. Earlier turns are given as the texts of the person who asks."""
    if not isinstance(row, dict):
        raise TypeError("it is not a JSON object")
    if unknown := sorted(set(row) - FIELDS):
        raise ValueError(f"unknown field {unknown[0]!r}")
    return Question(
        id=_string(row["id"]),
        type=_string(row["type"]),
        question=_string(row["question"]),
        kind=_string(row.get("kind", "")),
        history=tuple(Turn("user", text) for text in _strings(row.get("history", []))),
        gold=_groups(row.get("gold", [])),
        forbid=_strings(row.get("forbid", [])),
        gold_or_refuse=_groups(row.get("gold_or_refuse", [])),
    )


def grade(question: Question, answer: Answer, documents: Mapping[str, Document]) -> tuple[Verdict, str]:
    """The first verdict that holds, and why: malformed, refused, wrong, too long, off the point, right."""
    if found := faults(answer, documents):
        return "malformed", "; ".join(found)
    if answer.status == "refused":
        return ("refused", f"refused as {answer.reason}") if question.answerable else ("right", "")
    gold = question.gold or question.gold_or_refuse
    if not gold:
        return "wrong", "answered, though the documents do not say"
    if missing := [group for group in gold if not any(holds(answer.text, text) for text in group)]:
        return "wrong", "without " + " and ".join(" or ".join(map(repr, group)) for group in missing)
    if forbidden := [text for text in question.forbid if holds(answer.text, text)]:
        return "wrong", f"with {forbidden[0]!r}"
    limit = WORD_LIMITS.get(question.type, DEFAULT_WORD_LIMIT)
    if (words := len(answer.text.split())) > limit:
        return "too long", f"{words} words, where {limit} are enough"
    if (share := share_on_the_point(gold, answer, documents)) < 0.5:
        return "off the point", f"{share:.0%} of what is cited stands in sections that hold a gold string"
    return "right", ""


def holds(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text` as whole words, case and white space ignored."""
    pattern = r"\s+".join(re.escape(word) for word in wanted.casefold().split())
    return re.search(rf"(?<!\w){pattern}(?!\w)", text.casefold()) is not None


def faults(answer: Answer, documents: Mapping[str, Document]) -> list[str]:
    """What is wrong with the form of an answer, whatever it says."""
    if answer.status == "refused":
        found = [f"a refusal without a {name}" for name in ("message", "reason") if not getattr(answer, name)]
        found += ["a refusal with blocks"] if answer.blocks else []
    else:
        found = [] if answer.blocks and answer.citations else ["an answer without a citation"]
    for index, citation in enumerate((*answer.citations, *answer.closest)):
        document = documents.get(citation.document_id)
        if document is None:
            found.append(f"citation {index} names a document that is not there")
        elif document.text[citation.start : citation.end] != citation.cited_text or not citation.cited_text:
            found.append(f"citation {index} does not slice")
    for index, block in enumerate(answer.blocks):
        cited = [answer.citations[i].cited_text for i in block.citations if 0 <= i < len(answer.citations)]
        if len(cited) != len(block.citations) or not cited:
            found.append(f"block {index} names no citation, or one that is not there")
        elif strange := sorted(_words(block.text) - _words("\n".join(cited))):
            found.append(f"block {index} has the word {strange[0]!r}, which its citations do not have")
    return found


def share_on_the_point(gold: Gold, answer: Answer, documents: Mapping[str, Document]) -> float:
    """The share of the cited characters whose innermost section holds a gold string.

    A heading is an item of the section above as well, so that one which lists its subsections counts for both. A
    character that is cited twice counts once.
    """
    wanted = [text for group in gold for text in group]
    cited = {(c.document_id, at) for c in answer.citations for at in range(c.start, c.end)}
    on_the_point = 0
    for document_id in {document_id for document_id, _ in cited}:
        document = documents[document_id]
        whole = Section(document.title, (), 0, len(document.text))
        holding: dict[Section, bool] = {}
        for at in (at for of, at in cited if of == document_id):
            for section in _sections_at(document, at) or [whole]:
                if section not in holding:
                    text = document.text[section.start : section.end]
                    holding[section] = any(holds(text, one) for one in wanted)
                if holding[section]:
                    on_the_point += 1
                    break
    return on_the_point / len(cited) if cited else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed; 0 where there are none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class TypeRow:
    """One line of the report: how many questions, and what became of them."""

    name: str
    n: int
    counts: Mapping[Verdict, int]
    p50_ms: float
    p95_ms: float

    @property
    def share_right(self) -> float:
        return self.counts["right"] / self.n if self.n else 0.0


def tally(name: str, judgements: Iterable[Judgement]) -> TypeRow:
    """The line of the report for some judgements."""
    chosen = list(judgements)
    milliseconds = [judgement.seconds * 1000 for judgement in chosen]
    return TypeRow(
        name,
        len(chosen),
        {verdict: sum(judgement.verdict == verdict for judgement in chosen) for verdict in VERDICTS},
        percentile(milliseconds, 0.50),
        percentile(milliseconds, 0.95),
    )


def report(judgements: Sequence[Judgement]) -> list[TypeRow]:
    """A line for each type, in the order that the questions have them."""
    groups = dict.fromkeys(judgement.question.group for judgement in judgements)
    return [tally(group, (j for j in judgements if j.question.group == group)) for group in groups]


def _sections_at(document: Document, at: int) -> list[Section]:
    """The innermost section of a character; in a section's heading, the one above as well."""
    around = sorted(
        (s for s in document.sections if s.start <= at < s.end), key=lambda s: (s.end - s.start, -len(s.path))
    )
    if len(around) > 1 and at < _end_of_heading(document, around[0]):
        return around[:2]
    return around[:1]


def _end_of_heading(document: Document, section: Section) -> int:
    """Where the first line of the section ends."""
    end = document.text.find("\n", section.start, section.end)
    return section.end if end < 0 else end


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _string(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value


def _strings(value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list of strings")
    return tuple(_string(item) for item in value)


def _groups(value: Json) -> Gold:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list of lists of strings")
    groups = tuple(_strings(item) for item in value)
    if not all(groups):
        raise ValueError("a group of gold strings is empty")
    return groups
