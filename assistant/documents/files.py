"""One file of a corpus: its bytes, and the document that they give."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from assistant.documents import markdown, metadata, plain
from assistant.documents.content import MAX_CHARACTERS, Content, Loader, TooLarge
from assistant.documents.decoding import decode
from assistant.documents.formats import LOADERS
from assistant.documents.structure import Structure
from assistant.errors import EmptyDocument, UnreadableDocument
from assistant.types import Document, Json

MAX_BYTES = 20_000_000
MAX_LINES = 1_000_000  # of a document

_TITLE_CHARACTERS = 500  # a longer one is cut off: it stands before each text that is encoded

SIDECAR = ".meta.json"
_NAME_BYTES = 255  # the longest name that file systems take
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def _text(structure: Callable[[str], Structure], title: Callable[[str, Structure], str | None]) -> Loader:
    """The loader of a format whose files are the canonical text themselves, but for front matter."""

    def load(data: bytes, name: str) -> Content:
        front = metadata.split(decode(data, name))
        read = structure(front.text)
        return Content(front.text, read, title(front.text, read), (), front.metadata, front.warnings)

    return load


def _no_title(text: str, read: Structure) -> str | None:
    return None


_PLAIN = ("text/plain", _text(plain.structure, _no_title))
_MARKDOWN = ("text/markdown", _text(markdown.structure, markdown.title))
# By suffix: the media type, and what reads it.
FORMATS: Mapping[str, tuple[str, Loader]] = {
    ".txt": _PLAIN,
    ".text": _PLAIN,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    **LOADERS,
}


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A file that lies beside a document and tells of it."""

    source: str  # its path below the corpus folder
    data: bytes
    modified: int = 0  # when it was last written, in nanoseconds


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of one file of the corpus, and of its sidecars: all that its document is made from."""

    id: str  # its path below the corpus folder, in Unicode's composed form
    source: str  # the same path as the file system spells it
    data: bytes
    modified: int = 0  # when it was last written, in nanoseconds
    sidecars: tuple[Sidecar, ...] = ()  # what a later one says wins


@dataclass(frozen=True, slots=True)
class Parsed:
    """The document in a file, and what of the file could not be used."""

    document: Document
    warnings: tuple[str, ...] = ()


Parser = Callable[[File], Parsed]
"""Makes the document of a file. Raises UnreadableDocument where there is none in it."""


def load_document(path: Path, folder: Path, *, max_bytes: int = MAX_BYTES) -> Document:
    """One file below the corpus folder. Its id is its path there, in Unicode's composed form (NFC)."""
    return parse(fetch(path, folder, max_bytes=max_bytes)).document


def fetch(path: Path, folder: Path, *, max_bytes: int = MAX_BYTES) -> File:
    """The bytes of a file below the folder. Raises UnreadableDocument where they cannot or should not be read."""
    name = name_of(path, folder)
    root, absolute = folder.absolute(), path.absolute()
    relative = absolute.relative_to(root) if absolute.is_relative_to(root) else None
    if relative is None or ".." in relative.parts or not is_inside(path, folder.resolve()):
        raise UnreadableDocument(f"{name}: is not there, or leads out of the corpus folder: copy the file into it")
    if _NOT_IN_NAMES.search(str(relative)):
        raise UnreadableDocument(f"{name}: its name is not readable text: rename it")
    try:
        data, modified = _read(path, name, max_bytes)
        sidecars = tuple(_sidecars(path, folder, name))
    except OSError as error:
        raise UnreadableDocument(f"{name}: cannot be read: {error.strerror}") from error
    return File(name, relative.as_posix(), data, modified, sidecars)


