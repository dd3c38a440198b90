"""The arguments of the commands for a first look. Reading them loads nothing that reads or answers."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

from assistant.begin.completion import SHELLS

_DEMO = """\
it takes about a minute, and asks before each part: Enter goes on, s skips it, q ends the demo; without a terminal it
goes through all of them. The questions are made from the documents. An index is built where there is none; nothing else
stays."""
_COMPLETION = """\
  bash  assistant completion bash > ~/.local/share/bash-completion/completions/assistant
  zsh   assistant completion zsh > "${fpath[1]}/_assistant"
  fish  assistant completion fish > ~/.config/fish/completions/assistant.fish"""


class Command(Protocol):
    """Makes the parser of a command: its name, what runs it, a summary, an example, and more of its help."""

    def __call__(
        self, name: str, run: Callable[[argparse.Namespace], int], summary: str, example: str, more: str = ""
    ) -> argparse.ArgumentParser: ...


def add_commands(command: Command, root: argparse.ArgumentParser) -> None:
    """Puts the commands beside the others; `root` is the parser of all of them."""
    demo = command(
        "demo",
        _demo,
        "show the three ways to ask: one question, a list of them, a server",
        "assistant demo --corpus corpus",
        _DEMO,
    )
    demo.add_argument(
        "--corpus", type=Path, metavar="PATH", help="the folder of the documents, or one document (default: corpus)"
    )
    demo.add_argument(
        "--index", metavar="DIR", help="the folder of the index, or the postgresql:// of a database (default: index)"
    )
    completion = command(
        "completion",
        partial(_completion, root),
        "print what completes commands and options in a shell",
        "assistant completion bash > ~/.local/share/bash-completion/completions/assistant",
        _COMPLETION,
    )
    completion.add_argument("shell", choices=SHELLS, help="the shell")


def _demo(options: argparse.Namespace) -> int:
    from assistant.begin.demo import run

    return run(options)


def _completion(root: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    from assistant.begin.completion import script

    print(script(root, options.shell))
    return 0
