"""The command `assistant index` and its actions: build, verify, backup, restore, and follow the folder."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import FilesFailed, IndexDamaged, UsageError

if TYPE_CHECKING:
    from assistant.index.files import Index
    from assistant.settings import Settings

CORPUS = "the folder of the documents, or one document (default: corpus)"
DETAILS = """\
  assistant index               builds the index, or brings it up to date
  assistant index --watch       does so again whenever the documents change, until it is interrupted
  assistant index verify        reads every file of the index, and tells what has changed in the documents since
  assistant index backup FILE   writes the index in force, with the models that it needs, into one tar file
  assistant index restore FILE  puts the index of a backup in force; servers take it up"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Puts the arguments of the command on a parser."""
    parser.add_argument("action", nargs="?", choices=("verify", "backup", "restore"), help="what else to do")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the file of a backup")
    parser.add_argument("--corpus", type=Path, metavar="PATH", help=CORPUS)
    parser.add_argument("--allow-empty", action="store_true", help="build it even where there is no document any more")
    parser.add_argument("--wait", action="store_true", help="wait for a build that runs, instead of saying so")
    parser.add_argument("--watch", action="store_true", help="go on, and do so again whenever the documents change")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Does what the command was asked for."""
    action, file = options.action, options.file
    if action in ("backup", "restore") and file is None:
        raise UsageError(f"say which file: assistant index {action} FILE")
    if action == "verify" and file is not None:
        raise UsageError("assistant index verify takes no file: name the folder with --index")
    if action is not None and options.watch:
        raise UsageError("--watch goes with building alone: assistant index --watch")
    if action == "verify":
        return _verify(settings)
    if action == "backup":
        from assistant.index.archive import backup

        print(f"{_told(backup(settings.index, file))} written to {file}")
        return 0
    if action == "restore":
        from assistant.index.archive import restore

        print(f"{_told(restore(settings.index, file, check=check))} in force in {settings.index}")
        return 0
    from assistant.terminal.intake import index

    if not options.watch:
        return index(settings, allow_empty=options.allow_empty, wait=options.wait)
    from assistant.terminal.follow import follow

    def build() -> None:
        index(settings, allow_empty=options.allow_empty, wait=True)

    with suppress(FilesFailed):  # they are shown, and may be mended while it goes on
        build()
    _tell(f"following {settings.corpus}: end it with Ctrl-C")
    follow(settings.corpus, settings.index, build, _tell)
    return 0


def _tell(line: str) -> None:
    print(f"assistant: {line}", file=sys.stderr, flush=True)


def check(folder: Path) -> Index:
    """The index in force in a folder, with its models. Raises what is wrong with any of them."""
    from assistant.compose import READERS
    from assistant.index.archive import verify
    from assistant.index.publishing import encoder_folder
    from assistant.models import encoder, extractive

    index = verify(folder)
    exported = encoder_folder(folder, index.encoder_fingerprint)
    if problem := encoder.find_damage(exported, encoder.read_config(exported)):
        raise IndexDamaged(problem)
    reader = index.settings.get("reader")
    if isinstance(reader, dict):
        extractive.check(folder / READERS / str(reader["fingerprint"]))
    return index


def _verify(settings: Settings) -> int:
    from assistant.index.origin import check_origin

    print(f"{_told(check(settings.index))} whole")
    for note in check_origin(settings.index, settings.corpus, asked="corpus" in settings.model_fields_set):
        print(note)
    return 0


def _told(index: Index) -> str:
    return f"index {index.id}: {len(index.documents)} documents in {len(index.passages)} passages,"
