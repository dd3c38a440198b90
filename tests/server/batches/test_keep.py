"""The settings say whether files of questions are taken, how many questions each may hold, and where they lie."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

import pytest

from assistant.server.batches.keep import keeping
from assistant.settings import load_settings


def test_they_lie_in_a_folder_that_goes_with_the_server() -> None:
    with keeping(load_settings({"admin_key": "a-key-of-24-characters", "batch_questions": 7})) as batches:
        assert batches is not None and batches.admin_key == "a-key-of-24-characters"
        assert (batches.runs.questions, batches.runs.hours, batches.runs.folder.is_dir()) == (7, 24, True)
    assert not batches.runs.folder.exists()


def test_they_outlive_the_server_in_a_folder_of_their_own(tmp_path: Path) -> None:
    settings = load_settings({"batch_folder": tmp_path / "kept", "batch_hours": 2})
    for _ in range(2):
        with keeping(settings) as batches:
            assert batches is not None
            if not batches.runs.all():
                batches.runs.add("plan.txt", b"Who?\n")
            [run] = batches.runs.all()
            assert run.until - run.added == 7200


def test_processes_of_one_server_share_them(tmp_path: Path) -> None:
    with keeping(load_settings(), str(tmp_path / "limits.sqlite")) as batches:
        assert batches is not None and batches.runs.folder == tmp_path / "batches"


def test_none_are_taken_where_no_question_may_be_in_them() -> None:
    with keeping(load_settings({"batch_questions": 0})) as batches:
        assert batches is None


def test_a_server_without_a_place_for_them_says_so_and_serves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with caplog.at_level(logging.WARNING), keeping(load_settings()) as batches:
        assert batches is None
    assert "ASSISTANT_BATCH_FOLDER" in caplog.text
