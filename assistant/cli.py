"""The command line: index, receipt, ask, serve, mcp, batch, calibrate, gaps, purge, keys, upkeep's, begin's, config."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assistant import __version__
from assistant.access import command as key_arguments
from assistant.batch import arguments
from assistant.begin import arguments as begin
from assistant.errors import AssistantError, UsageError
from assistant.question.parse import MAX_QUESTION
from assistant.terminal import index_command
from assistant.terminal.exits import ended
from assistant.upkeep import arguments as upkeep

if TYPE_CHECKING:
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
  4  there is no index, it cannot be written, or it is damaged or of another encoder or corpus
  5  the encoder cannot be loaded or exported
  6  the reader or its calibration cannot be loaded or fitted
  7  the records of what was asked cannot be read or written
  8  some files of the corpus cannot be read; the index is there, without them"""

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
        index_command.DETAILS,
    )
    index_command.add_arguments(index)
    _add_index(index)

    receipt = _command(
        commands,
        "receipt",
        _receipt,
        "show what became of each file of the corpus",
        "assistant receipt --warnings",
    )
    shown = receipt.add_mutually_exclusive_group()
    shown.add_argument("--warnings", action="store_true", help="show the warnings alone, each in full")
    shown.add_argument("--json", action="store_true", help="print it as JSON")
    _add_index(receipt)

    ask = _command(
        commands, "ask", _ask, "answer a question, with sources", "assistant ask 'What is the median salary?' --explain"
    )
    ask.add_argument("question", nargs="*", help="the question; it needs no quotation marks")
    ask.add_argument("--chat", action="store_true", help="go on asking, each question read with what was said before")
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
    serve.add_argument("--corpus", type=Path, metavar="PATH", help=index_command.CORPUS)
    _add_index(serve)
    serve.add_argument("--workers", type=int, metavar="N", help="the processes that serve on one socket (default: 1)")
    serve.add_argument("--root-path", metavar="PATH", help="the path that a proxy has it at, such as /assistant")

    mcp = _command(
        commands,
        "mcp",
        _mcp,
        "answer one MCP client on standard input and output, or many over HTTP at /mcp",
        "assistant mcp --index index",
        "it needs the extra: pip install 'role-assistant[mcp]'; --http serves all that `assistant serve` does, too",
    )
    _add_index(mcp)
    where = mcp.add_mutually_exclusive_group()
    where.add_argument("--url", metavar="URL", help="ask a running assistant, with the key in ASSISTANT_API_KEY")
    where.add_argument("--http", action="store_true", help="serve over HTTP")
    mcp.add_argument("--host", metavar="ADDRESS", help="with --http, the address to listen on (default: 127.0.0.1)")
    mcp.add_argument("--port", type=int, metavar="N", help="with --http, the port to listen on (default: 8000)")

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

    keys = _command(
        commands,
        "keys",
        _keys,
        "make, list and remove the keys to a server",
        "assistant keys add website --keys keys.json --scopes ask",
        key_arguments.DETAILS,
    )
    key_arguments.add_arguments(keys)

    upkeep.add_commands(partial(_command, commands))
    _command(commands, "config", _config, "show every setting, its value and what it does", "assistant config")
    begin.add_commands(partial(_command, commands), parser)
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
    parser.add_argument(
        "--index", metavar="DIR", help="the folder of the index, or the postgresql:// of a database (default: index)"
    )


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
    return index_command.run(_settings(options), options)


def _receipt(options: argparse.Namespace) -> int:
    from assistant.terminal.intake import receipt

    return receipt(_settings(options), as_json=options.json, warnings=options.warnings)


def _ask(options: argparse.Namespace) -> int:
    from assistant.compose import open_answerer
    from assistant.phrasing import in_mode
    from assistant.terminal.progress import Waiting
    from assistant.terminal.show import show_answer, show_explanation

    chats = options.chat and not (options.json or options.explain)
    question = " ".join(options.question) if chats else _question(" ".join(options.question))
    settings = _settings(options)
    with Waiting(sys.stderr, "opening the index"):
        assistant = in_mode(settings, open_answerer(settings))
    if chats:
        from assistant.terminal.conversation import converse, typed

        converse(assistant, typed(question), print)
        return 0
    with Waiting(sys.stderr, "looking for an answer"):
        explanation = assistant.explain(question)
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
    if not question:
        raise UsageError("ask a question: assistant ask 'What is the median salary?', or assistant ask --chat")
    if len(question) > MAX_QUESTION:
        raise UsageError(f"a question has 1 to {MAX_QUESTION} characters, this one has {len(question)}")
    return question


def _serve(options: argparse.Namespace) -> int:
    from assistant.server.command import serve

    return serve(_settings(options))


def _mcp(options: argparse.Namespace) -> int:
    from assistant.server.command import serve, serve_mcp

    settings = _settings(options)
    return serve(settings.model_copy(update={"mcp": True})) if options.http else serve_mcp(settings, options.url)


def _keys(options: argparse.Namespace) -> int:
    from assistant.access.audit import Audit
    from assistant.access.command import run

    settings = _settings(options)
    if settings.keys is None:
        raise UsageError("say which file holds the keys: name it with ASSISTANT_KEYS, or with --keys")
    status = run(options.action, options.name, settings.keys, scopes=options.scopes, groups=options.groups)
    if options.action != "list":
        Audit(settings.audit_log)(f"key {options.action}", key=options.name, scopes=options.scopes)
    return status


def _batch(options: argparse.Namespace) -> int:
    from assistant.batch.command import run

    return run(options)


def _calibrate(options: argparse.Namespace) -> int:
    from assistant.fitting import calibrate
    from assistant.terminal.progress import Progress
    from assistant.terminal.show import show_calibration

    settings = _settings(options)
    with Progress(sys.stderr) as progress:
        made = calibrate(settings, options.questions, options.output, progress=progress)
    print(show_calibration(made))
    print(f"\nwritten to {options.output}: set ASSISTANT_CALIBRATION={options.output} to use it")
    return 0


def _gaps(options: argparse.Namespace) -> int:
    from assistant.terminal.records import gaps

    return gaps(_settings(options), as_json=options.json, csv=options.csv)


def _purge(options: argparse.Namespace) -> int:
    from assistant.terminal.records import purge

    settings = _settings(options)
    return purge(settings, older_than=options.older_than, containing=options.containing, everything=options.all)


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
