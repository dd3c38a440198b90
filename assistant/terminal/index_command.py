"""The command `assistant index` and its actions: build, verify, backup, restore, and follow the folder."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import FilesFailed, UsageError

if TYPE_CHECKING:
    from assistant.index.local import LocalCollection
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
    from assistant.terminal.progress import Waiting  # here, because no other command should load it

    if action == "backup":
        from assistant.index.archive import backup

        with Waiting(sys.stderr, "writing the index into one file"):
            index = backup(_folder(settings), file)
        print(f"{_told(index)} written to {file}")
        return 0
    if action == "restore":
        from assistant.index.archive import restore

        folder = _folder(settings)
        with Waiting(sys.stderr, "bringing the index back"):
            index = restore(folder, file, check=check)
        print(f"{_told(index)} in force in {folder}")
        return 0
    from assistant.terminal import intake

    if not options.watch:
        return intake.index(settings, allow_empty=options.allow_empty, wait=options.wait)
    from assistant.compose import open_store
    from assistant.terminal.follow import follow

    def build() -> None:
        intake.index(settings, allow_empty=options.allow_empty, wait=True)

    with suppress(FilesFailed):  # they are shown, and may be mended while it goes on
        build()
    _tell(f"following {settings.corpus}: end it with Ctrl-C")
    follow(settings.corpus, open_store(settings), build, _tell)
    return 0


def _tell(line: str) -> None:
    print(f"assistant: {line}", file=sys.stderr, flush=True)


def check(folder: Path) -> LocalCollection:
    """The index in force in a folder, with its models. Raises what is wrong with any of them."""
    from assistant.index.archive import verify
    from assistant.index.folder import FolderStore
    from assistant.models import extractive
    from assistant.models.encoder_prepare import check_encoder

    index, model = verify(folder), FolderStore(folder).model
    fingerprint = index.encoder_fingerprint
    check_encoder(index.encoder_name, fingerprint, lambda: model("encoders", fingerprint))
    reader = index.settings.get("reader")
    if isinstance(reader, dict):
        extractive.check(model("readers", str(reader["fingerprint"])))
    return index


def _verify(settings: Settings) -> int:
    from assistant.index.origin import check_origin
    from assistant.index.publishing import build_in_force
    from assistant.index.receipt import open_receipt
    from assistant.terminal.progress import Waiting

    folder = _folder(settings)
    with Waiting(sys.stderr, "reading every file of the index"):
        index = check(folder)
    print(f"{_told(index)} whole")
    asked, receipt = "corpus" in settings.model_fields_set, open_receipt(build_in_force(folder))
    with Waiting(sys.stderr, "comparing it with the documents"):
        notes = [*check_origin(receipt, settings.corpus, index=str(folder), asked=asked)]
    for note in notes:
        print(note)
    return 0


def _folder(settings: Settings) -> Path:
    """The folder of the index. Raises UsageError where it lies in a database."""
    if isinstance(settings.index, Path):
        return settings.index
    raise UsageError(
        "the index lies in a database, which looks after what it holds: back it up with `pg_dump --schema=assistant`, "
        "bring it back with `pg_restore`, and see what it was built from with `assistant receipt`"
    )


def _told(index: LocalCollection) -> str:
    return f"index {index.id}: {len(index.documents)} documents in {len(index.passages)} passages,"
