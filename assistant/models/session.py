"""Opens what a reader lies in: its configuration, its files against their checksums, its network."""

from __future__ import annotations

import json
from pathlib import Path

import onnxruntime

from assistant.disk import checksum, sha256
from assistant.errors import ReaderDamaged
from assistant.types import Json


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
    """The network in `path`; one that is `optimised` already opens faster and is not copied."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or 0
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # it keeps a plan of memory for every shape that it meets
    if optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leaves the cores to other requests
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a dozen classes for a file that it cannot read
        raise ReaderDamaged(f"{path} is damaged: {remedy}") from error
