"""What has changed in a corpus folder since its files were read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.disk import sha256
from assistant.documents.corpus import Mark
from assistant.documents.files import name_of, sidecar_paths
from assistant.documents.folder import is_there, root_of, walk

_NAMED = 3  # files that a sentence names


@dataclass(frozen=True, slots=True)
class Changes:
    """Files by their paths below the corpus folder, in order."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    def __str__(self) -> str:
        kinds = (("new", self.new), ("changed", self.changed), ("gone", self.gone))
        return "; ".join(f"{len(names)} {kind} ({_named(names)})" for kind, names in kinds if names)


def changes_since(marks: Mapping[str, Mark], corpus: Path) -> Changes:
    """What is no longer as the marks say. A file of the same size and time is not read again."""
    there = dict(_present(corpus))
    return Changes(
        new=tuple(sorted(there.keys() - marks.keys())),
        changed=tuple(sorted(name for name in there.keys() & marks.keys() if _differs(there[name], marks[name]))),
        gone=tuple(sorted(marks.keys() - there.keys())),
    )


def _present(corpus: Path) -> Iterator[tuple[str, Path]]:
    """What would be read now, sidecars too, by its path below the folder."""
    root = root_of(corpus)
    for found in walk(corpus):
        if not found.why:
            yield found.id, found.path
            yield from ((name_of(beside, root), beside) for beside in sidecar_paths(found.path) if is_there(beside))


def _differs(path: Path, mark: Mark) -> bool:
    try:
        status = path.stat()
        if status.st_size == mark.bytes and status.st_mtime_ns == mark.modified:
            return False
        return not mark.sha256 or status.st_size != mark.bytes or sha256(path) != mark.sha256
    except OSError:  # it could be read, and cannot any more
        return bool(mark.sha256)


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
