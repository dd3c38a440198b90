"""The command line: index, ask, serve, batch, calibrate, gaps, purge, config."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.batch import arguments
from assistant.errors import AssistantError, IndexNotFound, UsageError
from assistant.question.parse import MAX_QUESTION
from assistant.terminal.exits import ended

if TYPE_CHECKING:
    from assistant.compose import LiveAnswerer
    from assistant.server.feedback import Feedback
    from assistant.settings import Settings

_EXAMPLES = """examples:
  assistant index
  assistant ask 'What are the common challenges?'
  assistant serve"""
_STATUSES = """exit status:
  0  done; a refusal to answer is an answer too
  1  something unexpected
  2  bad usage, or a bad setting
  3  the corpus cannot be read
  4  there is no index, or it is damaged or of another encoder
  5  the encoder cannot be loaded or exported
  6  the reader or its calibration cannot be loaded or fitted
  7  the records of what was asked cannot be read or written"""


_QUESTIONS = """a question is one JSON object a line:
  {"id": "a1", "type": "fact", "question": "...", "gold": [["this", "or this"], ["and this"]]}
  {"id": "b1", "type": "unanswerable", "kind": "near", "question": "one that the documents do not answer"}
  {"id": "c1", "type": "unanswerable", "kind": "far", "question": "one about something else"}"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit status."""
    options = _parser().parse_args(arguments)
    return ended(lambda: options.run(options), "assistant")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="assistant",
        description="Sourced answers over your own documents, without a language model.",
        epilog=f"{_EXAMPLES}\n\n{_STATUSES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"assistant {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    index = _command(
        commands,
        "index",
        _index,
        "build the index, or bring it up to date",
        "assistant index --corpus corpus --index index",
    )
    index.add_argument("--corpus", type=Path, metavar="DIR", help="the folder of the documents (default: corpus)")
    _add_index(index)

    ask = _command(
        commands, "ask", _ask, "answer a question, with sources", "assistant ask 'What is the median salary?' --explain"
    )
    ask.add_argument("question", help="the question")
    _add_index(ask)
    ask.add_argument("--json", action="store_true", help="print the answer as the HTTP API gives it")
    _add_generate(ask)
    ask.add_argument("--explain", action="store_true", help="show how the answer came about, stage by stage")

    serve = _command(
        commands,
        "serve",
        _serve,
        "answer over HTTP; builds the index first where there is none",
        "assistant serve --host 127.0.0.1 --port 8000",
    )
    serve.add_argument("--host", metavar="ADDRESS", help="the address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, metavar="N", help="the port to listen on, 0 for a free one (default: 8000)")
    serve.add_argument("--corpus", type=Path, metavar="DIR", help="the folder of the documents (default: corpus)")
    _add_index(serve)

    batch = _command(
        commands,
        "batch",
        _batch,
        "answer a file of questions: the same table, with an answer and its sources beside each question",
        "assistant batch questions.csv --output answers.csv",
        arguments.DETAILS,
    )
    arguments.add_arguments(batch)

    calibrate = _command(
        commands,
        "calibrate",
        _calibrate,
        "fit the confidence, and so the promise, to questions of your own with known answers",
        "assistant calibrate questions.jsonl --output calibration.json",
        _QUESTIONS,
    )
    calibrate.add_argument("questions", type=Path, metavar="QUESTIONS.jsonl", help="the questions, one a line")
    calibrate.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        default=Path("calibration.json"),
        help="the file to write (default: calibration.json)",
    )
    _add_index(calibrate)

    gaps = _command(
        commands,
        "gaps",
        _gaps,
        "group what was refused or voted down by its meaning, from the records",
        "assistant gaps --records records.sqlite --csv faq.csv",
        "the CSV file has the columns question, answer (empty, yours to write), count and closest_source;\n"
        "scripts/batch_faq can read it",
    )
    form = gaps.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print them as JSON")
    form.add_argument("--csv", metavar="OUT.csv", help="write them as the stub of an FAQ; - writes to standard output")
    _add_records(gaps)
    _add_index(gaps)

    purge = _command(
        commands,
        "purge",
        _purge,
        "delete what the records keep of questions and votes",
        "assistant purge --records records.sqlite --containing 'Jane Doe'",
        "without an option, it deletes what is older than the setting ASSISTANT_RECORDS_DAYS",
    )
    which = purge.add_mutually_exclusive_group()
    which.add_argument("--older-than", type=_days, metavar="DAYS", help="delete what is older than so many days")
    which.add_argument("--containing", metavar="TEXT", help="delete the questions and comments that hold this text")
    which.add_argument("--all", action="store_true", help="delete everything")
    _add_records(purge)

    _command(commands, "config", _config, "show every setting, its value and what it does", "assistant config")
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: object,
    summary: str,
    example: str,
    more: str = "",
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=f"example:\n  {example}" + (f"\n\n{more}" if more else ""),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _add_index(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--index", type=Path, metavar="DIR", help="the folder of the index (default: index)")


def _add_generate(parser: argparse.ArgumentParser) -> None:
    said = "let the language model in the settings phrase the answer, each sentence checked"
    parser.add_argument("--generate", action="store_const", const="generative", dest="mode", help=said)


def _add_records(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--records", type=Path, metavar="FILE", help="the file of the records, if not the setting's")


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days: give 0 to 99999")
    return int(text)


def _settings(options: argparse.Namespace) -> Settings:
    from assistant.settings import Settings, load_settings

    return load_settings({name: getattr(options, name, None) for name in Settings.model_fields})


def _index(options: argparse.Namespace) -> int:
    from assistant.compose import build_index
    from assistant.terminal.progress import Progress

    settings = _settings(options)
    with Progress(sys.stderr) as progress:
        report = build_index(settings, progress=progress)
    for skipped in report.skipped:
        print(f"skipped {skipped.id}: {skipped.why}", file=sys.stderr)
    for warned in report.warnings:
        print(f"warning: {warned.id}: {warned.what}", file=sys.stderr)
    print(report.summary())
    return 0


def _ask(options: argparse.Namespace) -> int:
    from assistant.compose import open_answerer
    from assistant.phrasing import in_mode
    from assistant.terminal.show import show_answer, show_explanation

    settings = _settings(options)
    assistant = in_mode(settings, open_answerer(settings))
    explanation = assistant.explain(_question(options.question))
    if options.json:
        from assistant.wire import AnswerBody

        print(AnswerBody.of(explanation.answer, assistant).model_dump_json(indent=2))
    else:
        print(show_answer(explanation.answer, assistant.documents))
    if options.explain:
        print(show_explanation(explanation, assistant.documents), file=sys.stderr if options.json else sys.stdout)
    return 0


def _question(text: str) -> str:
    question = text.strip()
    if not 1 <= len(question) <= MAX_QUESTION:
        raise UsageError(f"a question has 1 to {MAX_QUESTION} characters, this one has {len(question)}")
    return question


def _serve(options: argparse.Namespace) -> int:
    from assistant.compose import LiveAnswerer
    from assistant.phrasing import modes

    settings = _settings(options)
    live = LiveAnswerer(settings)
    try:
        live.open()
    except IndexNotFound:
        print("no index yet: building it first", file=sys.stderr)
        status = _build_apart(settings)
        if status:
            return status
        live.open()
    from assistant.server import Limits, create_app, run

    limits = Limits(**{field.name: getattr(settings, field.name) for field in fields(Limits)})
    with _feedback(settings, live) as feedback:
        app = create_app(
            live, log_questions=settings.log_questions, limits=limits, feedback=feedback, modes=modes(settings, live)
        )
        run(app, settings.host, settings.port)
    return 0


@contextmanager
def _feedback(settings: Settings, live: LiveAnswerer) -> Iterator[Feedback]:
    """What is kept while serving; all that waits is written at the end."""
    from assistant.compose import GapFinder, open_records
    from assistant.feedback.records import Recorder
    from assistant.server.feedback import Feedback

    key = settings.admin_key.get_secret_value() if settings.admin_key is not None else ""
    if settings.records is None:
        yield Feedback(admin_key=key)
        return
    records = open_records(settings)
    print(f"questions are kept in {settings.records} for {settings.records_days} days", file=sys.stderr)
    with closing(Recorder(records, days=settings.records_days)) as recorder:
        yield Feedback(recorder, GapFinder(records, live), key)


def _batch(options: argparse.Namespace) -> int:
    from assistant.batch.command import run

    return run(options)


def _build_apart(settings: Settings) -> int:
    """Builds the index in a child process, so that this one never loads what only building needs."""
    command = [
        sys.executable,
        "-P",  # no code from the folder that this runs in
        "-m",
        "assistant",
        "index",
        "--corpus",
        str(settings.corpus),
        "--index",
        str(settings.index),
    ]
    child = subprocess.Popen(command, stdout=sys.stderr)
    try:
        return child.wait()
    except BaseException:
        child.terminate()
        child.wait()
        raise


def _calibrate(options: argparse.Namespace) -> int:
    from assistant.compose import calibrate
    from assistant.terminal.progress import Progress
    from assistant.terminal.show import show_calibration

    settings = _settings(options)
    with Progress(sys.stderr) as progress:
        made = calibrate(settings, options.questions, options.output, progress=progress)
    print(show_calibration(made))
    print(f"\nwritten to {options.output}: set ASSISTANT_CALIBRATION={options.output} to use it")
    return 0


def _gaps(options: argparse.Namespace) -> int:
    from assistant.compose import GapFinder, open_answerer, open_records
    from assistant.disk import write
    from assistant.feedback.gaps import as_json, stub
    from assistant.terminal.show import show_gaps

    settings = _settings(options)
    records = open_records(settings)
    records.totals()  # an index is not opened for nothing
    gaps = GapFinder(records, partial(open_answerer, settings))()
    if options.csv == "-":
        sys.stdout.buffer.write(stub(gaps))
    elif options.csv is not None:
        write(Path(options.csv), stub(gaps))
        print(f"{len(gaps.groups)} gaps written to {options.csv}")
    else:
        print(as_json(gaps) if options.json else show_gaps(gaps))
    return 0


def _purge(options: argparse.Namespace) -> int:
    from time import time

    from assistant.compose import open_records
    from assistant.feedback.records import DAY

    settings = _settings(options)
    records = open_records(settings)
    if options.containing is not None:
        if not options.containing.strip():
            raise UsageError("--containing needs a text: use --all to delete everything")
        deleted = records.purge(containing=options.containing)
    elif options.all:
        deleted = records.purge()
    else:
        days = settings.records_days if options.older_than is None else options.older_than
        deleted = records.purge(before=time() - days * DAY)
    print(f"deleted {deleted.questions} questions and {deleted.votes} votes; {deleted.left} questions are left")
    return 0


def _config(options: argparse.Namespace) -> int:
    from assistant.settings import PREFIX, Settings

    settings = _settings(options)
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = ",".join(value) if isinstance(value, tuple) else value
        origin = "" if value == field.default else f"  (default: {field.default})"
        print(f"{PREFIX}{name.upper()}={shown}{origin}\n    {field.description}")
    print(f"\n{_promise(settings)}")
    return 0


def _promise(settings: Settings) -> str:
    """What these settings promise, or why nothing can be said."""
    from assistant.compose import open_promise

    try:
        return f"The promise: {open_promise(settings).statement()}"
    except AssistantError as error:
        return f"The promise cannot be told: {error}"
