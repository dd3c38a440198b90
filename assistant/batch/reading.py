"""Reads a file of questions that somebody else has sent: in a process of its own, with so much time and memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from assistant.documents.files import File
from assistant.documents.sandbox import Limits, Sandbox
from assistant.errors import UnreadableDocument, UsageError
from assistant.languages import kept
from assistant.languages.catalogue import read_all
from assistant.spreadsheets.cells import as_json, from_json
from assistant.spreadsheets.files import read
from assistant.spreadsheets.tables import Table
from assistant.types import Json

PARSER = f"{__name__}:parse"
_LIMITS = Limits(seconds=10, seconds_a_megabyte=4, megabytes=1_000)
read_all()  # here, since the process opens no file once it reads


def read_apart(data: bytes, format: str, *, sheet: str | None = None, limits: Limits = _LIMITS) -> Table:
    """The table of a file. Raises UnreadableDocument where it holds none, or costs too much."""
    wanted = json.dumps({"format": format, "sheet": sheet})
    with Sandbox(limits=limits, parser=PARSER) as sandbox:
        said = cast(Mapping[str, Json], sandbox.value(File("the file", wanted, data)))
    if "wrong" in said:
        raise UnreadableDocument(kept.from_json(said["wrong"]))
    return from_json(said)


def parse(file: File) -> Mapping[str, Json]:
    """What the process says of a file, whose source tells how it is read: its table, or what is wrong with it."""
    wanted = json.loads(file.source)
    try:
        return as_json(read(file.data, wanted["format"], sheet=wanted["sheet"]))
    except UsageError as error:
        return {"wrong": kept.as_json(error.args[0])}
