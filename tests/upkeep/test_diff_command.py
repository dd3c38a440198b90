"""What has changed between two indexes, and which earlier answers that touches."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from builds import TEXTS, in_force, make

from assistant.batch.journal import Finished, Journal
from assistant.cli import main
from assistant.index.publishing import open_index
from assistant.testing import StaticAnswerer
from assistant.wire import AnswerBody

QUESTIONS = ("Median salary?", "Ten per cent each year?", "Hire whom, and when, and why?")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    make(tmp_path / "old")
    return tmp_path / "old"


def build(folder: Path, **changes: str) -> Path:
    texts = {name: changes.get(name[0], text) for name, text in TEXTS.items()}
    make(folder, {name: text for name, text in texts.items() if text})
    return folder


def journal(index: Path, path: Path) -> Path:
    """The journal of a batch that asked the index before."""
    answerer = StaticAnswerer(*open_index(index).documents.values())
    with closing(Journal(path)) as kept:
        bodies = [AnswerBody.of(answerer.ask(question), answerer).outcome() for question in QUESTIONS]
        kept.add(Finished(body.question, body, 0.1) for body in bodies)
    return path


def test_the_same_documents_end_with_0(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(old), str(build(tmp_path / "new"))]) == 0
    assert capsys.readouterr().out == "the documents are the same\n"


def test_changes_are_told_by_document_and_section(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = build(tmp_path / "new", b=TEXTS["b.txt"].replace("336,500", "350,000"), c="")
    assert main(["diff", str(in_force(old)), str(new)]) == 1
    assert capsys.readouterr().out == "Removed (1)\n  c.txt\nChanged (1)\n  b.txt\n    ~ Pay\n"


def test_earlier_answers_are_told_with_what_has_become_of_their_sources(
    old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = journal(old, tmp_path / "run.journal")
    new = build(
        tmp_path / "new",
        b=TEXTS["b.txt"].replace("336,500", "350,000").replace("## Bonus", "## Bonus\nNew."),
        a=TEXTS["a/a.txt"] + "More.\n",
    )
    assert main(["diff", str(old), str(new), "--answers", str(run), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [(one["question"], one["kind"]) for one in said["answers"]] == [
        (QUESTIONS[0], "source changed"),
        (QUESTIONS[1], "section changed"),
        (QUESTIONS[2], "may be answered now"),
    ]
    gone = build(tmp_path / "gone", b="")
    assert main(["diff", str(old), str(gone), "--answers", str(run), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [one["kind"] for one in said["answers"]] == ["source gone", "source gone"]


def test_a_folder_without_an_index_is_told(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(old), str(tmp_path / "absent")]) == 4
    assert "below its `builds`" in capsys.readouterr().err


def test_another_setting_of_the_build_is_told(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path / "new", settings={"chunk_tokens": 100})
    assert main(["diff", str(old), str(tmp_path / "new")]) == 1
    assert capsys.readouterr().out == "built with other settings (chunk_tokens): every answer may change\n"
