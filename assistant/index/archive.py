"""The index in force as one file, and back."""

from __future__ import annotations

import shutil
import tarfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from assistant.disk import replacing, sha256, sync
from assistant.errors import IndexDamaged, IndexFault, UsageError
from assistant.index.files import open_build
from assistant.index.local import LocalCollection
from assistant.index.publishing import (
    build_in_force,
    clean_up,
    locked,
    open_index,
    publish,
    put_in_force,
    readable_current,
    writing,
)
from assistant.index.receipt import NAME as RECEIPT

MODELS = ("encoders", "readers")  # the folders beside the builds, of what encodes and reads


def backup(folder: Path, target: Path) -> LocalCollection:
    """Writes the index in force, with the models that it needs, into the tar file `target`; what it holds.

    Waits for a build that runs. Raises what is wrong with the index.
    """
    build_in_force(folder)  # raises before there is a folder for its lock
    with writing(folder), locked(folder, wait=True):
        index, build = open_index(folder), build_in_force(folder)
        with (
            replacing(target, f".{target.name}.{uuid.uuid4().hex}.part") as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            for path in (folder / "current", build, *_models(folder, index)):
                tar.add(path, path.relative_to(folder).as_posix(), filter=_anonymous)
    return index


def restore(folder: Path, source: Path, *, check: Callable[[Path], LocalCollection]) -> LocalCollection:
    """Puts the index of a backup in force, whole or not at all; what it holds.

    `check` raises what is wrong with the index in a folder. Waits for a build that runs. Raises UsageError where there
    is no such file, and IndexDamaged where it is no backup, or not a whole one.
    """
    if not source.is_file():
        raise UsageError(f"no backup {source}: `assistant index backup FILE` writes one")
    with writing(folder), locked(folder, wait=True):
        before = readable_current(folder)
        work = folder / f".restore.{uuid.uuid4().hex}"
        (work / "damaged").mkdir(parents=True)
        try:
            _unpack(source, work)
            index = check(work)
            for path in _models(work, index):
                _put_beside(path, folder / path.relative_to(work), aside=work / "damaged")
            (folder / "builds").mkdir(exist_ok=True)
            build, there = work / "builds" / index.id, folder / "builds" / index.id
            if _is_whole(there):  # and may be in force: it stays where it is, at every instant
                if (build / RECEIPT).exists():
                    (build / RECEIPT).replace(there / RECEIPT)
                put_in_force(folder, index.id)
            else:
                publish(folder, build, index.id)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        clean_up(folder, {index.id, before})
        return index


def verify(folder: Path) -> LocalCollection:
    """The index in force, every file of it read and compared with the others. Raises what is wrong with it."""
    index = open_build(build_in_force(folder))
    for passage in index.passages:
        if not 0 <= passage.start < passage.end <= len(index.documents[passage.document_id].text):
            raise IndexDamaged(f"a passage of {passage.document_id} lies outside it: run `assistant index`")
    if len(index.lexicon) != len(index.passages):
        raise IndexDamaged(f"the parts of the index in {folder} disagree: run `assistant index`")
    return index


def _models(folder: Path, index: LocalCollection) -> Iterator[Path]:
    """The folders of the models that the index needs, as far as they lie beside it."""
    reader = index.settings.get("reader")
    names = (index.encoder_fingerprint, str(reader["fingerprint"]) if isinstance(reader, dict) else "")
    paths = (folder / kind / name for kind, name in zip(MODELS, names, strict=True) if name)
    return (path for path in paths if path.is_dir())


def _is_whole(build: Path) -> bool:
    try:
        open_build(build)
    except IndexFault:
        return False
    return True


def _put_beside(model: Path, place: Path, *, aside: Path) -> None:
    """Moves a model to its place, unless it lies there: the index in force may need it, at every instant."""
    if _sums(place) == _sums(model):
        return
    for path in (*model.iterdir(), model):
        sync(path)
    place.parent.mkdir(exist_ok=True)
    if place.exists():
        place.rename(aside / place.name)
    model.rename(place)
    sync(place.parent)


def _sums(folder: Path) -> dict[str, str]:
    """The checksum of each file in a folder."""
    return {path.name: sha256(path) for path in folder.iterdir()} if folder.is_dir() else {}


def _unpack(source: Path, work: Path) -> None:
    try:
        with tarfile.open(source) as tar:
            for member in tar:
                top = PurePosixPath(member.name).parts[:1]
                if top not in (("current",), ("builds",), *((kind,) for kind in MODELS)) or member.issym():
                    raise IndexDamaged(f"{source} is no backup of an index: it holds {member.name}")
                tar.extract(member, work, filter="data")
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise IndexDamaged(f"{source} is no backup of an index, or not a whole one: take another") from error


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
