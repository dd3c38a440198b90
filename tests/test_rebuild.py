"""What ships is made anew stage by stage, and a stage that ended is not run again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile

import pytest

SCRIPTS = Path(__file__).parent.parent / "scripts"
STAGES = ("prepare", "train", "export", "calibrate", "measure")
FAKE = """\
import json, sys
from pathlib import Path
here = Path(__file__).resolve().parents[2]
with (here / "ran.jsonl").open("a") as file:
    file.write(json.dumps([Path(__file__).name, *sys.argv[1:]]) + "\\n")
sys.exit(3 if (here / f"fail-{Path(__file__).name}").exists() else 0)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose stages only tell how they were run, and fail where they are told to."""
    folder = tmp_path.resolve() / "checkout"
    (folder / "scripts" / "training").mkdir(parents=True)
    for name in ("_checkout.py", "training/rebuild"):
        copyfile(SCRIPTS / name, folder / "scripts" / name)
    for stage in STAGES:
        (folder / "scripts" / "training" / stage).write_text(FAKE, encoding="utf-8")
    return folder


def rebuild(checkout: Path, *more: str) -> tuple[int, list[str]]:
    """The exit status, and the lines that are printed."""
    command = [sys.executable, "scripts/training/rebuild", "--data", "data", "--output", "run", *more]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True)
    assert not done.stderr
    return done.returncode, done.stdout.splitlines()


def ran(checkout: Path) -> list[Sequence[str]]:
    """The stages that were run, with their arguments."""
    path = checkout / "ran.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_the_stages_run_one_after_the_other_each_with_what_the_one_before_made(checkout: Path) -> None:
    model = str(checkout / "assistant" / "model")
    assert rebuild(checkout) == (0, [f"{stage}: begins" for stage in STAGES])
    assert ran(checkout) == [
        ["prepare", "--data", "data", "--output", "run"],
        ["train", "--examples", "run", "--output", "run/model"],
        ["export", "--reader", "run/model/reader.pt", "--output", f"{model}/reader"],
        ["calibrate", "--data", "data", "--examples", "run", "--output", f"{model}/calibration.json"],
        ["measure", "--reader", f"{model}/reader", "--examples", "run"],
    ]


def test_how_long_training_is_goes_to_training_alone(checkout: Path) -> None:
    assert rebuild(checkout, "--steps", "7")[0] == 0
    assert [arguments for arguments in ran(checkout) if "7" in arguments] == [
        ["train", "--examples", "run", "--output", "run/model", "--steps", "7"]
    ]


def test_what_fails_ends_the_run_and_what_ended_before_it_is_not_run_again(checkout: Path) -> None:
    (checkout / "fail-export").touch()
    assert rebuild(checkout) == (3, ["prepare: begins", "train: begins", "export: begins"])
    (checkout / "fail-export").unlink()
    (checkout / "ran.jsonl").unlink()
    status, printed = rebuild(checkout)
    assert (status, printed[:3]) == (0, ["prepare: ended before", "train: ended before", "export: begins"])
    assert [stage for stage, *_ in ran(checkout)] == ["export", "calibrate", "measure"]


def test_a_run_that_ended_does_nothing_more_and_another_folder_begins_anew(checkout: Path) -> None:
    rebuild(checkout)
    (checkout / "ran.jsonl").unlink()
    assert rebuild(checkout) == (0, [f"{stage}: ended before" for stage in STAGES])
    assert ran(checkout) == []
    assert rebuild(checkout, "--output", "other")[1] == [f"{stage}: begins" for stage in STAGES]
