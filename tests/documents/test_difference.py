"""What has changed between two states of some documents."""

from __future__ import annotations

from assistant.documents.difference import Changed, Difference, difference, own_texts
from assistant.testing import document
from assistant.types import Document

PAGE = "Above.\n# Pay\nMedian salary: $5\n## Bonus\nTen per cent\n# Duties\nLead\n"


def by_id(*documents: Document) -> dict[str, Document]:
    return {one.id: one for one in documents}


def test_the_same_documents_have_no_difference() -> None:
    assert not difference(by_id(document(PAGE)), by_id(document(PAGE)))


def test_documents_that_come_go_and_move_are_told_apart() -> None:
    old = by_id(document("Stays.", id="a"), document("Moves.", id="b"), document("Goes.", id="c"))
    new = by_id(document("Stays.", id="a"), document("Moves.", id="x/b"), document("Comes.", id="d"))
    assert difference(old, new) == Difference(added=("d",), removed=("c",), renamed=(("b", "x/b"),))


def test_a_section_has_changed_where_its_own_text_has() -> None:
    new = PAGE.replace("Ten", "Nine").replace("# Duties\nLead\n", "# Perks\nA car\n")
    [changed] = difference(by_id(document(PAGE)), by_id(document(new))).changed
    assert changed == Changed("guide.txt", added=(("Perks",),), removed=(("Duties",),), sections=(("Pay", "Bonus"),))


def test_the_text_above_the_first_heading_the_title_and_metadata_count_too() -> None:
    old, new = (
        document(PAGE, metadata={"team": "a", "n": 1}),
        document(PAGE[1:], title="New", metadata={"team": "b", "n": 1}),
    )
    assert difference(by_id(old), by_id(new)).changed == (
        Changed("guide.txt", sections=((),), title=("Guide", "New"), metadata=("team",)),
    )


def test_sections_of_one_name_are_compared_together() -> None:
    text = "# Day\nOne\n# Day\nTwo\n"
    assert own_texts(document(text)) == {("Day",): ("# Day\nOne", "# Day\nTwo")}
    assert not difference(by_id(document(text)), by_id(document(text)))
