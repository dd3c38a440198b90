from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import _conversations
import pytest
from _conversations import ALONE, Figures
from _sets import Asked

from assistant.answer.explanation import refused
from assistant.errors import UsageError
from assistant.evaluation.grading import Judgement, Verdict
from assistant.types import Turn

TEXT = "# Bakery\n\nThe ovens are lit at 5.\n\nThey are cleaned on Mondays.\n"
LIT, CLEANED = "The ovens are lit at 5.", "They are cleaned on Mondays."


def turn(question: str, alone: str | None, needs: str, quote: str = "", type: str = "fact") -> dict[str, object]:
    start = TEXT.find(quote)
    return {
        "question": question,
        "alone": alone,
        "needs": needs,
        "type": type,
        "evidence": [[start, start + len(quote)]] if quote else [],
        "quotes": [quote] if quote else [],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small" / "docs").mkdir(parents=True)
    (tmp_path / "small" / "docs" / "bakery.md").write_text(TEXT)
    turns = [
        turn("When are the ovens lit?", "When are the ovens lit?", "none", LIT),
        turn("ok", None, "none", type="chat"),
        turn("and cleaned?", "When are the ovens cleaned?", "question", CLEANED),
        turn("by whom", "Who cleans the ovens?", "question"),
        turn("When do you light the ovens?", "When do you light the ovens?", "none", LIT),
    ]
    rows = [{"document": "small/docs/bakery.md", "split": split, "turns": turns} for split in ("train", "develop")]
    (tmp_path / "conversations.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return tmp_path


def asked(folder: Path) -> dict[str, Asked]:
    gather = _conversations.gathers(folder, "develop", ())["small"]
    (folder / "out").mkdir()
    return {one.question.id.partition("#")[2]: one for one in gather(folder / "out")}


def test_a_later_turn_is_asked_after_what_was_said_and_in_its_standalone_form(folder: Path) -> None:
    found = asked(folder)
    assert sorted(found) == ["c0.2", "c0.2/alone", "c0.3", "c0.3/alone", "c0.4", "c0.4/alone"]
    leaning, alone = found["c0.2"].question, found["c0.2/alone"].question
    assert (leaning.question, leaning.kind) == ("and cleaned?", "leans")
    assert leaning.history == (
        Turn("user", "When are the ovens lit?"), Turn("assistant", LIT), Turn("user", "ok"),
    )  # fmt: skip
    assert (alone.question, alone.history) == ("When are the ovens cleaned?", ())
    assert leaning.evidence is not None and leaning.evidence == alone.evidence
    assert [TEXT[start:end] for start, end in leaning.evidence.lines] == [CLEANED]
    assert found["c0.3"].question.kind == "near"
    assert not found["c0.3"].question.answerable
    assert found["c0.4"].question.kind == "stands"


def test_a_split_or_a_folder_without_conversations_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no conversation of the split 'calibrate'"):
        _conversations.gathers(folder, "calibrate", ())
    (tmp_path / "conversations.jsonl").write_text('{"turns": []}\n')
    with pytest.raises(UsageError, match="does not hold written conversations"):
        _conversations.gathers(tmp_path, "develop", ())


def test_figures_count_turns_beside_their_standalone_forms(folder: Path) -> None:
    questions = {id: one.question for id, one in asked(folder).items()}

    def judged(verdicts: dict[str, Verdict], read_as: str = "") -> list[Judgement]:
        return [
            Judgement(
                questions[id],
                verdict,
                "",
                replace(
                    refused("unsupported", "", ""),
                    standalone_question=read_as or questions[id].question,
                    status="answered" if verdict == "wrong" else "refused",
                ),
                0.1,
            )
            for id, verdict in verdicts.items()
        ]

    everything = judged({
        "c0.2": "wrong", "c0.2/alone": "right", "c0.4": "right", "c0.4/alone": "wrong",
    })  # fmt: skip
    promised = judged({"c0.3": "wrong", "c0.3/alone": "right"})
    figures = Figures.of(everything, promised)
    assert figures.leaning_right == (0, 1)
    assert (figures.standing_right, figures.standing_alone_right) == ((1, 1), (0, 1))
    assert figures.unchanged == (1, 1)
    assert (figures.false_answers, figures.false_answers_alone) == ((1, 1), (0, 1))
    assert Figures.of(judged({"c0.2": "right", "c0.2/alone": "wrong"}), []).leaning_right == (0, 0)
    assert Figures.of(judged({"c0.4": "right"}, read_as="another"), []).unchanged == (0, 1)
    assert ["leaning right", "0 of 1", "0.0%"] in figures.rows()
    assert ALONE == "/alone"
