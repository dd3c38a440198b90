"""The commands on what is recorded: gaps, purge."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from time import time

from assistant.access.audit import Audit
from assistant.compose import open_answerer, open_records
from assistant.disk import write
from assistant.errors import UsageError
from assistant.feedback.gap_finder import GapFinder
from assistant.feedback.gaps import as_json as in_json
from assistant.feedback.gaps import stub
from assistant.feedback.records import DAY
from assistant.settings import Settings
from assistant.terminal.progress import Waiting
from assistant.terminal.show import show_gaps


def gaps(settings: Settings, *, as_json: bool = False, csv: str | None = None) -> int:
    """Shows what the documents leave open, or writes it as the stub of an FAQ; "-" is standard output."""
    records = open_records(settings)
    records.totals()  # an index is not opened for nothing
    with Waiting(sys.stderr, "grouping the questions"):
        found = GapFinder(records, partial(open_answerer, settings))()
    if csv == "-":
        sys.stdout.buffer.write(stub(found))
    elif csv is not None:
        write(Path(csv), stub(found))
        print(f"{len(found.groups)} gaps written to {csv}")
    else:
        print(in_json(found) if as_json else show_gaps(found))
    return 0


def purge(
    settings: Settings, *, older_than: int | None = None, containing: str | None = None, everything: bool = False
) -> int:
    """Deletes what is recorded: what holds a text, everything, or what is older than so many days."""
    records = open_records(settings)
    if containing is not None and not containing.strip():
        raise UsageError("--containing needs a text: use --all to delete everything")
    with Waiting(sys.stderr, "deleting"):
        if containing is not None:
            deleted = records.purge(containing=containing)
        elif everything:
            deleted = records.purge()
        else:
            days = settings.records_days if older_than is None else older_than
            deleted = records.purge(before=time() - days * DAY)
    how = "all" if everything else "containing" if containing else "older"  # the text itself would stay here
    Audit(settings.audit_log)("records purged", how=how, questions=deleted.questions, votes=deleted.votes)
    print(f"deleted {deleted.questions} questions and {deleted.votes} votes; {deleted.left} questions are left")
    return 0
