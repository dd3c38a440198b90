"""Texts to vectors: a sentence-transformers model is exported once, then run without torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.models.encoder_names import find_model

if TYPE_CHECKING:
    from assistant.models.encoder import OnnxEncoder


def prepare_encoder(
    name: str, folder: Path, *, sample: Callable[[OnnxEncoder], Sequence[str]], threads: int | None = None
) -> OnnxEncoder:
    """The encoder of this name, from its export below `folder`, which is made first where it is missing or damaged.

    `sample` gives the passages that a new export is checked on; it may count tokens with the encoder it is handed.
    Torch is imported only if there is something to export.
    """
    from assistant.models.encoder import OnnxEncoder, is_intact

    model = find_model(name)
    exported = folder / model.fingerprint
    if not is_intact(exported):
        from assistant.models.encoder_export import export

        export(model, folder, sample=sample)
    return OnnxEncoder(exported, threads=threads)
