"""Readers: where in the passages the answer stands, and whether there is one."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import ReaderError
from assistant.models.reader_names import find_reader


def prepare_reader(name: str, folder: Path) -> Path:
    """The export of this model below `folder`, which is made first where it is missing or damaged.

    Torch is imported only if there is something to export.
    """
    from assistant.models.extractive import is_intact

    model = find_reader(name)
    exported = folder / model.fingerprint
    if not is_intact(exported):
        try:
            from assistant.models.reader_export import export
        except ModuleNotFoundError as error:
            raise ReaderError(
                f"{model.name} must be exported first, and {error.name} is missing for it: install the package with "
                f"all that it depends on, or use the reader that ships"
            ) from error
        export(model, folder)
    return exported
