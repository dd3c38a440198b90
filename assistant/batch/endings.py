"""The formats, by the endings of file names: which are read, which are written."""

from __future__ import annotations

from pathlib import PurePath

from assistant.errors import UsageError
from assistant.languages.catalogue import say

READ = ("csv", "tsv", "xlsx", "jsonl", "md", "txt")
WRITTEN = ("csv", "tsv", "xlsx", "jsonl", "md", "html", "jsonld")
_ENDINGS = {
    "tab": "tsv",
    "xlsm": "xlsx",
    "ndjson": "jsonl",
    "markdown": "md",
    "text": "txt",
    "htm": "html",
    "json": "jsonld",
}
_ZIP = b"PK\x03\x04"
_SPREADSHEETS = ("xls", "ods", "numbers")  # that are not read


def format_read(name: str, data: bytes) -> str:
    """The format of a file of questions: by the ending of its name, else by its first bytes."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    if ending in _SPREADSHEETS:
        raise UsageError(say("batch.not_read", name=name, ending=ending))
    ending = _ENDINGS.get(ending, ending)
    if data.startswith(_ZIP):
        return "xlsx"
    if ending in READ:
        return ending
    begins = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return "jsonl" if ending == "jsonld" or begins.startswith(b"{") else "csv"


def format_answered(format: str) -> str:
    """The format of the answers to a file of that one, where nothing else is said: the same, a table for plain text."""
    return "csv" if format == "txt" else format


def format_written(name: str) -> str:
    """The format of a file of answers, by the ending of its name. Raises UsageError where that says nothing."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    ending = _ENDINGS.get(ending, ending)
    if ending not in WRITTEN or name.lower().endswith(".xlsm"):
        listed = ", ".join(f".{one}" for one in WRITTEN)
        raise UsageError(f"{name}: the ending says the format: end the name with one of {listed}")
    return ending
