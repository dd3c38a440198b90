"""Which documents someone may know of."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.access.rights import FRESH, Views, may_see, sign, signed_groups
from assistant.errors import AssistantError
from assistant.testing import StaticAnswerer, document
from assistant.types import Answerer


@pytest.mark.parametrize(
    ("named", "seen"),
    [
        (["hr"], True),
        (["it", "hr"], True),
        ("hr", True),
        ("it, hr", True),
        (["it"], False),
        ([], False),
        ("", False),
        (["HR"], False),
        ([["hr"]], False),
        (None, False),
        (True, False),
        (7, False),
        ({"hr": True}, False),
    ],
)
def test_a_document_that_names_groups_is_for_these_and_what_cannot_be_read_is_for_nobody(
    named: Any, seen: bool
) -> None:
    made = document("x", metadata={"groups": named})
    assert may_see(made, ("hr", "sales")) == seen
    assert not may_see(made, ())
    assert may_see(document("x", metadata={"team": "hr"}), ())


def shelf(index_id: str = "one") -> StaticAnswerer:
    groups: list[dict[str, Any]] = [{}, {"groups": ["hr"]}, {"groups": ["it"]}]
    return StaticAnswerer(
        *(document(f"Text {n}.", id=f"{n}.txt", metadata=metadata) for n, metadata in enumerate(groups)),
        index_id=index_id,
    )


def test_each_group_has_a_view_that_is_made_once_for_an_index() -> None:
    found = [shelf()]
    views = Views(lambda: found[0])
    assert [list(views(groups).documents) for groups in ((), ("hr",), ("hr", "it"))] == [
        ["0.txt"],
        ["0.txt", "1.txt"],
        ["0.txt", "1.txt", "2.txt"],
    ]
    kept = views(("hr",))
    assert views(["hr", "unknown"]) is kept and views(("it", "hr")) is found[0]
    found[0] = shelf("two")
    assert views(("hr",)) is not kept and views(("hr",)).index_id == "two"


def test_only_so_many_views_are_kept() -> None:
    whole = shelf()
    views = Views(lambda: whole, most=1)
    first = views(())
    views(("hr",))
    assert views(()) is not first


def test_an_answerer_that_cannot_be_parted_shows_nothing() -> None:
    class Whole:
        def __init__(self) -> None:
            self.documents = shelf().documents
            self.index_id = "one"

    whole: Any = Whole()
    views = Views(lambda: whole)
    seen: Answerer = views(("hr", "it"))
    assert seen is whole
    with pytest.raises(AssistantError, match="ASSISTANT_RIGHTS"):
        views(("hr",))


SECRET = "a-secret-of-sixteen-or-more"


@pytest.mark.parametrize(
    ("headers", "groups"),
    [
        ({"x-assistant-groups": "hr, it", "x-assistant-signature": sign("hr, it", SECRET, 1000)}, ("hr", "it")),
        ({"x-assistant-groups": "", "x-assistant-signature": sign("", SECRET, 1000)}, ()),
        ({"x-assistant-groups": "hr", "x-assistant-signature": sign("it", SECRET, 1000)}, None),
        ({"x-assistant-groups": "hr", "x-assistant-signature": sign("hr", "another secret", 1000)}, None),
        ({"x-assistant-groups": "hr", "x-assistant-signature": sign("hr", SECRET, 1000 - FRESH - 1)}, None),
        (
            {"x-assistant-groups": "hr", "x-assistant-signature": sign("hr", SECRET, 1000).replace("t=1000", "t=1001")},
            None,
        ),
        ({"x-assistant-groups": "hr", "x-assistant-signature": "hr"}, None),
        ({"x-assistant-groups": "hr"}, None),
        ({}, None),
    ],
)
def test_groups_count_where_they_are_signed_and_fresh(headers: dict[str, str], groups: tuple[str, ...] | None) -> None:
    assert signed_groups(headers, SECRET, now=lambda: 1000.0) == groups
    assert signed_groups(headers, "", now=lambda: 1000.0) is None
