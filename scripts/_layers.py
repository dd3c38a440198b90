"""What is wrong with the shape of `assistant/`: imports that go up or round, modules that are too long."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "assistant"
LONGEST = 400  # lines of a module
# A module imports from its own row and from those above it.
LAYERS = (
    ("types", "errors", "settings", "disk", "ids", "cores", "memo", "languages"),
    ("documents",),
    ("question",),
    ("spreadsheets",),
    ("index",),
    ("models",),
    ("answer",),
    ("generate",),
    ("lint", "pinned"),
    ("evaluation",),
    ("feedback", "access"),
    ("wire_examples",),
    ("wire",),
    ("testing",),
    ("pinning",),
    ("compose", "building", "phrasing", "fitting", "corpora", "client"),
    ("terminal",),
    ("batch",),
    ("server",),
    ("upkeep", "begin"),
    ("cli",),
    ("__main__",),
)


def modules(root: Path) -> dict[str, Path]:
    """Every module below `root`, by its dotted name."""
    found = {}
    for path in sorted((root / NAME).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path, known: Mapping[str, Path]) -> Iterator[tuple[int, str]]:
    """The line and the module of each import of our own, wherever in the file it stands."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and node.module in known:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield node.lineno, inner if inner in known else node.module


def shared_names(root: Path = ROOT) -> set[str]:
    """The names that are imported outside their package: the fewer, the less holds the packages together."""
    known, found = modules(root), set()
    for name, path in known.items():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.ImportFrom) or node.module not in known:
                continue
            if node.module.split(".")[:2] != name.split(".")[:2]:
                found |= {one for alias in node.names if (one := f"{node.module}.{alias.name}") not in known}
    return found


def cycle(graph: Mapping[str, list[str]]) -> list[str]:
    """Modules that import each other in a round, the first of them again at the end; none where there is no round."""
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name not in done:
            for other in graph[name]:
                if found := visit(other, [*way, name]):
                    return found
            done.add(name)
        return []

    return next((found for name in graph if (found := visit(name, []))), [])


def faults(root: Path = ROOT) -> list[str]:
    """What is wrong, a sentence each."""
    known = modules(root)
    floors = {name: n for n, row in enumerate(LAYERS) for name in row}
    made, graph = [], {}
    for name, path in known.items():
        shown = path.relative_to(root)
        graph[name] = list(imports(path, known))
        room = name.split(".")[1] if "." in name else ""
        if room and room not in floors:
            made.append(f"{shown}: {room!r} stands in no layer: add it to LAYERS in scripts/_layers.py")
            continue
        for line, other in graph[name]:
            above = other.split(".")[1] if "." in other else ""
            if above and room and floors.get(above, 0) > floors[room]:
                made.append(f"{shown}:{line}: {room} imports {above}, which comes later: imports go one way")
        length = len(path.read_text("utf-8").splitlines())
        if length > LONGEST:
            made.append(f"{shown}: {length} lines, {LONGEST} are the most: split it by what it is about")
    if found := cycle({name: [other for _, other in rows if other != name] for name, rows in graph.items()}):
        made.append("imports go round: " + " -> ".join(found))
    return made


if __name__ == "__main__":
    wrong = faults()
    right = f"imports go one way, no module is too long, {len(shared_names())} names are imported outside their package"
    print("\n".join(wrong) or right, file=sys.stderr if wrong else sys.stdout)
    sys.exit(1 if wrong else 0)
