"""Progress of long work: bars on a terminal, a plain line a stage otherwise; where nothing can be counted, the time."""

from __future__ import annotations

from threading import Event, Thread
from time import perf_counter
from types import TracebackType
from typing import NoReturn, TextIO

from tqdm import tqdm

PATIENCE = 2.0  # seconds that a person waits without being told for what


class Progress:
    """Shows one stage at a time. `progress(stage, done, total)` says how far it is."""

    def __init__(self, stream: TextIO, *, after: float = 0.0) -> None:
        """Says nothing of a stage that takes less than `after` seconds."""
        self._stream = stream
        self._after = after
        self._began = perf_counter()
        self._said = ""  # the stage that was said last
        self._bar: tqdm[NoReturn] | None = None
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._close()
            self._stage, self._began = stage, perf_counter()
            if self._stream.isatty():
                self._bar = tqdm(total=total, desc=stage, file=self._stream, unit="", leave=True, delay=self._after)
        if not self._stream.isatty() and self._said != stage and perf_counter() - self._began >= self._after:
            self._said = stage
            print(f"{stage}: {total}" if total else stage, file=self._stream, flush=True)
        if self._bar is not None:
            self._bar.total = total
            self._bar.update(done - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Pace:
    """Shows how far one long piece of work is: a bar with rate and time left on a terminal, else some plain lines."""

    def __init__(self, stream: TextIO, *, every: float = 10.0) -> None:
        self._stream = stream
        self._every = every  # seconds between two lines
        self._bar: tqdm[NoReturn] | None = None
        self._began = self._said = perf_counter()

    def __call__(self, done: int, total: int) -> None:
        """`done` of `total` are done. Starts anew with 0."""
        if not done:
            self.close()
            self._began = self._said = perf_counter()
            if total and self._stream.isatty():
                self._bar = tqdm(total=total, file=self._stream, unit="question")
        elif self._bar is not None:
            self._bar.update(done - self._bar.n)
        elif perf_counter() - self._said >= self._every and done < total:
            self._said = perf_counter()
            rate = done / (self._said - self._began)
            left = (total - done) / rate
            print(f"{done} of {total}, {rate:.1f} a second, {left:.0f} s left", file=self._stream, flush=True)

    def close(self) -> None:
        """Ends the bar."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class Waiting:
    """Says on a terminal what is waited for and for how long, from when it takes long enough; nothing of it stays.

    For work that tells no steps; nothing is said to a file.
    """

    def __init__(self, stream: TextIO, what: str, *, after: float = PATIENCE, every: float = 1.0) -> None:
        """`every` is the seconds between two times that it is said."""
        self._stream, self._what, self._after, self._every = stream, what, after, every
        self._done = Event()
        self._thread = Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Waiting:
        if self._stream.isatty():
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends it early, as soon as there is something else to say."""
        self._done.set()
        if self._thread.is_alive():
            self._thread.join()

    def _tell(self) -> None:
        if self._done.wait(self._after):
            return
        shown = "{desc} \u2026 {elapsed}"
        bar: tqdm[NoReturn] = tqdm(desc=self._what, file=self._stream, bar_format=shown, leave=False)
        bar.start_t -= self._after  # it has been waited for since then
        while not self._done.wait(self._every):
            bar.refresh()
        bar.close()
