"""Remembers what a method gave, without keeping its object alive."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from weakref import WeakMethod

Method = TypeVar("Method", bound=Callable[..., object])


def remembered(method: Method, most: int) -> Method:
    """The method, for its object to keep: what it gave for the last `most` arguments is not worked out again.

    An object that keeps its own bound method in a cache holds itself, and is freed only when the garbage collector
    comes to the oldest objects, which in a process with many of them is seldom.
    """
    weak = WeakMethod(method)

    @lru_cache(maxsize=most)
    def call(*arguments: object) -> object:
        bound = weak()
        assert bound is not None  # it is its object that calls
        return bound(*arguments)

    return call  # type: ignore[return-value]  # it takes and gives what the method does
