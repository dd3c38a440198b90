"""What a method gave is remembered, and its object is let go of."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from assistant.memo import remembered


class Squares:
    def __init__(self) -> None:
        self.worked: list[int] = []
        self.square = remembered(self._square, 2)

    def _square(self, n: int) -> int:
        self.worked.append(n)
        return n * n


def test_what_was_worked_out_lately_is_not_worked_out_again() -> None:
    squares = Squares()
    assert [squares.square(n) for n in (3, 3, 4, 3, 5, 4)] == [9, 9, 16, 9, 25, 16]
    assert squares.worked == [3, 4, 5, 4]


def test_an_object_that_remembers_is_freed_with_the_last_who_holds_it() -> None:
    gc.disable()
    try:
        squares = Squares()
        squares.square(7)
        gone = ref(squares)
        del squares
        assert gone() is None
    finally:
        gc.enable()


def test_what_fails_is_not_remembered() -> None:
    class Once:
        def __init__(self) -> None:
            self.tries = 0
            self.get = remembered(self._get, 1)

        def _get(self) -> str:
            self.tries += 1
            if self.tries == 1:
                raise ValueError("not yet")
            return "now"

    once = Once()
    with pytest.raises(ValueError, match="not yet"):
        once.get()
    assert once.get() == once.get() == "now" and once.tries == 2
