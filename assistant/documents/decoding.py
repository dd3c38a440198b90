"""Bytes as text."""

from __future__ import annotations

import codecs
import re

from assistant.errors import UnreadableDocument

BOMS = (  # UTF-32 first: its little-endian mark begins like that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")


def decode(data: bytes, name: str) -> str:
    """The bytes as text, without a byte-order mark; line ends stay as they are.

    A byte-order mark decides. Without one it is UTF-8 if it can be, else Windows-1252, else Latin-1. No guess is made
    from the words, so the same bytes always give the same text.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            encodings, data = [encoding], data[len(mark) :]
            break
    else:
        encodings = ["utf-8", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text or len(_CONTROLS.findall(text)) * 100 > len(text):
            raise UnreadableDocument(f"{name}: is not text: save it as UTF-8")
        return text
    raise UnreadableDocument(f"{name}: is not {encodings[0]}, though its first bytes say so: save it as UTF-8")
