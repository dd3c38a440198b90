"""The files of questions that are kept, a folder each, so that every process of a server sees the same."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from threading import Lock
from time import time
from typing import Annotated, Literal, Protocol

from pydantic import PlainSerializer, PlainValidator, TypeAdapter, ValidationError

from assistant.batch.endings import format_answered, format_read
from assistant.batch.preview import preview, unread_sheets
from assistant.disk import write
from assistant.errors import Busy, InvalidRequest, NotFound, UsageError
from assistant.languages import kept
from assistant.languages.catalogue import say
from assistant.spreadsheets.cells import as_json, from_json
from assistant.spreadsheets.files import read
from assistant.spreadsheets.tables import Table, question_column

MOST_BYTES = 5_000_000  # of a file
MOST_KEPT = 20  # files at a time
MOST_WAITING = 5  # runs that are asked or wait for it
SHOWN = 100  # questions of a preview
_LONGEST_NAME = 200
_HOUR = 3600
_ID = re.compile(r"[0-9a-f]{16}")
_GONE, _MADE = ".", "+"  # what the name of a folder begins with that is being deleted, and that is being made

State = Literal["read", "waiting", "running", "done", "failed"]
# Text that people are told, kept so that it can be said in any language.
Said = Annotated[str, PlainSerializer(kept.as_json, return_type=object), PlainValidator(kept.from_json)]


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A file of questions, what would be asked of it, and how far that is."""

    id: str
    name: str
    format: str
    added: float  # seconds since 1970
    until: float  # when it is deleted, with its answers
    groups: tuple[str, ...] = ()  # of whoever handed it in: what they see of the documents
    state: State = "read"
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    column: int | None = None  # None where it is not found and has to be chosen
    questions: int = 0  # rows that ask
    different: int = 0  # questions, each of which is asked once
    told: tuple[Said, ...] = ()  # how the file was read, and what of it is not asked
    shown: tuple[tuple[int, str], ...] = ()  # (row, question), the first of them
    wrong: Said = ""  # why it cannot be asked, or why it failed
    started: float = 0.0
    base: str = ""  # goes before links to sources
    done: int = 0  # of the different ones
    summary: tuple[Said, ...] = ()

    @property
    def answers(self) -> str:
        """The name of the file of answers."""
        return f"{Path(self.name).stem}-answers.{format_answered(self.format)}"


_KEPT = TypeAdapter(KeptRun)


class Reader(Protocol):
    """Makes a table of the bytes of a file in a format. Raises AssistantError where it cannot."""

    def __call__(self, data: bytes, format: str, *, sheet: str | None = None) -> Table: ...


