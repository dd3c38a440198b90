"""Office files: archives of XML parts, opened with care."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib

from lxml import etree

from assistant.errors import DamagedDocument, ProtectedDocument, UnreadableDocument

MAX_SIZE = 400_000_000  # bytes, unpacked, without pictures
MAX_PART = 200_000_000  # bytes, unpacked
BROKEN = (  # what libraries raise for a file that is broken
    zipfile.BadZipFile, zlib.error, etree.LxmlError, LookupError, ValueError, TypeError, AttributeError,
    ArithmeticError, OSError, EOFError, RuntimeError, SyntaxError,
)  # fmt: skip
_LOCKED = 1  # the flag of a part that is encrypted
_XML = (".xml", ".rels", ".xhtml", ".html", ".opf")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp", ".mp4", ".mov", ".mp3", ".wav")
_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (  # the names of the strict form of these formats, and those of the common one
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)


class Package:
    """The parts of an office file, by their names."""

    def __init__(self, data: bytes, name: str) -> None:
        """Raises where the file is encrypted, or no archive."""
        self.name = name
        if data.startswith(_OLE):
            if _ENCRYPTED in data:
                raise ProtectedDocument(f"{name}: opens with a password only: save a copy without one")
            raise DamagedDocument(f"{name}: is of an older format than its name says: save it anew in the newer one")
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(data))
        except BROKEN as error:
            raise DamagedDocument(
                f"{name}: is damaged, or not of the kind that its name says: save it anew, or rename it"
            ) from error
        parts = self.archive.infolist()
        self.names = frozenset(part.filename for part in parts)
        if any(part.flag_bits & _LOCKED and part.filename.endswith(_XML) for part in parts):
            raise ProtectedDocument(f"{name}: opens with a password only: save a copy without one")
        if sum(part.file_size for part in parts if not part.filename.endswith(_PICTURES)) > MAX_SIZE:
            raise UnreadableDocument(f"{name}: unpacks to more than {MAX_SIZE:,} bytes: split it")

    def bytes(self, part: str) -> bytes:
        """The bytes of a part; empty where there is none."""
        if part not in self.names:
            return b""
        try:
            with self.archive.open(part) as file:
                data = file.read(MAX_PART + 1)
        except BROKEN as error:
            raise DamagedDocument(f"{self.name}: its part {part} cannot be unpacked: save it anew") from error
        if len(data) > MAX_PART:
            raise UnreadableDocument(f"{self.name}: its part {part} unpacks to more than {MAX_PART:,} bytes: split it")
        return data

    def xml(self, part: str) -> etree._Element | None:
        """The root of a part; None where there is none. Entities that lead out of the file are not followed."""
        data = self.bytes(part)
        if not data.strip():
            return None
        for strict, common in _STRICT:
            data = data.replace(strict, common)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise DamagedDocument(f"{self.name}: its part {part} is no sound XML: save it anew") from error

    def related(self, part: str, kind: str) -> str | None:
        """The name of the part that stands in this relation to another one, such as `styles` to a document."""
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        for relation in root.iter(_RELATIONS) if root is not None else ():
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
                target = relation.get("Target", "")
                return (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
        return None
