"""The hidden text of office files: runs in Word, slides in PowerPoint, sheets in Excel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.documents.formats.packages import Package
from assistant.lint.marked import MOST, Hidden, Marks, worth_telling

_ON = ("1", "true", "on", None)


def marks(data: bytes, name: str, suffix: str) -> Marks:
    """The marks of an office file."""
    package = Package(data, name)
    found = {".docx": _runs, ".pptx": _slides, ".xlsx": _sheets}[suffix](package)
    return Marks(hidden=tuple(one for _, one in zip(range(MOST), found, strict=False)))


def _runs(package: Package) -> Iterator[Hidden]:
    root = package.xml("word/document.xml")
    for paragraph in root.iter("{*}p") if root is not None else ():
        hidden = []
        for run in paragraph.iter("{*}r"):
            vanish = run.find("{*}rPr/{*}vanish")
            if vanish is not None and next(iter(vanish.attrib.values()), None) in _ON:
                hidden.append("".join(text.text or "" for text in run.iter("{*}t")))
        if said := worth_telling("".join(hidden)):
            yield Hidden(said)


def _slides(package: Package) -> Iterator[Hidden]:
    names = [match for name in package.names if (match := re.fullmatch(r"ppt/slides/slide(\d+)\.xml", name))]
    for match in sorted(names, key=lambda match: int(match[1])):
        root = package.xml(match[0])
        if root is not None and root.get("show") in ("0", "false"):
            said = worth_telling(" ".join(text.text or "" for text in root.iter("{*}t")))
            if said:
                yield Hidden(said)


def _sheets(package: Package) -> Iterator[Hidden]:
    root = package.xml("xl/workbook.xml")
    for sheet in root.iter("{*}sheet") if root is not None else ():
        if sheet.get("state") in ("hidden", "veryHidden"):
            yield Hidden(f"the sheet “{sheet.get('name', '')}”")
