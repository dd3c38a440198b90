"""Follow-ups are read in both formats, halved by conversation, and measured by hand-counted words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from _followups import Figures, Followup, half, load, measure

from assistant.errors import UsageError

GOUT = Followup("1", ("What is gout?",), "Is it curable?", "Is gout curable?")
PAY = Followup("1", ("What is gout?", "Is it curable?"), "What is paid in Utah?", "What is paid in Utah for gout?")
ALONE = Followup("2", ("What is gout?",), "What is a cold?", "what is a cold")
FIRST = Followup("2", (), "What is gout?", "What is gout, then?")


def test_reads_both_formats(tmp_path: Path) -> None:
    cast = {"id": "2019_31_2", "history": ["What is gout?"], "raw": "Is it curable? ", "rewrite": "Is gout curable?"}
    mtrag = {
        "id": "a<::>2",
        "all_turns": "|user|: What is gout?\n|user|: Is it curable?",
        "last_turn": "|user|: Is it curable?",
        "rewrite": "|user|: Is gout curable?",
    }
    (tmp_path / "cast.jsonl").write_text(json.dumps(cast) + "\n", encoding="utf-8")
    (tmp_path / "mtrag.jsonl").write_text(json.dumps(mtrag) + "\n", encoding="utf-8")
    read = load(tmp_path)
    assert read["cast"] == [Followup("2019_31", ("What is gout?",), "Is it curable?", "Is gout curable?")]
    assert read["mtrag"] == [Followup("a", ("What is gout?",), "Is it curable?", "Is gout curable?")]


def test_says_what_it_cannot_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.jsonl file"):
        load(tmp_path)
    (tmp_path / "other.jsonl").write_text('{"id": 3}\n', encoding="utf-8")
    with pytest.raises(UsageError, match="not in the format"):
        load(tmp_path)


def test_a_conversation_is_in_one_half() -> None:
    turns = [GOUT, PAY, ALONE, FIRST]
    assert half(turns, "development") == [GOUT, PAY]
    assert half(turns, "held-out") == [ALONE, FIRST]


def test_counts_words_and_what_is_left_alone() -> None:
    report = measure("mine", [GOUT, PAY, ALONE, FIRST])
    assert (report.turns, report.changed, report.alone, report.kept) == (2, 1, 1, 1)
    # Theirs: gout, curable; paid, Utah, gout. Raw: curable; paid, Utah.
    assert report.ways["raw"] == Figures(covered=3 / 5, extra=0.0, same=0.0)
    # The question before adds gout to the first and curable to the second.
    assert report.ways["with the question before"] == Figures(covered=4 / 5, extra=1 - 4 / 5, same=1 / 2)
    assert report.ways["rewritten"] == Figures(covered=4 / 5, extra=0.0, same=1 / 2)
