"""Shells complete the commands and their options."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from assistant.begin.completion import SHELLS
from assistant.cli import main


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_a_script_with_commands_and_options(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "demo" in script and "question-column" in script


def completed(script: str, line: str) -> set[str]:
    """What bash offers for the last word of a line."""
    words = line.split(" ")
    ask = f"""
        {script}
        COMP_WORDS=({" ".join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
        COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}
        _shtab_assistant 2>/dev/null; printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True)
    return set(done.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_a_command_its_options_and_their_choices(capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = capsys.readouterr().out
    assert completed(script, "assistant co") == {"config", "coverage", "completion"}
    assert completed(script, "assistant batch --q") == {"--question-column"}
    assert {"bash", "zsh", "fish"} <= completed(script, "assistant completion ")


def test_an_unknown_shell_is_refused_with_those_that_are_known(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["completion", "cmd"])
    assert "bash" in capsys.readouterr().err
