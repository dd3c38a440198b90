"""The batch command: from a file of questions to a file of answers."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from assistant.batch import compare, endings, formats, junit, pages, quality_gate, review, summary
from assistant.batch.bodies import link, one_line
from assistant.batch.journal import Earlier, Journal
from assistant.batch.preview import preview, unread_sheets
from assistant.batch.run import Results, Run
from assistant.disk import replacing
from assistant.errors import AssistantError, UsageError
from assistant.settings import Settings, load_settings
from assistant.spreadsheets.counted import counted
from assistant.spreadsheets.files import read
from assistant.spreadsheets.tables import Table, expected_column, question_column
from assistant.terminal.progress import Pace, Waiting

if TYPE_CHECKING:
    from assistant.batch.backends import LocalBackend
    from assistant.batch.remote import RemoteBackend
    from assistant.types import Encoder

_RELATIVE = (
    "the links to sources lead nowhere outside this machine: name the address of the assistant for readers with "
    "--link-base, such as --link-base https://example.org"
)
_NOT_MET = 1  # the exit status where a gate is not met, or an answer differs from the earlier run


def run(options: argparse.Namespace) -> int:
    """Answers the file, says on standard error what became of it, and gives the exit status."""
    format, table = read_questions(options)
    column = question_column(table, options.question_column)
    expected = expected_column(table, options.expected_column)
    if options.dry_run:
        return _preview(options, table, column)
    if options.output is None:
        raise UsageError("name a file for the answers with --output, or see what would be asked with --dry-run")
    target = options.to or (
        endings.format_answered(format) if options.output == "-" else endings.format_written(options.output)
    )
    _check(options, table, column, expected)
    _say(*_notes(options, table))
    with ExitStack() as stack:
        earlier = stack.enter_context(closing(Earlier(options.since))) if options.since else None
        journal = stack.enter_context(_journal(options))
        answered = journal.recorded + (len(earlier) if earlier is not None else 0)
        with _waiting(f"reaching {options.url}" if options.url else "opening the index"):
            asker = stack.enter_context(closing(_asker(options, len(set(table.texts(column))) - answered)))
        batch = Run(table, column, asker, journal, earlier, note=_say)
        results = _answer(batch, options)
        with _waiting("writing the answers"), _written(options.output) as file:
            notes = formats.write(file, results, target, base=_base(options))
        _say(*notes)
        if target != "jsonl" and not _base(options) and _has_relative_link(results):
            _say(_RELATIVE)
        gate = quality_gate.check_gate(results, expected, asker.documents) if expected is not None else None
        with _waiting("comparing with the earlier run"):
            difference = compare.compare(results, earlier, asker) if earlier is not None else None
        if options.review and earlier is not None and difference is not None:
            with _written(options.review) as file:
                file.writelines(map(pages.encoded, review.page(results, earlier, difference, base=_base(options))))
        if options.junit:
            with _written(options.junit) as file:
                junit.write(file, results, gate, difference)
        _say(*(gate.lines() if gate is not None else ()), *(difference.lines() if difference is not None else ()))
        with _waiting("summing up"):
            found = summary.sum_up(results, asker, asked=batch.asked)
        _say(*found.lines())
        if batch.failed:
            again = ": run the same command again to ask only those" if _is_kept(options) else ""
            _say(f"failed: {counted(len(batch.failed), 'question')}{again}")
        else:
            journal.close(remove=True)
    too_few = gate is not None and options.fail_under is not None and gate.share < options.fail_under
    return _NOT_MET if too_few or batch.failed or (difference is not None and difference.changes) else 0


def _preview(options: argparse.Namespace, table: Table, column: int) -> int:
    """Prints which questions would be asked, each with its row, and says how the file was read."""
    _say(*_notes(options, table))
    found = preview(table, column)
    for n, question in found.asked:
        print(f"row {n}: {one_line(question)}")
    _say(*found.lines())
    return 0


def _notes(options: argparse.Namespace, table: Table) -> Iterator[str]:
    """What should be said of how the file was read."""
    if options.sheet is None and (others := unread_sheets(table)):
        yield f"{options.input}: {others}: name another with --sheet"
    yield from (f"{options.input}: {note}" for note in table.notes)


def _has_relative_link(results: Results) -> bool:
    return any(link(citation).startswith("/") for result in results for citation in result.body.citations)


def _asker(options: argparse.Namespace, expected: int) -> LocalBackend | RemoteBackend:
    """Who is asked; so many questions are expected."""
    if options.url is not None:
        from assistant.batch.remote import RemoteBackend

        settings = load_settings()
        key = settings.api_key
        given = options.api_key or (None if key is None else key.get_secret_value())
        return RemoteBackend(
            options.url,
            api_key=given,
            jobs=options.jobs,
            mode=options.mode,
            open_encoder=lambda: _encoder(settings),
        )
    from assistant.batch.backends import LocalBackend

    settings = load_settings({"index": options.index, "mode": options.mode})
    return LocalBackend(settings, jobs=options.jobs, expected=expected)


def _encoder(settings: Settings) -> Encoder | None:
    """What tells how alike questions are that a server was asked; None, and why, where that cannot be loaded."""
    from assistant.compose import open_encoder

    try:
        return open_encoder(settings)
    except AssistantError as error:
        _say(f"questions are compared by their words, as the encoder cannot be loaded: {error}")
        return None


def _answer(batch: Run, options: argparse.Namespace) -> Results:
    """The answers, and on a terminal how far they are. Where they do not all come, what is kept is told."""
    with closing(Pace(sys.stderr)) as pace:
        batch.progress = pace
        try:
            return batch()
        except (AssistantError, KeyboardInterrupt):
            pace.close()
            if len(batch.journal) and _is_kept(options):
                kept = f"{counted(len(batch.journal), 'answer')} kept in {batch.journal.path}"
                _say(f"{kept}: run the same command again to go on")
            raise


@contextmanager
def _journal(options: argparse.Namespace) -> Iterator[Journal]:
    """The journal beside the output; where that is no plain file, one that does not stay."""
    with ExitStack() as stack:
        path = options.journal or Path(f"{options.output}.journal")
        if not _is_kept(options):
            path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "journal"
        yield stack.enter_context(closing(Journal(path)))


def _is_kept(options: argparse.Namespace) -> bool:
    """Whether the journal stays for a run that goes on."""
    return options.journal is not None or not _is_stream(options.output)


@contextmanager
def _written(name: str) -> Iterator[BinaryIO]:
    """A file that comes to be whole or not at all; what is no plain file is written once there is all of it."""
    path = Path(name)
    if not _is_stream(name):
        target = path.resolve()  # a link stays one
        with replacing(target, f".{target.name}.part") as file:
            yield file
        return
    try:
        with tempfile.TemporaryFile() as file:
            yield cast(BinaryIO, file)
            file.seek(0)
            if name != "-":
                with path.open("wb") as stream:
                    shutil.copyfileobj(file, stream)
            else:
                shutil.copyfileobj(file, sys.stdout.buffer)
                sys.stdout.buffer.flush()
    except BrokenPipeError:  # whoever read it has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        raise UsageError(f"cannot write {'standard output' if name == '-' else name}: {error.strerror}") from error


def _is_stream(name: str) -> bool:
    """Whether it is standard output, a pipe or a device, which cannot be put in another's place."""
    path = Path(name)
    return name == "-" or (path.exists() and not path.is_file() and not path.is_dir())


