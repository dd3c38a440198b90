"""Runs one adapter, in the peer's own environment: needs the standard library alone.

`serve.py ADAPTER.py prepare CORPUS STORE SETTINGS` indexes a folder. `serve.py ADAPTER.py answer STORE SETTINGS` reads
questions as JSON lines, `{"question", "history"}`, and writes a line for each: `{"text", "refused", "citations"}`, and
`score` where there is one. A citation has `text`, and where the peer knows them `document`, the path below the corpus
folder, and `start` and `end`, in code points. The settings are one of the adapter's variants, as JSON. Answers are
given on one core.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def load(path: Path) -> ModuleType:
    """The adapter in a file. Raises what it raises."""
    spec = spec_from_file_location(f"adapter_{path.stem}", path)
    assert spec and spec.loader, path
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Prepares, or answers until there are no more questions."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # libraries print as they please: that is no answer
    adapter = load(Path(sys.argv[1]))
    settings = json.loads(sys.argv[-1])
    if sys.argv[2] == "prepare":
        adapter.prepare(Path(sys.argv[3]), Path(sys.argv[4]), **settings)
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # a core for each, so that times compare
    ask = adapter.answerer(Path(sys.argv[3]), **settings)
    package = adapter.PACKAGE
    print(json.dumps({"version": version(package) if package else ""}), file=out, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(ask(asked["question"], asked["history"])), file=out, flush=True)


if __name__ == "__main__":
    main()
