"""What every export to ONNX shares: published whole or not at all, optimised once, without warnings."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import onnx
import onnxruntime

from assistant.disk import saying_if_full, sync


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
    onnx.save_model(
        onnx.load(str(optimised)),
        str(plain.with_name("model.onnx")),
        save_as_external_data=True,
        location="model.onnx.data",
        size_threshold=1024,
    )
    plain.unlink()
    optimised.unlink()
    for name in ("model.onnx", "model.onnx.data"):
        plain.with_name(name).chmod(0o644)


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
