"""Opens what a reader lies in: its configuration, its files against their checksums, its network."""

from __future__ import annotations

import json
from pathlib import Path

import onnxruntime

from assistant.disk import checksum, sha256
from assistant.errors import ReaderDamaged
from assistant.types import Json

WEIGHTS = ".data"  # what ends the name of the file beside a network that its weights lie in
LEVELS = onnxruntime.GraphOptimizationLevel


def read_config(folder: Path, *, schema: int, remedy: str) -> dict[str, Json]:
    """What reader.json says, its own checksum if it has one and those of its files checked. Raises ReaderDamaged.

    `remedy` is what a person can do about it.
    """
    path = folder / "reader.json"
    try:
        config = json.loads(path.read_bytes())
        if config["schema"] != schema:
            raise ReaderDamaged(f"{folder} was written by another version: {remedy}")
        if config.get("checksum", expected := checksum(config)) != expected:
            raise ReaderDamaged(f"{path} is damaged: {remedy}")
        for name, sum_ in config["files"].items():
            path = folder / name
            if sha256(path) != sum_:
                raise ReaderDamaged(f"{path} is damaged: {remedy}")
    except FileNotFoundError as error:
        raise ReaderDamaged(f"{path} is missing: {remedy}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReaderDamaged(f"{path} cannot be read: {remedy}") from error
    return dict(config)


def open_session(
    path: Path, *, threads: int | None, remedy: str, optimised: bool = False
) -> onnxruntime.InferenceSession:
    """The network in `path`; one that is `optimised` already opens faster. Raises ReaderDamaged."""
    level = LEVELS.ORT_DISABLE_ALL if optimised else LEVELS.ORT_ENABLE_ALL
    try:
        return open_network(path, threads=threads, level=level)
    except Exception as error:  # onnxruntime has a dozen classes for a file that it cannot read
        raise ReaderDamaged(f"{path} is damaged: {remedy}") from error


def open_network(
    path: Path, *, threads: int | None, level: onnxruntime.GraphOptimizationLevel
) -> onnxruntime.InferenceSession:
    """The network in `path`, held in memory whole: what becomes of its files afterwards does not matter to it.

    onnxruntime would map weights that lie in a file of their own, and a process ends with SIGBUS where it reads what is
    mapped of a file that was cut off since. Raises what onnxruntime does.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # it keeps a plan of memory for every shape that it meets
    options.graph_optimization_level = level
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leaves the cores to other requests
    weights = path.with_name(path.name + WEIGHTS)
    network: str | bytes = str(path)
    if weights.exists():
        held = weights.read_bytes()
        options.add_external_initializers_from_files_in_memory([weights.name], [held], [len(held)])
        network = path.read_bytes()
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
