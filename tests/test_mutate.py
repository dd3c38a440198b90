"""Changes are tried where code runs, one at each place, and what a test notices is told from what none does."""

from __future__ import annotations

import random
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("cosmic_ray", reason="an extra of its own: pip install '.[mutate]'")

ROOT = Path(__file__).parent.parent
CODE = '''
def older(age: int | None, *, by: int = 3) -> int | None:
    """The age in some years."""
    known: int | None = age
    return None if known is None else known + by
'''


@pytest.fixture
def mutate(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, loaded as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    loader = SourceFileLoader("scripts_mutate", str(ROOT / "scripts" / "mutate"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    made = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, loader.name, made)
    loader.exec_module(made)
    return made


def test_each_place_that_runs_is_changed_once_and_annotations_never(mutate: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "ages.py").write_text(CODE, "utf-8")
    found = list(mutate.mutants(tmp_path / "ages.py", random.Random(1)))
    kinds = sorted((one.line, one.operator.split("_")[0].removeprefix("core/")) for one in found)
    assert kinds == [
        (2, "NumberReplacer"),
        (5, "AddNot"),
        (5, "ReplaceBinaryOperator"),
        (5, "ReplaceComparisonOperator"),
    ]


def test_the_same_seed_draws_the_same_changes(mutate: ModuleType) -> None:
    path = ROOT / "assistant" / "answer" / "overlap.py"
    one, same, other = (list(mutate.mutants(path, random.Random(seed))) for seed in (1, 1, 2))
    assert one == same != other
    assert {(each.module, each.line) for each in one} == {(each.module, each.line) for each in other}


def test_a_module_is_tested_by_the_file_of_its_name_or_by_its_package(mutate: ModuleType) -> None:
    assert mutate.tests_of("answer", "overlap") == "tests/answer/test_overlap.py"
    assert mutate.tests_of("index", "files") == "tests/index/test_index_files.py"
    assert mutate.tests_of("answer", "explanation") == "tests/answer"
