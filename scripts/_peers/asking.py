"""Asks a peer in a process of its own, and takes its time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from time import perf_counter
from typing import TypedDict

from _peers.environment import Unavailable
from assistant.evaluation.grading import Question

SERVE = Path(__file__).parent / "serve.py"
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


class Quoted(TypedDict, total=False):
    """A citation as an adapter gives it."""

    text: str
    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reply:
    """What a peer said to one question."""

    text: str
    refused: bool
    citations: tuple[Quoted, ...]
    seconds: float
    score: float | None = None  # how sure it is, where it tells: higher is surer; of any scale


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one corpus: the replies in the order of the questions, and what they cost."""

    version: str
    replies: tuple[Reply, ...]
    cold_seconds: float  # from the start of the process to the first answer
    memory_mb: float | None  # the most that the answering process held; None where the system does not tell


def ask(
    python: Path,
    adapter: Path,
    corpus: Path,
    store: Path,
    questions: Sequence[Question],
    *,
    settings: Mapping[str, object],
    limit: float,
    progress: Callable[[int], None] = lambda done: None,
) -> Asked:
    """Has a peer index the corpus into `store` and answer the questions, each of the two within `limit` seconds.

    `settings` go to the adapter. Raises Unavailable where it fails, with the last line of what it said.
    """
    command = [str(python), "-P", str(SERVE), str(adapter)]
    environment = {**os.environ, **OFFLINE}
    chosen = json.dumps(settings)
    store.mkdir(parents=True, exist_ok=True)
    try:
        ran = subprocess.run(
            [*command, "prepare", str(corpus.resolve()), str(store.resolve()), chosen],
            env=environment,
            capture_output=True,
            text=True,
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"indexing took longer than {limit:.0f} s") from error
    if ran.returncode:
        raise Unavailable(f"indexing failed: {_last(ran.stderr)}")
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        began = perf_counter()
        process = subprocess.Popen(
            [*command, "answer", str(store.resolve()), chosen],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
        )
        timer = Timer(limit, process.kill)
        timer.start()
        try:
            with process:
                return _converse(process, questions, began, progress)
        except (KeyError, TypeError) as error:
            raise Unavailable(f"answering failed: what it said is no answer ({error!r})") from error
        except (BrokenPipeError, ValueError) as error:  # it ended, and nothing or half a line is there to be read
            if not timer.is_alive():
                raise Unavailable(f"answering took longer than {limit:.0f} s") from error
            said.seek(0)
            raise Unavailable(f"answering failed: {_last(said.read()) or repr(error)}") from error
        finally:
            timer.cancel()


def _converse(
    process: subprocess.Popen[str], questions: Sequence[Question], began: float, progress: Callable[[int], None]
) -> Asked:
    assert process.stdin and process.stdout
    told, cold, replies = "", 0.0, []
    for number, question in enumerate(questions, start=1):
        asked = perf_counter()
        line = {"question": question.question, "history": [turn.content for turn in question.history]}
        process.stdin.write(json.dumps(line) + "\n")
        process.stdin.flush()
        if number == 1:
            told = json.loads(process.stdout.readline())["version"]
            asked = perf_counter()
        row = json.loads(process.stdout.readline())
        now = perf_counter()
        cold = cold or now - began
        replies.append(
            Reply(str(row["text"]), bool(row["refused"]), tuple(row["citations"]), now - asked, row.get("score"))
        )
        progress(number)
    memory = _peak(process.pid)
    process.stdin.close()
    return Asked(told, tuple(replies), cold, memory)


def _peak(pid: int) -> float | None:
    """The most memory that a process has held, in MB, where the system tells."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), None)


def _last(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