def _base(options: argparse.Namespace) -> str:
    return options.link_base or options.url or ""


def _check(options: argparse.Namespace, table: Table, column: int, expected: int | None) -> None:
    """Raises UsageError where the run could not end well."""
    if not table.rows:
        raise UsageError("the file names columns, but holds no question: add rows below the first")
    if options.api_key and not options.url:
        raise UsageError("--api-key is for a running assistant: give its address with --url")
    tested = expected is not None and any(map(all, zip(table.texts(column), table.texts(expected), strict=True)))
    if options.fail_under is not None and not tested:
        raise UsageError("nothing is expected of any row: fill a column `expected`, or name one with --expected-column")
    if options.review and not options.since:
        raise UsageError("--review shows what has changed since an earlier run: give that with --since")
    if options.junit and not options.since and not tested:
        raise UsageError("--junit has nothing to test: fill a column `expected`, or give an earlier run with --since")
    _check_files(options)


def _check_files(options: argparse.Namespace) -> None:
    """Raises UsageError where a file cannot be written, or would take the place of another that is needed."""
    given = {"--output": options.output, "--review": options.review, "--junit": options.junit}
    if list(given.values()).count("-") > 1:
        raise UsageError("standard output takes one result: give the others a file")
    known = {"INPUT": Path(options.input)} if options.input != "-" else {}
    if options.since and str(options.since) != options.output:  # the output may take the place of the earlier run
        known["--since"] = options.since
    for option, name in (given | {"--journal": options.journal}).items():
        if name is None or _is_stream(str(name)):
            continue
        path = Path(name)
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise UsageError(f"cannot write {path}: give {option} a file in a folder that there is")
        for other, file in known.items():
            if path.resolve() == file.resolve() or (path.exists() and file.exists() and path.samefile(file)):
                raise UsageError(f"{path} is given as {other}, too: give {option} another name")
        known[option] = path


def read_questions(options: argparse.Namespace) -> tuple[str, Table]:
    """The format of the questions, and their table."""
    name = options.input
    if name == "-" and sys.stdin is None:
        raise UsageError("standard input is closed: give INPUT a file")
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error
    format = options.from_ or endings.format_read(name, data)
    with _waiting(f"reading {name}"):
        return format, read(data, format, encoding=options.encoding, sheet=options.sheet)


def _waiting(what: str) -> Waiting:
    return Waiting(sys.stderr, what)


def _say(*lines: str) -> None:
    """Says something on standard error, a line each, whatever characters stand in it."""
    for line in lines:
        plain = "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in line)
        print(plain, file=sys.stderr, flush=True)
