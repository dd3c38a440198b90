"""What a look through a small corpus finds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from assistant.corpora import corpus_material
from assistant.lint.findings import Finding, Kind
from assistant.lint.lint import lint
from assistant.settings import load_settings


def write(folder: Path, texts: Mapping[str, str]) -> Path:
    """The folder, with a file for each text."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def found(folder: Path, texts: Mapping[str, str], *kinds: Kind) -> list[Finding]:
    """The findings of these kinds."""
    return lint(corpus_material(load_settings({"corpus": write(folder, texts)})), kinds=kinds)


def told(findings: list[Finding]) -> list[tuple[str, int | None, str]]:
    """File, line and message of each."""
    return [(one.place.file, one.place.line, one.message) for one in findings]
