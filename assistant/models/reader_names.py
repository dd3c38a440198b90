"""Which question-answering model a name means: where it lies and what its fingerprint is. Loads no model."""

from __future__ import annotations

import json
from pathlib import Path

from assistant.disk import sha256
from assistant.errors import ReaderNotFound
from assistant.models.encoder_names import WEIGHTS, ModelFiles, fingerprint, local_folder, parts_in

EXPORT_SCHEMA = 1  # raise it when the exported files change, so that old exports are not taken for new ones


def find_reader(name: str) -> ModelFiles:
    """The question-answering model of this folder, or of this name in the local Hugging Face cache."""
    folder = local_folder(name)
    if folder is None:
        raise ReaderNotFound(
            f"no model {name!r} on this machine: give the path of a question-answering model's folder, "
            f"or download it into the Hugging Face cache first"
        )
    if not any("ForQuestionAnswering" in architecture for architecture in _architectures(folder)):
        raise ReaderNotFound(
            f"{folder} holds no question-answering model: its config.json names no architecture for it; "
            f"choose a model that was trained on questions and their answers in a text"
        )
    parts = parts_in(folder)
    if not any(part.name in WEIGHTS or part.suffix == ".safetensors" for part in parts):
        raise ReaderNotFound(f"{folder} holds no weights: fetch its model.safetensors")
    sums = {part.name: sha256(part) for part in parts}
    return ModelFiles(name, folder, fingerprint(name, sums, schema=EXPORT_SCHEMA))


def _architectures(folder: Path) -> list[str]:
    path = folder / "config.json"
    try:
        return [str(name) for name in json.loads(path.read_bytes()).get("architectures") or []]
    except FileNotFoundError as error:
        raise ReaderNotFound(f"{folder} holds no model: it has no config.json") from error
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ReaderNotFound(f"{path} cannot be read: fetch the model again") from error
