"""Values never change once made: a dataclass is frozen, unless it is one of the few that something grows in."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent / "assistant"
GROWING = {
    "answer/clock.Clock",
    "answer/quote.Quotations",
    "batch/run.Run",
    "batch/summary.Summary",
    "documents/formats/pdf_blocks.Part",
    "documents/formats/pdf_layout.Row",
    "documents/formats/pdf_tables.Grid",
    "documents/formats/pdf_text.Piece",
    "pinned/file_board.Kept",
    "server/pages/blocks.PageBlock",
    "server/spoken.Chosen",
    "server/workers.Worker",
}
REMEMBERING = {"index/postgres/collection.PostgresCollection"}  # cached properties have no place beside slots


def dataclasses() -> dict[str, set[str]]:
    """What each dataclass of the package is said to be, such as frozen, by its module and name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
                call = decorator if isinstance(decorator, ast.Call) else None
                if isinstance(node, ast.ClassDef) and ast.unparse(call.func if call else decorator) == "dataclass":
                    said = {one.arg for one in (call.keywords if call else ()) if ast.unparse(one.value) == "True"}
                    found[f"{path.relative_to(ROOT).with_suffix('')}.{node.name}"] = {one for one in said if one}
    return found


def test_values_are_frozen_and_have_no_other_attributes() -> None:
    found = dataclasses()
    assert len(found) > 80
    changing = {name for name, said in found.items() if "frozen" not in said}
    assert {name for name in changing if "._" not in name} == GROWING  # what only its module sees may grow
    assert {name for name, said in found.items() if "slots" not in said} == REMEMBERING
