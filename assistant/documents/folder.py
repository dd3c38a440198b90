"""The files below a corpus folder: which are ignored, which are to be read, and what else there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pathspec import GitIgnoreSpec

from assistant.documents.decoding import decode
from assistant.documents.files import FORMATS, SIDECAR, is_inside, name_of, unknown
from assistant.errors import CorpusError, CorpusNotFound, UnreadableDocument

IGNORE_FILE = ".assistantignore"
IGNORED = (  # unless an ignore file says otherwise
    ".*", "node_modules/", "__pycache__/", "__MACOSX/", "*~", "~$*", r"\#*#", "*.bak", "*.orig", "*.swp", "*.swo",
    "*.tmp", "Thumbs.db", "desktop.ini",
)  # fmt: skip
_DEFAULTS = GitIgnoreSpec.from_lines(IGNORED)
_MOST_RULES = 1_000_000  # bytes of an ignore file
_MOST_DEPTH = 100  # folders within folders

_Rules: TypeAlias = (
    "tuple[tuple[Path, GitIgnoreSpec], ...]"  # each with the folder that it counts from, outermost first
)


@dataclass(frozen=True, slots=True)
class Found:
    """A file below the corpus folder, or a folder that cannot be gone into."""

    path: Path
    id: str
    why: str = ""  # it gives no document; empty where it should be read
    failed: bool = False  # whether it should have given some


def root_of(corpus: Path) -> Path:
    """The folder that ids count from: a single file has its own."""
    return corpus if _is_folder(corpus) else corpus.parent


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder; false where that is not ours to know."""
    try:
        return path.exists()
    except OSError:
        return False


def walk(corpus: Path) -> list[Found]:
    """All that is not ignored, in a fixed order. Raises CorpusNotFound where there is no such folder or file.

    An ignore file in any folder has gitignore's rules for what is below it. A single file is taken as it is.
    """
    if _is_folder(corpus):
        return list(_below(corpus, corpus, ((corpus, _DEFAULTS),)))
    if not is_there(corpus) or not corpus.is_file():
        raise CorpusNotFound(f"no corpus folder {corpus}: make it and put documents into it")
    name = name_of(corpus, corpus.parent)
    if corpus.suffix.lower() not in FORMATS:
        return [Found(corpus, name, unknown(corpus))]
    return [Found(corpus, name)]


def _below(folder: Path, corpus: Path, rules: _Rules, *, linked: bool = False, depth: int = 0) -> Iterator[Found]:
    try:
        everything = sorted(folder.iterdir())
    except OSError as error:
        yield Found(folder, name_of(folder, corpus), f"cannot be listed: {error.strerror}", failed=True)
        return
    rules = (*rules, *_own_rules(folder, corpus))
    paths = [path for path in everything if path.name != IGNORE_FILE and not _is_ignored(path, rules)]
    names = {path.name for path in paths} | {path.stem for path in paths}
    for path in paths:
        why = ""
        link = path.is_symlink()
        if link and not is_inside(path, corpus.resolve()):
            why = "leads out of the corpus folder, or nowhere: copy what it means into the folder"
        elif _is_folder(path):
            if link and (linked or folder.resolve().is_relative_to(path.resolve())):
                why = "leads in a circle, or is a link within a linked folder"
            elif depth >= _MOST_DEPTH:
                why = f"lies more than {_MOST_DEPTH} folders deep"
            else:
                yield from _below(path, corpus, rules, linked=linked or link, depth=depth + 1)
                continue
        elif path.name.endswith(SIDECAR):
            if path.name.removesuffix(SIDECAR) in names:
                continue
            why = "has no document of its name beside it"
        elif path.suffix.lower() not in FORMATS:
            why = unknown(path)
        yield Found(path, name_of(path, corpus), why)


def _own_rules(folder: Path, corpus: Path) -> list[tuple[Path, GitIgnoreSpec]]:
    """What the folder's own ignore file says. Raises CorpusError where it cannot be read, so that nothing slips in."""
    path = folder / IGNORE_FILE
    if not path.is_symlink() and not path.exists():
        return []
    name = name_of(path, corpus)
    if not is_inside(path, corpus.resolve()) or not path.is_file():
        raise CorpusError(f"{name} is no file of the corpus folder: write the rules into it")
    try:
        data = path.read_bytes() if path.stat().st_size <= _MOST_RULES else b"\0"
        lines = decode(data, name).splitlines()
    except OSError as error:
        raise CorpusError(f"{name} cannot be read ({error.strerror}): mend it, or take it away") from error
    except UnreadableDocument as error:
        raise CorpusError(f"{error}, or take it away") from error
    for number, line in enumerate(lines, start=1):
        try:
            GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error) as error:
            raise CorpusError(f"{name}, line {number}: {line!r} is no pattern of gitignore: mend it") from error
    return [(folder, GitIgnoreSpec.from_lines(lines))]


def _is_ignored(path: Path, rules: _Rules) -> bool:
    """What the innermost folder that has a rule for it says."""
    ending = "/" if _is_folder(path) and not path.is_symlink() else ""
    for folder, spec in reversed(rules):
        said = spec.check_file(path.relative_to(folder).as_posix() + ending).include
        if said is not None:
            return said
    return False


def _is_folder(path: Path) -> bool:
    return is_there(path) and path.is_dir()
