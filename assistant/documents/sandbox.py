"""A process of its own that makes documents of files: what a file does to its parser, it does there.

Each file may take so much time and memory, and no more. In that process no file can be written, no file be opened but
those of Python and its libraries, no other process be started and no connection made. The bytes of the file come
through a pipe, and the document comes back as JSON.
"""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, cast

from assistant.documents.files import File, Parsed
from assistant.documents.stored import from_row
from assistant.errors import CorpusError, EmptyDocument, UnreadableDocument
from assistant.types import Json

PARSER = "assistant.documents.files:parse"
_LENGTH = struct.Struct(">Q")
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # of the environment; keys are not
_START_SECONDS = 60  # that the process may take until it is ready
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from assistant.documents.worker import main; main()"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost."""

    seconds: float = 20  # of processor time
    seconds_a_megabyte: float = 5  # and so many more for each megabyte of the file
    patience: float = 3  # by the clock, so many times as long, for a machine that is busy
    megabytes: int = 2_000  # of memory, beside what the process takes anyway

    def processor_seconds(self, size: int) -> float:
        return self.seconds + self.seconds_a_megabyte * size / 1e6


class Sandbox:
    """Makes documents of files, one after the other, in a process that starts at once and is replaced if it dies."""

    def __init__(self, *, limits: Limits = Limits(), parser: str = PARSER) -> None:
        """`parser` names, as `module:function`, what makes a document of a file there."""
        self._limits, self._parser = limits, parser
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    def __enter__(self) -> Sandbox:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """Which process is at work; None where none is."""
        return self._process.pid if self._process else None

    def parse(self, file: File) -> Parsed:
        """The document in a file. Raises UnreadableDocument where there is none, or where it costs too much."""
        said = self._said(file)
        return Parsed(from_row(said["document"], said["text"]), tuple(said["warnings"]))

    def value(self, file: File) -> Json:
        """What a parser that makes no documents makes of a file. Raises as `parse` does."""
        return cast(Json, self._said(file)["value"])

    def _said(self, file: File) -> dict[str, Any]:
        size = len(file.data) + sum(len(one.data) for one in file.sidecars)
        seconds = self._limits.processor_seconds(size)
        asked = {
            "id": file.id,
            "source": file.source,
            "sidecars": [one.source for one in file.sidecars],
            "seconds": seconds,
            "patience": self._limits.patience,
            "megabytes": self._limits.megabytes,
        }
        process = self._prepared()
        parts = [json.dumps(asked).encode(), file.data, *(one.data for one in file.sidecars)]
        try:
            assert process.stdin is not None
            for part in parts:
                process.stdin.write(_LENGTH.pack(len(part)))
                process.stdin.write(part)
            process.stdin.flush()
            said = self._reply(process, time.monotonic() + seconds * self._limits.patience)
        except (_Late, OSError) as error:
            raise UnreadableDocument(f"{file.id}: {self._why_it_ended(seconds, isinstance(error, _Late))}") from error
        except BaseException:
            self.close()  # it may still be at work, and the next reply would be this file's
            raise
        if said.get("retires"):
            self.close()
        if "error" in said:
            raise (EmptyDocument if said["empty"] else UnreadableDocument)(str(said["error"]))
        return said

    def close(self) -> None:
        """Ends the process, whatever it is at."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()
        process.wait()

    def _prepared(self) -> subprocess.Popen[bytes]:
        """A process that waits for a file."""
        process = self._process or self._start()
        if not self._ready:
            try:
                self._reply(process, time.monotonic() + _START_SECONDS)
            except (_Late, OSError) as error:
                self.close()
                raise CorpusError(
                    f"the process that reads the files cannot be started (exit status {process.returncode}): see that "
                    f"{sys.executable} runs and that there is memory for it"
                ) from error
            self._ready = True
        return process

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", "-c", _START, json.dumps(sys.path), self._parser]
        self._ready = False
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**{name: os.environ[name] for name in _KEPT if name in os.environ}, "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,  # a key that stops us is ours to answer
        )
        return self._process

    def _why_it_ended(self, seconds: float, late: bool) -> str:
        """What the process died of. Whatever it was, it is gone then."""
        process = self._process
        assert process is not None
        if not late:
            with suppress(subprocess.TimeoutExpired):
                process.wait(_START_SECONDS)
        ended = process.poll()
        self.close()
        if late or ended in (-signal.SIGXCPU, -signal.SIGALRM, None):
            return f"takes more than {seconds:.0f} seconds to read: split it, or save it in another format"
        if ended == -signal.SIGKILL:
            return "its parser was killed, as if the machine had no memory left: split it"
        name = signal.Signals(-ended).name if -ended in set(signal.Signals) else f"exit status {ended}"
        return f"its parser crashed ({name}): save it again, or in another format"

    def _reply(self, process: subprocess.Popen[bytes], deadline: float) -> dict[str, Any]:
        (length,) = _LENGTH.unpack(self._read(process, _LENGTH.size, deadline))
        said: dict[str, Any] = json.loads(self._read(process, length, deadline))
        return said

    @staticmethod
    def _read(process: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        """So many bytes from the process. Raises _Late after the deadline, BrokenPipeError where it has ended."""
        assert process.stdout is not None
        handle, parts = process.stdout.fileno(), bytearray()
        while len(parts) < size:
            if not select.select([handle], [], [], max(deadline - time.monotonic(), 0))[0]:
                raise _Late
            part = os.read(handle, min(size - len(parts), 1 << 20))
            if not part:
                raise BrokenPipeError("the process has ended")
            parts += part
        return bytes(parts)


class _Late(Exception):
    """The process has not answered in time."""
