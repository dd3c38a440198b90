"""How an answer, and what led to it, reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from assistant.answer.explanation import Explanation, Working
from assistant.documents.citations import in_words, trail
from assistant.terminal.blocks import laid_out, printable
from assistant.types import Answer, Citation, Document, RankedLine, ScoredLine

if TYPE_CHECKING:
    from assistant.feedback.gaps import Gaps
    from assistant.fitting import Calibrated

CLOSEST = 2  # passages of a refusal
SHOWN = 6  # hits and candidates of an explanation
WIDTH = 88  # characters of a line of text in a list

_ADVICE = (
    "look at the first stage that goes astray: if the right passage is missing under 1, it is the search; if its "
    "passage is not read under 3, the comparing of lines; if it is there but not said "
    "under 4, the weighing."
)


def show_answer(answer: Answer, documents: Mapping[str, Document]) -> str:
    """The answer, then its numbered sources; or what a refusal says, then the closest passages."""
    return "\n".join(_answer(answer, documents))


def show_explanation(explanation: Explanation, documents: Mapping[str, Document]) -> str:
    """How the answer came about, stage by stage."""
    lines = ["", "How this came about"]
    if explanation.answer.standalone_question != explanation.answer.question:
        lines.append(f"  read as: {printable(explanation.answer.standalone_question)}")
    if explanation.working is not None:
        lines += _working(explanation.working, explanation.threshold, documents)
    stages = ", ".join(f"{name} {ms:.1f}" for name, ms in explanation.answer.timings_ms.items())
    return "\n".join([*lines, "", f"  milliseconds: {stages}"])


def show_calibration(made: Calibrated) -> str:
    """The figures before and after, side by side, and what is promised now."""
    from assistant.evaluation.metrics import (
        Figures,  # here, because it brings scikit-learn, which answering can do without
    )

    after = Figures.of(made.after).rows()
    before = Figures.of(made.before).rows() if made.before is not None else [(name, "–") for name, _ in after]
    rows = [("", "before", "after"), *((n, b, a) for (n, b), (_, a) in zip(before, after, strict=True) if n != "p50")]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([*lines, "", made.promise.statement()])


def show_gaps(gaps: Gaps) -> str:
    """The gaps, asked most first, each with how often it was asked and what came closest."""
    lines = []
    for gap in gaps.groups:
        first, last = (datetime.fromtimestamp(at, UTC).date().isoformat() for at in (gap.first, gap.last))
        seen = last if first == last else f"{first} to {last}"
        lines.append(f"{gap.count}x {printable(gap.question)}")
        lines.append(f"    refused {gap.refused}, voted up {gap.up}, down {gap.down}; {seen}")
        lines += [f"    also: {printable(other)}" for other in gap.others]
        lines += [f"    comment: {printable(comment)}" for comment in gap.comments]
        if gap.closest is not None:
            lines.append(f"    closest: {printable(in_words(gap.closest))}")
    if gaps.left_out:
        lines.append(f"and {gaps.left_out} questions that were asked more seldom")
    return "\n".join(lines or ["Nothing was refused or voted down."])


def place(citation: Citation, documents: Mapping[str, Document]) -> str:
    """Where a citation stands: title, sections, line."""
    row = documents[citation.document_id].text.count("\n", 0, citation.start) + 1
    path = trail(map(printable, (citation.document_title, *citation.section_path)))
    return f"{path} ({printable(citation.document_id)}, line {row})"


def _answer(answer: Answer, documents: Mapping[str, Document]) -> Iterator[str]:
    if answer.status == "refused":
        yield from _refusal(answer, documents)
        return
    if answer.pinned is not None:
        pinned = answer.pinned
        until = f"valid until {pinned.valid_until}" if pinned.valid_until else None
        beside = (f"From the operator, who was asked: {pinned.question}", pinned.source, until)
        yield printable(" · ".join(filter(None, beside)))
    yield from laid_out(answer)
    if answer.note:
        yield printable(answer.note)
    yield ""
    yield "Sources:"
    for number, citation in enumerate(answer.citations, start=1):
        yield f"[{number}] {place(citation, documents)}"
    for groups in answer.conflicts:
        values = " against ".join("".join(f"[{n + 1}]" for n in group) for group in groups)
        yield f"The documents contradict each other here: {values}."
    yield f"Confidence: {answer.confidence:.2f}"


def _refusal(answer: Answer, documents: Mapping[str, Document]) -> Iterator[str]:
    if answer.reason == "greeting":
        yield printable(answer.message or "")
        return
    yield f"No answer ({answer.reason}): {answer.message}"
    if answer.handoff:
        yield printable(answer.handoff)
    if not answer.closest or answer.reason == "unrelated":
        return
    yield ""
    yield "Each of these would answer:" if answer.reason == "ambiguous" else "The closest passages:"
    shown = answer.closest if answer.reason == "ambiguous" else answer.closest[:CLOSEST]
    for number, citation in enumerate(shown, start=1):
        yield f"[{number}] {place(citation, documents)}"
        yield f"    {_short(citation.cited_text)}"


def _working(working: Working, threshold: float, documents: Mapping[str, Document]) -> Iterator[str]:
    def text(line: ScoredLine | RankedLine) -> str:
        document = documents[line.document_id]
        return _short(document.text[document.lines[line.line].start : document.lines[line.line].end])

    yield ""
    yield f"  asked: {printable(working.parsed.text)}"
    if working.parsed.names:
        yield f"  naming {', '.join(working.parsed.names)}"
    yield ""
    yield "  1. found: passages by meaning (dense) and by words (lexical), fused"
    for hit in working.hits[:SHOWN]:
        dense = "    –" if hit.dense is None else f"{hit.dense:5.3f}"
        lexical = "    –" if hit.lexical is None else f"{hit.lexical:5.2f}"
        path = trail(hit.passage.section_path)
        yield f"     {hit.score:5.3f}  dense {dense}  lexical {lexical}  {_short(path or hit.passage.text)}"
    yield "  2. compared: the lines that are most like the question"
    for line in working.ranked[:SHOWN]:
        yield f"     {line.score:5.3f}  {text(line)}"
    yield "  3. read: log-odds that each passage answers"
    for one in working.read:
        yield f"     {one.answerable:6.2f}  {_short(trail(one.passage.section_path) or one.passage.text)}"
    yield "  4. weighed: the lines of all that was read; * is said"
    said = {(unit.document_id, n) for unit in working.selection.units for n in unit.lines}
    for weighed in working.selection.ranked[:SHOWN]:
        mark = "*" if (weighed.document_id, weighed.line) in said else " "
        yield f"   {mark} {weighed.score:6.2f}  {text(weighed)}"
    yield "  5. judged by these signals"
    for name, value in working.signals.items():
        yield f"     {value:6.3f}  {name.replace('_', ' ')}"
    yield f"  6. decided: {_decision(working, threshold)}"


def _decision(working: Working, threshold: float) -> str:
    odds = f"right with probability {working.confidence:.2f}, where {threshold:.2f} is asked for"
    if working.reason is not None:
        return f"{odds}: refused as {working.reason}. {working.message} {_ADVICE}"
    chosen = (
        "one line or list" if len(working.selection.units) == 1 else f"{len(working.selection.units)} lines or lists"
    )
    contradicts = ", which contradict each other" if working.selection.conflicts else ""
    return f"{odds}: answered with {chosen}{contradicts}. If that is wrong, {_ADVICE}"


def _short(text: str) -> str:
    shown = printable(text)
    return shown if len(shown) <= WIDTH else shown[: WIDTH - 1] + "…"
