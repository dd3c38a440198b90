"""Bytes that a spreadsheet wrote, as text."""

from __future__ import annotations

from charset_normalizer import from_bytes

from assistant.documents.decoding import decode
from assistant.errors import UnreadableDocument, UsageError
from assistant.languages.catalogue import say

_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def decoded(data: bytes, encoding: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The bytes as text without a byte-order mark, and what should be said of how they were read.

    A mark decides, else UTF-8 where it can be. Else it is Windows-1252, unless few of its letters would be Latin ones:
    then the encoding is told from the letters.
    """
    if encoding is not None:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), ()
        except (LookupError, UnicodeError) as error:
            raise UsageError(f"the file is not {encoding}: name another encoding with --encoding") from error
    if not data.startswith(_BOMS) and (wide := _wide(data)):
        return data.decode(wide, errors="replace"), (say("batch.read_as", encoding=wide.upper()),)
    if is_plain(data) and b"\0" not in data:
        return data.decode("utf-8"), ()
    if not data.startswith(_BOMS) and _is_foreign(data) and (best := from_bytes(data).best()):
        return str(best), (say("batch.guessed", encoding=best.encoding),)
    try:
        text = decode(data, "the file")
    except UnreadableDocument as error:
        raise UsageError(f"{error}, or name its encoding with --encoding") from error
    return text, () if data.startswith(_BOMS) else (say("batch.guessed", encoding="Windows-1252"),)


def is_plain(data: bytes) -> bool:
    """Whether it is UTF-8 without a mark."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not data.startswith(_BOMS) and not _wide(data)


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, told by the zeros in every other byte."""
    head = data[:4096]
    zeros = (head[0::2].count(0), head[1::2].count(0))
    if len(head) < 4 or max(zeros) * 4 < len(head) or min(zeros) * 20 > len(head):
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _is_foreign(data: bytes) -> bool:
    """Whether fewer than half of the letters would be those of English, were it Windows-1252."""
    letters = sum(chr(byte).isalpha() for byte in data if byte < 0x80)
    return b"\0" not in data and sum(byte >= 0x80 for byte in data) > letters
