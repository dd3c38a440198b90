"""EPUB books: their chapters, in order."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from lxml import etree

from assistant.documents.content import Content
from assistant.documents.formats.blocks import Block, Heading, Parsed
from assistant.documents.formats.canonical import content
from assistant.documents.formats.html import parse, text_of
from assistant.documents.formats.office_properties import properties
from assistant.documents.formats.packages import Package
from assistant.errors import DamagedDocument, ProtectedDocument

_OPF = "{http://www.idpf.org/2007/opf}"
_ROOT_FILE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_CIPHER = "{http://www.w3.org/2001/04/xmlenc#}"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


def load(data: bytes, name: str) -> Content:
    """The content of a book."""
    package = Package(data, name)
    container = package.xml("META-INF/container.xml")
    found = container.find(f".//{_ROOT_FILE}") if container is not None else None
    main = unquote(found.get("full-path", "")) if found is not None else ""
    root = package.xml(main)
    if root is None:
        raise DamagedDocument(f"{name}: is no EPUB book, though its name says so: save it as EPUB")
    title, metadata = properties(package, main)
    chapters = _chapters(root, posixpath.dirname(main))
    _refuse_locked(package, set(chapters), name)
    blocks = [
        block for part in chapters if (page := package.bytes(part)) for block in parse(text_of(page, name)).blocks
    ]
    return content(Parsed(tuple(_titled(blocks, title)), title, metadata), name)


def _chapters(root: etree._Element, folder: str) -> list[str]:
    """The parts of the book in the order in which they are read, each once, without its table of contents."""
    items = {item.get("id", ""): item for item in root.iter(f"{_OPF}item")}
    found = []
    for reference in root.iter(f"{_OPF}itemref"):
        item = items.get(reference.get("idref", ""))
        if item is None or item.get("media-type") not in _PAGES or "nav" in item.get("properties", "").split():
            continue
        found.append(posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "")))))
    return list(dict.fromkeys(found))


def _refuse_locked(package: Package, chapters: set[str], name: str) -> None:
    """Raise where a chapter is encrypted; that fonts are, is no matter."""
    locks = package.xml("META-INF/encryption.xml")
    for reference in locks.iter(f"{_CIPHER}CipherReference") if locks is not None else ():
        if posixpath.normpath(unquote(reference.get("URI", ""))) in chapters:
            raise ProtectedDocument(f"{name}: is protected against copying: use a copy without protection")


def _titled(blocks: list[Block], title: str | None) -> list[Block]:
    """The blocks; where no single heading is the book's, its title comes before them."""
    tops = sum(isinstance(block, Heading) and block.level == 1 for block in blocks)
    if tops == 1 or not title:
        return blocks
    lowered = [Heading(block.level + 1, block.text) if isinstance(block, Heading) else block for block in blocks]
    return [Heading(1, title), *(lowered if tops else blocks)]
