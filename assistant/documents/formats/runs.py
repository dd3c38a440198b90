"""Stretches of text that differ in how they are set, joined into one text."""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.documents.formats.blocks import LINE, PAGE

_SPACE = re.compile(r"[ \t\r\n\v\f]+")
_OURS = re.compile(r"[\x02\x03]")  # what marks a note within blocks


def spaced(text: str) -> str:
    """The text with one space for any white space but a space that is not to be broken."""
    return _SPACE.sub(" ", _OURS.sub("", text))


def joined(runs: Iterable[tuple[str, bool]]) -> tuple[str, int]:
    """The text of runs, each with whether it is bold, and how many characters at its start are bold."""
    parts: list[str] = []
    length = bold = 0
    last, leading, any_bold = " ", True, False
    for text, is_bold in runs:
        if last in (" ", LINE):
            text = text.lstrip(" ")
        if not text:
            continue
        parts.append(text)
        length += len(text)
        last = text[-1]
        if leading and (is_bold or not text.strip(" \n" + PAGE)):
            bold = length
            any_bold = any_bold or is_bold
        else:
            leading = False
    whole = "".join(parts)
    bare = whole.lstrip(LINE)
    bold = bold - (len(whole) - len(bare)) if any_bold else 0
    bare = bare.rstrip(" " + LINE)
    return bare, max(min(bold, len(bare)), 0)
