"""What an office file says of itself: its title and its language."""

from __future__ import annotations

import re

from assistant.documents.formats.packages import Package
from assistant.types import Json

_DC = "{http://purl.org/dc/elements/1.1/}"
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_NO_TITLE = re.compile(r"(?i)\W*|(?:word|powerpoint|microsoft)\b.*|presentation\d*|document\d*|untitled.*|.*\.\w{3,4}")


def properties(package: Package, part: str = "docProps/core.xml") -> tuple[str | None, dict[str, Json]]:
    """The title, unless a program made it up, and the metadata."""
    root = package.xml(part)
    found: dict[str, str] = {}
    for element in root.iter(f"{_DC}title", f"{_DC}language") if root is not None else ():
        found.setdefault(element.tag.removeprefix(_DC), " ".join((element.text or "").split()))
    title, language = found.get("title", ""), found.get("language", "")
    return (
        None if _NO_TITLE.fullmatch(title) else title,
        {"language": language} if _LANGUAGE.fullmatch(language) else {},
    )
