"""From settings to what keeps and asks files of questions, for as long as a server serves."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.access.audit import Audit
from assistant.batch.reading import read_apart
from assistant.server.batches.routes import Batches
from assistant.server.batches.runs import Runs
from assistant.server.batches.work import Worker
from assistant.settings import Settings

logger = logging.getLogger("assistant.server")


@contextmanager
def keeping(settings: Settings, shared: str = "") -> Iterator[Batches | None]:
    """What keeps files of questions, and asks them; None where the settings ask for none.

    `shared` is a file in a folder that all processes of a server have.
    """
    if not settings.batch_questions:
        yield None
        return
    with ExitStack() as stack:
        folder = settings.batch_folder or (Path(shared).parent / "batches" if shared else None)
        if folder is None:
            try:
                folder = Path(stack.enter_context(TemporaryDirectory(prefix="assistant-batches-")))
            except OSError as error:
                logger.warning(
                    "there is no page /admin/batch, as no temporary folder can be made (%s): name one with "
                    "ASSISTANT_BATCH_FOLDER",
                    error.strerror,
                )
                yield None
                return
        hours, questions = settings.batch_hours, settings.batch_questions
        runs = Runs(folder.expanduser(), hours=hours, questions=questions, read=read_apart)
        worker = Worker(runs)
        stack.enter_context(worker.working())
        key = settings.admin_key.get_secret_value() if settings.admin_key is not None else ""
        yield Batches(runs, worker, Audit(settings.audit_log), key, shared)
