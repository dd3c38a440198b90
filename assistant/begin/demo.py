"""A demo of the three ways to ask: one question, a list of them, a server. It knows no corpus: questions are made."""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from assistant.batch import arguments, command
from assistant.client import Remote
from assistant.compose import open_answerer, open_store
from assistant.errors import AssistantError
from assistant.feedback.suggestions import suggest
from assistant.settings import PREFIX, DatabaseUrl, Settings, load_settings
from assistant.spreadsheets.counted import counted
from assistant.terminal import intake
from assistant.terminal.blocks import printable
from assistant.terminal.progress import Waiting
from assistant.terminal.show import show_answer
from assistant.types import Answerer

_ASKED = 4  # questions of the list, beside one without an answer
_WITHOUT = "What will the weather be like tomorrow?"  # that few documents answer
_WIDTH = 90  # characters of a line
_KEYS = "Enter goes on, s skips this, q ends the demo: "
# Of the server that is shown: on this machine alone, asking for no key, keeping nothing.
_PLAIN = {"HOST": "127.0.0.1", "PORT": "0"} | dict.fromkeys(
    (
        "KEYS",
        "ADMIN_KEY",
        "RECORDS",
        "AUDIT_LOG",
        "RIGHTS",
        "UPLOADS",
        "WORKERS",
        "RATE_LIMIT",
        "PUBLIC_URL",
        "ROOT_PATH",
    ),
    "",
)

Ask = Callable[[str], str]
"""Shows a prompt, and gives what is typed."""


class _Ended(Exception):
    """Who watches has seen enough."""


def run(options: argparse.Namespace) -> int:
    """Shows the three ways, one after the other, and gives the exit status."""
    settings = load_settings({"corpus": options.corpus, "index": options.index})
    if open_store(settings).current() is None:
        print(
            f"There is no index in {settings.index} yet: building it from {settings.corpus}, which takes a while once."
        )
        intake.index(settings)
    with Waiting(sys.stderr, "opening the index and making questions"):
        assistant = open_answerer(settings)
        questions = suggest(assistant, k=_ASKED) or (f"What is {_title(assistant)} about?",)
    return show(settings, assistant, questions, ask=input if sys.stdin.isatty() else None)


def show(settings: Settings, assistant: Answerer, questions: Sequence[str], *, ask: Ask | None) -> int:
    """Shows the three ways with these questions; `ask` is None where nobody can say whether to go on."""
    print(f"Three ways to ask {counted(len(assistant.documents), 'document')} in {settings.index}.")
    parts: Sequence[tuple[str, Callable[[], None]]] = (
        ("1. Ask a question", lambda: _one(assistant, questions)),
        ("2. Answer a list of questions", lambda: _list(settings, questions)),
        ("3. Serve a page and an API", lambda: _serve(settings, questions, ask)),
    )
    try:
        for title, part in parts:
            print(f"\n{title}\n{'=' * len(title)}")
            if _goes_on(ask):
                part()
    except _Ended:
        return 0
    print("\nThat was all. Each command says more with --help.")
    return 0


def _goes_on(ask: Ask | None) -> bool:
    """Whether the part is shown. Raises _Ended where the demo is over."""
    if ask is None:
        return True
    try:
        said = ask(_KEYS).strip().casefold()
    except EOFError:
        raise _Ended from None
    if said.startswith("q"):
        raise _Ended
    return not said.startswith("s")


def _one(assistant: Answerer, questions: Sequence[str]) -> None:
    for question in (questions[0], _WITHOUT):
        _command(f"assistant ask '{question}'")
        print(show_answer(assistant.ask(question), assistant.documents))
    print("\nEvery sentence shows where it stands. What the documents do not say is not answered.")


def _list(settings: Settings, questions: Sequence[str]) -> None:
    with TemporaryDirectory() as folder:
        asked, answered = Path(folder) / "questions.csv", Path(folder) / "answers.csv"
        with asked.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["question"], *([question] for question in (*questions, _WITHOUT))])
        _command("cat questions.csv")
        print(_lines(asked.read_text("utf-8")))
        _command("assistant batch questions.csv --output answers.csv")
        parser = argparse.ArgumentParser()
        arguments.add_arguments(parser)
        line = [str(asked), "--output", str(answered), "--link-base", "http://127.0.0.1:8000"]
        command.run(parser.parse_args([*line, "--index", _place(settings)]))
        _command("cat answers.csv   # shortened")
        with answered.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                source = row["sources"].partition("\n")[0].rpartition(" (")[0]
                print(f"{row['status']:<9} {_short(row['question'])}")
                for said in filter(None, (row["answer"] or row["reason"], source)):
                    print(f"{'':<9} {_short(said)}")
    print("\nExcel workbooks, Markdown and plain lists are taken, too, and come back as what they were.")


def _serve(settings: Settings, questions: Sequence[str], ask: Ask | None) -> None:
    _command("assistant serve")
    with _server(settings) as url:
        print(f"A page to ask on:  {url}/")
        print(f"The API, explained: {url}/docs")
        body = json.dumps({"question": questions[0]}, ensure_ascii=False)
        _command(f"curl -s {url}/v1/ask -H 'Content-Type: application/json' -d '{body}'")
        said = Remote(url).reply(questions[0])
        place = [{"document_id": one.document_id, "section_path": one.section_path} for one in said.citations[:1]]
        shown = {"status": said.status, "answer": said.answer, "citations": place, "confidence": said.confidence}
        print(printable(json.dumps(shown, ensure_ascii=False)))
        if ask is not None:
            try:
                ask(f"\nOpen {url}/ in a browser. Enter stops the server: ")
            except EOFError:
                raise _Ended from None


@contextmanager
def _server(settings: Settings) -> Iterator[str]:
    """The address of a server of the index, which ends with this. Raises AssistantError where it cannot be started."""
    around = {f"{PREFIX}{name}": value for name, value in _PLAIN.items()}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "assistant", "serve"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **around, f"{PREFIX}INDEX": _place(settings)},
    )
    assert process.stderr is not None
    try:
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"listening on (http\S+)", line):
                Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would hold it up
                yield found[1]
                return
        raise AssistantError(f"the server cannot be started: {' '.join(''.join(said[-3:]).split())}")
    finally:
        process.terminate()
        process.wait()


def _place(settings: Settings) -> str:
    """The index as a command takes it."""
    return settings.index.value if isinstance(settings.index, DatabaseUrl) else str(settings.index)


def _title(assistant: Answerer) -> str:
    return next((one.title for one in assistant.documents.values()), "this")


def _command(line: str) -> None:
    print(f"\n$ {printable(line)}")


def _lines(text: str) -> str:
    """Lines as a terminal may show them."""
    return "\n".join(map(printable, text.splitlines()))


def _short(text: str) -> str:
    line = printable(text)
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
