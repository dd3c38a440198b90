"""Parsers that do what broken or hostile files may do to one. The bytes of the file say what it is."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from assistant.documents import files
from assistant.documents.files import File, Parsed


class Panic(BaseException):
    """What libraries raise that are written in another language."""


def parse(file: File) -> Parsed:
    """The document of the file, unless its text names something else to do."""
    word, _, rest = file.data.decode("utf-8", "replace").partition(" ")
    if word == "sleep":
        time.sleep(1_000)
    elif word == "spin":
        while True:
            pass
    elif word == "eat":
        held = []
        while True:
            held.append(bytearray(50_000_000))
    elif word == "abort":
        os.abort()
    elif word == "segfault":
        ctypes.string_at(0)
    elif word == "exit":
        os._exit(3)
    elif word == "panic":
        raise Panic("it panicked")
    elif word == "raise":
        raise KeyError("a key")
    elif word == "recurse":
        return parse(file)
    elif word == "print":
        print("noise " * 10_000)
        os.write(1, b"more noise")
        sys.stderr.write("and more")
    elif word == "open":
        Path(rest).read_bytes()
    elif word == "write":
        Path(rest).write_text("written", "utf-8")
    elif word == "connect":
        socket.create_connection(("127.0.0.1", int(rest)), timeout=1)
    elif word == "start":
        subprocess.run([rest], check=False)
    elif word == "import":
        import colorsys  # not loaded by anything else

        assert colorsys.rgb_to_hsv(0, 0, 0)
    return files.parse(file)
