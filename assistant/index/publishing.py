"""Which build of an index folder is in force: published by one rename, one build at a time."""

from __future__ import annotations

import fcntl
import shutil
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from assistant.disk import sync
from assistant.errors import IndexDamaged, IndexFault, IndexNotFound, IndexNotWritten
from assistant.index.files import AGAIN, open_build
from assistant.index.local import LocalCollection


def open_index(folder: Path) -> LocalCollection:
    """The build in force. Raises IndexNotFound, IndexDamaged or IndexMismatch."""
    return open_build(build_in_force(folder))


def build_in_force(folder: Path) -> Path:
    """The folder of the build in force. Raises IndexNotFound, or IndexDamaged where it cannot be told."""
    name = _current(folder)
    if name is None:
        raise IndexNotFound(f"no index in {folder}: run `assistant index`")
    return folder / "builds" / name


def current_build(folder: Path) -> str | None:
    """The id of the build in force, or None; cheap enough to ask before every question."""
    return _current(folder)


def encoder_folder(folder: Path, fingerprint: str) -> Path:
    """Where the exported encoder of this fingerprint lies, for all builds that use it."""
    return folder / "encoders" / fingerprint


def _current(folder: Path) -> str | None:
    """What `current` names; None where there is no such file. Raises IndexDamaged where it names no build."""
    path = folder / "current"
    try:
        name = path.read_text("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise IndexDamaged(f"{path} cannot be read: {AGAIN}") from error
    if len(name) != 16 or not name.isalnum():
        raise IndexDamaged(f"{path} is damaged: {AGAIN}")
    return name


def readable_current(folder: Path) -> str | None:
    """What `current` names, where it can be read: a new build replaces a damaged one."""
    try:
        return _current(folder)
    except IndexDamaged:
        return None


def publish(folder: Path, work: Path, identity: str) -> None:
    """Puts a finished build in force: its files reach the disk first, the name in `current` last."""
    for path in [*(p for p in work.rglob("*")), work]:
        sync(path)
    target = folder / "builds" / identity
    if target.exists():  # the same build, damaged or no longer in force
        target.rename(folder / "builds" / f".{uuid.uuid4().hex}")
    work.rename(target)
    sync(folder / "builds")
    put_in_force(folder, identity)


def put_in_force(folder: Path, identity: str) -> None:
    """Has `current` name a build that is there."""
    pointer = folder / f".current.{uuid.uuid4().hex}"
    pointer.write_text(identity + "\n", "ascii")
    sync(pointer)
    pointer.replace(folder / "current")
    sync(folder)


def clean_up(folder: Path, kept: Collection[str | None]) -> None:
    """Removes what killed builds left, and all builds but the one in force and the one that was in force before."""
    for path in folder.glob(".current.*"):
        with suppress(OSError):
            path.unlink()
    for path in folder.glob(".restore.*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in (folder / "builds").iterdir():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Where what is done within writes to the index: raises IndexNotWritten where the disk does not take it."""
    try:
        yield
    except OSError as error:
        why = f"{error.strerror}: {error.filename}" if error.filename else error.strerror or error
        raise IndexNotWritten(
            f"the index in {folder} cannot be written ({why}): make room, or name a folder that you may write to with "
            f"--index; the index that was there stays"
        ) from error


@contextmanager
def locked(folder: Path, *, wait: bool = False) -> Iterator[None]:
    """Holds the folder's lock: one build at a time. Raises IndexFault where another runs, unless it is waited for."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise IndexFault(f"another build is running in {folder}: wait until it is done") from error
        yield
