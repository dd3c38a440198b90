"""A calibration is fitted to questions of an operator's own, with what the settings name."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.compose import open_uncalibrated
from assistant.errors import UsageError
from assistant.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.answer.calibration import Calibration
    from assistant.evaluation.metrics import Outcome
    from assistant.types import Promise


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A calibration, and what became of its questions before and after it."""

    calibration: Calibration
    promise: Promise
    before: Sequence[Outcome] | None  # None where there was no calibration for the reader
    after: Sequence[Outcome]  # each by a fit that did not see it


def calibrate(
    settings: Settings, questions: Path, output: Path, *, progress: Callable[[str, int, int], None] = lambda *_: None
) -> Calibrated:
    """Fits a calibration to the questions of a file, and writes it. Raises CalibrationError where they are too few."""
    from assistant.answer import calibration
    from assistant.disk import write
    from assistant.evaluation import fit, grading

    asked = grading.load(questions)
    _check_writable(output)
    progress("open the index", 0, 0)
    assistant = open_uncalibrated(settings)
    reader = assistant.calibration.reader
    in_force = settings.calibration if settings.calibration and settings.calibration.exists() else None
    before = calibration.load(in_force or calibration.SHIPPED).get(reader)
    done = 0

    def step(n: int) -> None:
        nonlocal done
        done += n
        progress("ask", done, len(asked))

    explained = fit.explain_all(assistant, asked, progress=step)
    progress("fit", 0, 0)
    labelled = fit.label(assistant, explained, source=questions.name, group=lambda question: question.id)
    made = fit.refit(labelled, before=before, reader=reader)
    write(output, calibration.dump([made]).encode())
    promise = calibration.load(output)[reader].promise(settings.max_false_answer_rate)
    then = None
    if before is not None:
        given = fit.probabilities(labelled, before)
        then = fit.outcomes(labelled, given, before.promise(settings.max_false_answer_rate).threshold)
    now = fit.outcomes(labelled, fit.left_out(labelled, before=before), promise.threshold)
    return Calibrated(made, promise, then, now)


def _check_writable(output: Path) -> None:
    """Raises UsageError where a file cannot be written there."""
    folder = output.absolute().parent
    if output.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise UsageError(f"{output} cannot be written: give --output a file in a folder that you may write to")
