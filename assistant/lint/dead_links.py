"""Links that lead nowhere: to a file that is not in the folder, or to a place that is not in the file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote

from assistant.documents.files import FORMATS
from assistant.lint.findings import Finding, Place
from assistant.lint.marked import Link
from assistant.lint.material import Material

_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:|//")
_INDEXES = ("index.html", "index.htm", "index.md", "README.md", "readme.md")
_ANYWHERE = ("", "top")  # anchors that every page has


def find(material: Material) -> Iterator[Finding]:
    """Each relative link, of web pages and Markdown, that leads nowhere. Nothing outside the folder is looked at."""
    folders = {folder for file in material.files for folder in _folders(file)}
    for id, marks in material.marks.items():
        for link in marks.links:
            if not marks.based and (said := _wrong(link, id, material, folders)):
                yield Finding("link", Place(id, link.line, text=link.target), said)


def _wrong(link: Link, id: str, material: Material, folders: set[str]) -> str:
    """What is wrong with a link; "" where nothing is, or where that cannot be told here."""
    if _SCHEME.match(link.target) or link.target.startswith(("/", "{", "<", "$")):
        return ""
    path, _, anchor = link.target.partition("#")
    path = unquote(path.partition("?")[0])
    document = material.documents.get(id)
    source = document.source if document is not None else id
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path)) if path else source
    if target.startswith(".."):
        return ""
    if path and target not in material.files:
        if not material.files:
            return ""
        among = [f"{target}{suffix}" for suffix in FORMATS] + [posixpath.join(target, name) for name in _INDEXES]
        if target.endswith((".html", ".htm")):
            among += [f"{posixpath.splitext(target)[0]}.md"]
        there = next((name for name in among if name in material.files), None)
        if there is None:
            return "" if target in folders or target == "." else f"leads to {target}, which is not there"
        target = there
    return _missing_anchor(unquote(anchor), target, material)


def _missing_anchor(anchor: str, target: str, material: Material) -> str:
    other = material.marks.get(target)
    if anchor in _ANYWHERE or anchor.startswith(":~:") or other is None or not other.has_anchors:
        return ""
    if anchor in other.anchors or anchor.casefold() in {one.casefold() for one in other.anchors}:
        return ""
    return f"leads to #{anchor} in {target}, which is not there"


def _folders(file: str) -> Iterator[str]:
    while file := posixpath.dirname(file):
        yield file
