"""What a set of questions reaches, told by what its answers cite."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from looked import write

from assistant.cli import main
from assistant.testing import StaticAnswerer, document
from assistant.upkeep.coverage import Missed, Refused, coverage
from assistant.upkeep.coverage_command import shown
from assistant.wire import AnswerBody, OutcomeBody

PAY = "# Pay\nMedian salary: $336,500\n## Bonus\nTen per cent each year\n# Duties\nLead the team\n## Empty\n"
ANSWERER = StaticAnswerer(document(PAY, id="pay.txt"), document("The tents sleep nine.", id="tents.txt"))


def asked(*questions: str) -> list[OutcomeBody]:
    return [AnswerBody.of(ANSWERER.ask(question), ANSWERER).outcome() for question in questions]


def test_documents_and_sections_that_no_answer_cites_are_told() -> None:
    found = coverage(asked("Median salary?", "Where do zebras live?"), ANSWERER.documents)
    assert (found.questions, dict(found.cited), found.never) == (2, {"pay.txt": 1, "tents.txt": 0}, ("tents.txt",))
    assert found.sections == 3
    assert [(one.document_id, one.path) for one in found.missed] == [
        ("pay.txt", ("Pay", "Bonus")),
        ("pay.txt", ("Duties",)),
    ]
    assert found.refused == (Refused("Where do zebras live?", "refused", "unrelated", "The documents do not say."),)


def test_a_section_that_a_refusal_shows_came_near() -> None:
    found = coverage(asked("Median salary?", "Which animals lead others?"), ANSWERER.documents)
    assert Missed("pay.txt", ("Duties",), PAY.index("# Duties"), near=True) in found.missed


def test_it_reads_as_three_lists_and_a_sum() -> None:
    found = coverage(asked("Median salary?", "Where do zebras live?"), ANSWERER.documents)
    assert (
        "\n".join(shown(found, ANSWERER.documents))
        == """Documents never reached (1 of 2)
  tents.txt: Guide

Sections never reached of the other documents (2)
  pay.txt: Pay › Bonus
  pay.txt: Duties

Without an answer (1 of 2)
  unrelated: Where do zebras live?

2 questions reach 1 of 2 documents"""
    )


@pytest.mark.model
def test_questions_of_a_file_are_asked_or_taken_from_an_earlier_batch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = {
        "gate.md": "# Gate\n\nThe gate closes at ten.\n\n## Key\n\nThe key hangs in the office.\n",
        "tents.md": "# Tents\n\nThe big tent sleeps nine people.\n",
    }
    corpus, index = str(write(tmp_path / "corpus", texts)), str(tmp_path / "index")
    assert main(["index", "--corpus", corpus, "--index", index]) == 0
    asking = write(tmp_path, {"q.csv": "question\nWhen does the gate close?\nWho wrote Hamlet?\n"}) / "q.csv"
    run = tmp_path / "run.jsonl"
    assert main(["batch", str(asking), "--index", index, "--output", str(run), "--jobs", "1"]) == 0
    capsys.readouterr()
    assert main(["coverage", str(asking), "--index", index, "--json", "--answers", str(run)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["cited"], said["never"]) == ({"gate.md": 1, "tents.md": 0}, ["tents.md"])
    assert [one["path"] for one in said["missed"]] == [["Gate", "Key"]]
    assert [one["question"] for one in said["refused"]] == ["Who wrote Hamlet?"]
