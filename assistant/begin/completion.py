"""The script that completes the commands in a shell."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish", "tcsh")
_FILES = ("FILE", "PATH", "INPUT", "OUTPUT", "QUESTIONS", "OUT", "EARLIER", "PAGE", "OLD", "NEW", "RUN")


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """What the shell reads to complete the commands, their options, and the files that these take."""
    import shtab  # here, because no other command needs it

    for action in _actions(parser):
        name = str(action.metavar or "").partition(".")[0]
        if name in ("DIR", *_FILES):
            action.complete = shtab.DIRECTORY if name == "DIR" else shtab.FILE  # type: ignore[attr-defined]  # as shtab has it
    return shtab.complete(parser, shell)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The arguments of a parser, and of the commands below it."""
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for each in action.choices.values():
                yield from _actions(each)
