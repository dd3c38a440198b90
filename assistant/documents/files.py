"""The files of a corpus folder, read into documents."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from assistant.documents import markdown, metadata, plain
from assistant.documents.content import Content, Loader
from assistant.documents.decoding import decode as decode
from assistant.documents.formats import LOADERS
from assistant.documents.structure import Structure
from assistant.errors import CorpusNotFound, UnreadableDocument
from assistant.types import Document, Json

MAX_BYTES = 20_000_000

_SIDECAR = ".meta.json"
_NAME_BYTES = 255  # the longest name that file systems take
_BACKUPS = ("~", ".bak", ".orig", ".swp", ".swo", ".tmp")
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
class Skipped:
    """A file or folder that gave no document, and why."""

    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A document that is there all the same, and what of its file could not be used."""

    id: str
    what: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The documents of a folder in the order of their ids, and what was left out of it."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[Warned, ...] = ()


def load_corpus(
    folder: Path, *, max_bytes: int = MAX_BYTES, progress: Callable[[int, int], None] | None = None
) -> Corpus:
    """All documents below the folder. `progress` is told how many files are read, of how many.

    Hidden files, sidecars and editors' backups are no documents. Whatever else gives none is among the skipped.
    """
    if not folder.is_dir():
        raise CorpusNotFound(f"no corpus folder {folder}: make it and put documents into it")
    skipped: list[Skipped] = []
    warnings: list[Warned] = []
    paths = list(_walk(folder, folder, skipped))
    documents: dict[str, Document] = {}
    for done, path in enumerate(paths, start=1):
        try:
            document, said = _load_warned(path, folder, max_bytes)
            if document.id in documents:
                raise UnreadableDocument(f"{document.id}: another file has the same name in Unicode: rename one")
            documents[document.id] = document
            warnings += (Warned(document.id, what) for what in said)
        except UnreadableDocument as error:
            name = _id(path, folder)
            skipped.append(Skipped(name, str(error).removeprefix(f"{name}: ")))
        if progress is not None:
            progress(done, len(paths))
    skipped.sort(key=lambda entry: (entry.id, entry.why))
    if not documents:
        why = "; ".join(f"{entry.id}: {entry.why}" for entry in skipped[:10])
        more = f"; and {len(skipped) - 10} more" if len(skipped) > 10 else ""
        raise CorpusNotFound(f"no document to read in {folder}: put documents into it. {why}{more}".rstrip())
    return Corpus(
        tuple(documents[name] for name in sorted(documents)),
        tuple(skipped),
        tuple(sorted(warnings, key=lambda each: each.id)),
    )


def load_document(path: Path, folder: Path, *, max_bytes: int = MAX_BYTES) -> Document:
    """One file below the corpus folder. Its id is its path there, in Unicode's composed form (NFC)."""
    return _load_warned(path, folder, max_bytes)[0]


def _load_warned(path: Path, folder: Path, max_bytes: int) -> tuple[Document, tuple[str, ...]]:
    """The document, and what of its file could not be used."""
    name = _id(path, folder)
    try:
        return _load(path, folder, name, max_bytes)
    except metadata.BadMetadata as error:
        raise UnreadableDocument(f"{name}: {error}") from error
    except OSError as error:
        raise UnreadableDocument(f"{name}: cannot be read: {error.strerror}") from error


def _load(path: Path, folder: Path, name: str, max_bytes: int) -> tuple[Document, tuple[str, ...]]:
    root, absolute = folder.absolute(), path.absolute()
    relative = absolute.relative_to(root) if absolute.is_relative_to(root) else None
    if relative is None or ".." in relative.parts or not _is_inside(path, folder.resolve()):
        raise UnreadableDocument(f"{name}: is not there, or leads out of the corpus folder: copy the file into it")
    if _NOT_IN_NAMES.search(str(relative)):
        raise UnreadableDocument(f"{name}: its name is not readable text: rename it")
    if (form := FORMATS.get(path.suffix.lower())) is None:
        raise UnreadableDocument(f"{name}: {_unknown(path)}")
    media_type, load = form
    content = load(_read(path, name, max_bytes), name)
    if not content.text.strip():
        raise UnreadableDocument(f"{name}: is empty")
    known = {**content.metadata, **_sidecars(path, folder.resolve())}
    metadata.check(known)
    document = Document(
        id=name,
        version=sha256(content.text.encode()).hexdigest()[:16],
        title=_given_title(known) or content.title or title_from_name(path.stem, content.text),
        source=relative.as_posix(),
        media_type=media_type,
        text=content.text,
        sections=content.structure.sections,
        lines=content.structure.lines,
        page_starts=content.page_starts,
        metadata=known,
    )
    return document, content.warnings


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