class Runs:
    """The runs in a folder, which only its owner may read."""

    def __init__(
        self,
        folder: Path,
        *,
        hours: int = 24,
        questions: int = 1000,
        read: Reader = read,
        now: Callable[[], float] = time,
    ) -> None:
        """Each is kept for so many hours, and may ask so many questions. `read` makes a table of a file."""
        self.folder, self.hours, self.questions, self._read_table, self._now = folder, hours, questions, read, now
        self._reading = Lock()  # a large file takes a processor for seconds: one after the other

    def all(self) -> list[KeptRun]:
        """Those that are kept, the newest first."""
        found = (self._load(path) for path in self._folders())
        return sorted((run for run in found if run is not None), key=lambda run: (-run.added, run.id))

    def get(self, id: str) -> KeptRun:
        """The run of this id. Raises NotFound where it is kept no more."""
        run = self._load(self.folder / id) if _ID.fullmatch(id) else None
        if run is None:
            raise NotFound(say("batch.gone"))
        return run

    def add(self, name: str, data: bytes, *, groups: tuple[str, ...] = ()) -> KeptRun:
        """Keeps a file, and tells what would be asked of it. Raises why it holds no questions."""
        name = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable()).strip()
        name = name[-_LONGEST_NAME:] or "questions"
        if not data.strip():
            raise UsageError(say("batch.empty"))
        format = format_read(name, data)
        with self._reading:
            if len(self.all()) >= MOST_KEPT:
                raise Busy(say("batch.most_kept", count=MOST_KEPT), retry_after=60)
            added = self._now()
            run = KeptRun(token_hex(8), name, format, added, added + self.hours * _HOUR, groups)
            run, table = self._read(run, data, None, None)
            self._make(run, data, table)
        return run

    def choose(self, id: str, sheet: str | None, column: int | None) -> KeptRun:
        """The run, read from another sheet or column (from 0). Raises InvalidRequest where it has begun."""
        run = self.get(id)
        if run.state != "read":
            raise InvalidRequest(say("batch.begun"))
        with self._reading:
            data = self.path(run, "questions").read_bytes()
            run, table = self._read(run, data, sheet or run.sheet or None, column)
        write(self.path(run, "table"), _packed(table))
        return self.put(run)

    def start(self, id: str, base: str) -> KeptRun:
        """The run, which waits for its turn now. Raises InvalidRequest if it cannot be asked, Busy where many wait."""
        run = self.get(id)
        if run.state in ("waiting", "running", "done"):
            return run
        if run.state == "read" and (run.wrong or run.column is None):
            raise InvalidRequest(run.wrong or say("batch.choose_column"))
        if sum(one.state in ("waiting", "running") for one in self.all()) >= MOST_WAITING:
            raise Busy(say("batch.most_waiting", count=MOST_WAITING), retry_after=30)
        return self.put(replace(run, state="waiting", started=self._now(), base=base, wrong=""))

    def next(self) -> KeptRun | None:
        """The run whose turn it is: one that another process has left, else the one that waits longest."""
        left = [run for run in self.all() if run.state in ("waiting", "running")]
        return min(left, key=lambda run: (run.state != "running", run.started, run.id), default=None)

    def put(self, run: KeptRun) -> KeptRun:
        """Keeps how far a run is. Raises NotFound where it has been deleted meanwhile."""
        try:
            write(self.folder / run.id / "run.json", _KEPT.dump_json(run))
        except UsageError:
            if self.has(run):
                raise
            raise NotFound(say("batch.gone")) from None
        return run

    def count(self, run: KeptRun, done: int) -> None:
        """Keeps how many questions are done, for those who watch; it need not outlive the machine."""
        path = self.folder / run.id / "done"
        with suppress(FileNotFoundError):  # it has been deleted meanwhile
            path.with_name(".done").write_text(str(done))
            path.with_name(".done").replace(path)

    def has(self, run: KeptRun) -> bool:
        """Whether it is still kept."""
        return (self.folder / run.id).is_dir()

    def table(self, run: KeptRun) -> Table:
        """The questions of a run."""
        return from_json(json.loads(self.path(run, "table").read_bytes()))

    def path(self, run: KeptRun, name: Literal["questions", "table", "journal", "answers"]) -> Path:
        """Where its file lies, what was read of it, what is answered, or the file of answers."""
        return self.folder / run.id / name

    def delete(self, id: str) -> None:
        """Deletes a run and all of its files at once. Raises NotFound where there is none."""
        gone = self.folder / f"{_GONE}{self.get(id).id}"
        with suppress(FileNotFoundError):  # another request was faster
            (self.folder / id).replace(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self) -> None:
        """Deletes what has been kept for long enough."""
        for run in self.all():
            if run.until <= self._now():
                with suppress(NotFound):
                    self.delete(run.id)
        for left in self.folder.glob(f"{_GONE}*"):
            shutil.rmtree(left, ignore_errors=True)
        for half in self.folder.glob(f"{_MADE}*"):
            with suppress(FileNotFoundError):  # it is whole by now
                if half.stat().st_mtime <= self._now() - _HOUR:  # whoever made it is gone
                    shutil.rmtree(half, ignore_errors=True)

    def _folders(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            yield from (path for path in self.folder.iterdir() if _ID.fullmatch(path.name))

    def _load(self, path: Path) -> KeptRun | None:
        try:
            run = _KEPT.validate_json((path / "run.json").read_bytes())
        except (OSError, ValidationError):  # it is gone, or of another version
            return None
        with suppress(OSError, ValueError):
            if run.state == "running":
                return replace(run, done=int((path / "done").read_text()))
        return run

    def _make(self, run: KeptRun, data: bytes, table: Table) -> None:
        """Makes the folder of a run, which is seen once all is in it."""
        new = self.folder / f"{_MADE}{run.id}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            new.mkdir(mode=0o700)
            (new / "questions").write_bytes(data)
            (new / "table").write_bytes(_packed(table))
            (new / "run.json").write_bytes(_KEPT.dump_json(run))
            new.replace(self.folder / run.id)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            raise Busy(say("batch.no_disk", why=error.strerror)) from error

    def _read(self, run: KeptRun, data: bytes, sheet: str | None, column: int | None) -> tuple[KeptRun, Table]:
        """The run with what its file holds, and that."""
        table = self._read_table(data, run.format, sheet=sheet)
        return self._with(run, table, column, is_named=sheet is not None), table

    def _with(self, run: KeptRun, table: Table, column: int | None, *, is_named: bool) -> KeptRun:
        if column is None:
            with suppress(UsageError):  # it is chosen on the page
                column = question_column(table)
        elif not 0 <= column < len(table.columns):
            raise InvalidRequest(say("batch.no_such_column", number=column + 1, count=len(table.columns)))
        others = () if is_named else tuple(filter(None, (unread_sheets(table),)))
        known = replace(run, sheet=table.sheet, sheets=table.sheets, columns=table.columns, column=column)
        if column is None:
            none = replace(known, questions=0, different=0, told=(*others, *table.notes), shown=())
            return replace(none, wrong=say("batch.no_column"))
        found = preview(table, column)
        return replace(
            known,
            questions=len(found.asked),
            different=found.different,
            told=(*others, *table.notes, *found.lines()),
            shown=found.asked[:SHOWN],
            wrong=self._why_not(found.different),
        )

    def _why_not(self, different: int) -> str:
        if not different:
            return say("batch.no_question")
        if different > self.questions:
            return say("batch.too_many", count=different, most=self.questions)
        return ""


def _packed(table: Table) -> bytes:
    return json.dumps(as_json(table)).encode()
