"""An index kept in a folder of this machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.index.build import Note, Report, build
from assistant.index.local import LocalCollection
from assistant.index.publishing import build_in_force, current_build, locked, open_index, readable_current, writing
from assistant.index.receipt import read_receipt
from assistant.index.reuse import Before, open_before
from assistant.index.store import Kind
from assistant.question.acronyms import Known
from assistant.types import Document, Encoder, Json, Passage


@dataclass(frozen=True, slots=True)
class FolderBuilding:
    """A build in a folder whose lock is held."""

    folder: Path
    before: Before

    def write(
        self,
        *,
        documents: Sequence[Document],
        passages: Sequence[Passage],
        embedded: Sequence[str],
        lines: Sequence[str],
        vocabulary: Mapping[str, int],
        encoder: Encoder,
        settings: Mapping[str, Json],
        receipt: Mapping[str, Json],
        acronyms: Known,
        note: Note = lambda stage, done, total: None,
    ) -> Report:
        return build(
            self.folder,
            documents=documents,
            passages=passages,
            embedded=embedded,
            lines=lines,
            vocabulary=vocabulary,
            encoder=encoder,
            settings=settings,
            receipt=receipt,
            acronyms=acronyms,
            before=self.before,
            note=note,
        )


class FolderStore:
    """Keeps an index in a folder, a folder below it for each build."""

    outlived = True

    def __init__(self, folder: Path) -> None:
        self._folder = self.exports = folder

    def __str__(self) -> str:
        return str(self._folder)

    def open(self) -> LocalCollection:
        return open_index(self._folder)

    def current(self) -> str | None:
        return current_build(self._folder)

    def built_at(self) -> float | None:
        path = self._folder / "current"
        return path.stat().st_mtime if path.exists() else None

    def receipt(self) -> Mapping[str, Json]:
        return read_receipt(build_in_force(self._folder))

    def model(self, kind: Kind, fingerprint: str) -> Path:
        return self._folder / kind / fingerprint

    def keep_model(self, kind: Kind, fingerprint: str) -> None: ...

    def state(self) -> object:
        current = self._folder / "current"
        if not current.exists():
            return None
        manifest = self._folder / "builds" / (readable_current(self._folder) or "") / "manifest.json"
        return [_stamp(path) for path in (current, manifest, self._folder / "encoders")]

    @contextmanager
    def building(self, *, wait: bool = False) -> Iterator[FolderBuilding]:
        with ExitStack() as held:
            with writing(self._folder):
                held.enter_context(locked(self._folder, wait=wait))
                before = open_before(self._folder)
            yield FolderBuilding(self._folder, before)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
