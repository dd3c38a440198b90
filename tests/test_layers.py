"""The check of imports and lengths says what is wrong, where, and passes what is right."""

from __future__ import annotations

from pathlib import Path

import _layers


def write(root: Path, name: str, text: str) -> None:
    path = root / "assistant" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_this_package_is_as_it_should_be() -> None:
    assert _layers.faults() == []


def test_an_import_that_goes_up_is_named_also_within_a_function(tmp_path: Path) -> None:
    write(tmp_path, "__init__.py", "")
    write(tmp_path, "server/__init__.py", "")
    write(tmp_path, "server/app.py", "from assistant.question import parse\n")
    write(tmp_path, "question/__init__.py", "")
    write(tmp_path, "question/parse.py", "def f():\n    from assistant.server import app\n")
    assert _layers.faults(tmp_path)[0] == (
        "assistant/question/parse.py:2: question imports server, which comes later: imports go one way"
    )


def test_a_round_within_a_package_is_named(tmp_path: Path) -> None:
    write(tmp_path, "question/a.py", "import assistant.question.b\n")
    write(tmp_path, "question/b.py", "from assistant.question.a import x\n")
    assert _layers.faults(tmp_path) == [
        "imports go round: assistant.question.a -> assistant.question.b -> assistant.question.a"
    ]


def test_a_long_module_and_one_in_no_layer_are_named(tmp_path: Path) -> None:
    write(tmp_path, "question/a.py", "x = 1\n" * 401)
    write(tmp_path, "misc.py", "")
    assert _layers.faults(tmp_path) == [
        "assistant/misc.py: 'misc' stands in no layer: add it to LAYERS in scripts/_layers.py",
        "assistant/question/a.py: 401 lines, 400 are the most: split it by what it is about",
    ]


def test_names_that_are_used_outside_their_package_are_counted_once(tmp_path: Path) -> None:
    write(tmp_path, "types.py", "A = B = 1\n")
    write(tmp_path, "question/a.py", "from assistant.types import A, B\nfrom assistant.question import b\n")
    write(tmp_path, "question/b.py", "from assistant.types import A\nfrom assistant.question.a import C\n")
    assert _layers.shared_names(tmp_path) == {"assistant.types.A", "assistant.types.B"}
