"""What a key can be for."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Scope: TypeAlias = Literal["ask", "read", "write", "admin"]

SCOPES: tuple[Scope, ...] = get_args(Scope)