def _given_title(known: Mapping[str, Json]) -> str | None:
    title = known.get("title")
    return None if title is None else " ".join(str(title).split())


def _sidecars(path: Path, root: Path) -> dict[str, Json]:
    """What `guide.meta.json` and `guide.txt.meta.json` say of `guide.txt`; the second wins."""
    found: dict[str, Json] = {}
    for sidecar in (path.with_name(path.stem + _SIDECAR), path.with_name(path.name + _SIDECAR)):
        if len(os.fsencode(sidecar.name)) > _NAME_BYTES:
            continue
        if sidecar.is_symlink() and not _is_inside(sidecar, root):
            raise metadata.BadMetadata(f"{sidecar.name} leads out of the corpus folder: copy the file into it")
        if sidecar.exists():
            text = decode(_read(sidecar, sidecar.name, 4 * metadata.MAX_CHARACTERS), sidecar.name)
            found.update(metadata.parse(text, sidecar.name))
    return found


def _read(path: Path, name: str, max_bytes: int) -> bytes:
    if not path.is_file():  # a pipe would keep us waiting
        raise UnreadableDocument(f"{name}: is no file")
    with path.open("rb") as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise UnreadableDocument(f"{name}: is larger than {max_bytes:,} bytes: split it")
    return data


def _walk(folder: Path, corpus: Path, skipped: list[Skipped], *, linked: bool = False) -> Iterator[Path]:
    """The files below the folder that should be documents, in a fixed order; notes what else there is in `skipped`."""
    try:
        paths = sorted(path for path in folder.iterdir() if not _is_ignored(path.name))
    except OSError as error:
        skipped.append(Skipped(_id(folder, corpus), f"cannot be listed: {error.strerror}"))
        return
    names = {path.name for path in paths} | {path.stem for path in paths}
    for path in paths:
        why = ""
        link = path.is_symlink()
        if link and not _is_inside(path, corpus.resolve()):
            why = "leads out of the corpus folder, or nowhere: copy what it means into the folder"
        elif _is_folder(path):
            if link and (linked or folder.resolve().is_relative_to(path.resolve())):
                why = "leads in a circle, or is a link within a linked folder"
            else:
                yield from _walk(path, corpus, skipped, linked=linked or link)
        elif path.name.endswith(_SIDECAR):
            if path.name.removesuffix(_SIDECAR) not in names:
                why = "has no document of its name beside it"
        elif path.suffix.lower() not in FORMATS:
            why = _unknown(path)
        else:
            yield path
        if why:
            skipped.append(Skipped(_id(path, corpus), why))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # not ours to look at: reading it will say so
        return False


def _is_ignored(name: str) -> bool:
    return name.startswith(".") or name.endswith(_BACKUPS) or (name.startswith("#") and name.endswith("#"))


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root)
    except (OSError, RuntimeError):  # it leads nowhere, or to itself
        return False


def _id(path: Path, folder: Path) -> str:
    """The path below the folder, with what cannot be written as text shown by escapes."""
    absolute, root = path.absolute(), folder.absolute()
    relative = absolute.relative_to(root) if absolute.is_relative_to(root) else absolute
    return unicodedata.normalize("NFC", relative.as_posix().encode("utf-8", "backslashreplace").decode())


def _unknown(path: Path) -> str:
    return f"{path.suffix or 'a name without a suffix'} is not a kind that can be read: {', '.join(FORMATS)}"
