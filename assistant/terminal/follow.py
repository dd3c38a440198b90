"""Follows the folder of the documents: whenever it changes, the index is brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event

from watchfiles import watch

from assistant.documents.changes import changes_since
from assistant.documents.folder import root_of
from assistant.errors import AssistantError
from assistant.index.receipt import from_json
from assistant.index.store import IndexStore

QUIET = 1_000  # milliseconds without a change after which it is looked at what changed, so that a copy is whole by then
LONGEST = 10_000  # milliseconds of changes without a pause after which it is looked at all the same
AGAIN = 60_000  # milliseconds after which it is looked at though nothing is told: some file systems tell nothing


def follow(
    corpus: Path,
    store: IndexStore,
    build: Callable[[], object],
    told: Callable[[str], None],
    *,
    stop: Event | None = None,
    again: int = AGAIN,
) -> None:
    """Calls `build` as often as the documents are other ones than the index was built from, until it is interrupted.

    What goes wrong is told, and the next change is waited for: one file that is half written is no reason to end.
    """
    there = watch(
        root_of(corpus),
        watch_filter=None,  # what is ignored is decided by the corpus, not by name here
        debounce=LONGEST,
        step=QUIET,
        stop_event=stop,
        rust_timeout=again,
        yield_on_timeout=True,
        raise_interrupt=False,
        ignore_permission_denied=True,
    )
    for _ in there:
        try:
            if has_changed(corpus, store):
                build()
        except AssistantError as error:
            told(str(error))


def has_changed(corpus: Path, store: IndexStore) -> bool:
    """Whether the documents are other ones than the index in force was built from."""
    return bool(changes_since(from_json(store.receipt()).marks, corpus))
