"""The README says what the code does."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import errors
from assistant.settings import PREFIX, Settings

README = Path(__file__).parent.parent / "README.md"


def held(name: str, rows: list[str]) -> None:
    """A block of the README holds these rows; it is rewritten where it does not, and the test fails."""
    text = README.read_text("utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n(?:\|.*\n){{2}})((?:\|.*\n)*)(<!-- /{name} -->)")
    match = pattern.search(text)
    assert match is not None
    wanted = "".join(f"{row}\n" for row in rows)
    if match[2] != wanted:
        README.write_text(pattern.sub(lambda m: m[1] + wanted + m[3], text), "utf-8")
    assert match[2] == wanted, f"the table of {name} in README.md was rewritten: review it"


def test_the_table_of_settings_is_that_of_the_code() -> None:
    held(
        "settings",
        [
            f"| `{PREFIX}{name.upper()}` | `{field.default}` | {field.description} |"
            for name, field in Settings.model_fields.items()
        ],
    )


def below(error: type[errors.AssistantError]) -> Iterator[type[errors.AssistantError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from below(child)


def test_the_table_of_errors_is_that_of_the_code() -> None:
    held(
        "errors",
        [
            f"| `{error.code}` | {error.status} | {error.exit_code} | {(error.__doc__ or '').splitlines()[0]} |"
            for error in below(errors.AssistantError)
        ],
    )


def test_each_error_has_a_code_of_its_own() -> None:
    codes = [error.code for error in below(errors.AssistantError)]
    assert len(codes) == len(set(codes))


def test_the_tree_in_errors_names_every_error() -> None:
    assert [
        error.__name__ for error in below(errors.AssistantError) if error.__name__ not in (errors.__doc__ or "")
    ] == []


@pytest.mark.model
def test_the_blocks_of_the_readme_run(tmp_path: Path) -> None:
    text = README.read_text("utf-8")
    console = re.search(r"```console\n\$ \.venv/bin/assistant (.+)\n((?:.*\n)+?)```", text)
    curl = re.search(r"```sh\n(curl (?:.*\n)+?)```", text)
    assert console is not None and curl is not None
    command = [sys.executable, "-m", "assistant"]
    where = ["--index", str(tmp_path), "--corpus", str(README.parent / "corpus")]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with subprocess.Popen([*command, "serve", "--port", port, *where], stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        try:
            assert any("listening" in line for line in server.stderr)
            asked = ["sh", "-c", curl[1].replace("8000", port)]
            answer = json.loads(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
            assert len(answer["citations"]) == 3
            shown = [*command, *shlex.split(console[1]), "--index", str(tmp_path)]
            assert subprocess.run(shown, capture_output=True, text=True, check=True).stdout.startswith(console[2])
        finally:
            server.terminate()
    assert server.returncode == 0
