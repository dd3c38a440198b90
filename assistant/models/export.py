"""What every export to ONNX shares: published whole or not at all, optimised once, without warnings."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from assistant.disk import saying_if_full, sync

SMALL = 1024  # numbers, of a weight that is kept in single precision


def publish(target: Path, *, is_intact: Callable[[Path], bool], write: Callable[[Path], None]) -> Path:
    """The folder `target`, which `write` fills, whole or not at all, unless an intact one is there by then."""
    folder = target.parent
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if is_intact(target):  # another build made it meanwhile
            return target
        for left in folder.glob(".new-*"):  # by a build that was killed
            shutil.rmtree(left)
        made = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        try:
            write(made)
            for path in (*made.iterdir(), made):
                sync(path)
            shutil.rmtree(target, ignore_errors=True)
            made.chmod(0o755)
            made.rename(target)
            sync(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return target


def optimise(plain: Path) -> None:
    """Turns `plain` into model.onnx and model.onnx.data beside it, which a process opens without copying them."""
    optimised = plain.with_name("optimised.onnx")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(optimised)
    with saying_if_full(plain.parent):
        onnxruntime.InferenceSession(str(plain), options, providers=["CPUExecutionProvider"])
    save(onnx.load(str(optimised)), plain.parent)
    plain.unlink()
    optimised.unlink()


def save(model: onnx.ModelProto, folder: Path) -> None:
    """Writes model.onnx, and its weights as model.onnx.data, which a process opens without copying them."""
    for name in ("model.onnx", "model.onnx.data"):  # the library would add to the second
        (folder / name).unlink(missing_ok=True)
    onnx.save_model(
        model,
        str(folder / "model.onnx"),
        save_as_external_data=True,
        location="model.onnx.data",
        size_threshold=1024,
    )
    for name in ("model.onnx", "model.onnx.data"):
        (folder / name).chmod(0o644)


def halve(graph: onnx.GraphProto) -> None:
    """Stores every large weight in half precision, and widens it where it is used.

    Of a table that rows are only looked up in, these rows alone are widened; all else is, once, when it is opened.
    """
    uses: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            uses.setdefault(name, []).append(node)
    kept, nodes = [], []
    looked_up: dict[str, onnx.NodeProto] = {}  # the node that widens what is looked up, by the name of its input
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < SMALL:
            kept.append(tensor)
            continue
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name + ".half")
        kept.append(half)
        if all(node.op_type == "Gather" and node.input[0] == tensor.name for node in uses[tensor.name]):
            for node in uses[tensor.name]:
                found = node.output[0]
                node.input[0], node.output[0] = half.name, found + ".half"
                looked_up[found + ".half"] = _widen(found + ".half", found)
        else:
            nodes.append(_widen(half.name, tensor.name))
    for node in graph.node:
        nodes.append(onnx.NodeProto.FromString(node.SerializeToString()))
        nodes += [looked_up[name] for name in node.output if name in looked_up]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    del graph.node[:]
    graph.node.extend(nodes)


def _widen(half: str, whole: str) -> onnx.NodeProto:
    return helper.make_node("Cast", [half], [whole], to=TensorProto.FLOAT, name=whole + ".cast")


@contextmanager
def quietly() -> Iterator[None]:
    """Keeps an exporter's warnings, which are about its own workings, out of the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def silence_transformers() -> None:
    """Keeps the bars and reports of transformers, which are about each load of a model, out of the terminal."""
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers has no types here
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # nor here


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Waits until no other process exports into this folder."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
