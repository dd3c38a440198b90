"""What runs in the sandbox's process: takes files from standard input, gives documents to standard output."""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import mimetypes
import os
import resource
import signal
import struct
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from assistant.documents.files import File, Parsed, Sidecar
from assistant.documents.stored import as_row
from assistant.errors import EmptyDocument, UnreadableDocument

_LENGTH = struct.Struct(">Q")
_PAGE = resource.getpagesize()
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_BARRED = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile",
    "os.kill", "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod",
    "os.chown", "os.putenv", "shutil.", "ftplib.", "http.client.", "smtplib.", "urllib.Request", "webbrowser.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def main() -> None:
    """Reads files until there are no more. The second argument names what makes a document of one."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)  # what a parser prints is not a reply
    os.dup2(null, 1)
    module, _, name = sys.argv[2].partition(":")
    parse: Callable[[File], object] = getattr(importlib.import_module(module), name)
    _close_doors()
    gc.disable()  # while a file is parsed there is much that is new and little to free: it doubles the time of tables
    gc.freeze()
    _write(target, {"ready": True})
    while (asked := _part(source)) is not None:
        wanted = json.loads(asked)
        data = _part(source) or b""
        sidecars = tuple(Sidecar(path, _part(source) or b"") for path in wanted["sidecars"])
        file = File(wanted["id"], wanted["source"], data, sidecars=sidecars)
        _limit(wanted["seconds"], wanted["patience"], wanted["megabytes"])
        said = reply(parse, file, wanted["megabytes"])
        try:
            _write(target, said)
        except MemoryError:
            said = _too_large(file, wanted["megabytes"])
            _write(target, said)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if said.get("retires"):
            return
        del said, file, data
        gc.collect()


def reply(parse: Callable[[File], object], file: File, megabytes: int) -> dict[str, Any]:
    """What is said of one file: its document, or why there is none. `retires` says that the process should end.

    What a parser makes that is no document is said as it is, as JSON.
    """
    try:
        parsed = parse(file)
    except UnreadableDocument as error:
        return {"error": str(error), "empty": isinstance(error, EmptyDocument)}
    except MemoryError:
        return _too_large(file, megabytes)
    except RecursionError:
        return {"error": f"{file.id}: is nested too deeply: save it in a simpler form", "empty": False}
    except BaseException as error:  # libraries raise whatever they like, and some of it is no Exception
        said = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return {
            "error": f"{file.id}: cannot be parsed ({said}): save it again, or in another format",
            "empty": False,
            "retires": not isinstance(error, Exception),
        }
    if not isinstance(parsed, Parsed):
        return {"value": parsed}
    return {
        "document": as_row(parsed.document),
        "text": parsed.document.text,
        "warnings": list(parsed.warnings),
    }


def _too_large(file: File, megabytes: int) -> dict[str, Any]:
    return {
        "error": f"{file.id}: needs more than {megabytes:,} MB of memory to be read: split it",
        "empty": False,
        "retires": True,
    }


def _part(source: BinaryIO) -> bytes | None:
    """The next part of what is asked; None at the end."""
    head = source.read(_LENGTH.size)
    return source.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else None


def _write(target: BinaryIO, said: dict[str, Any]) -> None:
    data = json.dumps(said).encode()
    target.write(_LENGTH.pack(len(data)) + data)
    target.flush()


def _limit(seconds: float, patience: float, megabytes: int) -> None:
    """Lets this process have so much for the next file, and no more; it ends itself even if nobody watches it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = used.ru_utime + used.ru_stime
    _set(resource.RLIMIT_CPU, int(spent + seconds) + 1)
    _set(resource.RLIMIT_AS, _address_space() + megabytes * 1_000_000)
    signal.setitimer(signal.ITIMER_REAL, seconds * patience + 1)


def _address_space() -> int:
    """The bytes that this process has reserved, most of which it never touches."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * _PAGE
    except (OSError, ValueError):  # no Linux
        return 1_000_000_000


def _set(what: int, soft: int) -> None:
    hard = resource.getrlimit(what)[1]
    with suppress(ValueError, OSError):  # a platform may not know this limit, or have a lower one
        resource.setrlimit(what, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _close_doors() -> None:
    """From here on nothing is written, started or connected, and only what belongs to Python is opened."""
    for signals in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(signals, signal.SIG_DFL)
    for what in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (0, 0))
    with suppress(OSError, AttributeError):  # a network of its own, without any link, where the kernel lets us
        unshare = ctypes.CDLL(None).unshare
        if unshare(_CLONE_NEWNET):
            unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    tempfile.tempdir = os.devnull  # a parser that wants one is told so at once
    allowed = _belonging_to_python()

    def bar(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_BARRED):
            raise PermissionError(f"a parser may not use {event}")
        if event == "open" and not isinstance(arguments[0], int):
            path, _, flags = arguments
            if (flags or 0) & _WRITING or not os.path.realpath(os.fsdecode(path)).startswith(allowed):
                raise PermissionError("a parser may not open files")

    sys.addaudithook(bar)


def _belonging_to_python() -> tuple[str, ...]:
    """What the paths begin with that modules and their data are loaded from, and the few files that do no harm."""
    packages = [folder for folder in sys.path if folder.rstrip("/").endswith("-packages")]
    folders = {*packages, sys.prefix, sys.base_prefix, str(Path(os.__file__).parent), str(Path(__file__).parents[1])}
    harmless = (os.devnull, "/dev/urandom", f"/proc/{os.getpid()}/statm", *map(str, mimetypes.knownfiles))
    return (*(os.path.realpath(folder).rstrip("/") + "/" for folder in folders), *harmless)
