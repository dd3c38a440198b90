"""Answers questions that come over a pipe, for a batch that another process runs."""

from __future__ import annotations

import json
import sys
from base64 import b64encode
from typing import IO

from assistant.compose import open_answerer
from assistant.errors import AssistantError
from assistant.phrasing import in_mode
from assistant.settings import Settings
from assistant.types import Answerer, Json
from assistant.wire import AnswerBody

VECTOR = "<f2"  # how the numbers of a vector are sent: little-endian, in half precision


def reply(answerer: Answerer, question: str) -> AnswerBody:
    """What /v1/ask says to a question."""
    return AnswerBody.of(answerer.ask(question), answerer)


def work(source: IO[bytes], target: IO[bytes]) -> None:
    """Answers what comes in, a line of JSON each, until nothing more does.

    The first line is settings, and is answered with what was opened. Then a string is a question, which is answered
    with its reply and its vector, and a list those that are asked next; it gets no answer.
    """
    try:
        settings = Settings.model_validate_json(source.readline())
        answerer = open_answerer(settings)
        asked = in_mode(settings, answerer)
    except AssistantError as error:
        write(target, {"failed": error.code, "detail": str(error)})
        return
    write(target, {"index_id": answerer.index_id, "settings_id": asked.settings_id})
    while line := source.readline():
        wanted = json.loads(line)
        if isinstance(wanted, list):
            answerer.prepare(wanted)
            continue
        try:
            said = reply(asked, wanted).model_dump(mode="json")
            vector = answerer.encode(wanted).astype(VECTOR)
            write(target, {"reply": said, "vector": b64encode(vector.tobytes()).decode()})
        except AssistantError as error:
            write(target, {"failed": error.code, "detail": str(error)})


def write(target: IO[bytes], value: Json) -> None:
    """Sends a value as a line of JSON."""
    target.write(json.dumps(value).encode() + b"\n")
    target.flush()


if __name__ == "__main__":
    work(sys.stdin.buffer, sys.stdout.buffer)
