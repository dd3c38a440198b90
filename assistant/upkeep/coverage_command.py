"""The coverage command: which documents and sections a file of questions never reaches, and what is refused."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import asdict
from pathlib import Path

from assistant.batch.backends import LocalBackend
from assistant.batch.command import read_questions
from assistant.batch.journal import Earlier, Journal
from assistant.batch.run import Run
from assistant.documents.citations import trail
from assistant.errors import UsageError
from assistant.settings import load_settings
from assistant.spreadsheets.counted import counted
from assistant.spreadsheets.tables import question_column
from assistant.terminal.blocks import printable
from assistant.terminal.progress import Pace, Waiting
from assistant.types import Document
from assistant.upkeep.coverage import Coverage, coverage

_SHOWN = 20  # sections and questions that are shown of one kind; --json has all


def run(options: argparse.Namespace) -> int:
    """Asks the questions, and tells what their answers reach."""
    _, table = read_questions(options)
    column = question_column(table, options.question_column)
    if not table.rows:
        raise UsageError("the file names columns, but holds no question: add rows below the first")
    settings = load_settings({"index": options.index})
    with ExitStack() as stack:
        earlier = stack.enter_context(closing(Earlier(options.answers))) if options.answers is not None else None
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        journal = stack.enter_context(closing(Journal(Path(folder) / "journal")))
        different = len(set(table.texts(column)))
        with Waiting(sys.stderr, "opening the index"):
            backend = LocalBackend(settings, expected=0 if earlier is not None else different)
        stack.enter_context(closing(backend))
        pace = stack.enter_context(closing(Pace(sys.stderr)))
        results = Run(table, column, backend, journal, earlier, progress=pace)()
        pace.close()
        with Waiting(sys.stderr, "looking what the answers reach"):
            found = coverage((result.body for result in results.different()), backend.answerer.documents)
        documents = backend.answerer.documents
    print(as_json(found) if options.json else "\n".join(shown(found, documents)))
    return 0


def as_json(found: Coverage) -> str:
    """All of it as JSON."""
    said = {
        "questions": found.questions,
        "documents": len(found.cited),
        "sections": found.sections,
        "cited": dict(found.cited),
        "never": list(found.never),
        "missed": [asdict(one) for one in found.missed],
        "refused": [asdict(one) for one in found.refused],
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def shown(found: Coverage, documents: Mapping[str, Document]) -> Iterator[str]:
    """What is never reached and what is refused, as a person reads it."""
    yield from _listed(
        f"Documents never reached ({len(found.never)} of {len(found.cited)})",
        [f"{id}: {documents[id].title}" for id in found.never],
    )
    missed = [f"{one.document_id}: {trail(one.path)}" + (" (came near)" if one.near else "") for one in found.missed]
    yield from _listed(f"Sections never reached of the other documents ({len(missed)})", missed)
    refused = [f"{one.reason}: {one.question}" for one in found.refused]
    yield from _listed(f"Without an answer ({len(refused)} of {found.questions})", refused)
    reached = len(found.cited) - len(found.never)
    yield f"{counted(found.questions, 'question')} reach {reached} of {counted(len(found.cited), 'document')}"


def _listed(title: str, rows: list[str]) -> Iterator[str]:
    if not rows:
        return
    yield title
    yield from (f"  {printable(row)}" for row in rows[:_SHOWN])
    if len(rows) > _SHOWN:
        yield f"  and {len(rows) - _SHOWN} more, all with --json"
    yield ""
