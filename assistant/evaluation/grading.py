"""How answers are judged: a question with its gold strings, an answer, and what is to be said of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

from assistant.errors import UsageError
from assistant.generate.tokens import tokens
from assistant.types import Answer, Block, Citation, Document, Json, Section, Turn

Gold: TypeAlias = tuple[tuple[str, ...], ...]
Span: TypeAlias = tuple[int, int]  # start and end, in a document's text
Verdict: TypeAlias = Literal["right", "wrong", "refused", "too long", "off the point", "malformed"]

VERDICTS: tuple[Verdict, ...] = ("right", "wrong", "refused", "too long", "off the point", "malformed")
_WORD_LIMITS = {
    "fact": 40,
    "yesno": 40,
    "multi": 80,
    "conflict": 80,
    "typo": 80,
    "followup": 80,
    "list": 120,
    "keyword": 120,
}
_DEFAULT_WORD_LIMIT = 40
_HALF = 0.5
_FIELDS = {"id", "type", "kind", "question", "history", "gold", "forbid", "gold_or_refuse", "words", "doc"}
_SHORT_TYPES = ("fact", "yesno", "why")  # where one of the lines is enough, and a short answer is wanted
_ENOUGH_LINES = {"keyword": 0.5}  # the share of the lines that an answer must cite, of the other types
_ENOUGH_LINES_OTHERWISE = 0.8
_SHORT_LINES, _LONG_LINES = 60, 120  # words that an answer judged by its lines may have
_ON_THE_LINES = 0.4  # the share of what is cited that must lie in the lines that answer


@dataclass(frozen=True, slots=True)
class Evidence:
    """The lines of a document that answer a question, and the short words in them that do, where there are such."""

    document_id: str
    lines: tuple[Span, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and what a right answer holds, or the lines that it cites.

    Where there are neither gold strings nor such lines, the right answer is a refusal.
    """

    id: str
    type: str
    question: str
    kind: str = ""  # of a question without an answer: "near" or "far"; of others, what is hard about it
    history: tuple[Turn, ...] = ()
    gold: Gold = ()  # one string of each group must be in the answer
    forbid: tuple[str, ...] = ()  # none of these may be
    gold_or_refuse: Gold = ()  # either these, or a refusal
    words: int | None = None  # that the answer may have, if not as many as its type
    doc: str = ""  # the document that must be cited: its id, or its file's name without the ending
    evidence: Evidence | None = None  # judged by these lines, in place of gold strings

    @property
    def answerable(self) -> bool:
        return bool(self.gold) or self.evidence is not None

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
    if unknown := sorted(set(row) - _FIELDS):
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
        words=_count(row["words"]) if "words" in row else None,
        doc=_string(row.get("doc", "")),
    )


def grade(question: Question, answer: Answer, documents: Mapping[str, Document]) -> tuple[Verdict, str]:
    """The first verdict that holds, and why: malformed, refused, wrong, too long, off the point, right."""
    if found := faults(answer, documents):
        return "malformed", "; ".join(found)
    if answer.status == "refused":
        return ("refused", f"refused as {answer.reason}") if question.answerable else ("right", "")
    if question.evidence:
        known = question.evidence
        return judge_lines(answer, known.lines, known.document_id, type=question.type, words=known.words)
    gold = question.gold or question.gold_or_refuse
    if not gold:
        return "wrong", "answered, though the documents do not say"
    if missing := [group for group in gold if not any(holds(answer.text, text) for text in group)]:
        return "wrong", "without " + " and ".join(" or ".join(map(repr, group)) for group in missing)
    if forbidden := [text for text in question.forbid if holds(answer.text, text)]:
        return "wrong", f"with {forbidden[0]!r}"
    if question.doc and not any(_is_named(c.document_id, question.doc) for c in answer.citations):
        return "wrong", f"from other documents than {question.doc}"
    limit = question.words or _WORD_LIMITS.get(question.type, _DEFAULT_WORD_LIMIT)
    if (words := len(answer.text.split())) > limit:
        return "too long", f"{words} words, where {limit} are enough"
    if (share := _share_on_the_point(gold, answer, documents)) < 0.5:
        return "off the point", f"{share:.0%} of what is cited stands in sections that hold a gold string"
    return "right", ""