def parse(file: File) -> Parsed:
    """The document in a file. Raises UnreadableDocument where there is none, with the reason after its id."""
    path = Path(file.source)
    if (form := FORMATS.get(path.suffix.lower())) is None:
        raise UnreadableDocument(f"{file.id}: {unknown(path)}")
    media_type, load = form
    try:
        content = load(file.data, file.id)
    except TooLarge as error:
        raise UnreadableDocument(f"{file.id}: {error}") from error
    if not content.text.strip():
        raise EmptyDocument(f"{file.id}: is empty")
    if len(content.text) > MAX_CHARACTERS:
        raise UnreadableDocument(f"{file.id}: holds more than {MAX_CHARACTERS:,} characters: split it")
    if len(content.structure.lines) > MAX_LINES:
        raise UnreadableDocument(f"{file.id}: holds more than {MAX_LINES:,} lines: split it")
    try:
        known = {**content.metadata, **_said_beside(file)}
        metadata.check(known)
    except metadata.BadMetadata as error:
        raise UnreadableDocument(f"{file.id}: {error}") from error
    document = Document(
        id=file.id,
        version=sha256(content.text.encode()).hexdigest()[:16],
        title=_given_title(known) or content.title or title_from_name(path.stem, content.text),
        source=file.source,
        media_type=media_type,
        text=content.text,
        sections=content.structure.sections,
        lines=content.structure.lines,
        page_starts=content.page_starts,
        metadata=known,
    )
    return Parsed(document, content.warnings)


def title_from_name(stem: str, text: str) -> str:
    """The words of a file name, written as in the text where they first stand there, else with a first capital."""
    words = re.split(r"[-_\s]+", unicodedata.normalize("NFC", stem).strip("-_ ")) or [stem]
    for join in (False, True):  # "and" as it is first, then also as "&"
        parts = [r"(?:and|&)" if join and word.lower() == "and" else re.escape(word) for word in words]
        place = re.search(r"(?<!\w)" + r"[-_\s]+".join(parts) + r"(?!\w)", text, re.IGNORECASE)
        if place:
            words = re.split(r"[_\s]+", place.group())
            break
    title = " ".join(words)
    return title[:1].upper() + title[1:] or stem


def name_of(path: Path, folder: Path) -> str:
    """The path below the folder, with what cannot be written as text shown by escapes."""
    absolute, root = path.absolute(), folder.absolute()
    relative = absolute.relative_to(root) if absolute.is_relative_to(root) else absolute
    return unicodedata.normalize("NFC", relative.as_posix().encode("utf-8", "backslashreplace").decode())


def is_inside(path: Path, root: Path) -> bool:
    """Whether the path is there, and leads to something below the resolved root."""
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # it leads nowhere, or to itself
        return False


def unknown(path: Path) -> str:
    """Why a file of this name is not read."""
    return f"{path.suffix or 'a name without a suffix'} is not a kind that can be read: {', '.join(FORMATS)}"


def _given_title(known: Mapping[str, Json]) -> str | None:
    title = known.get("title")
    return None if title is None else " ".join(str(title)[:_TITLE_CHARACTERS].split())


def sidecar_paths(path: Path) -> list[Path]:
    """Where metadata of a file may stand: in `guide.meta.json` and in `guide.txt.meta.json`, which wins."""
    beside = (path.with_name(path.stem + SIDECAR), path.with_name(path.name + SIDECAR))
    return [sidecar for sidecar in beside if len(os.fsencode(sidecar.name)) <= _NAME_BYTES]


def _sidecars(path: Path, folder: Path, name: str) -> list[Sidecar]:
    found = []
    for sidecar in sidecar_paths(path):
        if sidecar.is_symlink() and not is_inside(sidecar, folder.resolve()):
            raise UnreadableDocument(f"{name}: {sidecar.name} leads out of the corpus folder: copy the file into it")
        if sidecar.exists():
            data, modified = _read(sidecar, f"{name}: {sidecar.name}", 4 * metadata.MAX_CHARACTERS)
            found.append(Sidecar(name_of(sidecar, folder), data, modified))
    return found


def _said_beside(file: File) -> dict[str, Json]:
    """What the sidecars say of the document."""
    found: dict[str, Json] = {}
    for sidecar in file.sidecars:
        name = Path(sidecar.source).name
        found.update(metadata.parse(decode(sidecar.data, f"{file.id}: {name}"), name))
    return found


def _read(path: Path, name: str, max_bytes: int) -> tuple[bytes, int]:
    """The bytes of the file, and when it was last written."""
    if not path.is_file():  # a pipe would keep us waiting
        raise UnreadableDocument(f"{name}: is no file")
    with path.open("rb") as file:
        data = file.read(max_bytes + 1)
        modified = os.fstat(file.fileno()).st_mtime_ns
    if len(data) > max_bytes:
        raise UnreadableDocument(f"{name}: is larger than {max_bytes:,} bytes: split it")
    return data, modified
