"""A number with its noun, in the singular or the plural."""

from __future__ import annotations


def counted(n: int, name: str) -> str:
    """So many things of a name, in words."""
    return f"{n} {name}" + ("" if n == 1 else "s")
