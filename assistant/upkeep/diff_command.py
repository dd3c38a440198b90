"""The diff command: what has changed between two indexes, and which earlier answers that touches."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from assistant.batch.journal import Earlier
from assistant.documents.citations import trail
from assistant.documents.difference import Changed, Difference, difference
from assistant.errors import IndexNotFound
from assistant.index.collection import Collection
from assistant.index.files import open_build
from assistant.index.publishing import open_index
from assistant.terminal.blocks import printable
from assistant.terminal.progress import Waiting
from assistant.upkeep.touched import Touched, touched

DIFFERENT = 1  # the exit status where something has changed


def run(options: argparse.Namespace) -> int:
    """Tells what has changed, and gives the exit status."""
    answers: list[Touched] | None = None
    with Waiting(sys.stderr, "comparing the indexes"):
        old, new = _open(options.old), _open(options.new)
        changes = difference(old.documents, new.documents)
        if options.answers is not None:
            with closing(Earlier(options.answers)) as earlier:
                answers = list(touched(earlier, changes, new.documents))
    notes = list(_notes(old, new))
    if options.json:
        said = {"old": old.id, "new": new.id, "notes": notes, **asdict(changes)}
        told = None if answers is None else [asdict(one) for one in answers]
        print(json.dumps({**said, "answers": told}, indent=2, ensure_ascii=False))
    else:
        print("\n".join(shown(changes, answers, notes)))
    return DIFFERENT if changes or notes else 0


def shown(changes: Difference, answers: Sequence[Touched] | None, notes: Sequence[str] = ()) -> Iterator[str]:
    """The difference as a person reads it."""
    yield from notes
    lists = (("Added", changes.added), ("Removed", changes.removed))
    for name, ids in lists:
        if ids:
            yield f"{name} ({len(ids)})"
            yield from (f"  {printable(id)}" for id in ids)
    if changes.renamed:
        yield f"Renamed ({len(changes.renamed)})"
        yield from (f"  {printable(before)} -> {printable(after)}" for before, after in changes.renamed)
    if changes.changed:
        yield f"Changed ({len(changes.changed)})"
        for one in changes.changed:
            yield f"  {printable(one.document_id)}"
            yield from (f"    {printable(said)}" for said in _changed(one))
    if not (changes or notes):
        yield "the documents are the same"
    if answers is not None:
        yield f"Earlier answers that this touches ({len({one.question for one in answers})})"
        for answer in answers:
            yield f"  {answer.kind}: {printable(answer.question)}"
            yield f"    {printable(answer.what)}"


def _changed(one: Changed) -> Iterator[str]:
    for sign, paths in (("+", one.added), ("-", one.removed), ("~", one.sections)):
        yield from (f"{sign} {trail(path) or '(above the first heading)'}" for path in paths)
    if one.title is not None:
        yield f"title: {one.title[0]} -> {one.title[1]}"
    if one.metadata:
        yield f"metadata: {', '.join(one.metadata)}"


def _notes(old: Collection, new: Collection) -> Iterator[str]:
    """What else is different: it may change every answer."""
    if old.encoder_fingerprint != new.encoder_fingerprint:
        yield f"the encoder is another: {old.encoder_name} before, {new.encoder_name} now; every answer may change"
    keys = sorted(
        key for key in old.settings.keys() | new.settings.keys() if old.settings.get(key) != new.settings.get(key)
    )
    if keys:
        yield f"built with other settings ({', '.join(keys)}): every answer may change"


def _open(path: Path) -> Collection:
    """The index in force in a folder, or the build that lies there."""
    if (path / "manifest.json").exists():
        return open_build(path)
    if not path.is_dir():
        raise IndexNotFound(f"no index in {path}: name the folder of an index, or of one build below its `builds`")
    return open_index(path)
