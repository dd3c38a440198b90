"""The demo shows three ways to ask, skips what is skipped, and ends when it is told to."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.begin.demo import show
from assistant.settings import load_settings
from assistant.testing import StaticAnswerer, document

CORPUS = Path(__file__).parent.parent.parent / "corpus"
GUIDE = StaticAnswerer(document("# Pay\nThe median pay is $5.\n"))


def typing(*lines: str) -> Callable[[str], str]:
    """Types one line after the other, and then ends the input."""
    left: Iterator[str] = iter(lines)

    def ask(prompt: str) -> str:
        for line in left:
            return line
        raise EOFError

    return ask


def shown(capsys: pytest.CaptureFixture[str], *lines: str) -> str:
    assert show(load_settings(), GUIDE, ["What is the median pay?"], ask=typing(*lines)) == 0
    return capsys.readouterr().out


def test_an_answer_and_a_refusal_are_shown_with_their_commands(capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(capsys, "", "s", "s")
    assert "$ assistant ask 'What is the median pay?'" in said and "The median pay is $5. [1]" in said
    assert "No answer (" in said
    assert [line for line in said.splitlines() if line[:2] in ("1.", "2.", "3.")] == [
        "1. Ask a question",
        "2. Answer a list of questions",
        "3. Serve a page and an API",
    ]
    assert said.endswith("Each command says more with --help.\n") and "assistant batch" not in said


@pytest.mark.parametrize("lines", [("q",), ()])
def test_it_ends_when_it_is_told_to_or_nobody_types_any_more(
    lines: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    said = shown(capsys, *lines)
    assert "1. Ask a question" in said and "$ assistant" not in said and "2." not in said


@pytest.mark.model
def test_it_goes_through_all_of_it_on_the_guide_and_leaves_an_index_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "demo", "--corpus", str(CORPUS), "--index", "index"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "ASSISTANT_RECORDS": str(tmp_path / "records.sqlite")},
    )
    assert done.returncode == 0, done.stderr
    assert "building it from" in done.stdout and "$ cat answers.csv" in done.stdout
    assert done.stdout.count("\nanswered ") == 4 and done.stdout.count("\nrefused ") == 1
    assert '{"status": "answered"' in done.stdout and "5 rows: 4 answered, 1 refused" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
