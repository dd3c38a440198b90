"""Long work says how far it is, by a bar on a terminal and by plain lines elsewhere."""

from __future__ import annotations

import io
import re
from threading import Event

from assistant.terminal.progress import Pace, Progress, Waiting


class Terminal(io.StringIO):
    """A terminal; tells when something with this text is written to it."""

    def __init__(self, awaited: str = "\0") -> None:
        super().__init__()
        self.awaited, self.seen = awaited, Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.awaited in text:
            self.seen.set()
        return super().write(text)


def test_a_file_gets_a_line_now_and_then_with_rate_and_time_left() -> None:
    out = io.StringIO()
    pace = Pace(out, every=0.0)
    pace(0, 4)
    pace(1, 4)
    pace(3, 4)
    pace(4, 4)
    pace.close()
    lines = out.getvalue().splitlines()
    assert [line.split(",")[0] for line in lines] == ["1 of 4", "3 of 4"]
    assert re.fullmatch(r"3 of 4, [\d.]+ a second, \d+ s left", lines[1])


def test_a_quick_run_says_nothing_to_a_file() -> None:
    out = io.StringIO()
    pace = Pace(out)
    for done in range(5):
        pace(done, 4)
    assert out.getvalue() == ""


def test_a_terminal_gets_a_bar_and_no_lines() -> None:
    out = Terminal()
    pace = Pace(out, every=0.0)
    pace(0, 4)
    pace(3, 4)
    pace.close()
    said = out.getvalue()
    assert "3/4" in said and "question/s" in said and "of 4," not in said


def test_nothing_to_do_makes_no_bar() -> None:
    out = Terminal()
    Pace(out)(0, 0)
    assert out.getvalue() == ""


def test_progress_of_what_is_quick_is_not_shown() -> None:
    out = io.StringIO()
    with Progress(out, after=60) as progress:
        for done in range(3):
            progress("read", done, 2)
    assert out.getvalue() == ""


def test_progress_says_a_line_a_stage_once_it_takes_long_enough() -> None:
    out = io.StringIO()
    with Progress(out) as progress:
        for stage, total in (("read", 2), ("cut", 0)):
            progress(stage, 0, total)
            progress(stage, total, total)
    assert out.getvalue() == "read: 2\ncut\n"


def test_what_takes_long_and_cannot_be_counted_is_named_with_its_time_and_nothing_stays() -> None:
    out = Terminal("opening the index … 00:0")
    with Waiting(out, "opening the index", after=0.01, every=0.01):
        assert out.seen.wait(10)
    assert out.getvalue().endswith("\r") and out.getvalue().split("\r")[-2].strip() == ""


def test_what_is_quick_is_not_named_nor_anything_to_a_file() -> None:
    for out in (Terminal(), io.StringIO()):
        with Waiting(out, "opening the index", after=60 if out.isatty() else 0.0):
            pass
        assert out.getvalue() == ""


def test_waiting_may_end_early_and_twice() -> None:
    out = Terminal("opening")
    with Waiting(out, "opening", after=0.0, every=0.01) as waiting:
        assert out.seen.wait(10)
        waiting.close()
        said = out.getvalue()
    assert out.getvalue() == said
