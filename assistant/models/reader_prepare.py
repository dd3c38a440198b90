"""Readers: where in the passages the answer stands, and whether there is one."""

from __future__ import annotations

from pathlib import Path

from assistant.models.reader_names import find_reader


def prepare_reader(name: str, folder: Path) -> Path:
    """The export of this model below `folder`, which is made first where it is missing or damaged.

    Torch is imported only if there is something to export.
    """
    from assistant.models.extractive import is_intact

    model = find_reader(name)
    exported = folder / model.fingerprint
    if not is_intact(exported):
        from assistant.models.reader_export import export

        export(model, folder)
    return exported