def judge_lines(
    answer: Answer, evidence: Sequence[Span], document_id: str, *, type: str, words: str = ""
) -> tuple[Verdict, str]:
    """The first verdict that holds, and why, of an answer to a question that these lines of a document answer.

    Right is an answer that cites that document alone, and in it `words`, or enough of the lines: one of them for a
    fact, yes or no, and why; half for keywords; 80 % for any other type. A line counts where half of it is cited. At
    least 40 % of what is cited must lie in the lines, and the answer be no longer than 60 words (fact, yesno, why) or
    120.
    """
    if answer.status == "refused":
        return "refused", f"refused as {answer.reason}"
    if others := sorted({c.document_id for c in answer.citations} - {document_id}):
        return "wrong", f"from {others[0]}, not from {document_id} alone"
    cited = _cited(answer.citations)
    whole = [line for line in evidence if 2 * _covered(cited, line, document_id) >= line[1] - line[0]]
    wanted = 1.0 if type in _SHORT_TYPES else len(evidence) * _ENOUGH_LINES.get(type, _ENOUGH_LINES_OTHERWISE)
    told = bool(words) and any(holds(citation.cited_text, words) for citation in answer.citations)
    if not told and len(whole) < wanted:
        return "wrong", f"cites {len(whole)} of the {len(evidence)} lines that answer"
    limit = _SHORT_LINES if type in _SHORT_TYPES else _LONG_LINES
    if (count := len(answer.text.split())) > limit:
        return "too long", f"{count} words, where {limit} are enough"
    if (share := _share_in_lines(answer.citations, evidence, document_id)) < _ON_THE_LINES:
        return "off the point", f"{share:.0%} of what is cited lies in the lines that answer"
    return "right", ""


def first_block_is_right(answer: Answer, evidence: Sequence[Span], document_id: str) -> bool:
    """Whether the first block alone is about the lines: at least 40 % of what it cites lies in them."""
    chosen = [answer.citations[n] for block in answer.blocks[:1] for n in block.citations]
    return _share_in_lines(chosen, evidence, document_id) >= _ON_THE_LINES


def _share_in_lines(citations: Sequence[Citation], evidence: Sequence[Span], document_id: str) -> float:
    """The share of the cited characters that lie in these lines of the document; one cited twice counts once."""
    cited = _cited(citations)
    inside = {at for start, end in evidence for at in range(start, end)}
    return sum(of == document_id and at in inside for of, at in cited) / len(cited) if cited else 0.0


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
        elif block.generated:
            if (lacking := uncarried(block, answer)) is not None:
                found.append(f"block {index} has {lacking!r}, which its citations do not have")
        elif strange := sorted(_words(block.text) - _words("\n".join(cited))):
            found.append(f"block {index} has the word {strange[0]!r}, which its citations do not have")
    return found


def uncarried(block: Block, answer: Answer) -> str | None:
    """The first figure or name of a generated block that its citations, their titles and sections do not have."""
    cited = [answer.citations[n] for n in block.citations]
    texts = (text for c in cited for text in (c.cited_text, c.document_title, *c.section_path))
    known = [token for text in texts for token in tokens(text)]
    stems = {token.stem for token in known} | {form for token in known for form in token.forms}
    hard = (token for token in tokens(block.text) if token.kind in ("figure", "name"))
    return next((token.text for token in hard if not {token.stem, *token.forms} & stems), None)


def covers(span: Sequence[int], start: int, end: int) -> bool:
    """Whether evidence takes in a line: at least half of the shorter of them lies in the other."""
    shared = min(span[1], end) - max(span[0], start)
    return shared > 0 and shared >= _HALF * min(end - start, span[1] - span[0])


def _share_on_the_point(gold: Gold, answer: Answer, documents: Mapping[str, Document]) -> float:
    """The share of the cited characters whose innermost section holds a gold string.

    A heading is an item of the section above as well, so that one which lists its subsections counts for both. A
    character that is cited twice counts once.
    """
    wanted = [text for group in gold for text in group]
    cited = _cited(answer.citations)
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


def _cited(citations: Sequence[Citation]) -> set[tuple[str, int]]:
    """The document and the place of each character that is cited."""
    return {(c.document_id, at) for c in citations for at in range(c.start, c.end)}


def _covered(cited: Set[tuple[str, int]], line: Span, document_id: str) -> int:
    """How many characters of the line are cited."""
    return sum((document_id, at) in cited for at in range(*line))


def _is_named(id: str, name: str) -> bool:
    return name in (id, PurePosixPath(id).stem)


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


def _count(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise TypeError(f"{value!r} is not a number of words")
    return value


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
