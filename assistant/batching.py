"""The batch command: from a file of questions to a file of answers."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from assistant.batch import comparing, endings, formats, gating, summing
from assistant.batch.journal import Earlier, Journal
from assistant.batch.running import Results, Run
from assistant.batch.tables import Table, expected_column, question_column
from assistant.crew import Far, Here
from assistant.disk import replacing
from assistant.errors import AssistantError, UsageError
from assistant.progress import Pace
from assistant.settings import load_settings

NOT_MET = 1  # the exit status where a gate is not met, or an answer differs from the earlier run


def run(options: argparse.Namespace) -> int:
    """Answers the file, says on standard error what became of it, and gives the exit status."""
    data = _read(options.input)
    format = options.from_ or endings.format_read(options.input, data)
    table = formats.read(data, format, encoding=options.encoding, sheet=options.sheet)
    del data
    column = question_column(table, options.question_column)
    expected = expected_column(table, options.expected_column)
    if options.fail_under is not None and (expected is None or not any(table.texts(expected))):
        raise UsageError("nothing is expected of any row: fill a column `expected`, or name one with --expected-column")
    target = options.to or (format if options.output == "-" else endings.format_written(options.output))
    target = "csv" if target == "txt" else target
    _check(options, table)
    for note in table.notes:
        _say(f"{options.input}: {note}")
    with ExitStack() as stack:
        earlier = stack.enter_context(closing(Earlier(options.since))) if options.since else None
        journal = stack.enter_context(_journal(options))
        answered = journal.recorded + (len(earlier) if earlier is not None else 0)
        expected_questions = len(set(table.texts(column))) - answered
        asker: Here | Far = (
            Far(options.url, api_key=options.api_key, jobs=options.jobs)
            if options.url
            else Here(load_settings({"index": options.index}), jobs=options.jobs, expected=expected_questions)
        )
        stack.callback(asker.close)
        pace = Pace(sys.stderr)
        stack.callback(pace.close)
        batch = Run(table, column, asker, journal, earlier, note=_say, progress=pace)
        try:
            results = batch()
        except (AssistantError, KeyboardInterrupt):
            pace.close()
            if len(journal) and options.output != "-":
                _say(f"{len(journal)} answers are kept in {journal.path}: run the same command again to go on")
            raise
        pace.close()
        _write(options, results, target)
        status = 0
        if expected is not None:
            gate = gating.judge(results, expected, asker.documents)
            _say(*gate.lines())
            status = NOT_MET if options.fail_under is not None and gate.share < options.fail_under else status
        if earlier is not None:
            difference = comparing.compare(results, earlier, asker)
            _say(*difference.lines())
            status = NOT_MET if difference.changes else status
        _say(*summing.sum_up(results, asker, asked=batch.asked).lines())
        if not batch.failed:
            journal.close(remove=True)
        elif options.output != "-":
            _say(f"{len(batch.failed)} questions failed: run the same command again to ask only those")
    return status


@contextmanager
def _journal(options: argparse.Namespace) -> Iterator[Journal]:
    """The journal beside the output; where that is standard output, one that does not stay."""
    with ExitStack() as stack:
        path = options.journal
        if path is None and options.output == "-":
            path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "journal"
        yield stack.enter_context(closing(Journal(path or _beside(Path(options.output), ".journal"))))


def _write(options: argparse.Namespace, results: Results, format: str) -> None:
    """Writes the output, all of it or none."""
    base = options.link_base or options.url or ""
    if options.output == "-":
        with tempfile.TemporaryFile() as file:
            notes = formats.write(cast(BinaryIO, file), results, format, base=base)
            file.seek(0)
            shutil.copyfileobj(file, sys.stdout.buffer)
            sys.stdout.buffer.flush()
    else:
        path = Path(options.output)
        with replacing(path, f".{path.name}.part") as file:
            notes = formats.write(file, results, format, base=base)
    _say(*notes)


def _check(options: argparse.Namespace, table: Table) -> None:
    """Raises UsageError where the run could not end well."""
    if not table.rows:
        raise UsageError("the file names columns, but holds no question: add rows below the first")
    if options.api_key and not options.url:
        raise UsageError("--api-key is for a running assistant: give its address with --url")
    if options.output == "-":
        return
    path = Path(options.output)
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise UsageError(f"cannot write {path}: give --output a file in a folder that there is")
    if path.exists() and options.input != "-" and path.samefile(options.input):
        raise UsageError(f"{path} holds the questions: give --output another name")


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error


def _say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr, flush=True)
