"""A run asks what the server answers from, lets people go first, and follows the index."""

from __future__ import annotations

import pytest

from assistant.batch.run import Failed
from assistant.errors import IndexNotFound
from assistant.server.batches.asker import PATIENCE, PoliteAsker
from assistant.testing import StaticAnswerer, document
from assistant.types import Answerer

ONE = StaticAnswerer(document("The median pay is $5."), index_id="one")
TWO = StaticAnswerer(document("The median pay is $6."), index_id="two")


class Server:
    """Has an index, and notes when it is asked to be let by."""

    def __init__(self) -> None:
        self.index: Answerer | None = ONE
        self.waited: list[float] = []

    def __call__(self) -> Answerer:
        if self.index is None:
            raise IndexNotFound("there is none")
        return self.index


def test_people_are_let_by_before_each_question() -> None:
    server = Server()
    asker = PoliteAsker(server, give_way=server.waited.append)
    wanted = ["median pay", "median zebra pay"]
    assert [type(said).__name__ for said in asker.ask(wanted, wanted)] == ["AnswerBody", "AnswerBody"]
    assert server.waited == [PATIENCE, PATIENCE] and asker.jobs(1000) == asker.together == 1


def test_a_run_ends_where_it_is_told_to() -> None:
    class Enough(Exception):
        pass

    calls = 0

    def check() -> None:
        nonlocal calls
        calls += 1
        if calls > 2:
            raise Enough

    said = PoliteAsker(Server(), check=check).ask(["median pay", "pay"], [])
    assert not isinstance(first := next(said), Failed) and first.answer == "The median pay is $5."
    with pytest.raises(Enough):
        next(said)


def test_a_question_is_asked_of_the_index_in_force_and_the_others_again() -> None:
    server = Server()
    asker = PoliteAsker(server)
    [before] = asker.ask(["median pay"], [])
    assert not isinstance(before, Failed) and asker.is_fresh(before) and not asker.renewed()
    server.index = TWO
    [after] = asker.ask(["median pay"], [])
    assert not isinstance(after, Failed) and after.answer == "The median pay is $6."
    assert asker.renewed() and asker.is_fresh(after) and not asker.is_fresh(before)
    assert asker.index_id == "two" and asker.says("guide.txt", "$6") and not asker.says("guide.txt", "$5")


def test_a_question_fails_while_there_is_no_index() -> None:
    server = Server()
    asker = PoliteAsker(server)
    server.index = None
    assert [*asker.ask(["median pay"], [])] == [Failed("index_not_found", "there is none")]
